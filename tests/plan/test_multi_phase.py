"""A module that is multi-phase already: what porter takes on, what it leaves, and what is filled only once for the process."""

from __future__ import annotations

import pytest

from porter.plan.decide import Planner
from porter.plan.model import Plan, Refusal
from porter.rewrite.port import port_program

from .programs import HEAD, program, reasons

MODULE = """
static int run(PyObject *m) { %(body)s return 0; }
static PyModuleDef_Slot slots[] = {%(rows)s {0, NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "m", NULL, %(size)s, NULL, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_m(void) { return PyModuleDef_Init(&def); }
"""
RUN = "{Py_mod_exec, run},"
NOT_SUPPORTED = "{Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},"


def planned(text: str = "", body: str = "", rows: str = RUN, size: str = "0") -> Plan:
    """The plan of a multi-phase module."""
    return Planner(program(HEAD + text + MODULE % {"body": body, "rows": rows, "size": size}), "3.9").plan()


def test_what_the_exec_slot_fills_moves() -> None:
    made = planned("static PyObject *name;", 'name = PyUnicode_FromString("a");')
    assert reasons(made)["name"][0] == "moved"
    assert made.own_gil and made.init.slots is not None and made.module_name == "m"


@pytest.mark.parametrize(
    ("rows", "size", "reason"),
    [
        ("", "0", "names no function"),
        ("{Py_mod_exec, elsewhere},", "0", "names no function"),
        ("{Py_mod_create, run}," + RUN, "0", "Py_mod_create"),
        (RUN + "\n#if PY_VERSION_HEX < 0x030b0000\n{Py_mod_exec, other},\n#endif\n", "0", "#if arm"),
        (RUN, "64", "names no struct"),
        (RUN, "SIZE", "names no struct"),
        (RUN, "sizeof(struct a) + 4", "names no struct"),
    ],
)
def test_what_is_left_as_it_is(rows: str, size: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        planned(rows=rows, size=size)


@pytest.mark.parametrize(
    ("rows", "own_gil"),
    [
        (RUN, True),
        (RUN + NOT_SUPPORTED, True),
        (RUN + f"\n#if PY_VERSION_HEX >= 0x030c0000\n{NOT_SUPPORTED}\n#endif\n", True),
        (RUN + f"\n#if PY_VERSION_HEX < 0x030c0000\n{NOT_SUPPORTED}\n#endif\n", False),
    ],
)
def test_what_it_may_say_of_interpreters(rows: str, own_gil: bool) -> None:
    assert planned(rows=rows).own_gil == own_gil


ONCE = 'name = PyUnicode_FromString("a"); %s'


@pytest.mark.parametrize(
    ("body", "decision"),
    [
        ("if (done) { return 0; } " + ONCE % "done = 1;", "refused"),
        ("if (!done) { " + ONCE % "done = 1; }", "refused"),
        ("if (!done) { fill(); done = 1; }", "refused"),
        ("if (done) { puts(\"again\"); } " + ONCE % "done = 1;", "moved"),
        (ONCE % "if (!done) { done = 1; }", "moved"),
    ],
)
def test_what_is_filled_once_for_the_process(body: str, decision: str) -> None:
    text = "static PyObject *name; static int done = sizeof(int);\nstatic void fill(void) { %s }\n" % (ONCE % "")
    said = reasons(planned(text, body))
    assert said["name"][0] == decision, said
    assert decision == "moved" or "done says so" in said["name"][1]


LATE = """static PyObject *name;
static int fill(void) { name = PyUnicode_FromString("a"); return 0; }
typedef struct { PyObject *error; } m_state;
"""


def test_a_state_behind_what_needs_it_is_not_extended() -> None:
    text = HEAD + LATE + MODULE % {"body": "fill();", "rows": RUN, "size": "sizeof(m_state)"}
    made = port_program(program(text), "3.9")
    assert made.texts == {} and "behind the first function" in made.decisions[0].reason
