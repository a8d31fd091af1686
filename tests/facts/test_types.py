"""Every way a type object is written down is found, once, with its fields."""

from __future__ import annotations

import pytest
from facts.texts import facts_of, facts_of_files, type_

HEAD = "#include <Python.h>\ntypedef struct { PyObject_HEAD int a; } Foo;\n"

DEFINITIONS = {
    "positional": 'static PyTypeObject T = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", sizeof(Foo), 0, (destructor)T_dealloc };',
    "designated": 'static PyTypeObject T = { .ob_base = PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.T", .tp_basicsize = sizeof(Foo), .tp_dealloc = (destructor)T_dealloc };',
    "mixed": 'static PyTypeObject T = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", .tp_basicsize = sizeof(Foo), .tp_dealloc = (destructor)T_dealloc };',
    "by struct tag": 'struct _typeobject T = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", sizeof(Foo), 0, (destructor)T_dealloc };',
    "through a typedef": 'typedef PyTypeObject Kind;\nstatic Kind T = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", sizeof(Foo), 0, (destructor)T_dealloc };',
    "tentative first": 'static PyTypeObject T;\nint f(void) { return PyType_Ready(&T); }\nstatic PyTypeObject T = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", sizeof(Foo), 0, (destructor)T_dealloc };',
    "extern first": 'extern PyTypeObject T;\nPyTypeObject T = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", sizeof(Foo), 0, (destructor)T_dealloc };',
    "by macro": '#define TYPE(n) static PyTypeObject n = { PyVarObject_HEAD_INIT(NULL, 0) "m." #n, sizeof(Foo), 0, (destructor)n##_dealloc }\nTYPE(T);',
    "with attributes": '__attribute__((visibility("hidden"))) PyTypeObject T UNKNOWN_ATTRIBUTE = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", sizeof(Foo), 0, (destructor)T_dealloc };',
    "behind an export macro": 'UNKNOWN_EXPORT PyTypeObject T = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", sizeof(Foo), 0, (destructor)T_dealloc };',
    "static in a function": 'PyTypeObject *make(void) { static PyTypeObject T = { PyVarObject_HEAD_INIT(NULL, 0) "m.T", sizeof(Foo), 0, (destructor)T_dealloc }; return &T; }',
    "with arms in it": 'static PyTypeObject T = { PyVarObject_HEAD_INIT(NULL, 0)\n#if PY_MAJOR_VERSION >= 3\n"m.T",\n#else\n"old",\n#endif\nsizeof(Foo), 0, (destructor)T_dealloc };',
}


@pytest.mark.parametrize("form", DEFINITIONS)
def test_every_form_is_one_static_type_with_its_fields(form: str) -> None:
    facts = facts_of(HEAD + DEFINITIONS[form])
    found = type_(facts, "T")
    assert (found.kind, found.confidence, facts.gaps, facts.variables) == ("static", "parsed", (), ())
    assert found.slots["tp_name"].replace('" "', "") == '"m.T"'
    assert found.slots["tp_basicsize"].replace(" ", "") == "sizeof(Foo)"
    assert "T_dealloc" in found.slots["tp_dealloc"]


def test_the_place_is_that_of_the_name_in_the_definition() -> None:
    facts = facts_of("static PyTypeObject T;\nstatic\n  PyTypeObject T = {0};\n")
    assert (type_(facts, "T").place.line, type_(facts, "T").place.column) == (3, 16)


def test_a_name_made_by_pasting_stands_where_the_macro_is_used() -> None:
    facts = facts_of("#define TYPE(n) static PyTypeObject n##_Type = {0}\n\nTYPE(a);\nTYPE(b);\n")
    assert [(t.name, t.place.line) for t in facts.types] == [("a_Type", 3), ("b_Type", 4)]


def test_a_template_included_twice_makes_two_types() -> None:
    template = "static PyTypeObject NAME(Type) = {0};\nstatic PyObject *NAME(cache);\n"
    text = '#define PASTE(a, b) a##b\n#define NAME(x) PASTE(Long, x)\n#include "h.h"\n#undef NAME\n#define NAME(x) PASTE(Object, x)\n#include "h.h"\n'
    facts = facts_of(text, h=template)
    assert {t.name for t in facts.types} == {"LongType", "ObjectType"}
    assert {v.name for v in facts.variables} == {"Longcache", "Objectcache"}


def test_units_that_differ_only_in_a_macro_make_their_own_names() -> None:
    files = {"a.c": '#define NAME aa\n#include "h.h"\n', "b.c": '#define NAME bb\n#include "h.h"\n', "h.h": "#define X(n) n\nPyTypeObject X(NAME) = {0};\n"}
    assert {t.name for t in facts_of_files(files, ("a.c", "b.c")).types} == {"aa", "bb"}


def test_a_header_declares_and_one_file_defines() -> None:
    files = {"a.c": '#include "h.h"\nPyTypeObject T = {0};', "b.c": '#include "h.h"\nvoid *p(void) { return &T; }', "h.h": "extern PyTypeObject T;\n"}
    (found,) = facts_of_files(files, ("b.c", "a.c")).types
    assert (found.name, found.place.file) == ("T", "a.c")


def test_a_struct_that_begins_with_a_type_is_one() -> None:
    text = "typedef struct { PyTypeObject base; int more; } Meta;\nstruct outer { Meta meta; };\nstatic Meta M = {{0}, 1};\nstatic struct outer O;\nstatic Meta *p;\n"
    facts = facts_of("#include <Python.h>\n" + text)
    assert {(t.name, t.kind) for t in facts.types} == {("M", "static"), ("O", "static")}
    assert {v.name for v in facts.variables} == {"p"}


def test_an_array_of_types_is_reported_without_fields() -> None:
    found = type_(facts_of('static PyTypeObject T[2] = {{ PyVarObject_HEAD_INIT(NULL, 0) "a" }, {0}};'), "T")
    assert (found.kind, found.slots) == ("static", {})


def test_struct_sequences() -> None:
    text = """#include <Python.h>
static PyTypeObject S; static PyTypeObject S2; static PyTypeObject *H;
static PyStructSequence_Desc d = {"m.S", 0, 0, 1};
int f(void) { PyStructSequence_InitType(&S, &d); if (PyStructSequence_InitType2(&S2, &d) < 0) return 1; H = PyStructSequence_NewType(&d); return 0; }
"""
    facts = facts_of(text)
    assert {(t.name, t.kind, t.stored_in) for t in facts.types} == {("S", "static-structseq", None), ("S2", "static-structseq", None), ("d", "heap-structseq", "H")}


def test_a_spec_is_a_heap_type_with_the_names_of_fields_and_where_it_is_kept() -> None:
    text = """#include <Python.h>
static PyTypeObject *Kept;
static PyType_Slot slots[] = {{Py_tp_dealloc, (void *)d}, {Py_tp_methods, methods}, {0, NULL}};
static PyType_Spec spec = {"m.T", sizeof(int), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, slots};
int f(PyObject *m) { Kept = (PyTypeObject *)PyType_FromModuleAndSpec(m, &spec, NULL); return 0; }
"""
    found = type_(facts_of(text), "spec")
    assert (found.kind, found.stored_in, set(found.slots)) == ("heap", "Kept", {"tp_dealloc", "tp_methods"})
    assert found.flags == {"Py_TPFLAGS_DEFAULT", "Py_TPFLAGS_IMMUTABLETYPE"}


def test_pointers_to_types_and_types_elsewhere_are_none() -> None:
    facts = facts_of("#include <Python.h>\nextern PyTypeObject Foreign;\nstatic PyTypeObject *p = &Foreign;\nPyTypeObject *f(PyTypeObject *t) { return t; }\n")
    assert facts.types == ()


def test_both_arms_of_a_condition_are_not_two_types() -> None:
    (found,) = facts_of("#ifdef _WIN32\nPyTypeObject T = {0};\n#else\nstatic PyTypeObject T = {0};\n#endif\n").types
    assert found.place.line == 4
