"""What an operation that is made only when asked for would do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from porter.plan.model import CHANGED, OFFERED, Decision
from porter.span import Edit


@dataclass(frozen=True)
class Offer:
    """``operation``: one of OPERATIONS; ``edits`` of the sources as they are; ``decisions``: each use, ``offered`` or ``left``."""

    operation: str
    edits: tuple[Edit, ...]
    decisions: tuple[Decision, ...]

    @property
    def taken(self) -> tuple[Decision, ...]:
        """The decisions when it is made."""
        return tuple(replace(d, decision=CHANGED) if d.decision == OFFERED else d for d in self.decisions)
