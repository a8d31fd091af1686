"""Multi-phase modules that do not say which interpreters they support."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every multi-phase module without a Py_mod_multiple_interpreters slot (PEP 684)."""
    for module in facts.modules:
        if module.init == "multi-phase" and module.declares is None:
            message = (
                f"{module.name} has no Py_mod_multiple_interpreters slot: interpreters with their own GIL refuse it"
            )
            yield Hit(module.place, module.name, message)
