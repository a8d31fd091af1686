"""The starts of arrays: the definition becomes a constant of another name, and the exec slot copies it."""

from __future__ import annotations

from porter.facts.program import span_of
from porter.facts.uses import Use
from porter.frontend.declarations import opening
from porter.plan.model import Plan, Refusal, VariableMove
from porter.rewrite.draft import Draft
from porter.rewrite.uses import SymbolRefused
from porter.span import Span


def keep_start(plan: Plan, draft: Draft, move: VariableMove) -> None:
    """Edit the definition of an array: it stays as a constant with the name ``copied``."""
    variable = move.variable
    name = variable.name_token
    if span_of(variable.view.tokens, variable.first, variable.name_index + 1) is None:
        raise SymbolRefused(variable, Refusal("its definition is made by a macro", plan.program.place(name)))
    draft.replace(Span(name.file, name.start, name.end), f"const {move.copied}" if variable.stars else move.copied)
    if not variable.stars:
        base = next(t for t in variable.view.tokens[variable.first : variable.name_index] if t.text != "static")
        draft.insert(base.file, base.start, "const ")


def access(use: Use) -> str:
    """The text of an access to a member: ``each->exception``, ``table[i].exception``."""
    tokens, first = use.view.tokens, use.index
    while tokens[first - 1].text in (".", "->"):
        first -= 2
        while tokens[first].text == "]":
            first = opening(tokens, first) - 1
    return "".join(t.text for t in tokens[first : use.index + 1])


def copying(plan: Plan, move: VariableMove) -> str:
    """The statement of the exec slot that copies the start."""
    return f"memcpy({plan.state_name}->{move.member}, {move.copied}, sizeof({move.copied}));"
