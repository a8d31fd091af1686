"""Each golden port is what porter makes, compiles with no new warning, behaves as before and is isolated as it says."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from porter.plan.model import REFUSED
from porter.verify.model import BuiltModule
from porter.verify.residue import find_residue

from .workshop import EXAMPLES, Built, Example, after_port, build, drive, files, ported, python

OTHERS = ("3.9", "3.10", "3.12")
LOADS, WARM = 9, 4
every = pytest.mark.parametrize("each", EXAMPLES, ids=lambda e: e.name)
isolated = pytest.mark.parametrize("each", [e for e in EXAMPLES if e.own_gil], ids=lambda e: e.name)
older = pytest.mark.parametrize(
    ("each", "version"),
    [(e, v) for e in EXAMPLES for v in OTHERS if v in e.pythons and python(v)],
    ids=lambda v: getattr(v, "name", v),
)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, goldens: None):
    """Both sides of every fixture, compiled two at a time: ``built(example, "after")``."""
    root = tmp_path_factory.mktemp("ports")
    pool = ThreadPoolExecutor(2)
    wanted: dict[tuple[str, str], Future[Built]] = {
        (each.name, side): pool.submit(build, each.path / side, root / each.name / side)
        for each in EXAMPLES
        for side in ("before", "after")
    }
    yield lambda each, side: wanted[each.name, side].result()
    pool.shutdown(cancel_futures=True)
configured = pytest.mark.parametrize(
    ("each", "macro", "version"),
    [(e, m, v) for e in EXAMPLES for m in e.defines for v in ("3.13", *e.pythons)],
    ids=lambda v: getattr(v, "name", v),
)


@every
def test_the_port_is_the_golden_one(each: Example) -> None:
    made, golden = after_port(each.before), files(each.after)
    assert {n: t.decode("latin-1") for n, t in made.items()} == {n: t.decode("latin-1") for n, t in golden.items()}
    assert (made == files(each.before)) == each.unchanged


@every
def test_a_second_port_changes_nothing(each: Example) -> None:
    assert ported(each.after).after == {}


@every
def test_the_report_says_what_is_so(each: Example) -> None:
    report = ported(each.before)
    assert not report.unanalysed
    assert [own_gil for _, own_gil, _ in report.extensions] == [each.own_gil]
    refused = {d.symbol: d.reason for d in report.decisions if d.decision == REFUSED}
    assert refused.keys() == dict(each.refused).keys(), refused
    for symbol, reason in each.refused:
        assert reason in refused[symbol], refused


@every
def test_both_compile_and_the_port_has_no_new_warning(each: Example, built) -> None:
    assert built(each, "after").warnings - built(each, "before").warnings == {}


def test_without_assertions_there_is_no_new_warning_either(tmp_path: Path) -> None:
    each = next(e for e in EXAMPLES if e.name == "type-in-an-assert")
    before, after = (build(each.path / side, tmp_path / side, "3.13", "-DNDEBUG") for side in ("before", "after"))
    assert after.warnings - before.warnings == {}


def test_where_slots_have_numbers_and_no_values_it_compiles(tmp_path: Path) -> None:
    """As in Python 3.15 with the limited API of an older one."""
    each = next(e for e in EXAMPLES if e.name == "limited-api")
    assert not build(each.after, tmp_path, "3.13", "-DPy_mod_multiple_interpreters=3", "-DPy_mod_gil=4").warnings


@every
def test_it_behaves_as_before(each: Example, built) -> None:
    before = drive(built(each, "before"), "behave", each.behave)
    assert before.count("\n") >= 3, "a behave.py that says nothing proves nothing"
    assert drive(built(each, "after"), "behave", each.behave) == before


@isolated
def test_two_copies_in_one_interpreter_do_not_meet(each: Example, built) -> None:
    after, newest = built(each, "after"), "newest" if each.newest_wins else ""
    assert drive(after, "copies", each.behave, newest) == drive(after, "behave", each.behave)


@isolated
def test_own_gil_interpreters_do_not_meet(each: Example, built, tmp_path: Path) -> None:
    after = built(each, "after")
    assert drive(after, "interpreters", each.behave, str(tmp_path / "out")) == drive(after, "behave", each.behave)


@isolated
def test_nothing_is_left_in_the_binary(each: Example, built) -> None:
    after = built(each, "after")
    residue = find_residue((BuiltModule(after.name, after.file),))
    assert (residue.left, residue.notes) == ((), ())


@isolated
def test_a_module_that_is_unloaded_leaves_nothing(each: Example, built) -> None:
    left = [int(n) for n in drive(built(each, "after"), "memory", each.behave, str(LOADS)).split()]
    assert left[WARM:] == [0] * (LOADS - WARM), f"blocks that stay for each load: {left[WARM:]}"


@older
def test_it_behaves_as_before_in_older_pythons(each: Example, version: str, tmp_path: Path) -> None:
    sides = [build(each.path / side, tmp_path / side, version, "-O0") for side in ("before", "after")]
    before, after = (drive(side, "behave", each.behave, version=version) for side in sides)
    assert after == before
    assert drive(sides[1], "copies", each.behave, version=version) == after


@configured
def test_it_behaves_as_before_in_another_configuration(each: Example, macro: str, version: str, tmp_path: Path) -> None:
    sides = [build(each.path / side, tmp_path / side, version, f"-D{macro}") for side in ("before", "after")]
    assert sides[1].warnings - sides[0].warnings == {}
    before, after = (drive(side, "behave", each.behave, version=version) for side in sides)
    assert after == before
    assert drive(sides[1], "copies", each.behave, version=version) == after
