"""Suppressions that do not say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from porter.findings import Hit
from porter.suppressions import Suppression


def find_in_suppressions(suppressions: Iterable[Suppression]) -> Iterator[Hit]:
    """Every suppression with nothing after its bracket."""
    for suppression in suppressions:
        if not suppression.reason:
            message = f"the suppression of {suppression.rule} gives no reason"
            yield Hit(suppression.place, suppression.rule, message, "tokens")
