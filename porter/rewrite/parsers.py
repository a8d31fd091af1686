"""Calls that parse with a private parser parse with the public functions, which are handed its format and its keywords."""

from __future__ import annotations

from porter.facts.private_api import STACK
from porter.facts.program import span_of
from porter.plan.model import Plan
from porter.rewrite.draft import Draft
from porter.rewrite.substitutes import Substitutes


def remove_parsers(plan: Plan, draft: Draft) -> None:
    """The declarations of the parsers go."""
    for move in plan.parsers:
        draft.remove(span_of(move.variable.view.tokens, move.variable.first, move.variable.last))


def rewrite_parsers(plan: Plan, draft: Draft, substitutes: Substitutes) -> None:
    """Edits for all calls."""
    for move in plan.parsers:
        for use in move.uses:
            tokens = use.view.tokens
            name = tokens[use.call]
            public = substitutes.name(STACK, name) if use.public == STACK else use.public
            draft.replace(span_of(tokens, use.call, use.call + 1), public)
            draft.replace(span_of(tokens, use.use - 1, use.use + 1), f"{move.format}, (char **){move.keywords}")
