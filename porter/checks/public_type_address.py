"""Public type objects compared by their address."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts, TypeCheck
from porter.facts.process_wide import TYPE_CHECKS, check_call
from porter.findings import Fix, Hit
from porter.span import Edit


def find(facts: Facts) -> Iterator[Hit]:
    """Every comparison of an object's type with the address of a public type, where a check function says the same."""
    for check in facts.type_checks:
        name = TYPE_CHECKS[check.name][check.exact]
        if name:
            message = f"&{check.name} is compared by its address: {name}() says the same and needs no address"
            yield Hit(check.place, check.name, message, check.confidence, fix=_fix(check, name))


def _fix(check: TypeCheck, name: str) -> Fix | None:
    return Fix(f"call {name}()", (Edit(check.span, check_call(check)),)) if check.span is not None else None
