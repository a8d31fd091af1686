"""An array that is only handed to what cannot write it is never written."""

from __future__ import annotations

import pytest
from facts.texts import facts_of, kinds

CALLS = {
    "a source of the C library": ("#include <string.h>\n", "memcpy(out, table, 4);", "never-written"),
    "a target of the C library": ("#include <string.h>\n", "memcpy(table, out, 4);", "c-state"),
    "a format of the C API": ("", "PyArg_ParseTupleAndKeywords(a, k, (char *)table, names, &i);", "never-written"),
    "a buffer that a parser of the C API fills": ("", 'PyArg_ParseTuple(a, "es#", 0, table, &i);', "c-state"),
    "a text of the C API": ("", 'PyModule_AddStringConstant(m, "version", (const char *)table);', "never-written"),
    "a prototype with const": ("int sum(char *, const int *values);\n", "sum(out, table);", "never-written"),
    "a prototype without const": ("int sum(char *, int *values);\n", "sum(out, table);", "c-state"),
    "a constant pointer to what is not constant": ("int sum(char *, int *const values);\n", "sum(out, table);", "c-state"),
    "an address to a constant": ("int sum(char *, const int *value);\n", "sum(out, &table[0]); sum(out, (const int *)&table);", "never-written"),
    "an address to a pointer to a constant": ("int sum(char *, const int **value);\n", "sum(out, (const int **)&table);", "c-state"),
    "a constant pointer behind a pointer": ("int sum(char *, const int *const *value);\n", "sum(out, (const int *const *)&table);", "never-written"),
    "a function nobody declared": ("", "sum(out, table);", "c-state"),
    "a function that reads elements": ("static int sum(int *values) { return values[0]; }\n", "sum(table);", "never-written"),
    "a function that goes along": (
        "static int sum(int *values) { int s = 0; while (*values) { s += *(values++); } values += 1; return s; }\n",
        "sum(table);",
        "never-written",
    ),
    "a function that goes along in a loop": (
        "static int sum(int *v) { int s = 0; for (; v != 0 && *v; v++) { s += 2 * f(*v); } return s; }\n",
        "sum(table);",
        "never-written",
    ),
    "a function that writes where it goes": ("static void sum(int *v) { *v++ = 1; }\n", "sum(table);", "c-state"),
    "a function that counts up what it finds": ("static void sum(int *v) { (*v)++; }\n", "sum(table);", "c-state"),
    "a function that counts up before": ("static void sum(int *v) { ++*v; }\n", "sum(table);", "c-state"),
    "a function that hands it on": ("static void sum(int *v) { f(0, v++); }\n", "sum(table);", "c-state"),
    "a function that keeps it": ("static int *kept; static void sum(int *v) { kept = v; }\n", "sum(table);", "c-state"),
    "a function that writes elements": ("static int sum(int *values) { return values[0] = 1; }\n", "sum(table);", "c-state"),
}


@pytest.mark.parametrize("form", CALLS)
def test_what_a_call_does_to_an_array(form: str) -> None:
    before, call, kind = CALLS[form]
    facts = facts_of(f"{before}static int table[4] = {{1}};\nvoid use(char *out) {{ {call} }}\n")
    assert kinds(facts)["table"] == kind


def test_a_text_with_cache_in_its_name_is_no_cache() -> None:
    text = """#include <Python.h>
static PyObject *str_cached, *cached;
void f(void) { str_cached = PyUnicode_InternFromString("cached"); cached = PyDict_New(); }
"""
    assert kinds(facts_of(text)) == {"str_cached": "object", "cached": "cache"}


def test_an_address_that_is_handed_on_is_not_called_a_write() -> None:
    facts = facts_of("static int given, set;\nvoid f(void) { use(&given); use(&set); set = 1; }\n")
    assert {v.name: (v.kind, v.handed_on) for v in facts.variables} == {"given": ("c-state", True), "set": ("c-state", False)}
