"""Thread states taken through PyGILState."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.facts.process_wide import ENSURE
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every call of PyGILState_Ensure and PyGILState_GetThisThreadState."""
    for mention in facts.mentions:
        if mention.name in ENSURE and mention.how == "call":
            message = f"{mention.name}() gives a thread without a thread state one of the main interpreter, whichever it works for"
            yield Hit(mention.place, mention.name, message, mention.confidence)
