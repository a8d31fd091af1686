"""What a module says of itself: its init, its size, its state, what it declares."""

from __future__ import annotations

import pytest
from facts.texts import facts_of

SINGLE = """#include <Python.h>
static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, "pkg.m", doc, -1, methods };
PyMODINIT_FUNC PyInit_m(void) { return PyModule_Create(&def); }
"""
MULTI = """#include <Python.h>
typedef struct { PyObject *error; } m_state;
static PyModuleDef_Slot slots[] = { {Py_mod_exec, (void *)m_exec}, %s {0, NULL} };
static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, .m_name = "m", .m_size = sizeof(m_state), .m_slots = slots };
PyMODINIT_FUNC PyInit_m(void) { return PyModuleDef_Init(&def); }
"""


def test_single_phase() -> None:
    module = facts_of(SINGLE).module
    assert (module.name, module.init, module.declares, module.size, module.state) == ("pkg.m", "single-phase", None, "-1", None)
    assert (module.place.line, module.size_place.line, module.size_place.column, module.init_place.line) == (2, 2, 72, 3)


@pytest.mark.parametrize(
    ("slot", "declares"),
    [
        ("", None),
        ("{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},", "own-gil"),
        ("{Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED},", "shared-gil"),
        ("{Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},", "not-supported"),
        ("\n#if PY_VERSION_HEX >= 0x030C0000\n{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},\n#endif\n", "own-gil"),
        ("\n#if PY_VERSION_HEX < 0x030C0000\n{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},\n#endif\n", None),
        ("\n#ifdef Py_mod_multiple_interpreters\n{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},\n#endif\n", "own-gil"),
    ],
)
def test_multi_phase_and_what_it_declares(slot: str, declares: str | None) -> None:
    module = facts_of(MULTI % slot).module
    assert (module.init, module.declares, module.state, module.size) == ("multi-phase", declares, "m_state", "sizeof(m_state)")


def test_an_init_without_a_definition_is_single_phase() -> None:
    module = facts_of("#include <Python.h>\nPyMODINIT_FUNC PyInit_m(void) { return make(); }\n").module
    assert (module.name, module.init, module.init_place.line) == ("m", "single-phase", 2)


def test_a_macro_that_names_the_init_is_followed() -> None:
    text = SINGLE.replace("PyMODINIT_FUNC PyInit_m(void)", "#define INIT(n) PyMODINIT_FUNC PyInit_##n(void)\nINIT(m)")
    assert facts_of(text).module.init_place.line == 4


def test_no_init_is_no_module() -> None:
    assert facts_of("int a;").module is None


@pytest.mark.parametrize("call", ("PyModule_Create()", "PyModule_Create(", "PyModuleDef_Init()", "PyStructSequence_InitType()", "PyStructSequence_NewType()"))
def test_a_call_without_arguments_is_no_trap(call: str) -> None:
    text = f"#include <Python.h>\nstatic struct PyModuleDef def = {{0}};\nPyMODINIT_FUNC PyInit_m(void) {{ return {call}; }}\n"
    assert facts_of(text).module is not None
