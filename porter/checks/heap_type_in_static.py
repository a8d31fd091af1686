"""Types that are kept in static pointers."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit, writes


def find(facts: Facts) -> Iterator[Hit]:
    """Every static PyTypeObject pointer, wherever its type comes from."""
    for variable in facts.variables:
        if variable.kind == "type-pointer":
            message = f"{variable.name} keeps a type for all interpreters: the next import overwrites it for the first"
            yield Hit(variable.place, variable.name, message, variable.confidence, writes(variable))
