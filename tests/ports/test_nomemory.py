"""No exec slot of a port crashes when an allocation fails in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .workshop import EXAMPLES, build, drive

POINTS = 400
NAMES = (
    *("already-isolated", "arrays-of-objects", "base-that-is-ported-too", "callback-in-another-arm"),
    *("class-methods-and-getset", "exceptions-as-statics", "state-in-a-static-struct", "two-files"),
)


@pytest.mark.parametrize("each", [e for e in EXAMPLES if e.name in NAMES], ids=lambda e: e.name)
def test_every_allocation_may_fail(each, tmp_path: Path) -> None:
    """Allocation number 0, 1, 2, ... fails and those behind it do not.

    CPython 3.13.0 sets no exception where the name of a type finds no memory: a SystemError for a hand-made one too.
    """
    built = build(each.after, tmp_path)
    assert set(drive(built, "nomemory", built.name, str(POINTS)).split()) - {"SystemError"} == {"MemoryError", "loaded"}
