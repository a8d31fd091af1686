"""Where a deallocator can give back the type, and where a person has to."""

from __future__ import annotations

import pytest

from porter.plan.dealloc import Dealloc, analyse
from porter.plan.model import Refusal

from .programs import HEAD, program

BEFORE = """
typedef struct { PyObject_HEAD void *data; int n; } Thing;
static void give_back(PyObject *self) { PyObject_Del(self); }
static void give_back_twice_removed(PyObject *self) { give_back(self); }
static void keeps(PyObject *self) { Py_DECREF(self); }
static void d(PyObject *self) {"""


def analysed(body: str, before: str = BEFORE) -> Dealloc:
    made = program(f"{HEAD}{before} {body} }}")
    return analyse(made, next(f for f in made.functions() if f.name == "d"))


def freeing(found: Dealloc) -> list[str]:
    """The statements that free, as text."""
    tokens = found.function.view.tokens
    return [" ".join(t.text for t in tokens[each.first : each.last + 1]) for each in found.frees]


@pytest.mark.parametrize(
    ("body", "frees", "untracks"),
    [
        ("PyObject_Del(self);", 1, False),
        ("PyObject_GC_UnTrack(self); PyObject_GC_Del((void *)self);", 1, True),
        ("Py_TYPE(self)->tp_free((PyObject *)self);", 1, False),
        ("PyTypeObject *tp = Py_TYPE(self); PyObject_GC_UnTrack(self); tp->tp_free(self);", 1, True),
        ("freefunc f = (freefunc)PyType_GetSlot(Py_TYPE(self), Py_tp_free); f(self);", 1, False),
        ("if (self->ob_refcnt) { Py_DECREF(self); } PyObject_Free(self);", 1, False),
        ("PyDict_Type.tp_dealloc((PyObject *)self);", 1, False),
        ("other(self); PyMem_Free(other); PyObject_Del(self);", 1, False),
        ("Thing *thing = (Thing *)self; free(thing->data); PyObject_Free(thing);", 1, False),
        ("if (x) { PyObject_Del(self); return; } PyObject_Del(self);", 2, False),
        ("if (n > 9) PyObject_Del(self); else if (n > 4) { free(self); } else PyMem_Free(self);", 3, False),
        ("if (PyObject_CallFinalizerFromDealloc(self) < 0) return; PyObject_Del(self);", 1, True),
        ("if (n) goto done; n = 2; done: PyObject_Del(self);", 1, False),
        ("while (n--) { free(x); } do n++; while (n < 9); for (;;) if (n) break; else n--; PyObject_Del(self);", 1, False),
        ("if (self) { PyObject_Del(self); }", 1, False),
        ("if (!self) return; PyObject_Del(self);", 1, False),
        ("if (self == NULL) { n = 1; } else PyObject_Del(self);", 1, False),
        ("give_back(self);", 1, False),
        ("give_back_twice_removed(self);", 1, False),
        ('Py_FatalError("never");', 0, False),
    ],
)
def test_every_path_frees_once(body: str, frees: int, untracks: bool) -> None:
    found = analysed(body)
    assert (found.self_name, len(freeing(found)), found.untracks) == ("self", frees, untracks)
    assert all(text.endswith(";") for text in freeing(found))


def test_what_frees_and_what_governs_it() -> None:
    found = analysed("if (n) { PyObject_Del(self); } else give_back(self);")
    assert freeing(found) == ["PyObject_Del ( self ) ;", "give_back ( self ) ;"]
    assert [(f.governed, f.hands_on.name if f.hands_on else "") for f in found.frees] == [(False, ""), (True, "give_back")]
    assert analysed("PyList_Type.tp_dealloc(self);").frees[0].base == ("PyList_Type",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Py_XDECREF(self);", "nowhere"),
        ("if (n < 9) list[n++] = self; else PyObject_Del(self);", "keeps its object on some path"),
        ("if (n > 9) PyObject_Del(self);", "keeps its object on some path"),
        ("while (n--) { PyObject_Del(self); }", "under a condition"),
        ("switch (n) { case 1: PyObject_Del(self); }", "under a condition"),
        ("while (n--) { if (n == 4) return; } PyObject_Del(self);", "out of a loop"),
        ("if (keep(self)) return; PyObject_Del(self);", "keeps its object on some path"),
        ("if (n) PyObject_Del(self); PyObject_Del(self);", "twice on some path"),
        ("again: if (n--) goto again; PyObject_Del(self);", "jumps back"),
        ("keeps(self);", "nowhere"),
        ("self = other; PyObject_Del(other);", "nowhere"),
    ],
)
def test_not_clear(body: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        analysed(body)


def test_without_a_name_for_the_object() -> None:
    with pytest.raises(Refusal, match="no named parameter"):
        analysed("", "static void d(PyObject *) {")


def test_a_function_that_calls_itself_frees_nothing() -> None:
    with pytest.raises(Refusal, match="nowhere"):
        analysed("e(self); } static void e(PyObject *self) { d(self);", "static void e(PyObject *); static void d(PyObject *self) {")
