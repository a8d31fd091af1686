"""Small C texts as programs and plans."""

from __future__ import annotations

from porter.errors import Gap
from porter.facts.program import Function, Program, Variable, read_program
from porter.facts.uses import index_names
from porter.plan.decide import Planner
from porter.plan.model import Plan
from porter.tree.model import Extension

HEAD = "#include <Python.h>\n"
TAIL = """
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "m", NULL, -1, %s, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_m(void) {
    PyObject *m = PyModule_Create(&def);
    if (m == NULL) return NULL;
    %s
    return m;
}
"""


def program(texts: str | dict[str, str], python: str = "3.13") -> Program:
    """A program of one text, m.c, or of several by name; those that end in .c are its sources."""
    files = {"m.c": texts} if isinstance(texts, str) else texts
    sources = tuple(sorted(name for name in files if name.endswith(".c")))
    return read_program(
        Extension("m", sources), lambda name: files.get(name, Gap(name, 0, name, "no such file")), python
    )


def module(text: str, init: str = "", methods: str = "NULL") -> str:
    """``text`` in a module that is made the usual way, with ``init`` behind the creation."""
    return HEAD + text + TAIL % (methods, init)


def plan(text: str, init: str = "", methods: str = "NULL", min_python: str = "3.9") -> Plan:
    """The plan of a module."""
    return Planner(program(module(text, init, methods)), min_python).plan()


def function(text: str, name: str) -> Function:
    """One function of a text."""
    return next(f for f in program(HEAD + text).functions() if f.name == name)


def variable(made: Program, name: str) -> Variable:
    """One variable of a program."""
    return next(v for v in made.variables() if v.name == name)


def places(made: Program) -> dict[str, list]:
    """Where names stand."""
    return index_names(made)


def reasons(made: Plan) -> dict[str, tuple[str, str]]:
    """Decision and reason by symbol."""
    return {d.symbol: (d.decision, d.reason) for d in made.decisions}
