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
USE = 'static PyObject *f(PyObject *self, PyObject *a) { PyErr_SetNone(Error); return NULL; }'
TABLE = '\nstatic PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}};'
INIT = 'Error = PyErr_NewException("m.Error", NULL, NULL);'


def test_a_use_in_generated_code_refuses_the_port():
    text = "static PyObject *Error;" + GENERATED % USE + TABLE
    port = port_program(program(module(text, INIT, "table")), "3.9")
    assert port.texts == {}
    assert "change its input, and run it again" in port.decisions[0].reason


def test_generated_code_beside_the_port_is_no_obstacle():
    text = "static PyObject *Error;" + GENERATED % "static int unchanged;" + USE + TABLE
    port = port_program(program(module(text, INIT, "table")), "3.9")
    assert "static int unchanged;\n/*[clinic end" in port.texts["m.c"]
