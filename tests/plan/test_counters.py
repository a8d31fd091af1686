"""Numbers that are only counted: they may stay shared where each step is atomic, and only then."""

from __future__ import annotations

import pytest

from porter.plan.counters import Counters

from .programs import HEAD, places, program, variable

BODY = "static long next(void) { return ++other; }\nstatic PyObject *f(PyObject *self, struct o *a) { long v; %s; return NULL; }"


def counted(declaration: str, body: str) -> list[tuple[str, bool]] | None:
    """The steps of ``n``: by how much, and whether the old number is meant."""
    made = program(HEAD + f"static long other;\nstruct o {{ long x; }};\n{declaration};\n" + BODY % body)
    found = Counters(made, places(made)).counter(variable(made, declaration.split()[-1].rstrip(";")))
    return None if found is None else [(step.by, step.old) for step in found.steps]


@pytest.mark.parametrize(
    ("declaration", "body", "steps"),
    [
        ("static unsigned long n", "a->x = ++n", [("1", False)]),
        ("static volatile uint64_t n", "v = (long)(n++); use(v)", [("1", True)]),
        ("static int n", "if (a) n++; else --n", [("1", False), ("-1", False)]),
        ("static long long n", "return PyLong_FromLongLong(++n)", [("1", False)]),
    ],
)
def test_only_counted(declaration: str, body: str, steps: list[tuple[str, bool]]) -> None:
    assert counted(declaration, body) == steps


@pytest.mark.parametrize(
    ("declaration", "body"),
    [
        ("static int n", "if (n++ == 0) start()"),
        ("static int n", "v = n++; if (v == 3) start()"),
        ("static int n", "while (--n) stop()"),
        ("static int n", "n++; use(n)"),
        ("static int n", "n += 2"),
        ("static int n", "n--; a->x = n++"),
        ("static int n", "n++; fill(&n)"),
        ("static double n", "n++"),
        ("int n", "n++"),
    ],
)
def test_more_than_counted(declaration: str, body: str) -> None:
    assert counted(declaration, body) is None


@pytest.mark.parametrize(("body", "count"), [("a->x = next()", True), ("if (next() == 1) start()", False), ("g(next)", False)])
def test_a_number_that_a_function_returns(body: str, count: bool) -> None:
    made = program(HEAD + "static long other;\nstruct o { long x; };\n" + BODY % body)
    assert (Counters(made, places(made)).counter(variable(made, "other")) is not None) == count
