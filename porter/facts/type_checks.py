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
from porter.frontend.declarations import closing, opening
from porter.frontend.lexer import ID, Token

_CHECK = re.compile(r"_?Py\w+_Check(Exact)?")
_CALLS = {"Py_IS_TYPE": True, "PyObject_TypeCheck": False, "PyType_IsSubtype": False}
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
    """``Py_TYPE(o) == &T`` and ``&T == Py_TYPE(o)``, also with ``o->ob_type``."""
    tokens, before = view.tokens, index - 2
    if tokens[before].text in ("==", "!="):
        first = _start_of_type(tokens, before - 1)
        if first is not None and _alone(tokens, first - 1, index + 1):
            yield first, index + 1, _object(view, first, before), True, tokens[before].text == "!="
    if tokens[index + 1].text in ("==", "!=") and tokens[index + 2].text == "Py_TYPE" and tokens[index + 3].text == "(":
        end = closing(tokens, index + 3)
        if _alone(tokens, before, end + 1):
            yield index - 1, end + 1, _object(view, index + 2, end + 1), True, tokens[index + 1].text == "!="


def _start_of_type(tokens: list[Token], last: int) -> int | None:
    """The index of the first token of the ``Py_TYPE(o)`` or ``o->ob_type`` that ends at ``last``; None where it is neither."""
    if tokens[last].text == ")":
        begin = opening(tokens, last)
        return begin - 1 if tokens[begin - 1].text == "Py_TYPE" else None
    if tokens[last].text != "ob_type" or tokens[last - 1].text != "->":
        return None
    first = last - 2
    while first > 0:
        if tokens[first].text in (")", "]"):
            first = opening(tokens, first)
        called = tokens[first - 1].kind == ID and tokens[first - 1].text != "return"
        if tokens[first].text == "(" and not called and tokens[first - 1].text not in (")", "]"):
            return first
        if tokens[first].kind == ID:
            if tokens[first - 1].text not in (".", "->"):
                return first
            first -= 1
        first -= 1
    return None


def _object(view: View, first: int, last: int) -> Value:
    """The object whose type ``first <= i < last`` is."""
    member = view.tokens[last - 1].text == "ob_type"
    return Value(view, first, last - 2) if member else Value(view, first + 2, last - 1)


def _alone(tokens: list[Token], before: int, after: int) -> bool:
    """Whether the comparison is no part of a longer operand, such as ``a & Py_TYPE(o) == &T``."""
    return tokens[before].text not in (".", "->", "&", "*", "!", "==", "!=") and tokens[after].text not in (".", "->", "[", "(", "==", "!=")


def _asked(view: View, index: int) -> Iterator[tuple[int, int, Value, bool, bool]]:
    """``Py_IS_TYPE(o, &T)``, ``PyObject_TypeCheck(o, &T)`` and ``PyType_IsSubtype(Py_TYPE(o), &T)``."""
    call = enclosing_call(view.tokens, index)
    if call is None or view.tokens[call[0]].text not in _CALLS or call[1] != 1:
        return
    given = arguments(view, call[0]) or []
    if len(given) != 2 or given[1].name != view.tokens[index].text:
        return
    operand, name = given[0], view.tokens[call[0]].text
    if name == "PyType_IsSubtype":
        if _start_of_type(view.tokens, operand.last - 1) != operand.first:
            return
        operand = _object(view, operand.first, operand.last)
    yield call[0], closing(view.tokens, call[0] + 1) + 1, operand, _CALLS[name], False
