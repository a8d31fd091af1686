"""Allocating and freeing the instances of a type that gets GC support (C API: Supporting Cyclic Garbage Collection)."""

from __future__ import annotations

from porter.plan.model import Collected, TypeMove
from porter.rewrite.types_part import TypePart, bytes_of
from porter.span import Span


class CollectedWriter(TypePart):
    """Writes what GC support asks of the calls that make and free instances."""

    def write_collected(self, move: TypeMove) -> None:
        """The calls of a type that gets GC support."""
        if move.collected is not None:
            self._allocate(move.collected)
            for view, index in move.collected.frees:
                self.draft.replace(Span(*bytes_of(view.tokens[index])), "PyObject_GC_Del")

    def _allocate(self, made: Collected) -> None:
        """``PyObject_New(T, type)`` as an allocation that zeroes the fields and tracks the object: ``(T *)PyType_GenericAlloc(type, 0)``."""
        for use, last in made.allocations:
            tokens, _ = self.draft.raw(use.file)
            first = self.draft.raw_index(use.file, use.start)
            comma = next(i for i in range(first, len(tokens)) if tokens[i].text == ",")
            struct = self.draft.text(use.file)[tokens[first + 2].start : tokens[comma - 1].end]
            self.draft.replace(Span(use.file, use.start, tokens[comma + 1].start), f"({struct} *)PyType_GenericAlloc(")
            self.draft.insert(use.file, last.start, ", 0")
