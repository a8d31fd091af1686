"""Counters of the process: whole numbers that are only counted, and so stay shared where every step is an atomic one.

A deallocator or ``tp_clear`` may run when the module and its state are gone. A number that such code counts cannot move;
it need not, where nothing depends on who counts in between: it numbers things, or nothing ever reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts.calls import enclosing_call
from porter.facts.program import Function, Program, Variable, View, span_of, written_plainly
from porter.facts.uses import Use, uses_of
from porter.frontend.declarations import closing, opening
from porter.frontend.lexer import ID, Token
from porter.span import Span

_32_BIT = frozenset(
    ("int", "unsigned", "unsigned int", "long", "unsigned long", "long int", "unsigned long int", "int32_t", "uint32_t")
)
_64_BIT = frozenset(("long long", "unsigned long long", "int64_t", "uint64_t"))
_POINTER = frozenset(("size_t", "ssize_t", "Py_ssize_t", "intptr_t", "uintptr_t"))
_QUALIFIERS = frozenset(("volatile", "register"))
_STEPS = {"++": "1", "--": "-1"}
_BEGINS, _COMPARES = frozenset((";", "{", "}", "else")), frozenset(("==", "!=", "<", ">", "<=", ">=", "!", "?", "&&", "||", "%"))
_CONDITIONS = frozenset(("if", "while", "for", "switch"))
_TO_PYTHON = ("PyLong_From", "Py_BuildValue", "PyUnicode_FromFormat")
_CALLS = 4  # from a function that returns the number to its callers and theirs


@dataclass(frozen=True)
class Step:
    """One place that counts: its bytes, by how much, whether the old number is what it means (``n++``), and whether that
    is all that is assigned or returned."""

    span: Span
    by: str
    old: bool
    alone: bool


@dataclass(frozen=True, eq=False)
class Counter:
    """A counter that stays: ``ctype`` without its storage; ``exchange`` says which atomic exchange of MSVC fits its width."""

    variable: Variable
    ctype: str
    exchange: tuple[str, str]
    steps: tuple[Step, ...]


class Counters:
    """Finds the counters of one program."""

    def __init__(self, program: Program, places: dict[str, list]) -> None:
        self.program, self.places = program, places

    def counter(self, variable: Variable) -> Counter | None:
        """The variable as a counter of the process; None where a use of it is more than a step, or is written in pieces."""
        tokens = variable.view.tokens
        ctype = " ".join(w for w in variable.base.split() if w not in _QUALIFIERS)
        exchange = _exchange(ctype)
        alone = "static" in variable.storage and variable.function is None and not variable.array and not variable.stars
        if exchange is None or not alone or not written_plainly(variable) or span_of(tokens, variable.first, variable.last) is None:
            return None
        steps = [self._step(variable, use) for use in uses_of(variable, self.places)]
        counting = any(step is not None and step.by == "-1" for step, _ in steps)
        if not steps or any(step is None or (counting and not plain) for step, plain in steps):
            return None
        return Counter(variable, ctype, exchange, tuple(dict.fromkeys(step for step, _ in steps)))

    def _step(self, variable: Variable, use: Use) -> tuple[Step | None, bool]:
        """The step a use is, and whether nobody takes the number it makes."""
        tokens, index = use.view.tokens, use.index
        first, last, old = index, index + 1, False
        if tokens[index - 1].text in _STEPS:
            first -= 1
        elif tokens[last].text in _STEPS:
            last, old = last + 1, True
        sign = tokens[first if not old else last - 1].text
        span = self._written(tokens[first], tokens[last - 1])
        if use.function is None or sign not in _STEPS or span is None:
            return None, False
        plain = self._is_statement(use.view, first, last)
        numbers = plain or sign == "++" and self._only_numbers(use.view, use.function, first, last, _CALLS)
        alone = tokens[first - 1].text in ("=", "return") and tokens[last].text == ";"
        return (Step(span, _STEPS[sign], old and not plain, alone) if numbers else None), plain

    def _written(self, first: Token, last: Token) -> Span | None:
        """The bytes of a sign and a name that stand side by side, perhaps in the body of a macro."""
        if first.start < 0 or first.file != last.file or not first.end <= last.start:
            return None
        between = self.program.texts[first.file][first.end : last.start]
        return Span(first.file, first.start, last.end) if not between.strip() else None

    def _is_statement(self, view: View, first: int, last: int) -> bool:
        first, last = _peeled(view, first, last)
        before = view.tokens[first - 1]
        governed = before.text == ")" and view.tokens[opening(view.tokens, first - 1) - 1].text in _CONDITIONS
        return view.tokens[last].text == ";" and (before.text in _BEGINS or governed)

    def _only_numbers(self, view: View, function: Function, first: int, last: int, calls: int) -> bool:
        """Whether a value that was counted is only kept or told: nothing near it asks how many there are."""
        first, last = _peeled(view, first, last)
        tokens, before, after = view.tokens, view.tokens[first - 1].text, view.tokens[last].text
        if before == "return" and after == ";" and calls:
            return self._callers_only_number(function, calls - 1)
        if before == "=" and after == ";":
            return self._kept_in(function, first - 2)
        call = enclosing_call(tokens, first)
        return before in ("(", ",") and after in (")", ",") and call is not None and tokens[call[0]].text.startswith(_TO_PYTHON)

    def _kept_in(self, function: Function, index: int) -> bool:
        """Whether what is assigned to is a member or element, or a local variable that no condition asks about."""
        tokens, name = function.view.tokens, function.view.tokens[index]
        if name.text == "]" or tokens[index - 1].text in (".", "->"):
            return True
        if name.text not in function.hidden:
            return False
        for i in range(function.declaration.body, function.declaration.last - 1):
            around = {tokens[i - 1].text, tokens[i + 1].text}
            asked = tokens[i - 1].text == "(" and tokens[i - 2].text in _CONDITIONS
            if tokens[i].text == name.text and (around & _COMPARES or asked):
                return False
        return True

    def _callers_only_number(self, function: Function, calls: int) -> bool:
        if not function.static:
            return False
        for view, caller, index in self.places.get(function.name, ()):
            if view.tokens[index] is function.name_token:
                continue
            if caller is None or view.tokens[index + 1].text != "(":
                return False
            last = closing(view.tokens, index + 1) + 1
            if not self._is_statement(view, index, last) and not self._only_numbers(view, caller, index, last, calls):
                return False
        return True


def _exchange(ctype: str) -> tuple[str, str] | None:
    """The type and the function with which MSVC exchanges a number of this type (``long`` has 32 bits there)."""
    if ctype in _32_BIT:
        return "long", "_InterlockedCompareExchange"
    if ctype in _64_BIT:
        return "__int64", "_InterlockedCompareExchange64"
    return ("void *", "_InterlockedCompareExchangePointer") if ctype in _POINTER else None


def _peeled(view: View, first: int, last: int) -> tuple[int, int]:
    """A stretch with the parentheses and casts around it."""
    tokens = view.tokens
    while True:
        if tokens[first - 1].text == "(" and tokens[last].text == ")" and (tokens[first - 2].kind != ID or tokens[first - 2].text == "return"):
            first, last = first - 1, last + 1
        elif tokens[first - 1].text == ")" and _is_cast(view, begin := opening(tokens, first - 1), first - 1):
            first = begin
        else:
            return first, last


def _is_cast(view: View, begin: int, end: int) -> bool:
    words = [t.text for t in view.tokens[begin + 1 : end]]
    known = (*_32_BIT, *_64_BIT, *_POINTER, "void")
    return bool(words) and view.tokens[begin - 1].kind != ID and (" ".join(words) in known or words[0] in view.types)
