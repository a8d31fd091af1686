"""Deallocators of heap types that keep the type."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit, Related, by_function
from porter.settings import version


def find(facts: Facts) -> Iterator[Hit]:
    """Every tp_dealloc of a heap type that gives back the reference to the type neither itself nor through a helper.

    Once for each function, with the types that have it. Instances own that reference since Python 3.8 (bpo-35810).
    """
    if version(facts.target) < (3, 8):
        return
    for place, types in by_function(facts, "dealloc", "releases_type"):
        name = types[0].name
        message = f"the tp_dealloc of heap type {name} does not release the type: each instance leaves one reference behind"
        related = tuple(Related(type_.place, f"{type_.name} has it") for type_ in types)
        yield Hit(place, name, message, types[0].confidence, related)
