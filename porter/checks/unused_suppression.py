"""Suppressions that meet no finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from porter.findings import Hit
from porter.suppressions import Suppression


def find_in_suppressions(suppressions: Iterable[Suppression]) -> Iterator[Hit]:
    """Every suppression that no finding of its rule and lines used."""
    for suppression in suppressions:
        if not suppression.used:
            message = f"nothing to suppress here: {suppression.rule} finds nothing on this line"
            yield Hit(suppression.place, suppression.rule, message, "tokens")
