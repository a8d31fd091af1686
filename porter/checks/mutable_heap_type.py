"""Heap types whose attributes can be set from Python."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every heap type of a spec without Py_TPFLAGS_IMMUTABLETYPE."""
    for type_ in facts.types:
        if type_.kind == "heap" and "Py_TPFLAGS_IMMUTABLETYPE" not in type_.flags:
            message = f"heap type {type_.name} can be changed from Python: it has no Py_TPFLAGS_IMMUTABLETYPE"
            yield Hit(type_.place, type_.name, message, type_.confidence)
