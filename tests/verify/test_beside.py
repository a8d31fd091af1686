"""What stands beside the ladder: an init that fails midway, objects that outlive their module, work of many at once."""

from __future__ import annotations

import pytest

from porter.verify import loading
from porter.verify.beside import midway, outlive
from porter.verify.loading import load_rung
from porter.verify.workload import workload


@pytest.mark.parametrize(
    ("flags", "words"), [((), "died with SIGSEGV"), (("-DSILENT",), "failed without setting an exception")]
)
def test_an_init_that_does_not_look_what_it_got_is_found(workshop, climb_of, flags, words):
    entry = midway(climb_of(workshop("midway", *flags)))
    assert entry.verdict == "failed"
    assert words in entry.message
    assert entry.figures["modules"]["midway"]["tried"] == entry.figures["modules"]["midway"]["allocations"] > 1


def test_an_init_that_looks_comes_to_no_harm(workshop, climb_of):
    entry = midway(climb_of(workshop("clean")))
    told = entry.figures["modules"]["clean"]
    assert (entry.verdict, told["wrong"]) == ("passed", [])
    assert told["raised"] + told["python"] + told["went_on"] == told["tried"] == told["allocations"] > 20


def test_what_the_original_does_as_well_is_no_fault_of_the_port(workshop, climb_of):
    entry = midway(climb_of(workshop("midway"), workshop("midway")))
    assert entry.verdict == "not proven"
    assert "the original comes to harm as well" in entry.message


def test_objects_that_reach_for_a_module_that_is_gone_are_found(workshop, climb_of):
    entry = outlive(climb_of(workshop("outlived")))
    assert (entry.verdict, "SIGSEGV" in entry.message) == ("failed", True)
    assert outlive(climb_of(workshop("clean"))).verdict == "passed"


def test_a_module_that_refuses_a_second_load_in_an_interpreter_is_not_proven(workshop, climb_of):
    entry = outlive(climb_of(workshop("outlived", "-DONCE")))
    assert entry.verdict == "not proven"
    assert "cannot load outlived twice" in entry.message


def test_calls_are_found_that_come_back_and_none_that_kill_hang_or_reach_further(workshop, climb_of):
    build = workshop("buffered")
    work = workload(climb_of(build), build.modules[0])
    statements = {call.statement for call in work.calls}
    assert {"m.add(12)", "m.add(12, 34)", "m.add(12, 34, 56)"} <= statements
    assert {call.target for call in work.calls} == {"add", "fall", "stay"}
    assert {call.raises for call in work.calls if call.target == "stay"} == {"TypeError"}
    assert {"m.fall(12)", "m.stay()"} <= set(work.deadly)
    assert work.spared == ("reboot",)
    assert {call.raises for call in work.calls if call.target == "add"} == {None, "TypeError"}


def test_a_result_that_differs_among_many_fails_rung_4_and_the_call_is_named(workshop, climb_of):
    entry = load_rung(climb_of(workshop("buffered")), 4)
    assert entry.verdict == "failed"
    assert "m.add(12" in entry.message and "in an interpreter alone" in entry.message


def test_a_given_workload_is_what_interpreters_do(workshop, climb_of, tmp_path, monkeypatch):
    monkeypatch.setitem(loading.MODES, 4, ("concurrent", {"rounds": 1, "threads": 2}))
    script = tmp_path / "work.py"
    script.write_text("import clean\nassert isinstance(clean.Thing(), clean.Thing)\n")
    build = workshop("clean")
    assert load_rung(climb_of(build, workload=script), 4).verdict == "passed"
    script.write_text("raise LookupError('from the workload')\n")
    entry = load_rung(climb_of(build, workload=script), 4)
    assert (entry.verdict, "LookupError: from the workload" in entry.message) == ("failed", True)
