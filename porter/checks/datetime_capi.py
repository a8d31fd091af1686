"""The C API of datetime in a static pointer."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts, Variable
from porter.findings import Hit, writes


def find(facts: Facts) -> Iterator[Hit]:
    """Every static ``PyDateTime_CAPI *``: the one of datetime.h where PyDateTime_IMPORT fills it, and own ones."""
    for variable in facts.variables:
        if is_capsule(variable) and variable.writes:
            message = f"{variable.name} is filled by every interpreter that imports the module, and leads to the datetime of the last"
            yield Hit(variable.place, variable.name, message, variable.confidence, writes(variable))


def is_capsule(variable: Variable) -> bool:
    """Whether the variable points to the C API of datetime."""
    return variable.ctype.startswith("PyDateTime_CAPI *")
