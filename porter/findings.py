"""Findings: what a rule says of a place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from porter.facts.model import Facts, Place, TypeFact, Variable
from porter.span import Edit


@dataclass(frozen=True)
class Related:
    """A second place that belongs to a finding, with a note on how."""

    place: Place
    message: str


@dataclass(frozen=True)
class Fix:
    """A change that takes the finding away, and what it does in a few words. It is shown, never made by a scan."""

    description: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Hit:
    """What a check yields: a place, the symbol there and what is wrong; the rule's file adds the rest."""

    place: Place
    symbol: str
    message: str
    confidence: str = "parsed"
    related: tuple[Related, ...] = ()
    fix: Fix | None = None


@dataclass(frozen=True)
class Finding:
    """One place that is not isolated, or a claim that does not hold.

    ``severity``: error, warning or note; ``confidence``: ``parsed`` or ``tokens``;
    ``suppressed``: the reason given in the source, or None; ``fix``: the mechanical change, or None.
    """

    rule: str
    severity: str
    place: Place
    symbol: str
    extension: str
    message: str
    confidence: str = "parsed"
    related: tuple[Related, ...] = ()
    suppressed: str | None = None
    fix: Fix | None = None

    @property
    def fingerprint(self) -> str:
        """Stable while the file, the symbol and the rule stay: a line may move."""
        text = "\0".join((self.place.file, self.symbol, self.rule))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def writes(variable: Variable) -> tuple[Related, ...]:
    """The places that write ``variable``, as related places of its finding."""
    how = "its address is handed on" if variable.handed_on else f"{variable.name} is written"
    return tuple(Related(place, f"{how} here") for place in variable.writes)


def by_function(facts: Facts, function: str, answer: str) -> Iterator[tuple[Place, tuple[TypeFact, ...]]]:
    """The functions of heap types for which ``answer`` of their lifetime is no, each with the types that have it.

    ``function`` is ``traverse`` or ``dealloc``.
    """
    types: dict[Place, list[TypeFact]] = {}
    for type_ in facts.types:
        place = getattr(type_.lifetime, function)
        if type_.kind == "heap" and place is not None and getattr(type_.lifetime, answer) is False:
            types.setdefault(place, []).append(type_)
    yield from ((place, tuple(found)) for place, found in types.items())
