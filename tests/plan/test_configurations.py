"""Other configurations: which are read, and what becomes of what only they declare."""

from __future__ import annotations

import pytest

from porter.plan.arms import Arms
from porter.plan.configurations import with_alternates

from .programs import HEAD, module, plan, program, reasons

SHARED = "static PyObject *err;\nstatic void fail(void) { PyErr_SetNone(err); }\n"


def read(text: str, least: str = "3.9") -> list[str]:
    """What each configuration has that those before it have not."""
    made = program(HEAD + SHARED + text)
    found = with_alternates(made, Arms(made, least)).alternates
    return [" ".join(v.tokens[i].text for i in sorted(v.fresh) if v.tokens[i].text in ("u1", "u2", "fail")) for v in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#ifdef A\nvoid u1(void) { fail(); }\n#endif\n#ifdef A\nint u2;\n#endif", ["u1 fail u2"]),
        ("#ifdef A\nvoid u1(void) { fail(); }\n#else\nvoid u2(void) { fail(); }\n#endif", ["u1 fail"]),
        ("#if PY_VERSION_HEX < 0x030B0000\nvoid u1(void) { fail(); }\n#endif", ["u1 fail"]),
        ("#if PY_VERSION_HEX < 0x03080000\nvoid u1(void) { fail(); }\n#endif", []),
        ("#if PY_VERSION_HEX < 0x03080000 && defined A\nvoid u1(void) { fail(); }\n#endif", []),
        ("#if F(2)\nvoid u1(void) { fail(); }\n#endif", ["u1 fail"]),
        ("#if 0\nvoid u1(void) { fail(); }\n#endif", []),
        ("#ifdef A\nint u1(void) { return 1; }\n#endif", []),
        ("#ifdef A\nint u1(void) { static int u2; return u2++; }\n#endif", ["u1 u2 u2"]),
        ("#ifdef A\n#ifdef B\nvoid u1(void) { fail(); }\n#else\nvoid u2(void) { fail(); }\n#endif\n#endif", ["u2 fail", "u1 fail"]),
        ("#define u1() 0\n#ifdef A\n#undef u1\n#define u1() fail()\n#endif\nvoid f(void) { u1(); }", ["fail"]),
    ],
)
def test_each_arm_that_matters_is_read_once(text: str, expected: list[str]) -> None:
    assert read(text) == expected


INIT = 'err = PyErr_NewException("m.e", NULL, NULL); %s'
MORE = "\n#ifdef A\n    more = PyList_New(0);\n#endif\n"


def decided(arm: str, more: str = MORE) -> dict[str, tuple[str, str]]:
    return reasons(plan(SHARED + arm, INIT % more))


def test_what_an_arm_declares_moves_too() -> None:
    assert decided("#ifdef A\nstatic PyObject *more;\n#endif\n")["more"] == ("moved", "to the module state")


def test_no_interpreter_of_an_old_python_has_a_gil_of_its_own() -> None:
    arm = "#if PY_VERSION_HEX < 0x030C0000\nstatic PyObject *more;\n#endif\n"
    made = plan(SHARED + arm, INIT % MORE.replace("#ifdef A", "#if PY_VERSION_HEX < 0x030C0000"))
    assert "more" not in reasons(made) and made.own_gil


@pytest.mark.parametrize(
    ("arm", "why"),
    [
        ("#ifdef A\ntypedef PyObject *thing;\nstatic thing more;\n#endif\n", "may be known there alone"),
        ("#ifdef A\nstatic PyObject *more[2];\n#else\nstatic PyObject *more;\n#endif\n", "declared otherwise in another #if arm"),
        ("#ifdef A\nstatic PyObject *more = (1;\n#else\nstatic PyObject *more;\n#endif\n", "used at file scope"),
    ],
)
def test_what_cannot_move_in_all_arms_stays(arm: str, why: str) -> None:
    decision, reason = decided(arm, MORE.replace("#ifdef A", "#if 1"))["more"]
    assert decision == "refused" and why in reason


def test_a_static_that_stays_in_an_arm_is_shared_there() -> None:
    made = plan(SHARED + "#ifdef A\ntypedef PyObject *thing;\nstatic thing more;\n#endif\n", INIT % MORE)
    assert not made.own_gil


def test_a_type_of_two_arms_stays() -> None:
    one = 'static PyTypeObject T = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.T"};\n'
    made = plan(SHARED + f"#ifdef A\n{one}#else\n{one}#endif\n", INIT % "PyType_Ready(&T);")
    assert "defined once more in another #if arm" in reasons(made)["T"][1]


def test_what_is_read_is_not_read_again_for_another_source() -> None:
    head = "#ifdef A\nstatic void u(void) { fail(); }\n#endif\n"
    texts = {"m.c": module(SHARED + '#include "h.h"\n'), "n.c": HEAD + '#define A\nvoid fail(void);\n#include "h.h"\n', "h.h": head}
    made = program(texts)
    assert with_alternates(made, Arms(made, "3.9")).alternates == []
