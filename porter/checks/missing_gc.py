"""Heap types that the garbage collector does not see."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.capi import GC_BASES
from porter.facts.model import Facts, TypeFact
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every heap type without Py_TPFLAGS_HAVE_GC that needs it.

    It does with a tp_traverse or tp_clear, which would never run; where its instances hold objects; and with a tp_dealloc
    of its own while it can be changed. A base may give the flag to a type that has no tp_traverse and no tp_clear.
    """
    for type_ in facts.types:
        if type_.kind == "heap" and "Py_TPFLAGS_HAVE_GC" not in type_.flags:
            why = _why(type_)
            if why:
                yield Hit(type_.place, type_.name, f"heap type {type_.name} has no Py_TPFLAGS_HAVE_GC: {why}", type_.confidence)


def _why(type_: TypeFact) -> str:
    if {"tp_traverse", "tp_clear"} & type_.slots.keys():
        return "its tp_traverse and tp_clear are never called"
    if not _without_gc(type_.lifetime.base):
        return ""
    if type_.lifetime.holds:
        return f"a cycle through what its instances hold ({', '.join(type_.lifetime.holds)}) is never freed"
    mutable = "Py_TPFLAGS_IMMUTABLETYPE" not in type_.flags
    return "its cycle with the type is never freed" if mutable and "tp_dealloc" in type_.slots else ""


def _without_gc(base: str) -> bool:
    """Whether a base is known to give no garbage collection: no base is object."""
    return base == "" or GC_BASES.get(base) is False
