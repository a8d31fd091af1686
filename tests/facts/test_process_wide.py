"""Names that mean the process are found where they are used, and only where they mean it."""

from __future__ import annotations

import pytest
from facts.texts import facts_of

from porter.facts.kept import kept

HEAD = "#include <Python.h>\n#include <time.h>\n"
MENTIONS = {
    "a call": ("void f(void) { localtime(0); }", [("localtime", "call", "f")]),
    "only declared": ("struct tm *localtime(const time_t *);", []),
    "a function of its own": ("static void localtime(int x) { }\nvoid f(void) { localtime(0); }", []),
    "a parameter": ("void f(int (*signal)(int)) { signal(0); }", []),
    "a local variable": ("void f(void) { int (*signal)(int) = 0; signal(0); }", []),
    "a member": ("void f(struct s *o) { o->signal(0); }", []),
    "an address": ("void f(void) { use(&localtime); }", []),
    "through a macro": ("#define NOW() localtime(0)\nvoid f(void) { NOW(); NOW(); }", [("localtime", "call", "f")]),
    "in an arm not taken": ("void f(void) {\n#ifdef _WIN32\nlocaltime(0);\n#endif\n}", []),
    "a hook": ("void f(void) { PyOS_InputHook = 0; }", [("PyOS_InputHook", "value", "f")]),
    "a private global": ("void f(void) { use(&_PyRuntime); }", [("_PyRuntime", "value", "f")]),
    "a singleton in a function": ("PyObject *f(void) { return Py_None; }", []),
    "a singleton in a table": ("static PyObject *t[] = { Py_None };", [("Py_None", "initialiser", None)]),
    "a singleton in a static local": ("void f(void) { static PyObject *o = Py_True; }", [("Py_True", "initialiser", "f")]),
    "a singleton in a local": ("void f(void) { PyObject *o = Py_True; }", []),
    "the object of a singleton": ("int f(PyObject *o) { return o == &_Py_NoneStruct; }", [("_Py_NoneStruct", "value", "f")]),
}


@pytest.mark.parametrize("form", MENTIONS)
def test_mentions(form: str) -> None:
    text, found = MENTIONS[form]
    facts = facts_of(HEAD + text + "\n")
    assert facts.gaps == ()
    assert [(m.name, m.how, m.function) for m in facts.mentions] == found


def test_mentions_in_cpp() -> None:
    text = HEAD + "void f() { std::localtime(0); ::gmtime(0); Clock::ctime(0); clock.asctime(0); }\n"
    assert [m.name for m in facts_of(text, "cpp").mentions] == ["localtime", "gmtime"]


CHECKS = {
    "Py_TYPE(o) == &PyLong_Type": ("PyLong_Type", True, "o", False),
    "Py_TYPE(o) != &PyLong_Type": ("PyLong_Type", True, "o", True),
    "&PyDict_Type == Py_TYPE(f(o, 1))": ("PyDict_Type", True, "f(o, 1)", False),
    "Py_IS_TYPE(o, &PyList_Type)": ("PyList_Type", True, "o", False),
    "PyObject_TypeCheck(o->a, &PyUnicode_Type)": ("PyUnicode_Type", False, "o->a", False),
    "PyObject_TypeCheck(o, (PyTypeObject *)&PyUnicode_Type)": ("PyUnicode_Type", False, "o", False),
    "PyType_IsSubtype(Py_TYPE(o), &PyLong_Type)": ("PyLong_Type", False, "o", False),
    "PyType_IsSubtype(o->ob_type, &PyLong_Type)": ("PyLong_Type", False, "o", False),
    "o->ob_type == &PyLong_Type": ("PyLong_Type", True, "o", False),
    "a[1].b->ob_type != &PyLong_Type": ("PyLong_Type", True, "a[1].b", True),
    "((PyObject *)o)->ob_type == &PyLong_Type": ("PyLong_Type", True, "((PyObject *)o)", False),
    "f(o, 2)->ob_type == &PyLong_Type": ("PyLong_Type", True, "f(o, 2)", False),
}


@pytest.mark.parametrize("form", CHECKS)
def test_comparisons_of_types(form: str) -> None:
    text = f"{HEAD}int g(PyObject *o) {{ return 1 && {form}; }}\n"
    (check,) = facts_of(text).type_checks
    assert (check.name, check.exact, check.operand, check.negated) == CHECKS[form]
    assert text[check.span.start : check.span.end] == form


@pytest.mark.parametrize(
    "form",
    [
        'PyArg_ParseTuple(o, "O!", &PyLong_Type, &a)',
        "PyObject_CallNoArgs((PyObject *)&PyDict_Type)",
        "PyType_IsSubtype(a, &PyLong_Type)",
        "a == &PyLong_Type",
        "Py_TYPE(o) == &Own_Type",
        "PyLong_CheckExact(o)",
    ],
)
def test_other_uses_of_types_are_left_alone(form: str) -> None:
    facts = facts_of(f"{HEAD}extern PyTypeObject Own_Type;\nint g(PyObject *o, PyTypeObject *a) {{ return {form}; }}\n")
    assert (facts.gaps, facts.type_checks) == ((), ())


def test_a_comparison_in_a_macro_is_found_once_and_has_no_bytes_to_replace() -> None:
    text = HEAD + "#define IS(o) Py_TYPE(o) == &PyLong_Type\nint g(PyObject *o) { return IS(o) && IS(o); }\n"
    (check,) = facts_of(text).type_checks
    assert (check.place.line, check.span) == (3, None)


KEPT = {
    "PyErr_NewException": ('X = PyErr_NewException("m.E", NULL, NULL);', "exception"),
    "in a condition": ('if (!(X = PyErr_NewExceptionWithDoc("m.E", 0, 0, 0))) return;', "exception"),
    "a spec": ("X = PyType_FromSpec(&spec);", "type"),
    "a struct sequence": ("X = (PyObject *)PyStructSequence_NewType(&desc);", "type"),
    "a list": ("X = PyList_New(0);", "object"),
    "an exception beside it": ('X = PyList_New(0); other = PyErr_NewException("m.E", 0, 0);', "object"),
}


@pytest.mark.parametrize("form", KEPT)
def test_what_a_variable_keeps(form: str) -> None:
    body, what = KEPT[form]
    facts = facts_of(f"{HEAD}static PyObject *X;\nvoid f(PyObject *other) {{ {body} }}\n")
    (variable,) = facts.variables
    assert kept(variable) == what


def test_a_slot_that_is_compiled_out_is_known() -> None:
    module = """#include <Python.h>
static PyModuleDef_Slot slots[] = {
#if !defined(Py_LIMITED_API)
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL} };
static PyModuleDef def = { PyModuleDef_HEAD_INIT, .m_name = "m", .m_slots = slots };
PyMODINIT_FUNC PyInit_m(void) { return PyModuleDef_Init(&def); }
"""
    whole, limited = facts_of(module).module, facts_of("#define Py_LIMITED_API 0x030A0000\n" + module).module
    assert (whole.declares, whole.left_out) == ("own-gil", None)
    assert module[whole.declared_span.start : whole.declared_span.end] == "Py_MOD_PER_INTERPRETER_GIL_SUPPORTED"
    assert (limited.declares, limited.left_out.line) == (None, 5)


@pytest.mark.parametrize("asked", ["Py_MOD_PER_INTERPRETER_GIL_SUPPORTED", "Py_mod_multiple_interpreters", "Py_MOD_GIL_NOT_USED", "Py_TPFLAGS_IMMUTABLETYPE"])
def test_macros_that_extensions_ask_for_are_there(asked: str) -> None:
    facts = facts_of(f"#include <Python.h>\n#ifdef {asked}\nstatic PyObject *there;\n#endif\n")
    assert [v.name for v in facts.variables] == ["there"]
