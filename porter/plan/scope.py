"""How far a port goes: up to a stage, for all symbols or for some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from porter.facts.holds import is_type_object
from porter.facts.identifiers import is_private
from porter.facts.program import Variable
from porter.plan.model import MOVED, Decision, Refusal
from porter.plan.stages import ARGS, DECLARE, INIT, LIBRARIES, OPERATIONS, STAGES, STATE, TYPES


@dataclass(frozen=True)
class Scope:
    """What is asked for.

    ``stage``: the last of STAGES to make; ``symbols``: the only types and variables to move, none given means all;
    ``unsafe``: those of OPERATIONS to make as well; ``with_test``: whether a test of the package's own that loads what
    is isolated belongs to it; ``gc``: whether types of which the module keeps an instance may get GC support.
    """

    stage: str = DECLARE
    symbols: frozenset[str] = frozenset()
    unsafe: frozenset[str] = frozenset()
    with_test: bool = False
    gc: bool = True

    def leaves(self, variable: Variable) -> Refusal | None:
        """Why a symbol is not for this port."""
        stage = TYPES if is_type_object(variable) else ARGS if is_private(variable) else STATE
        if STAGES.index(self.stage) < STAGES.index(stage):
            return Refusal(f"it waits for the stage {stage}")
        if self.symbols and variable.name not in self.symbols:
            return Refusal("it is not among the symbols selected")
        return None


def steps(decisions: list[Decision], scope: Scope, split: str) -> list[tuple[Scope, str]]:
    """The scopes on the way to ``scope``, which is the last, each with what a message calls its step ("" for the stage).

    ``decisions``: those of the port as ``scope`` has it; ``split``: one of SPLITS. What is unsafe comes behind the
    rest, a step for each operation, so that a patch can be left out; but the lock that a declaration rests on comes with it.
    """
    moved = [d for d in decisions if d.decision == MOVED]
    names: Callable[[Decision], str] = {"type": lambda d: d.symbol, "file": lambda d: d.place.file}.get(
        split, lambda d: ""
    )
    made, done, safe = [], STAGES.index(scope.stage), replace(scope, unsafe=frozenset())
    for stage, kind in ((INIT, ""), (TYPES, "type"), (STATE, "variable"), (ARGS, ""), (DECLARE, "")):
        if STAGES.index(stage) > done:
            break
        groups = dict.fromkeys(names(d) for d in moved if d.kind == kind) if kind == "type" or split == "file" else {}
        for label in list(groups)[:-1]:
            before = {
                d.symbol for d in moved if d.kind != kind or list(groups).index(names(d)) <= list(groups).index(label)
            }
            made.append((replace(safe, stage=stage, symbols=frozenset(before)), label))
        made.append((replace(safe, stage=stage), list(groups)[-1] if len(groups) > 1 else ""))
    declared = scope.unsafe & {LIBRARIES}
    made[-1] = replace(made[-1][0], unsafe=declared), made[-1][1]
    asked = [operation for operation in OPERATIONS if operation in scope.unsafe - declared]
    return made + [(replace(scope, unsafe=declared | {*asked[: n + 1]}), name) for n, name in enumerate(asked)]
