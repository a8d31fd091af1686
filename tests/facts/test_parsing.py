"""What argument parsers write through the addresses they are given, and names that only look like uses."""

from __future__ import annotations

import pytest

from porter.facts.parsing import borrows
from porter.facts.uses import uses_of
from tests.plan.programs import HEAD, places, program, variable

FUNCTION = "static PyObject *cls;\nstatic PyObject *f(PyObject *self, PyObject *a) { %s; return NULL; }"


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ('PyArg_ParseTuple(a, "O", &cls)', (True, True)),
        ('PyArg_ParseTuple(a, "O" "O:name", &other, &cls)', (True, True)),
        ('PyArg_ParseTuple(a, "s#O!|i;text", &p, &n, &PyList_Type, &cls, &i)', (True, False)),
        ('PyArg_ParseTupleAndKeywords(a, b, "i$O", list, &i, &cls)', (True, False)),
        ('PyArg_ParseTuple(a, "O&", convert, &cls)', (False, False)),
        ("PyArg_ParseTuple(a, format, &cls)", (False, False)),
        ("other(a, &cls)", (False, False)),
    ],
)
def test_what_is_written(call: str, answer: tuple[bool, bool]) -> None:
    made = program(HEAD + FUNCTION % call)
    (use,) = uses_of(variable(made, "cls"), places(made))
    assert borrows(use) == answer


def test_members_and_parameters_at_file_scope_are_no_uses() -> None:
    text = "const char *fmt;\nstruct s { const char *fmt; char a, *b; };\ntypedef struct { int fmt[2]; } t;\nvoid tell(const char *fmt, int n);\n"
    made = program(HEAD + text + "static const char **at = &fmt;")
    assert [u.how for u in uses_of(variable(made, "fmt"), places(made))] == ["address"]


@pytest.mark.parametrize("start", ["{1, n}", "{1, n, 2}", "{.at = n}", "{(void *)n}"])
def test_an_array_in_a_table_is_handed_on(start: str) -> None:
    made = program(HEAD + f"static int n[2];\nstatic struct s each = {start};")
    assert [u.how for u in uses_of(variable(made, "n"), places(made))] == ["address"]
