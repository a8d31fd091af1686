"""The start of a struct said as a statement of the exec slot: its initialiser as a compound literal (C11 6.5.2.5)."""

from __future__ import annotations

from porter.facts.program import span_of
from porter.frontend.lexer import ID
from porter.plan.model import Plan, Refusal, VariableMove
from porter.rewrite.uses import SymbolRefused


def filling(plan: Plan, move: VariableMove, indent: str) -> str:
    """The assignment that fills a struct of the state; its later lines begin with ``indent``. Raises :class:`SymbolRefused`."""
    type_name = move.variable.base if move.written is None else " ".join(move.written[0].split())
    text = _said(plan, move).replace("\r\n", "\n").replace("\n", f"\n{indent}")
    return f"{plan.state_name}->{move.member} = ({type_name}){text};"


def _said(plan: Plan, move: VariableMove) -> str:
    """The initialiser as it is written, with what moves in it reached through the state."""
    value = move.fill.value
    tokens, span = value.view.tokens, span_of(value.view.tokens, value.first, value.last)
    types, members = {m.variable.name for m in plan.types}, {m.variable.name: m.member for m in plan.variables if m.variable.function is None}
    text, pieces, done = plan.program.texts[span.file], [], span.start
    for index in range(value.first, value.last):
        token, before = tokens[index], tokens[index - 1]
        if token.kind != ID or before.text in (".", "->") or token.text not in types | members.keys():
            continue
        start = before.start if token.text in types else token.start
        if token.file != span.file or not done <= start < token.end <= span.end or token.text in types and before.text != "&":
            raise SymbolRefused(move.variable, Refusal(f"it starts with {token.text} in a way porter cannot say", plan.program.place(token)))
        pieces += [text[done:start], f"{plan.state_name}->{members.get(token.text, token.text)}"]
        done = token.end
    return "".join((*pieces, text[done : span.end]))
