"""Heap types that inherit object.__new__ although they have fields of their own."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts, TypeFact
from porter.findings import Hit

_CREATION = {"tp_new", "tp_init", "tp_alloc", "tp_base", "tp_bases"}
_DESTRUCTION = {"tp_dealloc", "tp_finalize"}
_MEANT = {"Py_TPFLAGS_DISALLOW_INSTANTIATION", "Py_TPFLAGS_BASETYPE"}


def find(facts: Facts) -> Iterator[Hit]:
    """Every heap type with a destructor but nothing that creates it, that nobody may subclass and that has no base but object.

    A type with Py_TPFLAGS_BASETYPE is meant to be created: by the classes that are derived from it.
    """
    for type_ in facts.types:
        if type_.kind == "heap" and _by_accident(type_):
            message = f"heap type {type_.name} inherits object.__new__: its call from Python makes an instance of zeros"
            yield Hit(type_.place, type_.name, message, type_.confidence)


def _by_accident(type_: TypeFact) -> bool:
    return not _MEANT & type_.flags and bool(_DESTRUCTION & type_.slots.keys()) and not _CREATION & type_.slots.keys() and type_.lifetime.base == ""
