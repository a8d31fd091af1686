"""C variables with static storage that are written while the module runs."""

from __future__ import annotations

from collections.abc import Iterator

from porter.checks.datetime_capi import is_capsule
from porter.facts.model import Facts
from porter.facts.process_wide import LOCKS
from porter.findings import Hit, writes


def find(facts: Facts) -> Iterator[Hit]:
    """Every static variable of a C type with a place that writes it; a lock is to be one, the C API of datetime has a rule."""
    for variable in facts.variables:
        if variable.kind == "c-state" and not variable.atomic and variable.ctype not in LOCKS and not is_capsule(variable):
            how = "may be written through its address" if variable.handed_on else "is written"
            message = f"{variable.name} ({variable.ctype}) {how} by all interpreters without a common GIL"
            yield Hit(variable.place, variable.name, message, variable.confidence, writes(variable))
