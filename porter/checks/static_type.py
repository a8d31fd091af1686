"""Types that are one object for the whole process."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every variable of type PyTypeObject."""
    for type_ in facts.types:
        if type_.kind == "static":
            message = f"static type {type_.name} is one object for all interpreters of the process"
            yield Hit(type_.place, type_.name, message, type_.confidence)
