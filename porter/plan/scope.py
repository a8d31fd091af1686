"""How far a port goes: up to a stage, for all symbols or for some."""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts.holds import is_type_object
from porter.facts.program import Variable
from porter.plan.model import Refusal

INIT, TYPES, STATE, DECLARE = STAGES = ("init", "types", "state", "declare")


@dataclass(frozen=True)
class Scope:
    """``stage``: the last of STAGES to make; ``symbols``: the only types and variables to move, none given means all."""

    stage: str = DECLARE
    symbols: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether it is the port of everything."""
        return self == Scope()

    def leaves(self, variable: Variable) -> Refusal | None:
        """Why a symbol is not for this port."""
        stage = TYPES if is_type_object(variable) else STATE
        if STAGES.index(self.stage) < STAGES.index(stage):
            return Refusal(f"it waits for the stage {stage}")
        if self.symbols and variable.name not in self.symbols:
            return Refusal("it is not among the symbols selected")
        return None
