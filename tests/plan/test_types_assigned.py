"""What the init does to a type before it is ready, and what of it a port cannot say."""

from __future__ import annotations

import pytest

from .programs import plan, reasons

TYPE = """
typedef struct { PyObject_HEAD int n; } O;
static PyTypeObject Meta, B = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.B", .tp_basicsize = sizeof(O), .tp_flags = Py_TPFLAGS_BASETYPE};
static PyTypeObject T = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.T", .tp_basicsize = sizeof(O)};
static const char doc[] = "words";
static const char *said;
static PyObject *f(PyObject *self) { return self; }
"""
READY = "if (PyType_Ready(&T) < 0) return NULL;"


def fields(init: str) -> dict[str, str]:
    move = next(m for m in plan(TYPE, init).types if m.variable.name == "T")
    return {name: value.text for name, value in move.fields.items()} | {"base": move.base}


@pytest.mark.parametrize(
    ("init", "field", "value"),
    [
        (f"T.tp_repr = f; {READY}", "tp_repr", "f"),
        (f"T.tp_basicsize = sizeof(O) + 4; {READY}", "tp_basicsize", "sizeof(O) + 4"),
        (f"T.tp_doc = doc; {READY}", "tp_doc", "doc"),
        (f"T.tp_repr = T.tp_str = f; {READY}", "tp_repr", "f"),
        (f"T.tp_repr = T.tp_str = f; {READY}", "tp_str", "f"),
        (f"T.tp_base = &B; if (PyType_Ready(&B) < 0) return NULL; {READY}", "base", "B"),
        (f"PyTypeObject *b = found(m); T.tp_base = b; {READY}", "base", "b"),
        (f"T.tp_base = m != NULL ? &PyList_Type : &PyDict_Type; {READY}", "base", "m != NULL ? &PyList_Type : &PyDict_Type"),
        (f"Py_SET_TYPE(&T, &PyType_Type); {READY}", "tp_name", '"m.T"'),
        (f"T.ob_type = &PyType_Type; {READY}", "tp_name", '"m.T"'),
        (f"Py_SET_TYPE((PyObject *)&T, &PyType_Type); {READY}", "tp_name", '"m.T"'),
        (f"((PyObject *)&T)->ob_type = &PyType_Type; {READY}", "tp_name", '"m.T"'),
        (f"((PyObject *)(&T))->ob_type = &PyType_Type; {READY}", "tp_name", '"m.T"'),
    ],
)
def test_said_in_slots(init: str, field: str, value: str) -> None:
    assert fields(init)[field] == value


@pytest.mark.parametrize(
    ("init", "reason"),
    [
        (f"if (m) {{ T.tp_repr = f; }} {READY}", "under a condition"),
        (f"{READY} T.tp_repr = f;", "behind the call"),
        (f"T.tp_doc = said; {READY}", "known only when the init runs"),
        (f"T.tp_new = B.tp_new; {READY}", "known only when the init runs"),
        (f"T.tp_basicsize = B.tp_basicsize + 8; {READY}", "which another type has to be made for"),
        (f"Py_SET_TYPE(&T, &Meta); {READY}", "its type is Meta"),
        (f"{READY} {READY}", "in two places"),
        (f"Py_INCREF(&T); {READY}", "before it is readied"),
    ],
)
def test_refused(init: str, reason: str) -> None:
    assert reason in reasons(plan(TYPE, init))["T"][1]


def test_a_size_that_only_the_init_knows() -> None:
    move = next(m for m in plan(TYPE, f"int n = 4; T.tp_basicsize = n; {READY}").types if m.variable.name == "T")
    assert "tp_basicsize" not in move.fields
    assert [(a.field, a.value.text) for a in move.assignments if a.late] == [("tp_basicsize", "n")]


def test_readied_when_it_is_wanted() -> None:
    text = TYPE + "static PyObject *g(PyObject *self, PyObject *a) { if (PyType_Ready(&T) < 0) return NULL; return a; }"
    text += 'static PyMethodDef methods[] = {{"g", g, METH_O, NULL}, {NULL, NULL, 0, NULL}};'
    assert "outside of the init" in reasons(plan(text, methods="methods"))["T"][1]
