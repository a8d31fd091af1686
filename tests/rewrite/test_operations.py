"""What is offered in the place of type addresses and of the objects behind None, and what is left with which reason."""

from __future__ import annotations

import pytest

from porter.errors import Gap
from porter.facts.program import read_program
from porter.facts.uses import index_names
from porter.rewrite.offer import Offer
from porter.rewrite.public_types import public_types
from porter.rewrite.singletons import singletons
from porter.span import apply_edits
from porter.tree.model import Extension

HEAD = "#include <Python.h>\n"


def offered(operation, text: str, python: str = "3.9") -> tuple[str, Offer]:
    """The text with what is offered made, and the offer."""
    program = read_program(Extension("m", ("m.c",)), lambda f: HEAD + text if f == "m.c" else Gap(f, 0, f, "absent"), "3.13")
    offer = operation(program, index_names(program), python)
    return apply_edits(HEAD + text, offer.edits).removeprefix(HEAD), offer


LEFT = {
    "looked at twice": ("int f(PyObject *o) { return PyObject_TypeCheck(g(o), &PySet_Type); }", "look at its argument twice"),
    "in a macro": ("#define IS(o) (Py_TYPE(o) == &PyLong_Type)\nint f(PyObject *o) { return IS(o); }", "change it there"),
    "no check for subclasses": ("int f(PyObject *o) { return PyObject_TypeCheck(o, &PyCode_Type); }", "no public check lets subclasses pass"),
    "too new": ("int f(PyObject *o) { return Py_TYPE(o) == &PySet_Type; }", "came with Python 3.10"),
    "a type, no object": ("int f(PyTypeObject *t) { return t == &PyLong_Type; }", "used as an object"),
    "a base": ("void f(PyTypeObject *t) { t->tp_base = &PyLong_Type; }", "a base is named by its address"),
    "parsed": ('int f(PyObject *o, PyObject **p) { return PyArg_ParseTuple(o, "O!", &PyLong_Type, p); }', "an O! of PyArg_ParseTuple"),
}  # fmt: skip


@pytest.mark.parametrize("form", LEFT)
def test_uses_of_types_that_stay(form: str) -> None:
    text, reason = LEFT[form]
    after, offer = offered(public_types, text)
    assert after == text and [d.decision for d in offer.decisions] == ["left"] and reason in offer.decisions[0].reason


def test_a_check_that_is_new_is_called_where_all_pythons_have_it() -> None:
    assert offered(public_types, "int f(PyObject *o) { return Py_TYPE(o) == &PySet_Type; }", "3.10")[0] == "int f(PyObject *o) { return PySet_CheckExact(o); }"


def test_a_constant_goes_with_its_line() -> None:
    after, offer = offered(singletons, "static PyObject *const no = Py_False;\nPyObject *f(void) { return no; }")
    assert after == "PyObject *f(void) { return Py_False; }" and [d.symbol for d in offer.decisions] == ["no"]


STAY = {
    "written": "static PyObject *no = Py_False;\nvoid f(PyObject *o) { no = o; }",
    "its address": "static PyObject *no = Py_False;\nPyObject **f(void) { return &no; }",
    "in a macro": "static PyObject *no = Py_False;\n#define NO no\nPyObject *f(void) { return NO; }",
    "in another arm": "static PyObject *no = Py_False;\nPyObject *f(void) { return no; }\n#ifdef _WIN32\nint g(void) { return no != NULL; }\n#endif",
    "a table": "static PyObject *no[] = {Py_False};\nPyObject *f(void) { return no[0]; }",
    "of others too": "PyObject *no = Py_False;\nPyObject *f(void) { return no; }",
}  # fmt: skip


@pytest.mark.parametrize("form", STAY)
def test_constants_that_stay(form: str) -> None:
    after, offer = offered(singletons, STAY[form])
    assert after == STAY[form] and all(d.decision == "left" and "start with NULL" in d.reason for d in offer.decisions)
    assert len(offer.decisions) == 1
