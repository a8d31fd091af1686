"""The types an extension defines: static type objects, struct sequences, and specs of heap types."""

from __future__ import annotations

import re

from porter.facts import model
from porter.facts.capi import SPEC_FIELDS, TABLE_FIELDS, TYPE_FIELDS
from porter.facts.holds import base_name, is_type_object
from porter.facts.initializer import Value, arguments, fields, rows
from porter.facts.program import Program, Variable, View
from porter.facts.variables import defined
from porter.frontend.declarations import split_commas
from porter.frontend.lexer import Token

_FLAG = re.compile(r"\bPy_TPFLAGS_\w+")


def types(program: Program, places: dict[str, list]) -> list[model.TypeFact]:
    """All types, in the order of their places."""
    known = defined(program)
    sequences = {name for *_, name in _calls(places, "PyStructSequence_InitType", "PyStructSequence_InitType2")}
    found = []
    for variable in known:
        place = program.place(variable.name_token)
        if is_type_object(variable):
            values = type_fields(variable) or {}
            kind = "static-structseq" if variable.name in sequences else "static"
            found.append(model.TypeFact(variable.name, kind, place, variable.view.confidence, {k: v.text for k, v in values.items()}, _flags(values.get("tp_flags"))))
        elif base_name(variable) == "PyType_Spec" and variable.stars == 0 and variable.value:
            found.append(_heap(variable, place, known, places))
    found += _heap_sequences(program, places)
    return sorted(found, key=lambda t: (t.place, t.name))


def type_fields(variable: Variable) -> dict[str, Value] | None:
    """The fields of a type object's initialiser that are set, sub-tables not followed; {} without an initialiser.

    None where it is no plain list of them: an array of types, or a struct that begins with one.
    """
    if variable.value is None:
        return {}
    if variable.array or base_name(variable) not in ("PyTypeObject", "_typeobject"):
        return None
    return fields(variable.view, *variable.value, TYPE_FIELDS)


def table_fields(variable: Variable, struct: str) -> dict[str, Value] | None:
    """The fields of a sub-table such as PyNumberMethods."""
    if variable.value is None:
        return {}
    return fields(variable.view, *variable.value, TABLE_FIELDS[struct])


def _flags(value: Value | None) -> frozenset[str]:
    return frozenset(_FLAG.findall(" ".join(value.words))) if value else frozenset()


def _heap(variable: Variable, place: model.Place, known: list[Variable], places: dict[str, list]) -> model.TypeFact:
    spec = fields(variable.view, *variable.value, SPEC_FIELDS) or {}
    slots: dict[str, str] = {}
    table = next((v for v in known if "slots" in spec and v.name == spec["slots"].name), None)
    if table is not None and table.value:
        for first, last in rows(table.view, *table.value) or ():
            pair = split_commas(table.view.tokens, first + 1, last - 1)
            if len(pair) == 2:
                slots[Value(table.view, *pair[0]).text.removeprefix("Py_")] = Value(table.view, *pair[1]).text
    slots.pop("0", None)
    names = {v.name for v in known}
    stored = (_stored(view.tokens, index) for view, function, index in places.get(variable.name, ()) if function is not None)
    return model.TypeFact(variable.name, "heap", place, variable.view.confidence, slots, _flags(spec.get("flags")), next((n for n in stored if n in names), None))


def _stored(tokens: list[Token], index: int) -> str | None:
    """The name that the statement around ``index`` assigns to, as in ``Foo_Type = (PyTypeObject *)PyType_FromSpec(&foo_spec);``."""
    begin = index
    while begin > 0 and tokens[begin - 1].text not in (";", "{", "}"):
        begin -= 1
    while begin < index and tokens[begin].text in ("if", "(", "!"):
        begin += 1
    return tokens[begin].text if tokens[begin + 1].text == "=" else None


def _calls(places: dict[str, list], *names: str) -> list[tuple[View, int, str]]:
    """The calls of ``names`` whose first argument is one name: view, index and that name."""
    calls = [(view, index, arguments(view, index)) for name in names for view, _, index in places.get(name, ())]
    return [(view, index, given[0].name) for view, index, given in calls if given and given[0].name]


def _heap_sequences(program: Program, places: dict[str, list]) -> list[model.TypeFact]:
    found = []
    for view, index, name in _calls(places, "PyStructSequence_NewType"):
        place = program.place(view.tokens[index])
        found.append(model.TypeFact(name, "heap-structseq", place, view.confidence, stored_in=_stored(view.tokens, index)))
    return found
