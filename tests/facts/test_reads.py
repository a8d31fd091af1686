"""An array that is only handed to what cannot write it is never written."""

from __future__ import annotations

import pytest
from facts.texts import facts_of, kinds

CALLS = {
    "a source of the C library": ("#include <string.h>\n", "memcpy(out, table, 4);", "never-written"),
    "a target of the C library": ("#include <string.h>\n", "memcpy(table, out, 4);", "c-state"),
    "a prototype with const": ("int sum(char *, const int *values);\n", "sum(out, table);", "never-written"),
    "a prototype without const": ("int sum(char *, int *values);\n", "sum(out, table);", "c-state"),
    "a constant pointer to what is not constant": ("int sum(char *, int *const values);\n", "sum(out, table);", "c-state"),
    "a function nobody declared": ("", "sum(out, table);", "c-state"),
    "a function that reads elements": ("static int sum(int *values) { return values[0]; }\n", "sum(table);", "never-written"),
    "a function that writes elements": ("static int sum(int *values) { return values[0] = 1; }\n", "sum(table);", "c-state"),
}


@pytest.mark.parametrize("form", CALLS)
def test_what_a_call_does_to_an_array(form: str) -> None:
    before, call, kind = CALLS[form]
    facts = facts_of(f"{before}static int table[4] = {{1}};\nvoid use(char *out) {{ {call} }}\n")
    assert kinds(facts) == {"table": kind}
