"""Modules that declare an own GIL while something is shared."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.kept import kept
from porter.facts.model import Facts, Module
from porter.findings import Fix, Hit, Related
from porter.span import Edit

_SHARED_TYPES = ("static", "static-structseq")
_TRUE = "Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED"


def find(facts: Facts) -> Iterator[Hit]:
    """The module of an extension that says own GIL and has static types or objects left."""
    module, shared = facts.module, tuple(_shared(facts))
    if module and module.declares == "own-gil" and shared:
        number = f"{len(shared)} static types or objects are" if len(shared) > 1 else f"{shared[0].message} is"
        message = f"{module.name} declares its own GIL, but {number} shared"
        yield Hit(module.place, module.name, message, related=shared, fix=_fix(module))


def _shared(facts: Facts) -> Iterator[Related]:
    for type_ in facts.types:
        if type_.kind in _SHARED_TYPES:
            yield Related(type_.place, f"static type {type_.name}")
    for variable in facts.variables:
        what = kept(variable)
        if what and (what != "type" or variable.writes):
            yield Related(variable.place, f"static {what} {variable.name}")


def _fix(module: Module) -> Fix | None:
    return Fix(f"declare {_TRUE}", (Edit(module.declared_span, _TRUE),)) if module.declared_span else None
