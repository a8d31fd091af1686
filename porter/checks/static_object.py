"""Objects in static variables outside of functions."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.kept import OBJECT, kept
from porter.facts.model import Facts
from porter.findings import Hit, writes


def find(facts: Facts) -> Iterator[Hit]:
    """Every file-level variable that holds a reference; those in functions, exceptions and types have rules of their own."""
    for variable in facts.variables:
        if kept(variable) == OBJECT and variable.function is None:
            message = f"{variable.name} keeps an object ({variable.ctype}) for all interpreters of the process"
            yield Hit(variable.place, variable.name, message, variable.confidence, writes(variable))
