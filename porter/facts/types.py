"""The types an extension defines: static type objects, struct sequences, and specs of heap types."""

from __future__ import annotations

from porter.facts import model
from porter.facts.capi import TABLE_FIELDS, TYPE_FIELDS
from porter.facts.holds import base_name, is_type_object
from porter.facts.initializer import Value, arguments, fields
from porter.facts.program import Program, Variable, View
from porter.facts.specs import flags_of, heap_types, stored_name
from porter.facts.variables import defined


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
            found.append(model.TypeFact(variable.name, kind, place, variable.view.confidence, {k: v.text for k, v in values.items()}, flags_of(values.get("tp_flags"))))
    found += heap_types(program, known, places)
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


def _calls(places: dict[str, list], *names: str) -> list[tuple[View, int, str]]:
    """The calls of ``names`` whose first argument is one name: view, index and that name."""
    calls = [(view, index, arguments(view, index)) for name in names for view, _, index in places.get(name, ())]
    return [(view, index, given[0].name) for view, index, given in calls if given and given[0].name]


def _heap_sequences(program: Program, places: dict[str, list]) -> list[model.TypeFact]:
    found = []
    for view, index, name in _calls(places, "PyStructSequence_NewType"):
        place = program.place(view.tokens[index])
        found.append(model.TypeFact(name, "heap-structseq", place, view.confidence, stored_in=stored_name(view.tokens, index)))
    return found
