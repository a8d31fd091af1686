"""Where a deallocator can give back the type, and where a person has to."""

from __future__ import annotations

import pytest

from porter.plan.dealloc import analyse
from porter.plan.model import Refusal

from .programs import function

HEAD = "static void d(PyObject *self) {"


@pytest.mark.parametrize(
    ("body", "direct", "untracks"),
    [
        ("PyObject_Del(self);", True, False),
        ("PyObject_GC_UnTrack(self); PyObject_GC_Del((void *)self);", True, True),
        ("Py_TYPE(self)->tp_free((PyObject *)self);", False, False),
        ("PyTypeObject *tp = Py_TYPE(self); PyObject_GC_UnTrack(self); tp->tp_free(self);", False, True),
        ("if (self->ob_refcnt) { Py_DECREF(self); } PyObject_Free(self);", True, False),
        ("PyDict_Type.tp_dealloc((PyObject *)self);", False, False),
        ("other(self); PyMem_Free(other); PyObject_Del(self);", True, False),
    ],
)
def test_one_place(body: str, direct: bool, untracks: bool) -> None:
    found = analyse(function(f"{HEAD} {body} }}", "d"))
    assert (found.self_name, found.direct, found.untracks) == ("self", direct, untracks)
    assert found.function.view.tokens[found.last].text == ";"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Py_XDECREF(self);", "0 places"),
        ("if (x) { PyObject_Del(self); return; } PyObject_Del(self);", "2 places"),
        ("if (n < 9) list[n++] = self; else PyObject_Del(self);", "under a condition"),
        ("if (n > 9) PyObject_Del(self);", "under a condition"),
        ("while (n--) { PyObject_Del(self); }", "under a condition"),
        ("if (keep(self)) return; PyObject_Del(self);", "returns before"),
        ("give_back(self);", "0 places"),
    ],
)
def test_not_clear(body: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        analyse(function(f"{HEAD} {body} }}", "d"))


def test_without_a_name_for_the_object() -> None:
    with pytest.raises(Refusal, match="no named parameter"):
        analyse(function("static void d(PyObject *) { }", "d"))
