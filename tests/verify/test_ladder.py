"""Each rung fails for the extension that is wrong there, and not before."""

from __future__ import annotations

import pytest

from porter.errors import Exit
from porter.verify import loading
from porter.verify.suite_rungs import account, by_other_names
from porter.verify.verification import prove

UNITTEST = "python -m unittest -v test_it"
TESTS = """
import unittest, clean
class ThingTest(unittest.TestCase):
    def test_make(self): self.assertIsInstance(clean.Thing(), clean.Thing)
    def test_error(self): self.assertTrue(issubclass(clean.error, Exception))
"""


def verdicts(verification) -> dict[int, str]:
    """Rung -> verdict."""
    return {e.rung: e.verdict for e in verification.evidence if e.rung is not None}


def beside(verification, title):
    """The evidence with that title."""
    return next(e for e in verification.evidence if e.title == title)


def test_a_clean_module_reaches_the_top(workshop, climb_of):
    proven = prove(climb_of(workshop("clean", tests=TESTS)), "clean", UNITTEST)
    assert proven.reached == 6, proven.evidence
    assert proven.exit_code == Exit.OK
    assert beside(proven, "residue").verdict == "passed"
    assert proven.evidence[6].figures["modules"]["clean"]["blocks_each_load"] == pytest.approx(0, abs=0.4)


@pytest.mark.parametrize(
    ("source", "kind", "name", "function"),
    [
        ("static_type", "type", "Shared_Type", None),
        ("kept_type", "object", "kept", "kept_type_exec"),
    ],
)
def test_what_loads_and_still_shares_is_overclaimed(workshop, climb_of, source, kind, name, function):
    proven = prove(climb_of(workshop(source), rungs=2), source, None)
    assert verdicts(proven)[2] == "passed"
    assert [(v.kind, v.name, v.function) for v in proven.residue.left] == [(kind, name, function)]
    assert beside(proven, "residue").verdict == "failed"
    assert beside(proven, "residue").message.startswith("overclaimed")
    assert proven.exit_code == Exit.FOUND


def test_a_race_of_two_inits_fails_in_threads_and_not_before(workshop, climb_of, monkeypatch):
    monkeypatch.setattr(loading, "CONTROL_TRIES", 1)
    proven = prove(climb_of(workshop("racing"), rungs=4), "racing", None)
    assert verdicts(proven) == {0: "passed", 1: "not proven", 2: "passed", 3: "passed", 4: "failed"}
    assert "SIGABRT" in proven.evidence[4].message


@pytest.mark.parametrize("lost", [100, 200_000])
def test_one_object_lost_by_each_load_fails_at_the_last_rung(workshop, climb_of, lost):
    proven = prove(climb_of(workshop("leaking", f"-DLOST={lost}")), "leaking", None)
    assert [verdicts(proven)[rung] for rung in (2, 3, 4, 6)] == ["passed", "passed", "passed", "failed"]
    assert proven.evidence[6].figures["modules"]["leaking"]["blocks_each_load"] == pytest.approx(1, abs=0.4)


def test_a_crash_is_a_result_with_its_signal(workshop, climb_of):
    proven = prove(climb_of(workshop("crashing")), "crashing", None)
    assert verdicts(proven)[2] == "failed"
    assert "SIGSEGV" in proven.evidence[2].message
    assert [verdicts(proven)[rung] for rung in (3, 4, 5, 6)] == ["skipped"] * 4


def test_a_crash_of_the_original_too_is_not_the_ports(workshop, climb_of):
    build = workshop("crashing")
    proven = prove(climb_of(build, build, rungs=2), "crashing", None)
    assert verdicts(proven)[2] == "not proven"
    assert "(with the original as well)" in proven.evidence[2].message


def test_a_hang_is_a_result(workshop, climb_of):
    proven = prove(climb_of(workshop("hanging"), timeout=3.0, rungs=2), "hanging", None)
    assert "no answer in 3 s" in proven.evidence[2].message


def test_hunger_is_a_result(workshop, climb_of):
    proven = prove(climb_of(workshop("greedy"), memory=256, rungs=2), "greedy", None)
    assert "took more than 256 MiB" in proven.evidence[2].message


def test_single_phase_init_is_refused_in_the_words_of_python(workshop, climb_of):
    proven = prove(climb_of(workshop("before/clean", tests=TESTS)), "clean", UNITTEST)
    assert proven.reached == 1
    assert "module clean does not support loading in subinterpreters" in proven.evidence[2].message
    assert {(v.kind, v.name) for v in proven.residue.left} == {("type", "Thing_Type"), ("object", "error")}
    assert beside(proven, "residue").verdict == "not proven"


def test_a_test_that_fails_only_inside_fails_rung_5_and_what_cannot_run_there_does_not(workshop, climb_of):
    inside = """
import os, unittest, clean
class Test(unittest.TestCase):
    def test_main(self): self.assertTrue(clean.Thing())
    def test_fork(self):
        if os.fork() == 0: os._exit(0)
        os.wait()
"""
    proven = prove(climb_of(workshop("clean", tests=inside), rungs=5), "clean", UNITTEST)
    assert proven.reached == 5
    assert "1 cannot run there: it starts a process by fork or exec" in proven.evidence[5].message
    assert account(proven.evidence[5].figures) == ["it starts a process by fork or exec: test_it.Test.test_fork"]
    wrong = (
        inside
        + """
    def test_where(self):
        import threading, _interpreters
        self.assertEqual(_interpreters.get_current()[0], 0)
"""
    )
    proven = prove(climb_of(workshop("clean", tests=wrong), rungs=5), "clean", UNITTEST)
    assert verdicts(proven)[5] == "failed"
    assert list(proven.evidence[5].figures["wrong"]) == ["test_it.Test.test_where"]


def test_a_suite_that_kills_the_interpreter_names_the_test(workshop, climb_of):
    deadly = """
import os, signal, unittest, _interpreters
class Test(unittest.TestCase):
    def test_die(self):
        if _interpreters.get_current()[0]: os.kill(os.getpid(), signal.SIGBUS)
"""
    proven = prove(climb_of(workshop("clean", tests=deadly), rungs=5), "clean", UNITTEST)
    assert "SIGBUS in test_it.Test.test_die" in proven.evidence[5].message
    assert verdicts(proven)[5] == "failed"


def test_fewer_passing_tests_than_before_fail_rung_1(workshop, climb_of):
    before = workshop("before/clean", tests=TESTS)
    after = workshop("clean", tests=TESTS + "    def test_more(self): self.fail('no')\n")
    proven = prove(climb_of(after, before, rungs=1), "clean", UNITTEST)
    assert verdicts(proven)[1] == "failed"
    assert proven.evidence[1].figures["passed_before"] == 2
    proven = prove(climb_of(workshop("clean", tests=TESTS), before, rungs=1), "clean", UNITTEST)
    assert verdicts(proven)[1] == "passed"
    proven = prove(climb_of(after, before, rungs=1), "clean", "python -m no_such_runner")
    assert verdicts(proven)[1] == "not proven"
    assert "no test passes in the original either" in proven.evidence[1].message


def test_tests_whose_parameters_are_drawn_by_lot_run_by_other_names():
    main = {name: ["passed", ""] for name in ("t.py::one[3]", "t.py::one[4]", "t.py::two[5]", "t.py::three")}
    inside = {name: ["passed", ""] for name in ("t.py::one[7]", "t.py::one[8]")}
    assert [by_other_names(name, inside, main) for name in main] == [True, True, False, False]
