"""Callbacks that take the GIL: which own GIL they may take, and from where on they have the state."""

from __future__ import annotations

import pytest

from .programs import plan, reasons

TEXT = """static PyObject *err;
static %s back(void *data, const void *other) { %s }
static PyObject *f(PyObject *self, PyObject *a) { err = PyErr_NewException("m.E", NULL, NULL); %s; return NULL; }
static PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}};"""
TAKES = "PyGILState_STATE s = PyGILState_Ensure(); PyErr_SetNone(err); PyGILState_Release(s);"


@pytest.mark.parametrize(
    ("returns", "call", "own_gil"),
    [
        ("void", "PQsetNoticeReceiver(c, back, self)", True),
        ("void", "back(0, 0)", True),
        ("void", "pthread_create(&t, NULL, back, self)", False),
        ("void", "struct s x; x.back = back; run(&x)", False),
        ("void", "start(back)", False),
    ],
)
def test_who_may_take_the_gil(returns: str, call: str, own_gil: bool) -> None:
    made = plan(TEXT % (returns, TAKES, call), methods="table")
    assert made.own_gil == own_gil
    assert own_gil or "does not come from Python" in reasons(made)["m"][1]


def test_what_runs_at_exit_finds_no_interpreter() -> None:
    decision, said = reasons(plan(TEXT % ("void", "Py_CLEAR(err);", "Py_AtExit(back)"), methods="table"))["err"]
    assert decision == "refused" and "no interpreter is left" in said


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("PyErr_SetNone(err); PyGILState_Ensure();", "before it takes the GIL"),
        ("if (data) { PyGILState_Ensure(); PyErr_SetNone(err); }", "takes the GIL on some path only"),
        ("if (data) PyGILState_Ensure(); PyErr_SetNone(err);", "takes the GIL on some path only"),
    ],
)
def test_where_the_state_is_out_of_reach(body: str, reason: str) -> None:
    decision, said = reasons(plan(TEXT % ("void", body, "qsort(a, 1, 1, back)"), methods="table"))["err"]
    assert decision == "refused" and reason in said
