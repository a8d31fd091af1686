"""What is left in ports that stopped half-way, in the forms they are written in, and nothing where the port is whole."""

from __future__ import annotations

import pytest

from porter.checks import check
from porter.facts.gather import gather
from porter.settings import Settings
from porter.tree.model import Extension

HEAD = """#include <Python.h>
typedef struct { PyObject_HEAD PyObject *held; } Foo;
typedef struct { PyTypeObject *Foo_Type; PyObject *Error; } state_s;
static PyObject *Foo_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) { return type->tp_alloc(type, 0); }
static PyObject *Foo_get(PyObject *self, PyTypeObject *cls, PyObject *const *args, Py_ssize_t n, PyObject *names) { return PyType_GetModule(cls); }
static PyMethodDef Foo_methods[] = { {"get", (PyCFunction)(void (*)(void))Foo_get, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL}, {NULL} };
"""
TRAVERSE = "static int Foo_traverse(PyObject *self, visitproc visit, void *arg) { Py_VISIT(Py_TYPE(self)); Py_VISIT(((Foo *)self)->held); return 0; }\n"
DEALLOC = """static void Foo_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self); PyObject_GC_UnTrack(self); Py_CLEAR(((Foo *)self)->held); type->tp_free(self); Py_DECREF(type); }
"""
SLOTS = """static PyType_Slot Foo_slots[] = { {Py_tp_new, Foo_new}, {Py_tp_methods, Foo_methods},
    {Py_tp_traverse, Foo_traverse}, {Py_tp_dealloc, Foo_dealloc}, {0, NULL} };
"""
SPEC = """static PyType_Spec Foo_spec = { .name = "m.Foo", .basicsize = sizeof(Foo),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE, .slots = Foo_slots };
"""
STATICS = ""
EXEC = """static int m_exec(PyObject *m) {
    state_s *state = PyModule_GetState(m);
    state->Foo_Type = (PyTypeObject *)PyType_FromModuleAndSpec(m, &Foo_spec, NULL);
    state->Error = PyErr_NewException("m.Error", NULL, NULL);
    return 0; }
"""
MODULE = """static PyModuleDef_Slot m_slots[] = { {Py_mod_exec, m_exec}, {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {0, NULL} };
static PyModuleDef m = { PyModuleDef_HEAD_INIT, .m_name = "m", .m_size = sizeof(state_s), .m_slots = m_slots };
PyMODINIT_FUNC PyInit_m(void) { return PyModuleDef_Init(&m); }
"""
WHOLE = HEAD + TRAVERSE + DEALLOC + SLOTS + SPEC + EXEC + MODULE


def rules_of(text: str, suffix: str = "c", target: str = "3.13") -> set[str]:
    file = f"m.{suffix}"
    facts = gather(Extension("m", (file,)), {file: text}.get, Settings(target_python=target))
    assert facts.gaps == ()
    return {finding.rule for finding in check(facts)}


def changed(*changes: tuple[str, str]) -> str:
    text = WHOLE
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    return text


POSITIONAL = ('{ .name = "m.Foo", .basicsize = sizeof(Foo),\n    .flags = Py_TPFLAGS_DEFAULT', '{ "m.Foo", sizeof(Foo), 0, Py_TPFLAGS_DEFAULT')
WHOLE_FORMS = {
    "as it is": (),
    "positional": (POSITIONAL, (", .slots = Foo_slots", ", Foo_slots")),
    "designated slots": (("{Py_tp_traverse, Foo_traverse}", "{.slot = Py_tp_traverse, .pfunc = Foo_traverse}"),),
    "flags of its own": (("Py_TPFLAGS_DEFAULT | ", "FLAGS | "), ("#include <Python.h>\n", "#include <Python.h>\n#define FLAGS Py_TPFLAGS_DEFAULT\n")),
    "flags by version": ((" | Py_TPFLAGS_IMMUTABLETYPE", "\n#ifdef Py_TPFLAGS_IMMUTABLETYPE\n | Py_TPFLAGS_IMMUTABLETYPE\n#endif\n"),),
    "visit by version": (("Py_VISIT(Py_TYPE(self));", "\n#if PY_VERSION_HEX >= 0x03090000\nPy_VISIT(Py_TYPE(self));\n#endif\n"),),
    "slot by version": (("{Py_mod_multiple", "\n#if PY_VERSION_HEX >= 0x030C0000\n{Py_mod_multiple"), ("GIL_SUPPORTED}, ", "GIL_SUPPORTED},\n#endif\n")),
    "slot where it is known": (("{Py_mod_multiple", "\n#ifdef Py_MOD_PER_INTERPRETER_GIL_SUPPORTED\n{Py_mod_multiple"), ("GIL_SUPPORTED}, ", "GIL_SUPPORTED},\n#endif\n")),
    "designated module slot": (("{Py_mod_multiple_interpreters, ", "{.slot = Py_mod_multiple_interpreters, .value = "),),
    "from a spec alone": (("PyType_FromModuleAndSpec(m, &Foo_spec, NULL)", "PyType_FromSpec(&Foo_spec)"),),
    "with a metaclass": (("PyType_FromModuleAndSpec(m, &Foo_spec, NULL)", "PyType_FromMetaclass(meta, m, &Foo_spec, NULL)"), ("static int m_exec", "extern PyTypeObject *meta;\nstatic int m_exec")),
    "declared before": (("static int m_exec(PyObject *m) {", "static PyModuleDef m;\nstatic int m_exec(PyObject *m) {"),),
}  # fmt: skip


@pytest.mark.parametrize("form", WHOLE_FORMS)
@pytest.mark.parametrize("suffix", ["c", "cpp"])
def test_a_whole_port_has_no_findings(form: str, suffix: str) -> None:
    assert rules_of(changed(*WHOLE_FORMS[form]), suffix) == set()


NO_VISIT = ("Py_VISIT(Py_TYPE(self)); ", "")
NO_RELEASE = (" Py_DECREF(type); }", " }")
NO_GC = ("Py_TPFLAGS_HAVE_GC | ", "")
MUTABLE = (" | Py_TPFLAGS_IMMUTABLETYPE", "")
CLAIMED = "overclaimed-isolation"
LEFT = {
    "no visit": ((NO_VISIT,), {"missing-type-visit"}),
    "no visit, positional": ((NO_VISIT, *WHOLE_FORMS["positional"]), {"missing-type-visit"}),
    "no visit, designated slots": ((NO_VISIT, *WHOLE_FORMS["designated slots"]), {"missing-type-visit"}),
    "no visit, a spec alone": ((NO_VISIT, *WHOLE_FORMS["from a spec alone"]), {"missing-type-visit"}),
    "no visit, a metaclass": ((NO_VISIT, *WHOLE_FORMS["with a metaclass"]), {"missing-type-visit"}),
    "visit in an old arm": ((("Py_VISIT(Py_TYPE(self));", "\n#if PY_VERSION_HEX < 0x03090000\nPy_VISIT(Py_TYPE(self));\n#endif\n"),), {"missing-type-visit"}),
    "no release": ((NO_RELEASE,), {"missing-type-decref"}),
    "no release, behind a cast": ((NO_RELEASE, ("{Py_tp_dealloc, Foo_dealloc}", "{Py_tp_dealloc, (void *)(destructor)Foo_dealloc}")), {"missing-type-decref"}),
    "no collection": ((NO_GC,), {"missing-gc"}),
    "no collection and nothing to traverse": ((NO_GC, ("{Py_tp_traverse, Foo_traverse}, ", "")), {"missing-gc"}),
    "can be changed": ((MUTABLE,), {"mutable-heap-type"}),
    "can be created": ((("{Py_tp_new, Foo_new}, ", ""),), {"instantiable-heap-type"}),
    "a type in a pointer": ((("state->Foo_Type = ", "Foo_Type = "), ("static int m_exec", "static PyTypeObject *Foo_Type;\nstatic int m_exec")), {"heap-type-in-static", CLAIMED}),
    "a type in an object": ((("state->Foo_Type = (PyTypeObject *)", "Foo_Type = "), ("static int m_exec", "static PyObject *Foo_Type;\nstatic int m_exec")), {"heap-type-in-static", CLAIMED}),
    "a type in a function": ((("state->Foo_Type = ", "static PyTypeObject *t; t = "),), {"heap-type-in-static", CLAIMED}),
    "a type in an array": ((("state->Foo_Type = ", "types[0] = "), ("static int m_exec", "static PyTypeObject *types[2];\nstatic int m_exec")), {"heap-type-in-static", CLAIMED}),
    "an exception": ((("state->Error = ", "Error = "), ("static int m_exec", "static PyObject *Error;\nstatic int m_exec")), {"static-exception", CLAIMED}),
    "exceptions": ((("state->Error = ", "errors[0] = "), ("static int m_exec", "static PyObject *errors[3];\nstatic int m_exec")), {"static-exception", CLAIMED}),
    "a static type": ((("static int m_exec", "static PyTypeObject Old_Type = { PyVarObject_HEAD_INIT(NULL, 0) };\nstatic int m_exec"),), {"static-type", CLAIMED}),
    "nothing declared": ((("{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, ", ""),), {"missing-interpreter-slot"}),
    "compiled out": ((("#include <Python.h>\n", "#define Py_LIMITED_API 0x03090000\n#include <Python.h>\n"), *WHOLE_FORMS["slot where it is known"]), {"missing-interpreter-slot"}),
    "a lookup": ((("state_s *state = PyModule_GetState(m);", "state_s *state = PyModule_GetState(PyState_FindModule(&def));"), ("static int m_exec", "extern PyModuleDef def;\nstatic int m_exec")), {"pystate-findmodule"}),
}  # fmt: skip


@pytest.mark.parametrize("form", LEFT)
@pytest.mark.parametrize("suffix", ["c", "cpp"])
def test_what_is_left_is_found_and_nothing_else(form: str, suffix: str) -> None:
    changes, rules = LEFT[form]
    assert rules_of(changed(*changes), suffix) == rules


def test_a_struct_sequence_in_a_static() -> None:
    made = "static PyTypeObject *Point; static PyStructSequence_Desc d;\nvoid f(void) { Point = PyStructSequence_NewType(&d); }\n"
    kept = "static PyTypeObject Point; static PyStructSequence_Desc d;\nvoid f(void) { PyStructSequence_InitType2(&Point, &d); }\n"
    assert rules_of(WHOLE + made) == {"heap-type-in-static", CLAIMED}
    assert rules_of(WHOLE + kept) == {"static-structseq", CLAIMED}


@pytest.mark.parametrize(("target", "found"), [("3.8", set()), ("3.9", {"missing-type-visit"}), ("3.13", {"missing-type-visit"})])
def test_python_3_8_visits_the_type_itself(target: str, found: set[str]) -> None:
    text = changed(NO_VISIT, MUTABLE)
    facts = gather(Extension("m", ("m.c",)), {"m.c": text}.get, Settings(target_python=target, min_python="3.8"))
    assert {finding.rule for finding in check(facts)} - {"mutable-heap-type", "missing-interpreter-slot"} == found
    assert ("mutable-heap-type" in {f.rule for f in check(facts)}) is (target == "3.13")


def test_a_pointer_that_is_never_written_keeps_no_heap_type() -> None:
    assert rules_of(WHOLE + "static PyTypeObject *base = &PyLong_Type;\nPyTypeObject *f(void) { return base; }\n") == set()


def test_one_function_of_many_types_is_told_once_with_all_of_them() -> None:
    more = SLOTS.replace("Foo_slots", "Bar_slots") + SPEC.replace("Foo_s", "Bar_s").replace("m.Foo", "m.Bar")
    text = changed(NO_VISIT, ("static int m_exec", more + "static int m_exec"))
    (finding,) = check(gather(Extension("m", ("m.c",)), {"m.c": text}.get, Settings()))
    assert (finding.rule, finding.symbol) == ("missing-type-visit", "Foo_spec")
    assert {related.message for related in finding.related} == {"Foo_spec has it", "Bar_spec has it"}
