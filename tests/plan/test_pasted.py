"""Symbols that macros make names and strings of: which stay, and why."""

from __future__ import annotations

import pytest

from .programs import plan, reasons

FUNCTION = """
static PyObject *f(PyObject *self, PyObject *a) { %s return NULL; }
static PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}};"""
GIVEN = "kept_a = PyList_New(0);"
STRING = "static PyObject *kept_a;\n#define SHOW(x) PyObject_SetAttrString(self, #x, x)\n"


@pytest.mark.parametrize(
    ("text", "body", "decision", "reason"),
    [
        ("#define MAKE(N) static PyObject *kept_##N\nMAKE(a);", "(void)kept_a;", "moved", "state"),
        ("#define MAKE(N) static PyObject *kept_##N, *more_##N\nMAKE(a);", "(void)kept_a;", "refused", "a macro makes it"),
        ("static PyObject *kept_a;\n#define GET(N) (kept_##N)", "(void)GET(a);", "moved", "state"),
        ("static PyObject *kept_a;\nstatic int kept_b;\n#define GET(N) (kept_##N)", "(void)(GET(a) && GET(b));", "refused", "kept_b too"),
        (
            "static PyObject *kept_a;\n#ifdef NEVER\n#define GET(N) (&kept_##N)\n#else\n#define GET(N) (kept_##N)\n#endif",
            "(void)GET(a);",
            "refused",
            "defines GET too",
        ),
        (STRING, "SHOW(kept_a);", "moved", "state"),
        (STRING, "SHOW(kept_a); SHOW(a);", "refused", "of what stays"),
        (STRING + "#define ON(x) SHOW(x)\n", "ON(kept_a);", "refused", "hands it to a macro"),
        (STRING.replace("#x, x", "#x, Py_None"), "SHOW(kept_a); (void)kept_a;", "moved", "state"),
    ],
)  # fmt: skip
def test_names_and_strings_of_a_symbol(text: str, body: str, decision: str, reason: str) -> None:
    made = reasons(plan(text + FUNCTION % body, GIVEN, "table"))["kept_a"]
    assert made[0] == decision and reason in made[1], made


def test_a_type_is_named_by_its_address() -> None:
    text = 'static PyTypeObject T = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.T"};\n#define ADD(t) PyModule_AddObject(m, #t, (PyObject *)%s)\n'
    ready = "if (PyType_Ready(&T) < 0) return NULL; ADD(T);"
    assert reasons(plan(text % "&t", ready))["T"][0] == "moved"
    assert "address" in reasons(plan(text % "(&(t))", ready))["T"][1]


@pytest.mark.parametrize("third", ["c", "NULL"])
def test_of_nb_power_the_third_operand_may_be_ours(third: str) -> None:
    text = """
static PyObject *kept_a;
static PyObject *power(PyObject *a, PyObject *b, PyObject *c) { return kept_a; }
static PyObject *again(PyObject *a, PyObject *b, PyObject *c) { return power(a, b, %s); }
static PyNumberMethods number = {.nb_power = power, .nb_inplace_power = again};
static PyTypeObject T = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.T", .tp_as_number = &number};"""
    made = plan(text % third, GIVEN + "if (PyType_Ready(&T) < 0) return NULL;")
    sources = {r.function.name: (r.source, r.arguments) for r in made.reaches.values()}
    if third == "c":
        assert sources["power"] == ("any", ("Py_TYPE(a)", "Py_TYPE(b)", "Py_TYPE(c)"))
    else:
        assert "called with NULL" in reasons(made)["kept_a"][1]


def test_a_method_may_call_a_module_function_without_its_module() -> None:
    text = """
static PyObject *kept_a;
static PyObject *f(PyObject *module, PyObject *a) { return kept_a; }
static PyObject *get(PyObject *self, PyObject *a) { return f(NULL, a); }
static PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}}, methods[] = {{"get", get, METH_O, NULL}, {NULL}};
static PyTypeObject T = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.T", .tp_methods = methods};"""
    made = plan(text, GIVEN + "if (PyType_Ready(&T) < 0) return NULL;", "table")
    assert {r.function.name for r in made.reaches.values()} >= {"f", "get"} and made.needs_module
    assert len(made.module_of_state) == 1
