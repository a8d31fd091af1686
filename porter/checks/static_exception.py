"""Exceptions in static variables."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.kept import EXCEPTION, kept
from porter.facts.model import Facts
from porter.findings import Hit, writes


def find(facts: Facts) -> Iterator[Hit]:
    """Every static variable that PyErr_NewException or its like is assigned to, in functions too."""
    for variable in facts.variables:
        if kept(variable) == EXCEPTION:
            message = f"{variable.name} keeps an exception type for all interpreters: what one raises, another does not catch"
            yield Hit(variable.place, variable.name, message, variable.confidence, writes(variable))
