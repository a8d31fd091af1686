"""Module definitions and their init: what the module says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts import model
from porter.facts.capi import MODULE_FIELDS, MODULE_SLOT_FIELDS
from porter.facts.holds import base_name
from porter.facts.initializer import Value, arguments, fields, pairs
from porter.facts.program import Function, Program, Variable, View
from porter.facts.variables import defined

_DECLARES = "Py_mod_multiple_interpreters"
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
    """The ``PyInit_`` functions, the one of the name it is loaded by first."""
    own = f"PyInit_{program.extension.leaf}"
    return sorted((f for f in program.functions() if f.name.startswith("PyInit_")), key=lambda f: f.name != own)


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
        slots = values.get("m_slots")
        table, phase = _table(program, slots), "multi-phase" if definition.name in multi or (slots is not None and not slots.empty) else "single-phase"
        said = _declared(table)
        size = values.get("m_size")
        name = values["m_name"].string if "m_name" in values and values["m_name"].string else definition.name
        found.append(model.Module(name, program.place(definition.name_token), phase, _DECLARED.get(said.name or "") if said else None,
                                  size.text if size else None, _state(size), _place(program, size), program.place(starts[0].name_token) if starts else None,
                                  said.span if said else None, None if said else _left_out(program, table)))  # fmt: skip
    if not found and starts:
        found = [model.Module(starts[0].name.removeprefix("PyInit_"), program.place(starts[0].name_token), "single-phase", init_place=program.place(starts[0].name_token))]
    leaf = program.extension.leaf
    return sorted(found, key=lambda m: (m.name.rpartition(".")[2] != leaf, m.place))


def module_fields(definition: Variable) -> dict[str, Value] | None:
    """The fields of a PyModuleDef."""
    return fields(definition.view, *definition.value, MODULE_FIELDS) if definition.value else {}


def _table(program: Program, value: Value | None) -> Variable | None:
    """The table of the module's slots."""
    return next((v for v in defined(program) if v.name == value.name and v.value), None) if value is not None else None


def _declared(table: Variable | None) -> Value | None:
    said = [value for slot, value in pairs(table, MODULE_SLOT_FIELDS) if slot == _DECLARES]
    return said[-1] if said else None


def _left_out(program: Program, table: Variable | None) -> model.Place | None:
    """Where the table declares its interpreters in an arm of ``#if`` that is not taken."""
    if table is None or table.name_token.start < 0:
        return None
    tokens = table.view.tokens
    begin, last = table.name_token, tokens[table.last - 1]
    inside = (t for t in program.reader.tokens(begin.file) if t.text == _DECLARES and begin.start < t.start < last.start and last.file == begin.file)
    return next((program.place(token) for token in inside), None)


def _state(size: Value | None) -> str | None:
    words = size.words if size else []
    if "sizeof" in words:
        names = [w for w in words if w not in ("sizeof", "(", ")", "struct")]
        return names[0] if len(names) == 1 else None
    return None


def _place(program: Program, value: Value | None) -> model.Place | None:
    return program.place(value.view.tokens[value.first]) if value else None
