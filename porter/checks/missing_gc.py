"""Heap types that the garbage collector does not see."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts, TypeFact
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every heap type without Py_TPFLAGS_HAVE_GC that needs it.

    It does with a tp_traverse or tp_clear, which would never run, and with a tp_dealloc of its own while it can be
    changed. A base may give the flag to a type that has none of the three.
    """
    for type_ in facts.types:
        if type_.kind == "heap" and "Py_TPFLAGS_HAVE_GC" not in type_.flags and _needs_it(type_):
            message = f"heap type {type_.name} has no Py_TPFLAGS_HAVE_GC: its cycle with the type is never freed"
            yield Hit(type_.place, type_.name, message, type_.confidence)


def _needs_it(type_: TypeFact) -> bool:
    if {"tp_traverse", "tp_clear"} & type_.slots.keys():
        return True
    return "tp_dealloc" in type_.slots and "Py_TPFLAGS_IMMUTABLETYPE" not in type_.flags
