"""What traverse and dealloc of a heap type do, however they are written and wherever the spec stands."""

from __future__ import annotations

import pytest
from facts.texts import facts_of, type_

HEAD = """#include <Python.h>
typedef struct { PyObject_HEAD PyObject *next; PyObject *weakrefs; int n; } Foo;
"""
TRAVERSES = {
    "nothing": ("return 0;", False),
    "a member": ("Py_VISIT(((Foo *)o)->next); return 0;", False),
    "the type": ("Py_VISIT(Py_TYPE(o)); return 0;", True),
    "the type by hand": ("return visit((PyObject *)Py_TYPE(o), arg);", True),
    "the type's field": ("Py_VISIT(o->ob_type); return 0;", True),
    "the type through a name": ("PyTypeObject *t = Py_TYPE(o); Py_VISIT(t); return 0;", True),
    "the type, if the version asks for it": ("\n#if PY_VERSION_HEX >= 0x03090000\nPy_VISIT(Py_TYPE(o));\n#endif\nreturn 0;", True),
    "the type, if the version is old": ("\n#if PY_VERSION_HEX < 0x03090000\nPy_VISIT(Py_TYPE(o));\n#endif\nreturn 0;", False),
    "a helper that visits": ("return helper_that_visits((Foo *)o, visit, arg);", True),
    "a helper that does not": ("return helper(o, visit, arg);", False),
    "a macro that visits": ("VISIT_TYPE(o); return 0;", True),
    "a base nobody knows": ("return Py_TYPE(o)->tp_base->tp_traverse(o, visit, arg);", None),
    "a base that is static": ("return PyList_Type.tp_traverse(o, visit, arg);", False),
}
DEALLOCS = {
    "tp_free": ("Py_TYPE(o)->tp_free(o);", False),
    "tp_free and release": ("PyTypeObject *t = Py_TYPE(o); t->tp_free(o); Py_DECREF(t);", True),
    "release of a cast": ("PyTypeObject *t = Py_TYPE(o); PyObject_Free(o); Py_DECREF((PyObject *)t);", True),
    "release by function": ("PyObject *t = (PyObject *)Py_TYPE(o); PyObject_Free(o); Py_DecRef(t);", True),
    "release of a member": ("Py_XDECREF(((Foo *)o)->next); Py_TYPE(o)->tp_free(o);", False),
    "a helper that gets the type": ("give_back(Py_TYPE(o), o);", True),
    "a base nobody knows": ("base_type->tp_dealloc(o);", None),
    "a base through a slot": ("((destructor)PyType_GetSlot(base_type, Py_tp_dealloc))(o);", None),
}
HELPERS = """#define VISIT_TYPE(object) Py_VISIT(Py_TYPE(object))
extern PyTypeObject *base_type;
static int helper(PyObject *o, visitproc visit, void *arg) { Py_VISIT(((Foo *)o)->next); return 0; }
static int helper_that_visits(Foo *f, visitproc visit, void *arg) { Py_VISIT(f->next); VISIT_TYPE(f); return 0; }
static void give_back(PyTypeObject *made_of, PyObject *o) { made_of->tp_free(o); Py_DECREF(made_of); }
"""
SLOTS = "static PyType_Slot s[] = { {Py_tp_traverse, t}, {Py_tp_dealloc, (destructor)d}, {0, NULL} };\n"
SPEC = 'static PyType_Spec spec = { "m.Foo", sizeof(Foo), 0, Py_TPFLAGS_DEFAULT, s };\n'


def functions(traverse: str = "return 0;", dealloc: str = "") -> str:
    return f"static int t(PyObject *o, visitproc visit, void *arg) {{ {traverse} }}\nstatic void d(PyObject *o) {{ {dealloc} }}\n"


@pytest.mark.parametrize("form", TRAVERSES)
def test_whether_traverse_visits_the_type(form: str) -> None:
    body, answer = TRAVERSES[form]
    facts = facts_of(HEAD + HELPERS + functions(traverse=body) + SLOTS + SPEC)
    life = type_(facts, "spec").lifetime
    assert facts.gaps == () and life.visits_type is answer and life.traverse is not None


@pytest.mark.parametrize("form", DEALLOCS)
def test_whether_dealloc_releases_the_type(form: str) -> None:
    body, answer = DEALLOCS[form]
    facts = facts_of(HEAD + HELPERS + functions(dealloc=body) + SLOTS + SPEC)
    life = type_(facts, "spec").lifetime
    assert facts.gaps == () and life.releases_type is answer and life.dealloc is not None


SPECS = {
    "positional": SLOTS + SPEC,
    "designated": SLOTS + 'static PyType_Spec spec = { .slots = s, .name = "m.Foo", .flags = Py_TPFLAGS_DEFAULT, .basicsize = sizeof(Foo) };',
    "designated slots": "static PyType_Slot s[] = { {.slot = Py_tp_traverse, .pfunc = t}, {.pfunc = (void *)d, .slot = Py_tp_dealloc}, {0} };\n" + SPEC,
    "slots in an arm": "static PyType_Slot s[] = {\n#ifdef Py_GIL_DISABLED\n{Py_tp_doc, 0},\n#endif\n{Py_tp_traverse, t}, {Py_tp_dealloc, d}, {0, 0} };\n" + SPEC,
    "in a function": SLOTS + 'PyObject *make(void) { PyType_Spec spec = { "m.Foo", sizeof(Foo), 0, Py_TPFLAGS_DEFAULT, s }; return PyType_FromSpec(&spec); }',
    "with slots in a function": 'PyObject *make(void) { PyType_Slot s[] = { {Py_tp_traverse, t}, {Py_tp_dealloc, d}, {0, 0} };\n'
    'PyType_Spec spec = { .name = "m.Foo", .basicsize = sizeof(Foo), .flags = Py_TPFLAGS_DEFAULT, .slots = s }; return PyType_FromSpec(&spec); }',
}  # fmt: skip


@pytest.mark.parametrize("form", SPECS)
def test_every_form_of_a_spec_is_one_type_with_its_slots(form: str) -> None:
    found = type_(facts_of(HEAD + functions() + SPECS[form]), "spec")
    assert (found.kind, found.slots.keys(), found.flags) == ("heap", {"tp_traverse", "tp_dealloc"}, {"Py_TPFLAGS_DEFAULT"})
    assert found.lifetime.visits_type is False and found.lifetime.releases_type is False
    assert found.lifetime.holds == ("next",)


def test_an_array_of_specs_is_many_types() -> None:
    specs = 'static PyType_Spec specs[] = { { "m.A", 16, 0, 0, s }, { .name = "m.B", .slots = s } };\n'
    assert [t.name for t in facts_of(HEAD + functions() + SLOTS + specs).types] == ["specs[0]", "specs[1]"]


BASES = {
    "PyType_FromSpec(&spec)": "",
    "PyType_FromSpecWithBases(&spec, NULL)": "",
    "PyType_FromSpecWithBases(&spec, (PyObject *)&PyList_Type)": "PyList_Type",
    "PyType_FromModuleAndSpec(m, &spec, bases)": "bases",
    "PyType_FromModuleAndSpec(m, &spec, 0)": "",
    "PyType_FromMetaclass(meta, m, &spec, NULL)": "",
    "made_without(m, &spec)": "",
    "made_with(m, &spec, bases)": "?",
    "made_elsewhere(m, &spec)": "?",
}


@pytest.mark.parametrize("call", BASES)
def test_the_base_a_type_is_made_with(call: str) -> None:
    wrappers = """static PyObject *made_without(PyObject *m, PyType_Spec *s) { return PyType_FromModuleAndSpec(m, s, NULL); }
static PyObject *made_with(PyObject *m, PyType_Spec *s, PyObject *b) { return PyType_FromModuleAndSpec(m, s, b); }
"""
    text = HEAD + functions() + SLOTS + SPEC + wrappers + f"PyObject *make(PyObject *m, PyObject *bases, PyTypeObject *meta) {{ return {call}; }}\n"
    assert type_(facts_of(text), "spec").lifetime.base == BASES[call]


REAL = """typedef struct _object { Py_ssize_t ob_refcnt; struct _typeobject *ob_type; } PyObject;
#define PyObject_HEAD PyObject ob_base;
#define Py_TPFLAGS_HAVE_GC (1UL << 14)
#define Py_TPFLAGS_DEFAULT 0
#define Py_None (&_Py_NoneStruct)
#define PyLong_CheckExact(o) (Py_TYPE(o) == &PyLong_Type)
"""


def test_headers_of_python_that_are_read_change_no_answer() -> None:
    spec = 'static PyType_Spec spec = { "m.Foo", sizeof(Foo), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, s };\n'
    use = "static PyObject *table[] = { Py_None };\nint f(PyObject *o) { return o == Py_None || PyLong_CheckExact(o); }\n"
    facts = facts_of('#include "object_of.h"\n' + HEAD + functions() + SLOTS + spec + use, object_of=REAL)
    found = type_(facts, "spec")
    assert "Py_TPFLAGS_HAVE_GC" in found.flags and found.lifetime.holds == ("next",)
    assert facts.type_checks == ()
    assert [(m.name, m.how, m.place.file) for m in facts.mentions] == [("Py_None", "initialiser", "t.c")]


def test_the_interpreter_itself_may_use_what_is_private_to_it() -> None:
    text = "#include <Python.h>\nvoid f(void) { _PyThreadState_GET(); localtime(0); }\n"
    assert [m.name for m in facts_of(text).mentions] == ["_PyThreadState_GET", "localtime"]
    assert [m.name for m in facts_of("#define Py_BUILD_CORE_MODULE 1\n" + text).mentions] == ["localtime"]
