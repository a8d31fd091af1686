"""Struct sequence types that are filled into a static variable."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every type that PyStructSequence_InitType or InitType2 fills."""
    for type_ in facts.types:
        if type_.kind == "static-structseq":
            message = f"struct sequence type {type_.name} is static: one object for all interpreters of the process"
            yield Hit(type_.place, type_.name, message, type_.confidence)
