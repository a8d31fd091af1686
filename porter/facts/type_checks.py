"""Comparisons of an object's type with a public type object, in the forms that a check function says better."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from porter.facts import model
from porter.facts.calls import enclosing_call
from porter.facts.initializer import Value, arguments
from porter.facts.process_wide import TYPE_CHECKS
from porter.facts.program import Function, Program, View, span_of
from porter.facts.spelling import macros_of
from porter.frontend.declarations import closing
from porter.frontend.lexer import Token

_CHECK = re.compile(r"_?Py\w+_Check(Exact)?")
_CALLS = {"Py_IS_TYPE": True, "PyObject_TypeCheck": False}
"""Calls whose second argument is the type, and whether subclasses fail."""


def type_checks(program: Program, places: dict[str, list]) -> list[model.TypeCheck]:
    """Every such comparison, once each, sorted."""
    found: dict[tuple, model.TypeCheck] = {}
    for name in TYPE_CHECKS:
        for view, function, index in places.get(name, ()):
            if function is None or view.tokens[index - 1].text != "&" or _is_check(view.tokens[index], function):
                continue
            for first, last, operand, exact, negated in (*_compared(view, index), *_asked(view, index)):
                check = model.TypeCheck(name, program.place(view.tokens[index]), exact, operand.text, negated, function.name,
                                        span_of(view.tokens, first, last), view.confidence)  # fmt: skip
                found.setdefault((check.place, name), _spelled(program, check))
    return sorted(found.values(), key=lambda c: (c.place, c.name))


def _is_check(token: Token, function: Function) -> bool:
    """Whether the comparison is how Python itself defines the check, in a header that is read."""
    return any(_CHECK.fullmatch(name) for name in (function.name, *macros_of(token)))


def _spelled(program: Program, check: model.TypeCheck) -> model.TypeCheck:
    """Without the span of a macro use, where the comparison is written in the macro's body."""
    span = check.span
    inside = span is not None and span.file == check.place.file and program.place_at(span.file, span.start) <= check.place < program.place_at(span.file, span.end)
    return check if inside else replace(check, span=None)


def _compared(view: View, index: int) -> Iterator[tuple[int, int, Value, bool, bool]]:
    """``Py_TYPE(o) == &T`` and ``&T == Py_TYPE(o)``."""
    tokens, before = view.tokens, index - 2
    if tokens[before].text in ("==", "!=") and tokens[before - 1].text == ")":
        opening = _opening(tokens, before - 1)
        if tokens[opening - 1].text == "Py_TYPE" and _alone(tokens, opening - 2, index + 1):
            yield opening - 1, index + 1, Value(view, opening + 1, before - 1), True, tokens[before].text == "!="
    if tokens[index + 1].text in ("==", "!=") and tokens[index + 2].text == "Py_TYPE" and tokens[index + 3].text == "(":
        end = closing(tokens, index + 3)
        if _alone(tokens, before, end + 1):
            yield index - 1, end + 1, Value(view, index + 4, end), True, tokens[index + 1].text == "!="


def _alone(tokens: list[Token], before: int, after: int) -> bool:
    """Whether the comparison is no part of a longer operand, such as ``a & Py_TYPE(o) == &T``."""
    return tokens[before].text not in (".", "->", "&", "*", "!", "==", "!=") and tokens[after].text not in (".", "->", "[", "(", "==", "!=")


def _asked(view: View, index: int) -> Iterator[tuple[int, int, Value, bool, bool]]:
    """``Py_IS_TYPE(o, &T)`` and ``PyObject_TypeCheck(o, &T)``."""
    call = enclosing_call(view.tokens, index)
    if call is None or view.tokens[call[0]].text not in _CALLS or call[1] != 1:
        return
    given = arguments(view, call[0]) or []
    if len(given) == 2 and given[1].name == view.tokens[index].text:
        yield call[0], closing(view.tokens, call[0] + 1) + 1, given[0], _CALLS[view.tokens[call[0]].text], False


def _opening(tokens: list[Token], index: int) -> int:
    """The index of the bracket that the one at ``index`` closes."""
    depth = 0
    for i in range(index, 0, -1):
        depth += (tokens[i].text == ")") - (tokens[i].text == "(")
        if depth == 0:
            return i
    return 1
