"""How each function comes to the state, by its role and through the call graph."""

from __future__ import annotations

import pytest

from .programs import plan, reasons

TYPE = """
typedef struct { PyObject_HEAD } T;
static PyObject *err;
%s
static PyTypeObject T_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "m.T", .tp_basicsize = sizeof(T), .tp_new = PyType_GenericNew, .tp_flags = Py_TPFLAGS_DEFAULT%s, %s
};
"""
INIT = 'err = PyErr_NewException("m.e", NULL, NULL); if (PyType_Ready(&T_Type) < 0) return NULL;'
USE = "PyErr_SetNone(err)"


def reaches(
    text: str, init: str = 'err = PyErr_NewException("m.e", NULL, NULL);', methods: str = "NULL"
) -> dict[str, tuple[str, ...]]:
    made = plan(text, init, methods)
    return {r.function.name: (r.source, *r.arguments) for r in made.reaches.values()}


@pytest.mark.parametrize(
    ("slot", "head", "base", "expected"),
    [
        (".tp_repr = f", "PyObject *f(PyObject *a)", "", ("self-final", "Py_TYPE(a)")),
        (".tp_repr = f", "PyObject *f(PyObject *a)", "| Py_TPFLAGS_BASETYPE", ("self", "Py_TYPE(a)")),
        (".tp_richcompare = f", "PyObject *f(PyObject *a, PyObject *b, int op)", "", ("self-final", "Py_TYPE(a)")),
        (
            ".tp_init = f",
            "int f(PyObject *a, PyObject *b, PyObject *c)",
            "| Py_TPFLAGS_BASETYPE",
            ("self", "Py_TYPE(a)"),
        ),
        (".tp_call = f", "PyObject *f(PyObject *a, PyObject *b, PyObject *c)", "", ("self-final", "Py_TYPE(a)")),
        (".tp_as_number = &table", "PyObject *f(PyObject *a, PyObject *b)", "", ("either", "Py_TYPE(a)", "Py_TYPE(b)")),
        (".tp_methods = methods", "PyObject *f(PyObject *a, PyObject *b)", "", ("self-final", "Py_TYPE(a)")),
    ],
)
def test_slots(slot: str, head: str, base: str, expected: tuple[str, ...]) -> None:
    tables = {
        "table": "static PyNumberMethods table = {.nb_add = f};",
        "methods": 'static PyMethodDef methods[] = {{"f", f, METH_O, NULL}, {NULL}};',
    }
    value = "-1" if head.startswith("int") else "NULL"
    before = f"static {head} {{ {USE}; return {value}; }}\n" + "".join(
        text for name, text in tables.items() if name in slot
    )
    assert reaches(TYPE % (before, base, slot), INIT)["f"] == expected


def test_new_takes_it_from_the_type() -> None:
    text = TYPE % (
        f"static PyObject *f(PyTypeObject *type, PyObject *a, PyObject *k) {{ {USE}; return NULL; }}",
        "| Py_TPFLAGS_BASETYPE",
        "",
    )
    assert reaches(text.replace("PyType_GenericNew", "f"), INIT)["f"] == ("type", "type")


def test_module_functions_take_it_from_the_module() -> None:
    text = f"static PyObject *err;\nstatic PyObject *f(PyObject *self, PyObject *a) {{ {USE}; return NULL; }}\n" \
           'static PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}};'  # fmt: skip
    assert reaches(text, methods="table")["f"] == ("module", "self")


def test_helpers_are_handed_it_by_their_callers() -> None:
    text = f"""static PyObject *err;
static void g(int n) {{ if (n) g(n - 1); {USE}; }}
static void h(void) {{ g(1); }}
static void alone(void) {{ }}
static PyObject *f(PyObject *self, PyObject *a) {{ h(); alone(); return NULL; }}
static PyMethodDef table[] = {{{{"f", f, METH_O, NULL}}, {{NULL}}}};"""
    found = reaches(text, methods="table")
    assert {name: way[0] for name, way in found.items()} == {
        "f": "module",
        "g": "parameter",
        "h": "parameter",
        "PyInit_m": "exec",
    }


def test_a_callback_falls_back_to_the_interpreter() -> None:
    text = f"""static PyObject *err;
static int order(const void *a, const void *b) {{ {USE}; return 0; }}
static PyObject *f(PyObject *self, PyObject *a) {{ qsort(a, 1, 1, order); return NULL; }}
static PyMethodDef table[] = {{{{"f", f, METH_O, NULL}}, {{NULL}}}};"""
    assert reaches(text, methods="table")["order"] == ("interpreter",)


@pytest.mark.parametrize(
    ("include", "call", "decision"),
    [
        ("#include <stdlib.h>", "", "moved"),
        ("#include <signal.h>", "", "refused"),
        ("#include <stdlib.h>", "Py_BEGIN_ALLOW_THREADS Py_END_ALLOW_THREADS", "refused"),
    ],
)
def test_a_number_moves_where_the_gil_is_always_held(include: str, call: str, decision: str) -> None:
    text = f"""{include}
static int calls;
static int order(const void *a, const void *b) {{ calls += 2; return 0; }}
static PyObject *f(PyObject *self, PyObject *a) {{ {call} qsort(a, 1, 1, order); return NULL; }}
static PyMethodDef table[] = {{{{"f", f, METH_O, NULL}}, {{NULL}}}};"""
    said, reason = reasons(plan(text, methods="table"))["calls"]
    assert said == decision and (said == "moved" or "order() needs the state" in reason)


def test_a_deallocator_has_none() -> None:
    text = TYPE % (f"static void d(PyObject *self) {{ {USE}; PyObject_Del(self); }}", "", ".tp_dealloc = d")
    decision, reason = reasons(plan(text, INIT))["err"]
    assert decision == "refused" and "d() needs the state" in reason


CALLED = f"""
static PyObject *f(PyObject *m, PyObject *a) {{ {USE}; return NULL; }}
%s
static PyMethodDef table[] = {{{{"f", f, METH_O, NULL}}, {{"g", g, METH_O, NULL}}, {{NULL}}}};
"""


def test_a_function_that_has_the_state_gives_the_module_it_left_out() -> None:
    text = "static PyObject *err;" + CALLED % "static PyObject *g(PyObject *m, PyObject *a) { return f(NULL, a); }"
    made = plan(text, 'err = PyErr_NewException("m.e", NULL, NULL);', "table")
    assert reasons(made)["err"][0] == "moved" and len(made.module_of_state) == 1
    assert {r.function.name for r in made.reaches.values()} == {"f", "g", "PyInit_m"}


def test_the_exec_slot_fills_in_the_module_it_had_not() -> None:
    text = "static PyObject *err;" + CALLED % "static PyObject *g(PyObject *m, PyObject *a) { return f(m, a); }"
    made = plan(text, 'err = PyErr_NewException("m.e", NULL, NULL); f(NULL, m);', "table")
    assert reasons(made)["err"][0] == "moved" and len(made.without_module) == 1


def test_a_method_has_no_module_to_hand_on() -> None:
    slot = "static PyObject *h(PyObject *self) { return f(self, self); }"
    text = TYPE % (CALLED % "static PyObject *g(PyObject *m, PyObject *a) { return NULL; }" + slot, "", ".tp_repr = h")
    decision, reason = reasons(plan(text, INIT, "table"))["err"]
    assert decision == "refused" and "with an instance where the module belongs" in reason


def test_a_function_that_is_a_method_too_asks_what_it_is_given() -> None:
    both = 'static PyObject *f(PyObject *a, PyObject *b) { %s; return NULL; }\nstatic PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}};'
    assert reaches(TYPE % (both % USE, "", ".tp_methods = table"), INIT, "table")["f"] == ("module-or-self", "a")


ARM = """static PyObject *err;
%s
static PyObject *f(PyObject *m, PyObject *a) { %s; return NULL; }
static PyMethodDef table[] = {{"f", f, METH_O, NULL}, {NULL}};"""
MAKE = 'err = PyErr_NewException("m.e", NULL, NULL);'


def test_a_function_of_another_arm_hands_the_state_on() -> None:
    helpers = f"""static void raise_it(int n) {{ {USE}; }}
#ifdef WITH_MORE
static void more(int n) {{ raise_it(n); }}
#else
static void more(int n) {{ }}
#endif"""
    made = plan(ARM % (helpers, "more(1)"), MAKE, "table")
    assert reasons(made)["err"][0] == "moved"
    ways = sorted((r.function.name, r.source) for r in made.reaches.values())
    assert ways == [("PyInit_m", "exec"), ("f", "module"), ("more", "parameter"), ("more", "parameter"), ("raise_it", "parameter")]


def test_what_is_a_macro_in_another_arm_gets_no_parameter() -> None:
    helpers = f"""#ifdef WITH_MORE
static void more(int n) {{ {USE}; }}
#else
#define more(n) (void)(n)
#endif"""
    decision, reason = reasons(plan(ARM % (helpers, "more(1)"), MAKE, "table"))["err"]
    assert decision == "refused" and "is a macro in another #if arm" in reason


def test_a_function_that_escapes_in_one_arm_gets_no_parameter_in_the_other() -> None:
    helpers = f"""#ifdef WITH_MORE
static int more(int n) {{ return n; }}
int (*hook)(int) = more;
#else
static int more(int n) {{ {USE}; return n; }}
#endif"""
    made = plan(ARM % (helpers, "more(1)"), MAKE, "table")
    assert [r.source for r in made.reaches.values() if r.function.name == "more"] == ["interpreter"]


def test_a_helper_that_an_unread_function_calls_gets_no_parameter() -> None:
    text = f"""static PyObject *err;
static void raise_it(int n) {{ {USE}; }}
#define RAISE(n) raise_it(n)
static PyObject *f(PyObject *m, PyObject *a) {{ raise_it(1); return NULL; }}
#ifdef WITH_MORE
static PyObject *g(PyObject *m, PyObject *a) {{ if (a) {{ %s; return NULL; }}
#endif
static PyMethodDef table[] = {{{{"f", f, METH_O, NULL}}, {{NULL}}}};"""
    for call in ("raise_it(2)", "RAISE(2)"):
        made = reasons(plan(text % call, 'err = PyErr_NewException("m.e", NULL, NULL);', "table"))
        assert made["err"][0] == "refused" and "that this configuration does not take" in made["err"][1]
    assert reasons(plan(text % "(void)m", 'err = PyErr_NewException("m.e", NULL, NULL);', "table"))["err"][0] == "moved"
