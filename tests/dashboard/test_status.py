"""Status words and what is next, as a table of cases."""

from __future__ import annotations

import pytest
from ledger import scans

from porter.errors import Gap
from porter.ledger.contract import read_scan
from porter.ledger.model import Decision, Rung
from porter.report.status import Decisions, Knowledge, Known, extension_status, type_status, variable_status

STATIC, HEAP = scans.type_(), scans.type_("Bar_Type", "heap")


def extension(**values):
    return read_scan(scans.scan([scans.extension(**values)])).extensions[0]


def decided(scope, name, word="refused", reason="its address escapes"):
    return Decision(scope, name, "", 0, word, reason)


def known(decisions):
    return Known(Decisions(decisions))


READY = {"types": [HEAP], "init": "multi-phase", "declares": "own-gil"}
DONE = {**READY, "isolated": True}


@pytest.mark.parametrize(
    ("values", "facts", "label", "following"),
    [
        ({"types": [STATIC]}, Known(), "untouched", "run porter port: 1 static type, multi-phase init"),
        ({}, Known(), "untouched", "run porter port: multi-phase init, declare an own GIL"),
        ({"types": [STATIC, HEAP]}, Known(), "partly ported", "run porter port: 1 static type, multi-phase init"),
        ({"init": "multi-phase"}, Known(), "partly ported", "run porter port: declare an own GIL"),
        (READY, Known(), "partly ported", "run porter port: what its findings name"),
        (DONE, Known(), "ported", "run porter verify"),
        (DONE, Known(reached=-1), "ported", "run porter verify: climb to rung 0: builds"),
        (DONE, Known(reached=1), "ported", "run porter verify: climb to rung 2"),
        (DONE, Known(reached=2), "proven (rung 2)", "climb to rung 3"),
        (DONE, Known(reached=6), "proven (rung 6)", "nothing"),
        ({**DONE, "generator": "cython"}, Known(), "ported", "run porter verify"),
        ({"types": [STATIC], "generator": "cython"}, Known(), "generated (cython)", "change what cython reads"),
        ({"types": [STATIC]}, known((decided("extension", "pkg._mod"),)), "refused (its address escapes)", "by hand"),
        ({"types": [STATIC]}, known((decided("type", "Foo_Type"),)), "refused (its address escapes)", "by hand"),
        ({"types": [STATIC, HEAP]}, known((decided("type", "Foo_Type", "moved"),)), "partly ported", "run porter port"),
        (
            {"types": [STATIC]},
            known((decided("type", "Foo_Type", "moved"), decided("extension", "pkg._mod"))),
            "untouched",
            "run porter port: 1 static type",
        ),
        (
            {"types": [HEAP], "variables": [scans.variable()], "init": "multi-phase"},
            known((decided("variable", "error", "left", "it is immortal"),)),
            "partly ported",
            "run porter port: declare an own GIL",
        ),
        (
            {"init": "multi-phase", "declares": "not-supported", "variables": [scans.variable()]},
            known((decided("variable", "error"), decided("extension", "pkg._mod", reason="something stays shared"))),
            "refused (its address escapes)",
            "by hand: its address escapes",
        ),
        (DONE, known((decided("extension", "pkg._mod", "moved"),)), "ported", "run porter verify"),
        (
            {"types": [STATIC]},
            Known(gaps=(Gap("src/mod.c", 0, "file", "it is 3 GB"),)),
            "blocked (src/mod.c could not be read)",
            "it is 3 GB",
        ),
        ({"types": [STATIC]}, Known(gaps=(Gap("src/mod.c", 9, "decl", "odd"),)), "untouched", "run porter port"),
        (
            {"init": None},
            Known(gaps=(Gap("src/mod.c", 9, "decl", "odd"),)),
            "blocked (src/mod.c:9 could not be read)",
            "odd",
        ),
    ],
)
def test_an_extension(values, facts, label, following):
    status = extension_status(extension(**values), facts)
    assert status.label == label
    assert status.next.startswith(following)


def test_one_refused_of_two_leaves_work_for_the_port():
    two = extension(types=[STATIC, scans.type_("Free_Type")])
    status = extension_status(two, known((decided("type", "Foo_Type"),)))
    assert status.word == "untouched" and status.next.endswith("; 1 refused")


@pytest.mark.parametrize(
    ("values", "facts", "labels"),
    [
        ({"types": [STATIC, HEAP]}, Known(), ["untouched", "ported"]),
        ({"types": [STATIC, HEAP]}, known((decided("type", "Foo_Type"),)), ["refused (its address escapes)", "ported"]),
        ({"types": [STATIC]}, known((decided("type", "Foo_Type", "moved"),)), ["untouched"]),
        ({"types": [STATIC]}, known((decided("type", "Foo_Type", "left", "base first"),)), ["justified (base first)"]),
        ({"types": [STATIC], "generator": "swig"}, Known(), ["generated (swig)"]),
        (DONE, Known(reached=3), ["proven (rung 3)"]),
        ({"types": [HEAP]}, Known(reached=3), ["ported"]),
    ],
)
def test_types(values, facts, labels):
    owner = extension(**values)
    assert [type_status(t, owner, facts).label for t in owner.types] == labels


@pytest.mark.parametrize(
    ("kind", "decision", "label"),
    [
        ("object", None, "untouched"),
        ("cache", decided("variable", "error"), "refused (its address escapes)"),
        ("never-written", None, "stays"),
        ("thread-local", None, "stays"),
        ("c-state", None, "untouched"),
        (
            "c-state",
            decided("variable", "error", "left", "set once, to one value"),
            "justified (set once, to one value)",
        ),
    ],
)
def test_variables(kind, decision, label):
    owner = extension(variables=[scans.variable(kind=kind)])
    facts = known((decision,) if decision else ())
    assert variable_status(owner.variables[0], owner, facts).label == label


def test_what_is_known_of_an_extension_is_its_own():
    owner = extension(types=[STATIC])
    gaps = [Gap("src/mod.c", 0, "", ""), Gap("src/other.c", 0, "", "")]
    rungs = [Rung(("pkg._other",), 6), Rung(("pkg._mod",), 2)]
    own = Knowledge([], rungs, gaps).of(owner)
    assert (own.reached, own.gaps) == (2, (gaps[0],))


def test_a_decision_on_a_name_in_another_file_is_another_symbol():
    other = known((Decision("type", "Foo_Type", "src/other.c", 1, "refused", "why"),))
    assert type_status(extension(types=[STATIC]).types[0], extension(types=[STATIC]), other).word == "untouched"
