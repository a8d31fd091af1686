"""What a variable that holds a reference keeps, by what is assigned to it."""

from __future__ import annotations

from porter.facts.capi import OFFERED_BASES
from porter.facts.model import Variable

EXCEPTION, TYPE, OBJECT, CACHE = "exception", "type", "object", "cache"
_HOLDING = ("object", "cache", "type-pointer")
_EXCEPTIONS = frozenset(("PyErr_NewException", "PyErr_NewExceptionWithDoc"))
_TYPES = frozenset((*OFFERED_BASES, "PyStructSequence_NewType"))


def kept(variable: Variable) -> str | None:
    """``exception``, ``type``, ``cache`` or ``object``; None for a variable that holds no reference."""
    if variable.kind not in _HOLDING:
        return None
    if variable.made_by & _EXCEPTIONS:
        return EXCEPTION
    if variable.kind == "type-pointer" or variable.made_by & _TYPES or variable.ctype.startswith("PyTypeObject *"):
        return TYPE
    return CACHE if variable.kind == "cache" else OBJECT
