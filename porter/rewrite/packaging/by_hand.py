"""What of the packaging a person has to change."""

from __future__ import annotations

from porter.facts.model import Place
from porter.plan.model import REFUSED, Decision


def by_hand(file: str, key: str, why: str, minimum: str) -> Decision:
    """The decision that ``key`` of a packaging file is left: ``why`` says what porter cannot read."""
    return Decision(Place(file, 1), "packaging", key, REFUSED, f"{why}: raise it to >={minimum} by hand")
