"""Heap types whose attributes can be set from Python."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts, TypeFact
from porter.findings import Fix, Hit
from porter.settings import version
from porter.span import Edit, Span

_FLAG = "Py_TPFLAGS_IMMUTABLETYPE"


def find(facts: Facts) -> Iterator[Hit]:
    """Every heap type of a spec without Py_TPFLAGS_IMMUTABLETYPE, which Python has since 3.10."""
    for type_ in facts.types:
        if type_.kind == "heap" and _FLAG not in type_.flags and version(facts.target) >= (3, 10):
            message = f"heap type {type_.name} can be changed from Python: it has no {_FLAG}"
            yield Hit(type_.place, type_.name, message, type_.confidence, fix=_fix(type_))


def _fix(type_: TypeFact) -> Fix | None:
    if type_.flags_span is None:
        return None
    end = Span(type_.flags_span.file, type_.flags_span.end, type_.flags_span.end)
    return Fix(f"add {_FLAG}", (Edit(end, f" | {_FLAG}"),))
