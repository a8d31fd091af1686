"""Calls of C libraries that have state of the process."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.facts.process_wide import LIBRARY
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every call of a function that keeps or changes state of the process, unless the extension defines it itself."""
    for mention in facts.mentions:
        if mention.name in LIBRARY:
            message = f"{mention.name}() uses {LIBRARY[mention.name]}: without a common GIL two interpreters need a lock around it"
            yield Hit(mention.place, mention.name, message, mention.confidence)
