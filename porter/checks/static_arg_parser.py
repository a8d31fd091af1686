"""Statics of the private argument parser."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every static _PyArg_Parser."""
    for parser in facts.parsers:
        if parser.kind == "_PyArg_Parser":
            message = f"_PyArg_Parser {parser.name} is private to Python, and before 3.12.4 its names belong to one interpreter"
            yield Hit(parser.place, parser.name, message)
