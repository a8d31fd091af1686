"""Multi-phase modules that do not say which interpreters they support."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit, Related
from porter.settings import version


def find(facts: Facts) -> Iterator[Hit]:
    """Every multi-phase module without a Py_mod_multiple_interpreters slot (PEP 684), which Python has since 3.12."""
    for module in facts.modules:
        if module.init == "multi-phase" and module.declares is None and version(facts.target) >= (3, 12):
            why = "its Py_mod_multiple_interpreters slot is compiled out" if module.left_out else "it has no Py_mod_multiple_interpreters slot"
            related = (Related(module.left_out, "the slot stands in an #if arm that this build does not take"),) if module.left_out else ()
            yield Hit(module.place, module.name, f"interpreters with their own GIL refuse {module.name}: {why}", related=related)
