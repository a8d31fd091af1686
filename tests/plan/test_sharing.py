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
        ("static int n[2] = {1, 2};", "n[0] = 1", "moved", "state"),
        ("static int other;\nstatic int *n[2] = {&other};", "other = 1, n[0] = 0", "refused", "starts as"),
        ("static int n;\nvoid never(void) { n = 1; }", "(void)n", "left", "nothing calls"),
        ("static _Thread_local int n;", "n = 1", "left", "each thread"),
    ],
)
def test_c_variables(declaration: str, body: str, decision: str, reason: str) -> None:
    said = reasons(plan(declaration + FUNCTIONS % body, methods="table"))["n"]
    assert said[0] == decision and reason in said[1]


@pytest.mark.parametrize(
    ("declaration", "body", "shared"),
    [
        ("static int n[4];", "n[0] = 1;", True),
        ("static int n[4];", "for (int i = 1; i < 4; i++) n[i] = n[i - 1] + i;", True),
        ("static int n[4];", "n[0] = 1; n[1] = 2;", True),
        ("static struct { int a, b; } n[4];", "for (int i = 0; i < 4; i++) { n[i].a = i; n[i].b = 2 * i; }", True),
        ("static int n[4];", "memset(n, 1, sizeof(n));", True),
        ("static int n[4];", "for (int i = 0; i < 4; i++) n[i] = i; n[0] = 7;", False),
        ("static int n[4];", "for (int i = 0; i < 4; i++) n[i] = n[i] * 2 + 1;", False),
        ("static int n[4];", "for (int i = 0; i < 4; i++) n[i] ^= i;", False),
        ("static int n[4];", "memset(n, 0, sizeof(n)); n[1] = 2;", False),
        ("int fill(int *); static int n[4];", "fill(n);", False),
        ("static int n[4]; static void fill(int *t) { for (int i = 0; i < 2; i++) { t[2] = 7; t[1] = t[2]; } }", "fill(n);", True),
        ("static int n[4]; static void fill(int *t) { t[0] = 1; for (int i = 0; i < 4; i++) t[i] = i; }", "fill(n);", False),
        ("static int n[4]; static void fill(int *t) { *t = 1; }", "fill(n);", False),
    ],
)
def test_what_only_the_init_writes(declaration: str, body: str, shared: bool) -> None:
    said = reasons(plan(declaration + FUNCTIONS % "(void)n[0]", body, "table"))["n"]
    assert (said[0] == "left" and "only the init writes it" in said[1]) == shared, said


@pytest.mark.parametrize(
    ("declaration", "body", "decision"),
    [
        ("static int n;", "n = 3", "left"),
        ("static int n;", "n += 2", "refused"),
        ("static int n;", "n = 0; n = 3", "refused"),
        ("static char *n;", "n = strdup(\"n\")", "refused"),
        ("static long n;", "n = time(NULL)", "refused"),
    ],
)
def test_what_only_the_init_of_a_library_writes(declaration: str, body: str, decision: str) -> None:
    files = {"m.c": module("void begin(void);" + FUNCTIONS % "", "begin();", "table"), "lib.c": f"{declaration}\nvoid begin(void) {{ {body}; }}\n"}
    assert reasons(Planner(program(files), "3.9").plan())["n"][0] == decision


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
