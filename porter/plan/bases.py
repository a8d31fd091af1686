"""Types that are made of others: they stay together where one stays, and a base comes before what is made of it."""

from __future__ import annotations

from porter.plan.model import Refusal, TypeMove
from porter.plan.types import Types


def bound_to_stay(types: Types, moves: list[TypeMove]) -> list[tuple[TypeMove, Refusal]]:
    """The moves that cannot be made, since a static type cannot have a heap type for its base; each with the reason."""
    names, found = {m.variable.name for m in moves}, []
    for variable in types.variables:
        if variable.name in names:
            continue
        try:
            base = types.values(variable).get("tp_base")
        except Refusal:
            continue
        reason = Refusal(f"it is the base of {variable.name}, which stays static", types.program.place(variable.name_token))
        found += [(move, reason) for move in moves if base is not None and move.variable.name == base.name]
    return found


def bases_first(moves: list[TypeMove]) -> list[TypeMove]:
    """Bases before what is made of them."""
    names, out = {m.variable.name: m for m in moves}, []

    def add(move: TypeMove) -> None:
        if move in out:
            return
        if move.base in names and names[move.base] is not move:
            add(names[move.base])
        out.append(move)

    for move in moves:
        add(move)
    return out
