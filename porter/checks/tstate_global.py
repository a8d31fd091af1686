"""The thread state or the runtime read through private names."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.facts.process_wide import THREAD_STATE
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every use of a private global or function that leads to the thread state, the interpreter or the runtime."""
    for mention in facts.mentions:
        if mention.name in THREAD_STATE:
            message = f"{mention.name} is private to Python and changes with it: use {THREAD_STATE[mention.name]}"
            yield Hit(mention.place, mention.name, message, mention.confidence)
