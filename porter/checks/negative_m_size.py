"""Module definitions with a negative size."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every module definition whose m_size is a negative number."""
    for module in facts.modules:
        if module.size is not None and "".join(module.size.split()).lstrip("(").startswith("-"):
            message = f"m_size of {module.name} is negative: the module cannot be created a second time"
            yield Hit(module.size_place or module.place, module.name, message)
