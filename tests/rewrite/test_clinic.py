"""Code that Argument Clinic wrote is never edited: a port that needs it changed is refused with what to do."""

from __future__ import annotations

from porter.rewrite.port import port_program
from tests.plan.programs import module, program

GENERATED = """
/*[clinic input]
module m
[clinic start generated code]*/
%s
/*[clinic end generated code: output=0123 input=4567]*/
"""
USE = "static PyObject *f(PyObject *self, PyObject *a) { PyErr_SetNone(Error); return NULL; }"
TABLE = '\nstatic PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}};'
INIT = 'Error = PyErr_NewException("m.Error", NULL, NULL);'


def test_what_generated_code_uses_stays_and_the_rest_is_ported():
    other = "static PyObject *kept; static PyObject *g(PyObject *self, PyObject *a) { return kept; }"
    text = "static PyObject *Error;" + GENERATED % USE + other + TABLE.replace('{"f"', '{"g", g, METH_O, NULL}, {"f"')
    port = port_program(program(module(text, INIT + 'kept = PyUnicode_FromString("x");', "table")), "3.9")
    reasons = {d.symbol: (d.decision, d.reason) for d in port.decisions}
    assert reasons["Error"][0] == "refused" and "change its input, and run it again" in reasons["Error"][1]
    assert reasons["kept"][0] == "moved" and USE in port.texts["m.c"] and not port.own_gil


def test_a_helper_that_generated_code_calls_gets_no_parameter():
    helper = "static void fail(void) { PyErr_SetNone(Error); }"
    text = "static PyObject *Error;" + helper + GENERATED % USE.replace("PyErr_SetNone(Error)", "fail()") + TABLE
    port = port_program(program(module(text, INIT, "table")), "3.9")
    assert "f(), which Argument Clinic wrote, would have to find the state" in next(
        d.reason for d in port.decisions if d.symbol == "Error"
    )


def test_a_class_of_the_input_names_the_type_of_the_state():
    types = "".join(
        f'static PyTypeObject {n}_Type = {{PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.{n}", .tp_basicsize = 16, .tp_flags = {flags}}};'
        for n, flags in (("A", "Py_TPFLAGS_DEFAULT"), ("B", "Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE"))
    )
    declared = '/*[clinic input]\nmodule m\nclass m.A "PyObject *" "&A_Type"\nclass m.B "PyObject *" "&B_Type"\nclass m.C "PyObject *" "&C_Type"\n[clinic start generated code]*/\n'
    port = port_program(program(module(types + declared, "PyType_Ready(&A_Type); PyType_Ready(&B_Type);")), "3.9")
    assert 'class m.A "PyObject *" "((m_state *)PyType_GetModuleState(type))->A_Type"' in port.texts["m.c"]
    assert 'class m.B "PyObject *" "m_get_state_by_type(type)->B_Type"' in port.texts["m.c"]
    assert 'class m.C "PyObject *" "&C_Type"' in port.texts["m.c"]


def test_generated_code_beside_the_port_is_no_obstacle():
    text = "static PyObject *Error;" + GENERATED % "static int unchanged;" + USE + TABLE
    port = port_program(program(module(text, INIT, "table")), "3.9")
    assert "static int unchanged;\n/*[clinic end" in port.texts["m.c"]
