"""C variables that all interpreters may share, with the reason a person reads."""

from __future__ import annotations

import pytest

from .programs import plan, reasons

FUNCTIONS = """
static PyObject *f(PyObject *self, PyObject *a) { %s; return NULL; }
static PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}};"""


@pytest.mark.parametrize(
    ("declaration", "body", "decision", "reason"),
    [
        ("static int n = 3;", "(void)n", "left", "nothing writes it"),
        ("static int n[] = {1, 2};", "(void)n[0]", "left", "nothing writes it"),
        ("static int n;", "n++", "moved", "state"),
        ("static int n;", "n = 1", "moved", "state"),
        ("static int n[4];", "n[0] = 1", "moved", "state"),
        ("static int n[2] = {1, 2};", "n[0] = 1", "refused", "starts as"),
        ("static int n;\nvoid never(void) { n = 1; }", "(void)n", "left", "nothing calls"),
        ("static _Thread_local int n;", "n = 1", "left", "each thread"),
    ],
)
def test_c_variables(declaration: str, body: str, decision: str, reason: str) -> None:
    said = reasons(plan(declaration + FUNCTIONS % body, methods="table"))["n"]
    assert said[0] == decision and reason in said[1]


def test_what_only_the_init_writes() -> None:
    said = reasons(plan("static int n[4];" + FUNCTIONS % "(void)n[0]", "n[0] = 1;", "table"))["n"]
    assert said[0] == "left" and "only the init writes it" in said[1]


def test_an_object_is_never_shared() -> None:
    made = plan("static PyObject *n[2][2];" + FUNCTIONS % "n[0][0] = a", methods="table")
    assert reasons(made)["n"][0] == "refused" and not made.own_gil
