"""Modules that declare an own GIL while something is shared."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit, Related

_SHARED_TYPES = ("static", "static-structseq")
_SHARED_VARIABLES = ("object", "type-pointer")


def find(facts: Facts) -> Iterator[Hit]:
    """The module of an extension that says own GIL and has static types or objects left."""
    module, shared = facts.module, tuple(_shared(facts))
    if module and module.declares == "own-gil" and shared:
        message = f"{module.name} declares its own GIL, but {len(shared)} static types or objects are shared"
        yield Hit(module.place, module.name, message, related=shared)


def _shared(facts: Facts) -> Iterator[Related]:
    for type_ in facts.types:
        if type_.kind in _SHARED_TYPES:
            yield Related(type_.place, f"static type {type_.name}")
    for variable in facts.variables:
        if variable.kind in _SHARED_VARIABLES:
            yield Related(variable.place, f"static object {variable.name}")
