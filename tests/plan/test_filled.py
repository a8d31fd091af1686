"""Structs with a start of their own that the exec slot fills, and those it cannot."""

from __future__ import annotations

import pytest

from porter.plan.decide import Planner

from .programs import HEAD, module, plan, program, reasons

TYPE = """
static PyTypeObject T;
static PyTypeObject T = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.T", .tp_basicsize = sizeof(PyObject)};
static int check(PyObject *o) { return PyObject_TypeCheck(o, &T); }
typedef struct { PyTypeObject *type; int (*check)(PyObject *); } API;
"""
READY = "if (PyType_Ready(&T) < 0) return NULL;"
EXPORT = 'PyModule_AddObject(m, "API", PyCapsule_New(&api, "m.API", NULL));'


@pytest.mark.parametrize("init", [READY + EXPORT, EXPORT + READY, EXPORT])
def test_a_struct_that_names_a_type_moves_with_it(init: str) -> None:
    made = reasons(plan(TYPE + "static API api = {&T, check};", init))
    assert made["api"][0] == made["T"][0] == "moved", made


@pytest.mark.parametrize(
    ("text", "init", "reason"),
    [
        ("static API api = {&T, check};", "if (!api.check(m)) return NULL;" + READY + EXPORT, "before the types"),
        ("static struct { PyTypeObject *type; } api = {&T};", READY + EXPORT, "has no name"),
        ("typedef struct { PyTypeObject *const type; } Fixed;\nstatic Fixed api = {&T};", READY + EXPORT, "constant"),
        ("#define START {&T, check}\nstatic API api = START;", READY + EXPORT, "stays static"),
        ("static API api = {\n#ifdef NEVER\n0\n#endif\n&T, check};", READY + EXPORT, "directives inside"),
        ("static API api = {&T, check};", "if (m != Py_None) { " + READY + " T.tp_doc = 0; }" + EXPORT, "stays static"),
    ],
)
def test_a_struct_that_cannot_be_filled_keeps_its_type_where_it_is(text: str, init: str, reason: str) -> None:
    made = reasons(plan(TYPE + text, init))
    assert made["api"][0] == made["T"][0] == "refused", made
    assert reason in made["api"][1]


def test_a_base_that_is_offered_stays_static() -> None:
    text = TYPE.replace("sizeof(PyObject)", "sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE") + "static API api = {&T, check};"
    made = reasons(plan(text, READY + EXPORT))
    assert "static types may have it for a base" in made["T"][1] and "stays static" in made["api"][1]
    assert reasons(plan(text, READY))["T"][0] == "moved"


def test_a_name_that_is_a_macro_for_others_is_no_use_of_the_symbol() -> None:
    header = "#define OWN\n#ifndef OWN\n#define T (*api->type)\n#define is_T(o) (Py_TYPE(o) == &T)\n#endif\n"
    made = reasons(plan(header + TYPE, READY))
    assert made["T"][0] == "moved", made


def test_a_pointer_that_is_given_the_address_of_what_moves_moves_too() -> None:
    text = TYPE + "static API real = {&T, check};\nstatic API *api;\nstatic void *table[2];\n"
    init = READY + "api = &real; table[0] = (void *)&T; " + EXPORT.replace("&api", "&real")
    made = plan(text, init)
    assert {"T", "real", "api", "table"} <= {m.variable.name for m in (*made.types, *made.variables)}
    assert made.own_gil


def test_a_header_that_offers_an_api_stays_and_nothing_is_claimed() -> None:
    head = HEAD + "typedef struct { PyTypeObject *type; } API;\nstatic API *api;\n"
    own = module("#include \"api.h\"\n" + TYPE.replace("API", "Other") + "static API real = {&T};\n", READY + "api = &real;" + EXPORT)
    made = Planner(program({"m.c": own, "api.h": head}), "3.9").plan()
    assert "T" in {m.variable.name for m in made.types} and "offers a C API" in reasons(made)["api"][1]
    assert not made.own_gil
