"""Type objects as slots and specs, their creation in the exec slot, and what instances owe their type."""

from __future__ import annotations

from porter.facts.program import Variable, span_of
from porter.facts.uses import uses_of
from porter.plan.arms import Arms
from porter.plan.model import Plan, Refusal
from porter.rewrite.draft import Draft
from porter.rewrite.types_collected import CollectedWriter
from porter.rewrite.types_creation import CreationWriter
from porter.rewrite.types_instances import InstanceWriter
from porter.rewrite.types_part import bytes_of
from porter.rewrite.types_slots import SlotsWriter
from porter.rewrite.uses import SymbolRefused


class TypeWriter(SlotsWriter, CreationWriter, InstanceWriter, CollectedWriter):
    """Writes the types of one plan into a draft."""

    def __init__(self, plan: Plan, draft: Draft, places: dict[str, list], arms: Arms, all_types: list[Variable]) -> None:
        super().__init__(plan, draft, places, arms, all_types)
        self.created, self.reduces = {}, set()

    def write(self) -> None:
        """Edits for every type that moves. Raises :class:`SymbolRefused`."""
        for move in self.plan.types:
            try:
                self.write_definition(move)
                self.remove_assignments(move)
                if move.sequence is not None:
                    self.write_sequence(move, move.sequence)
                self.write_ready(move)
                self.remove_releases(move)
                self.write_traverse(move)
                self.write_dealloc(move)
                self.write_collected(move)
            except Refusal as problem:
                raise SymbolRefused(move.variable, problem) from None
        self.write_heap_types()
        self.write_own_types()
        self.check_order()
        self._tables()

    def _tables(self) -> None:
        """Sub-tables whose every use went with the types go too."""
        for table in {id(t): t for m in self.plan.types for t in m.tables}.values():
            if all(self.draft.is_covered(*bytes_of(u.token)) for u in uses_of(table, self.places)):
                for each in [v for v in self.plan.program.variables() if v.name == table.name and v.function is None]:
                    span = span_of(each.view.tokens, each.first, each.last)
                    if span is not None:
                        self.draft.remove(self.draft.with_comment(span))
