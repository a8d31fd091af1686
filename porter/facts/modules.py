"""Module definitions and their init: what the module says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts import model
from porter.facts.capi import MODULE_FIELDS
from porter.facts.holds import base_name
from porter.facts.initializer import Value, arguments, fields, rows
from porter.facts.program import Function, Program, Variable, View
from porter.facts.variables import defined
from porter.frontend.declarations import split_commas

CREATE = frozenset(("PyModule_Create2", "PyModule_Create"))
_DECLARED = {
    "Py_MOD_PER_INTERPRETER_GIL_SUPPORTED": "own-gil",
    "Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED": "shared-gil",
    "Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED": "not-supported",
}


@dataclass(frozen=True, eq=False)
class Creation:
    """A call of PyModule_Create: where, in which function, with which definition."""

    view: View
    function: Function
    index: int
    definition: str | None


def definitions(program: Program) -> list[Variable]:
    """The PyModuleDef variables."""
    return [v for v in defined(program) if base_name(v) == "PyModuleDef" and v.stars == 0 and not v.array]


def inits(program: Program) -> list[Function]:
    """The ``PyInit_`` functions."""
    return [f for f in program.functions() if f.name.startswith("PyInit_")]


def creations(places: dict[str, list]) -> list[Creation]:
    """All calls that create a module the single-phase way."""
    found = []
    for name in sorted(CREATE):
        for view, function, index in places.get(name, ()):
            given = arguments(view, index)
            if function is not None and given:
                found.append(Creation(view, function, index, given[0].name))
    return found


def modules(program: Program, places: dict[str, list]) -> list[model.Module]:
    """The modules of an extension, the one it is loaded as first."""
    starts = inits(program)
    calls = [arguments(view, index) for view, function, index in places.get("PyModuleDef_Init", ()) if function is not None]
    multi = {given[0].name for given in calls if given}
    found = []
    for definition in definitions(program):
        values = module_fields(definition)
        if values is None:
            continue
        slots = _slots(program, values.get("m_slots"))
        phase = "multi-phase" if definition.name in multi or slots is not None else "single-phase"
        size = values.get("m_size")
        name = values["m_name"].string if "m_name" in values and values["m_name"].string else definition.name
        found.append(model.Module(name, program.place(definition.name_token), phase, _declared(slots), size.text if size else None, _state(size),
                                  _place(program, size), program.place(starts[0].name_token) if starts else None))  # fmt: skip
    if not found and starts:
        found = [model.Module(starts[0].name.removeprefix("PyInit_"), program.place(starts[0].name_token), "single-phase", init_place=program.place(starts[0].name_token))]
    leaf = program.extension.leaf
    return sorted(found, key=lambda m: (m.name.rpartition(".")[2] != leaf, m.place))


def module_fields(definition: Variable) -> dict[str, Value] | None:
    """The fields of a PyModuleDef."""
    return fields(definition.view, *definition.value, MODULE_FIELDS) if definition.value else {}


def _slots(program: Program, value: Value | None) -> list[tuple[str, str]] | None:
    """The module's slots as (id, value), or None where it has none."""
    if value is None or value.empty:
        return None
    table = next((v for v in defined(program) if v.name == value.name), None)
    if table is None or table.value is None:
        return []
    pairs = []
    for first, last in rows(table.view, *table.value) or ():
        pair = split_commas(table.view.tokens, first + 1, last - 1)
        if len(pair) == 2:
            pairs.append((Value(table.view, *pair[0]).text, Value(table.view, *pair[1]).name or ""))
    return pairs


def _declared(slots: list[tuple[str, str]] | None) -> str | None:
    said = [value for slot, value in slots or () if slot == "Py_mod_multiple_interpreters"]
    return _DECLARED.get(said[-1]) if said else None


def _state(size: Value | None) -> str | None:
    words = size.words if size else []
    if "sizeof" in words:
        names = [w for w in words if w not in ("sizeof", "(", ")", "struct")]
        return names[0] if len(names) == 1 else None
    return None


def _place(program: Program, value: Value | None) -> model.Place | None:
    return program.place(value.view.tokens[value.first]) if value else None
