"""A type that a macro porter does not read defines is shared by all interpreters: nothing may be claimed over it."""

from __future__ import annotations

from .programs import plan


def test_a_readied_type_that_nothing_defines_keeps_the_module_from_claiming_a_gil():
    made = plan('#include "library.h"\nLIB_TYPE(Foo_Type, "m.Foo");\n', "if (PyType_Ready(&Foo_Type) < 0) return NULL;")
    assert not made.own_gil
    assert any("Foo_Type, which is readied" in decision.reason for decision in made.decisions)


def test_types_of_variables_and_parameters_are_seen():
    made = plan("static int ready(PyTypeObject *t) { return PyType_Ready(t); }\n", "ready(&PyType_Type);")
    assert not any("is readied" in decision.reason for decision in made.decisions)
