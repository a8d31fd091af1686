"""Types that are kept in static pointers."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.kept import TYPE, kept
from porter.facts.model import Facts
from porter.findings import Hit, writes


def find(facts: Facts) -> Iterator[Hit]:
    """Every static pointer that a type is assigned to, wherever the type comes from and however the pointer is declared."""
    for variable in facts.variables:
        if kept(variable) == TYPE and variable.writes:
            message = f"{variable.name} keeps a type for all interpreters: the next import overwrites it for the first"
            yield Hit(variable.place, variable.name, message, variable.confidence, writes(variable))
