"""Calls that reach the main interpreter or the whole process."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.facts.process_wide import MAIN_INTERPRETER
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every use of a function or hook of the C API that acts on the main interpreter or on all of them."""
    for mention in facts.mentions:
        if mention.name in MAIN_INTERPRETER and mention.how != "initialiser":
            message = f"{mention.name} {MAIN_INTERPRETER[mention.name]}"
            yield Hit(mention.place, mention.name, message, mention.confidence)
