"""Modules whose init function creates the module itself."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every module that PyModule_Create makes."""
    for module in facts.modules:
        if module.init == "single-phase":
            message = f"{module.name} uses single-phase init: interpreters with their own GIL refuse to import it"
            yield Hit(module.init_place or module.place, module.name, message)
