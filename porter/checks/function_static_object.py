"""Objects in static variables inside of functions."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.kept import OBJECT, kept
from porter.facts.model import Facts
from porter.findings import Hit, writes


def find(facts: Facts) -> Iterator[Hit]:
    """Every function-local static variable that holds a reference; exceptions and types have rules of their own."""
    for variable in facts.variables:
        if kept(variable) == OBJECT and variable.function is not None:
            message = f"{variable.name} in {variable.function}() keeps an object between calls for all interpreters"
            yield Hit(variable.place, variable.name, message, variable.confidence, writes(variable))
