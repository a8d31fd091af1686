"""C variables that all interpreters may share, with the reason a person reads."""

from __future__ import annotations

import pytest

from porter.plan.decide import Planner

from .programs import module, plan, program, reasons

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


LIBRARY = "%s\nint found(void) { %s; return 1; }\n"
MODULE = module("int found(void);" + FUNCTIONS % "found()", methods="table")


@pytest.mark.parametrize(
    ("declaration", "body", "decision"),
    [
        ("volatile unsigned features;", "features = 1", "left"),
        ("static int a(void); static int (*volatile features)(void) = a; static int a(void) { return 0; }", "features = a", "left"),
        ("volatile unsigned features;", "features |= 1", "refused"),
        ("volatile unsigned features;", "features++", "refused"),
        ("unsigned features;", "features = 1", "refused"),
        ("volatile unsigned features[2];", "features[0] = 1", "refused"),
    ],
)
def test_what_a_library_without_python_finds_out_once(declaration: str, body: str, decision: str) -> None:
    files = {"m.c": MODULE, "lib.c": LIBRARY % (declaration, body)}
    said = reasons(Planner(program(files), "3.9").plan())
    assert said["features"][0] == decision
