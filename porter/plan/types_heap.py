"""Heap types that a module makes already: some know the module they belong to; those made without it know it from now on."""

from __future__ import annotations

from porter.facts.calls import enclosing_call
from porter.facts.capi import SPEC_FIELDS
from porter.facts.holds import base_name
from porter.facts.initializer import arguments, fields
from porter.facts.program import Function, Program, Variable, View
from porter.facts.uses import Places, Use, uses_of
from porter.plan.model import HeapCall
from porter.plan.ownership import argument_of

WITHOUT_MODULE = ("PyType_FromSpec", "PyType_FromSpecWithBases")
_WITH_MODULE = {"PyType_FromModuleAndSpec": (0, 1), "PyType_FromMetaclass": (1, 2)}
"""Where module and spec stand in the arguments."""


def heap_calls(program: Program, places: dict[str, list], init: list[Function]) -> list[HeapCall]:
    """The calls of the init that make a type from a spec of the extension and leave the module out."""
    specs = {v.name: v for v in program.variables() if base_name(v) == "PyType_Spec" and v.value is not None and v.stars == 0 and not v.array}
    allowed = {f.name_token for f in init}
    found = []
    for name in WITHOUT_MODULE:
        for view, function, index in places.get(name, ()):
            given = arguments(view, index)
            spec = specs.get(given[0].name or "") if given else None
            if spec is not None and function is not None and function.name_token in allowed:
                found.append(HeapCall(view, function, index, spec.name, _final(spec)))
    return found


def made_with_module(program: Program, places: Places) -> dict[str, bool]:
    """The specs whose types know the module, by name, each with whether nobody can subclass the type."""
    specs = [v for v in program.variables() if base_name(v) == "PyType_Spec" and v.value is not None and v.stars == 0 and not v.array]
    used = {spec.name: [u for u in uses_of(spec, places) if u.function is not None] for spec in specs}
    return {spec.name: _final(spec) for spec in specs if used[spec.name] and all(_knows_module(program, u) for u in used[spec.name])}


def _knows_module(program: Program, use: Use) -> bool:
    """Whether a spec is handed to a call that makes a type with its module, or to a helper that does nothing else with it."""
    call = argument_of(use)
    if call is None:
        return False
    if call[0] in _WITH_MODULE:
        return _has_module(use.view, use.index, *call)
    helper = program.function(call[0], use.view)
    if helper is None or call[1] >= len(helper.parameters) or not helper.parameters[call[1]].name:
        return False
    name, tokens = helper.parameters[call[1]].name, helper.view.tokens
    inside = [i for i in range(helper.declaration.body, helper.declaration.last) if tokens[i].text == name and tokens[i - 1].text not in (".", "->")]
    calls = [(i, argument_of(Use(tokens[i], i, helper.view, helper, "read"))) for i in inside]
    return bool(calls) and all(c is not None and c[0] in _WITH_MODULE and _has_module(helper.view, i, *c) for i, c in calls)


def _has_module(view: View, index: int, name: str, position: int) -> bool:
    """Whether the call around a spec is given a module, and the spec in its place."""
    module, spec = _WITH_MODULE[name]
    call = enclosing_call(view.tokens, index)
    given = arguments(view, call[0]) if call is not None else None
    return position == spec and given is not None and len(given) > spec and given[spec].first <= index < given[spec].last and not given[module].empty


def _final(spec: Variable) -> bool:
    said = fields(spec.view, *spec.value, SPEC_FIELDS) or {}
    return "flags" in said and "Py_TPFLAGS_BASETYPE" not in said["flags"].words
