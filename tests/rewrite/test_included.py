"""A C file that a source includes as text: its own init goes, and its types are made by the init of the extension."""

from __future__ import annotations

from porter.errors import Gap
from porter.facts.program import read_program
from porter.rewrite.port import Ported, port_program
from porter.tree.model import Extension

PART = """
static PyTypeObject T;
static PyTypeObject T = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "part.T", .tp_basicsize = sizeof(PyObject)};
static int check(PyObject *o) { return PyObject_TypeCheck(o, &T); }
static struct PyModuleDef part_def = {PyModuleDef_HEAD_INIT, "part", NULL, -1, NULL, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC
PyInit_part(void)
{
    PyObject *m = PyModule_Create(&part_def);
    if (m == NULL || PyType_Ready(&T) < 0) return NULL;
    return m;
}
"""
WHOLE = """#include <Python.h>
#include "part.c"
static PyObject *repr(PyObject *self) { return PyUnicode_FromFormat("%%d", check(self)); }
static struct PyModuleDef whole_def = {PyModuleDef_HEAD_INIT, "whole", NULL, -1, NULL, NULL, NULL, NULL, NULL};
%s
PyMODINIT_FUNC
PyInit_whole(void)
{
    PyObject *m = PyModule_Create(&whole_def);
    T.tp_name = "whole.T";
    T.tp_repr = repr;
    if (m == NULL || PyType_Ready(&T) < 0) return NULL;
    return m;
}
"""


def ported(more: str = "", sources: tuple[str, ...] = ("whole.c",)) -> Ported:
    files = {"whole.c": WHOLE % more, "part.c": PART if len(sources) == 1 else "#include <Python.h>\n" + PART}
    return port_program(read_program(Extension("whole", sources), lambda f: files.get(f, Gap(f, 0, f, "none")), "3.13"), "3.10")


def test_the_init_that_nothing_calls_goes_and_the_type_stands_before_the_one_that_makes_it() -> None:
    made = ported()
    assert made.own_gil, made.decisions
    assert "PyInit_part" not in made.texts["part.c"] and "T = {" not in made.texts["part.c"]
    whole = made.texts["whole.c"]
    assert whole.index("repr(PyObject *self)") < whole.index("PyType_Spec T_spec") < whole.index("whole_exec(PyObject *m)")
    assert '.name = "whole.T"' in whole and "{Py_tp_repr, repr}" in whole


def test_the_state_is_known_where_the_included_file_is_read() -> None:
    texts = ported().texts
    assert texts.keys() == {"whole.c", "part.c"}
    assert texts["whole.c"].index("} whole_state;") < texts["whole.c"].index('#include "part.c"')
    assert "check(whole_state *state, PyObject *o)" in texts["part.c"]


def test_an_init_that_something_mentions_stays() -> None:
    made = ported('static int table(void) { return PyImport_AppendInittab("part", PyInit_part); }')
    assert made.texts == {} and any("more than one PyInit_" in d.reason for d in made.decisions)


def test_an_init_in_a_source_of_its_own_stays() -> None:
    made = ported(sources=("whole.c", "part.c"))
    assert made.texts == {} and any("more than one PyInit_" in d.reason for d in made.decisions)
