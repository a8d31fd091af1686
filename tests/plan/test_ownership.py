"""Who owns the reference that a variable keeps, read from every assignment."""

from __future__ import annotations

import pytest

from porter.facts.uses import uses_of
from porter.plan.model import Refusal
from porter.plan.ownership import given_back, stolen_without_reference
from porter.plan.variables import c_state_move, object_move

from .programs import HEAD, places, program, variable

OWNED = [
    "kept = PyDict_New();",
    "kept = (PyObject *)PyList_New(0);",
    "if (!(kept = PyTuple_New(0))) return;",
    "kept = NULL; kept = PyDict_New();",
    "Py_INCREF(value); kept = value;",
    "kept = value; Py_INCREF(kept);",
    "kept = value; Py_XINCREF(value);",
    "kept = Py_NewRef(value);",
    'kept = PyDict_GetItemString(value, "x"); Py_INCREF(kept);',
    "PyObject *made = PyDict_New(); kept = made;",
    "Py_XSETREF(kept, PyDict_New());",
]
BORROWED = [
    'kept = PyDict_GetItemString(value, "x");',
    'kept = PyImport_AddModule("x");',
    "kept = PyModule_GetDict(value);",
    "PyObject *found = PyTuple_GET_ITEM(value, 0); kept = found;",
    "(void)kept;",
]
UNCLEAR = {
    "kept = value;": "not clear",
    "kept = condition ? value : PyDict_New();": "not clear",
    "fill(&kept);": "address",
    "kept = PyDict_New(); kept = PyModule_GetDict(value);": "owns and references it does not",
}


def move(body: str, declaration: str = "static PyObject *kept;"):
    made = program(f"{HEAD}{declaration}\nvoid f(PyObject *value) {{ {body} }}")
    return object_move(made, places(made), variable(made, "kept"), None)


@pytest.mark.parametrize("body", OWNED)
def test_owned(body: str) -> None:
    assert move(body).owned


@pytest.mark.parametrize("body", BORROWED)
def test_borrowed(body: str) -> None:
    assert not move(body).owned


@pytest.mark.parametrize(("body", "reason"), UNCLEAR.items())
def test_unclear(body: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        move(body)


@pytest.mark.parametrize(
    ("declaration", "reason"),
    [
        ("static PyObject *kept[2][2];", "array of arrays"),
        ("static PyObject **kept;", "is not known"),
        ("static union { PyObject *object; long number; } kept;", "union"),
        ("static PyListObject kept;", "an object itself"),
        ("static PyObject *kept = (PyObject *)&PyLong_Type;", "starts as"),
    ],
)
def test_what_no_state_can_hold(declaration: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        move("", declaration)


@pytest.mark.parametrize(
    ("written", "start"), [("", None), (" = 0", None), (" = -1", "-1"), (" = 2.5", "2.5"), (" = LIMIT", "LIMIT")]
)
def test_the_start_of_a_counter(written: str, start: str | None) -> None:
    made = program(f"{HEAD}static double count{written};\nvoid f(void) {{ count++; }}")
    assert c_state_move(made, places(made), variable(made, "count")).start == start


@pytest.mark.parametrize(
    "declaration",
    ["static int count[] = {1, 2};", "static struct point { int x; } count = {1};", "static int count = sizeof(int) + 1;"],
)
def test_c_state_that_stays(declaration: str) -> None:
    made = program(f"{HEAD}{declaration}\n")
    with pytest.raises(Refusal):
        c_state_move(made, places(made), variable(made, "count"))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('PyModule_AddObject(m, "x", kept);', 1),
        ('Py_INCREF(kept); PyModule_AddObject(m, "x", kept);', 0),
        ('Py_INCREF(kept); PyModule_AddObject(m, "x", kept); PyModule_AddObject(m, "y", kept);', 1),
        ('PyModule_AddObjectRef(m, "x", kept);', 0),
        ('PyModule_Add(m, "x", Py_NewRef(kept));', 0),
        ("PyTuple_SET_ITEM(m, 0, kept);", 1),
        ("PyTuple_Pack(1, kept);", 0),
    ],
)
def test_references_given_away(body: str, wanted: int) -> None:
    made = program(f"{HEAD}static PyObject *kept;\nvoid f(PyObject *m) {{ kept = PyDict_New(); {body} }}")
    kept = variable(made, "kept")
    assert len(stolen_without_reference(kept, uses_of(kept, places(made)))) == wanted


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ('kept = PyDict_New(); PyDict_SetItemString(value, "x", kept); Py_DECREF(kept);', 1),
        ('kept = PyDict_New(); if (PyDict_SetItemString(value, "x", kept) < 0) { Py_XDECREF(kept); return; }', 1),
        ("kept = PyDict_New(); Py_IncRef(kept); (void)PyObject_Repr(kept); Py_DecRef(kept);", 0),
        ('kept = PyDict_New(); Py_INCREF(kept); if (PyModule_AddObject(value, "x", kept) < 0) { Py_DECREF(kept); return; }', 0),
        ('kept = PyDict_New(); Py_INCREF(kept); int bad = PyModule_AddObject(value, "x", kept); if (bad) Py_DECREF(kept);', 0),
        ("kept = PyDict_New(); Py_DECREF(kept); kept = NULL;", 0),
        ("Py_XDECREF(kept); kept = PyDict_New();", 0),
    ],
)
def test_what_gives_back_the_only_reference(body: str, count: int) -> None:
    made = program(f"{HEAD}static PyObject *kept;\nvoid f(PyObject *value) {{ {body} }}")
    assert len(given_back(uses_of(variable(made, "kept"), places(made)))) == count
