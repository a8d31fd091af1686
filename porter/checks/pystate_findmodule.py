"""Modules found by their definition through the interpreter."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.facts.process_wide import FIND_MODULE
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every call of PyState_FindModule, PyState_AddModule and PyState_RemoveModule."""
    multi = facts.module is not None and facts.module.init == "multi-phase"
    for mention in facts.mentions:
        if mention.name in FIND_MODULE and mention.how == "call":
            why = "fails for a module with multi-phase init" if multi else "knows one module for a definition and none with multi-phase init"
            yield Hit(mention.place, mention.name, f"{mention.name}() {why}", mention.confidence)
