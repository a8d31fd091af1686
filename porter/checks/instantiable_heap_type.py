"""Heap types that inherit object.__new__ although they have fields of their own."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts, TypeFact
from porter.findings import Hit

_CREATION = {"tp_new", "tp_init", "tp_alloc", "tp_base", "tp_bases"}


def find(facts: Facts) -> Iterator[Hit]:
    """Every heap type that releases something in tp_dealloc but has nothing that creates it."""
    for type_ in facts.types:
        if type_.kind == "heap" and _by_accident(type_):
            message = f"heap type {type_.name} inherits object.__new__: {type_.name}() makes an instance of zeros"
            yield Hit(type_.place, type_.name, message, type_.confidence)


def _by_accident(type_: TypeFact) -> bool:
    allowed = "Py_TPFLAGS_DISALLOW_INSTANTIATION" not in type_.flags
    return allowed and "tp_dealloc" in type_.slots and not _CREATION & type_.slots.keys()
