"""Fields of a type that have no slot, or a meaning only under a flag."""

from __future__ import annotations

import pytest

from .programs import plan, reasons

TYPE = """
typedef struct {{ PyObject_HEAD int n; }} O;
static int show(PyObject *self, FILE *file, int flags) {{ return 0; }}
static PyTypeObject T = {{PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.T", .tp_basicsize = sizeof(O), {0}}};
"""
READY = "if (PyType_Ready(&T) < 0) return NULL;"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (".tp_vectorcall_offset = (Py_ssize_t)show", False),  # the place of tp_print before Python 3.8
        (".tp_vectorcall_offset = offsetof(O, n), .tp_flags = Py_TPFLAGS_DEFAULT", False),
        (".tp_vectorcall_offset = offsetof(O, n), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL", True),
        (".tp_vectorcall_offset = offsetof(O, n), .tp_flags = _Py_TPFLAGS_HAVE_VECTORCALL", True),
    ],
)
def test_an_offset_that_nothing_reads(written: str, kept: bool) -> None:
    assert ("tp_vectorcall_offset" in plan(TYPE.format(written), READY).types[0].fields) == kept


@pytest.mark.parametrize("field", ["tp_dict", "tp_bases", "tp_mro", "tp_vectorcall"])
def test_no_slot_means_the_same(field: str) -> None:
    assert reasons(plan(TYPE.format(f".{field} = show"), READY))["T"][1].startswith(f"{field} has no slot")


@pytest.mark.parametrize("field", ["tp_is_gc", "tp_del", "tp_finalize", "tp_free", "tp_alloc"])
def test_slots_of_their_own(field: str) -> None:
    assert plan(TYPE.format(f".{field} = show"), READY).types[0].fields[field].text == "show"


@pytest.mark.parametrize("head", ["PyVarObject_HEAD_INIT(&Meta, 0)", ".ob_base = {PyObject_HEAD_INIT(&Meta) 0},"])
def test_a_metaclass(head: str) -> None:
    text = TYPE.format(".tp_itemsize = 0").replace("PyVarObject_HEAD_INIT(NULL, 0)", head)
    assert "its type is Meta" in reasons(plan("static PyTypeObject *Meta;" + text, READY))["T"][1]
