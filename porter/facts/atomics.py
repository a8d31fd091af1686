"""Variables that are only reached by atomic operations: threads with a GIL each may share them."""

from __future__ import annotations

from porter.facts.calls import enclosing_call
from porter.facts.uses import Use

_PREFIXES = ("__atomic_", "__sync_", "atomic_", "_Py_atomic_", "_Interlocked", "Interlocked")
"""What the atomic operations of C11 (7.17), GCC, CPython and Windows begin with."""


def is_atomic(use: Use) -> bool:
    """Whether a use hands the address of a variable to an atomic operation."""
    call = enclosing_call(use.view.tokens, use.index)
    name = use.view.tokens[call[0]].text if call is not None else ""
    return use.view.tokens[use.index - 1].text == "&" and name.startswith(_PREFIXES) and not name.endswith("_init")
