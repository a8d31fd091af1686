"""Statics by which Python finds an interned string."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every _Py_Identifier, also by _Py_IDENTIFIER."""
    for parser in facts.parsers:
        if parser.kind == "_Py_Identifier":
            message = f"_Py_Identifier {parser.name} is private to Python, and most of what takes it is gone from 3.13 on"
            yield Hit(parser.place, parser.name, message)
