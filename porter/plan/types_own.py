"""A type's own destruction slots mention it: they run when the state may be empty, and find it in the chain of bases instead."""

from __future__ import annotations

from porter.facts.initializer import Value
from porter.facts.program import Function
from porter.facts.uses import Use
from porter.frontend.declarations import closing, split_commas
from porter.plan.model import OwnType, Plan, TypeMove, VariableMove, key_of
from porter.plan.reach import Call, CallGraph

SLOT_CASTS = {"tp_dealloc": "destructor", "tp_traverse": "traverseproc", "tp_clear": "inquiry"}


def finds_itself(use: Use, move: TypeMove | VariableMove, plan: Plan, graph: CallGraph) -> bool:
    """Whether a use of a type stands in a deallocator, traverse or clear of that type alone, or in a helper that only
    such a slot calls with the object first; the plan remembers it."""
    if not isinstance(move, TypeMove) or use.function is None or use.token.expansion is not None:
        return False
    slot = use.function if use.function.name in plan.roles.by_name else _only_caller(use.function, graph)
    kind = _own_slot(slot, move, plan) if slot is not None else None
    if kind is None or not use.function.parameters or not use.function.parameters[0].name:
        return False
    words = {t.text for t in use.function.tokens}
    local = next(n for n in ("own", "own_type", "porter_own") if n not in words)
    plan.own_types[key_of(use.function)] = OwnType(use.function, move.variable.name, kind, local, slot)
    return True


def _own_slot(function: Function, move: TypeMove, plan: Plan) -> str | None:
    """The one destruction slot a function fills, for no other type than this."""
    roles = plan.roles.by_name.get(function.name, set())
    kinds, owners = {r.kind for r in roles}, {r.owner for r in roles}
    return next(iter(kinds)) if len(kinds) == 1 and kinds <= SLOT_CASTS.keys() and owners == {move.variable.name} else None


def _only_caller(function: Function, graph: CallGraph) -> Function | None:
    """The one function that calls a helper, and hands it the object it was handed itself; None where there are more ways to it."""
    calls = graph.calls.get(key_of(function), [])
    callers = {key_of(call.caller): call.caller for call in calls}
    if len(callers) != 1 or key_of(function) in graph.escapes or not function.static:
        return None
    return next(iter(callers.values())) if all(_hands_on(call) for call in calls) else None


def _hands_on(call: Call) -> bool:
    """Whether the first argument of a call is the first parameter of the function it stands in."""
    tokens, parameters = call.caller.view.tokens, call.caller.parameters
    given = split_commas(tokens, call.index + 1, closing(tokens, call.index))
    return bool(given and parameters) and Value(call.caller.view, *given[0]).name == parameters[0].name
