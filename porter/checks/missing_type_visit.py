"""Traverse functions of heap types that leave out the type."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit, Related, by_function
from porter.settings import version


def find(facts: Facts) -> Iterator[Hit]:
    """Every tp_traverse of a collected heap type that visits the type of the object neither itself nor through a helper.

    Once for each function, with the types that have it. On Python 3.8 the type must not be visited (bpo-40217).
    """
    if version(facts.target) < (3, 9):
        return
    for place, types in by_function(facts, "traverse", "visits_type"):
        if any("Py_TPFLAGS_HAVE_GC" in type_.flags for type_ in types):
            name = types[0].name
            message = f"the tp_traverse of heap type {name} does not visit Py_TYPE(self): a cycle through the type is never freed"
            related = tuple(Related(type_.place, f"{type_.name} has it") for type_ in types)
            yield Hit(place, name, message, types[0].confidence, related)
