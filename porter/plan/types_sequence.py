"""Struct sequences: a static type that the init fills from a description becomes one that is made from it."""

from __future__ import annotations

from porter.facts.program import Function, Program, Variable
from porter.facts.types import type_fields
from porter.facts.uses import Use, uses_of
from porter.plan.model import Refusal, TypeMove

_INITS = frozenset(("PyStructSequence_InitType", "PyStructSequence_InitType2"))


def fillings(variable: Variable, places: dict[str, list]) -> list[Use]:
    """The uses ``PyStructSequence_InitType(&Type, …)``."""
    return [u for u in uses_of(variable, places) if fills(u)]


def fills(use: Use) -> bool:
    """Whether a use is the first argument of a call that makes a struct sequence of it."""
    tokens, i = use.view.tokens, use.index
    return tokens[i - 1].text == "&" and tokens[i - 2].text == "(" and tokens[i - 3].text in _INITS


def sequence_move(program: Program, variable: Variable, declarations: tuple[Variable, ...], uses: list[Use], init: list[Function]) -> TypeMove:
    """The port of a struct sequence that ``uses`` fill. Raises :class:`Refusal`."""
    if len(uses) > 1:
        raise Refusal("it is filled in two places", program.place(uses[1].token))
    if uses[0].function is None or uses[0].function.name_token not in {f.name_token for f in init}:
        raise Refusal("it is filled outside of the init", program.place(uses[0].token))
    if any(not value.empty for value in (type_fields(variable) or {}).values()):
        raise Refusal("it is a struct sequence and has fields of its own in an initialiser", program.place(variable.name_token))
    return TypeMove(variable, declarations, variable.name, {}, (), (), "", (), sequence=uses[0])
