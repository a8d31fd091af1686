"""Heap types that an extension makes from specs: static ones, local ones, arrays of them, and what each is made with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from porter.facts import model
from porter.facts.calls import enclosing_call
from porter.facts.capi import OFFERED_BASES, SLOT_FIELDS, SPEC_FIELDS
from porter.facts.declarators import declared
from porter.facts.holds import base_name
from porter.facts.initializer import Value, arguments, fields, pairs, rows
from porter.facts.lifetime import lifetime
from porter.facts.program import Function, Program, Variable, View
from porter.facts.spelling import macros_of
from porter.frontend.declarations import closing, statement_start
from porter.frontend.lexer import Token
from porter.span import Span

_FLAG = re.compile(r"Py_TPFLAGS_\w+")


@dataclass(frozen=True, eq=False)
class Spec:
    """One ``PyType_Spec``: the variable it stands in, its place, and its fields; ``name`` has the index in an array of them."""

    variable: Variable
    name: str
    place: model.Place
    values: dict[str, Value]


def heap_types(program: Program, known: list[Variable], places: dict[str, list]) -> list[model.TypeFact]:
    """All types of specs, in no order."""
    locals_ = [*_locals("PyType_Spec", places), *_locals("PyType_Slot", places)]
    everything = [*known, *locals_]
    return [_type(program, spec, everything, places) for spec in _specs(program, everything)]


def flags_of(value: Value | None) -> frozenset[str]:
    """The names of flags in a value, also where a header that is read makes numbers of them."""
    if value is None:
        return frozenset()
    made = (name for token in value.view.tokens[value.first : value.last] for name in macros_of(token))
    return frozenset(name for name in (*value.words, *made) if _FLAG.fullmatch(name))


def _specs(program: Program, variables: list[Variable]) -> Iterator[Spec]:
    for variable in variables:
        if base_name(variable) != "PyType_Spec" or variable.stars or not variable.value:
            continue
        place = program.place(variable.name_token)
        if not variable.array:
            yield Spec(variable, variable.name, place, fields(variable.view, *variable.value, SPEC_FIELDS) or {})
            continue
        for number, (first, last) in enumerate(rows(variable.view, *variable.value) or ()):
            values = fields(variable.view, first, last, SPEC_FIELDS) or {}
            if "slots" in values:
                yield Spec(variable, f"{variable.name}[{number}]", program.place(variable.view.tokens[first]), values)


def _locals(type_: str, places: dict[str, list]) -> Iterator[Variable]:
    """The variables of a type that functions declare without ``static``; those with it are found with all statics."""
    for view, function, index in places.get(type_, ()):
        if function is None:
            continue
        first, last = _statement(view.tokens, index, function)
        if not any(t.text in ("static", "extern") for t in view.tokens[first:index]):
            yield from (v for v in declared(view, first, last, function) if v.value)


def _statement(tokens: list[Token], index: int, function: Function) -> tuple[int, int]:
    first, last = statement_start(tokens, index), index
    while last < function.declaration.last and tokens[last].text != ";":
        last = closing(tokens, last) + 1 if tokens[last].text in ("(", "[", "{") else last + 1
    return first, min(last + 1, function.declaration.last)


def _type(program: Program, spec: Spec, known: list[Variable], places: dict[str, list]) -> model.TypeFact:
    variable, values = spec.variable, spec.values
    table = _table(values.get("slots"), variable, known)
    slots = {name.removeprefix("Py_"): value for name, value in pairs(table, SLOT_FIELDS)}
    slots.pop("0", None)
    flags = values.get("flags")
    used = [(view, index) for view, function, index in places.get(variable.name, ()) if function is not None and _means(variable, function)]
    names = {v.name for v in known}
    stored = next((n for n in (stored_name(view.tokens, index) for view, index in used) if n in names), None)
    life = lifetime(program, variable.view, slots, values.get("basicsize"), _base(program, slots, used, variable))
    return model.TypeFact(spec.name, "heap", spec.place, variable.view.confidence, {k: v.text for k, v in slots.items()}, flags_of(flags),
                          stored, life, _plain(flags))  # fmt: skip


def _plain(flags: Value | None) -> Span | None:
    """The bytes of flags that are names and ``|`` alone, so that one more can stand behind them."""
    return flags.span if flags is not None and all(word in "|()" or word.isidentifier() for word in flags.words) else None


def _means(variable: Variable, function: Function) -> bool:
    return variable.function is None or variable.function.name_token is function.name_token


def _table(value: Value | None, variable: Variable, known: list[Variable]) -> Variable | None:
    """The table of slots a spec names: in its function, else in its file, else anywhere."""
    same = [v for v in known if value is not None and v.name == value.name and v.value]
    near = [v for v in same if v.function is variable.function and v.view is variable.view]
    return next(iter([*near, *(v for v in same if v.function is None and v.view is variable.view), *same]), None)


def stored_name(tokens: list[Token], index: int) -> str | None:
    """The name that the statement around ``index`` assigns to, as in ``Foo_Type = (PyTypeObject *)PyType_FromSpec(&foo_spec);``."""
    begin = index
    while begin > 0 and tokens[begin - 1].text not in (";", "{", "}"):
        begin -= 1
    while begin < index and tokens[begin].text in ("if", "(", "!"):
        begin += 1
    return tokens[begin].text if tokens[begin + 1].text == "=" else None


def _base(program: Program, slots: dict[str, Value], used: list[tuple[View, int]], variable: Variable) -> str:
    """What the type is made with: a slot's type, the one given to the call that makes it, ``""`` for none, ``"?"`` where not known."""
    for slot in ("tp_base", "tp_bases"):
        if slot in slots:
            return slots[slot].name or "?"
    given = {_given(program, view, index) for view, index in used}
    return given.pop() if len(given) == 1 else "?"


def _given(program: Program, view: View, index: int) -> str:
    call = enclosing_call(view.tokens, index)
    if call is None:
        return "?"
    name = view.tokens[call[0]].text
    if name in OFFERED_BASES:
        return _argument(arguments(view, call[0]), OFFERED_BASES[name])
    wrapper = program.function(name, view)
    return _wrapped(wrapper) if wrapper is not None else "?"


def _argument(values: list[Value] | None, position: int | None) -> str:
    if position is None:
        return ""
    if not values or position >= len(values):
        return "?"
    return "" if values[position].empty else values[position].name or "?"


def _wrapped(function: Function) -> str:
    """The base with which a helper makes types: ``""`` where all its calls give none."""
    tokens, span = function.view.tokens, range(function.declaration.body, function.declaration.last)
    calls = [_argument(arguments(function.view, i), OFFERED_BASES[tokens[i].text]) for i in span if tokens[i].text in OFFERED_BASES]
    return "" if calls and not any(calls) else "?"
