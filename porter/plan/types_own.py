"""A type's own destruction slots mention it: they run when the state may be empty, and find it in the chain of bases instead."""

from __future__ import annotations

from porter.facts.uses import Use
from porter.plan.model import OwnType, Plan, TypeMove, VariableMove, key_of

SLOT_CASTS = {"tp_dealloc": "destructor", "tp_traverse": "traverseproc", "tp_clear": "inquiry"}


def finds_itself(use: Use, move: TypeMove | VariableMove, plan: Plan) -> bool:
    """Whether a use of a type stands in a deallocator, traverse or clear of that type alone; the plan remembers it."""
    if not isinstance(move, TypeMove) or use.function is None or use.token.expansion is not None:
        return False
    roles = plan.roles.by_name.get(use.function.name, set())
    kinds, owners = {r.kind for r in roles}, {r.owner for r in roles}
    if len(kinds) != 1 or not kinds <= SLOT_CASTS.keys() or owners != {move.variable.name} or not use.function.parameters[0].name:
        return False
    words = {t.text for t in use.function.tokens}
    local = next(n for n in ("own", "own_type", "porter_own") if n not in words)
    plan.own_types[key_of(use.function)] = OwnType(use.function, move.variable.name, next(iter(kinds)), local)
    return True
