"""Addresses of None, True, False and their like."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts, Mention
from porter.facts.process_wide import SINGLETONS
from porter.findings import Fix, Hit
from porter.span import Edit

_MACROS = {macro: name for name, macro in SINGLETONS.items()}


def find(facts: Facts) -> Iterator[Hit]:
    """Every use of a singleton's object by its private name, and every singleton in a static initialiser."""
    for mention in facts.mentions:
        if mention.name in SINGLETONS:
            message = f"{mention.name} is private to Python: in a function {SINGLETONS[mention.name]} says the same"
            yield Hit(mention.place, mention.name, message, mention.confidence, fix=_fix(mention))
        elif mention.name in _MACROS:
            message = f"{mention.name} in a static initialiser needs an address that is fixed when the extension is linked"
            yield Hit(mention.place, mention.name, message, mention.confidence)


def _fix(mention: Mention) -> Fix | None:
    if mention.how == "initialiser" or mention.span is None or mention.span.end - mention.span.start == len(mention.name):
        return None
    return Fix(f"use {SINGLETONS[mention.name]}", (Edit(mention.span, SINGLETONS[mention.name]),))
