"""Caches and free lists in static variables."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.kept import CACHE, kept
from porter.facts.model import Facts
from porter.findings import Hit, writes


def find(facts: Facts) -> Iterator[Hit]:
    """Every static variable that is part of a cache or free list of objects."""
    for variable in facts.variables:
        if kept(variable) == CACHE:
            message = f"cache {variable.name} hands memory and objects of one interpreter to another"
            yield Hit(variable.place, variable.name, message, variable.confidence, writes(variable))
