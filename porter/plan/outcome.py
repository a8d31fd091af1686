"""What became of every symbol once a plan holds, and so what the module may declare."""

from __future__ import annotations

from functools import partial

from porter.facts.holds import holds_object, is_type_object, is_type_pointer
from porter.facts.identifiers import is_identifier
from porter.facts.modules import module_fields
from porter.facts.program import Variable
from porter.plan.gil import runs_in_python_threads
from porter.plan.init import foreign_state
from porter.plan.init_multi import declared, why_not_declared
from porter.plan.model import LEFT, MOVED, REFUSED, Decision, Plan, Refusal, symbol_of
from porter.plan.names import STAYS
from porter.plan.parsers import Parsers
from porter.plan.scope import Scope
from porter.plan.stages import DECLARE
from porter.plan.sharing import Sharing

_THREAD = frozenset(("_Thread_local", "__thread", "thread_local"))
_SLOT = 0x030C0000  # the limited API knows Py_mod_multiple_interpreters from here on


class Outcome:
    """Fills in what a plan decides about the whole extension."""

    def __init__(
        self, plan: Plan, sharing: Sharing, refused: dict[tuple[str, str], Refusal], limited: int | None, scope: Scope
    ) -> None:
        """``limited``: the version of the limited API it is built for."""
        self.plan, self.sharing, self.refused, self.limited, self.scope = plan, sharing, refused, limited, scope

    def finish(self, candidates: list[Variable]) -> None:
        """Decide about every one of ``candidates``, about the names of the state, and about the GIL."""
        plan, program = self.plan, self.plan.program
        plan.existing, plan.state_name = self._existing_state(), self._free_name()
        plan.datetime = any(function is not None for _, function, _ in self.sharing.places.get("PyDateTimeAPI", ()))
        plan.slot_at_run_time = self.limited is not None and self.limited < _SLOT
        shared = [v for v in candidates if self._decide(v)]
        plan.staying = [v for v in shared if holds_object(v) and not is_type_object(v)]
        from_python = partial(runs_in_python_threads, self.sharing.places, plan.roles)
        foreign = foreign_state(program, self.sharing.places, from_python)
        stops = [foreign] if foreign is not None else []
        if plan.init.slots is not None and (silent := self._why_not_declared(plan.init.slots)) is not None:
            stops.append(silent)
        if self.scope.stage != DECLARE:
            stops.append(f"it waits for the stage {DECLARE}")
        plan.own_gil = not shared and not stops
        moves = plan.types or any(v.kind == "object" for v in plan.variables)
        plan.idle = not plan.own_gil and not moves and self.scope.stage == DECLARE
        here = program.place(plan.init.init.name_token)
        plan.decisions += [Decision(here, "extension", program.extension.name, REFUSED, f"its interpreters cannot have a GIL each: {s}") for s in stops]

    def _why_not_declared(self, slots: Variable) -> str | None:
        if self.plan.slot_at_run_time and declared(slots) is None:
            return "the limited API it is built for has no slot to say so before 3.12"
        return why_not_declared(self.plan.program, slots)

    def private(self, names: list[Variable], parsers: Parsers) -> None:
        """Decide about the identifiers and parsers of the private API: those that stay stand in the way of nothing."""
        plan = self.plan
        said = {symbol_of(m.variable): (MOVED, m.said) for m in (*plan.names, *plan.parsers)}
        for variable in (*names, *parsers.variables):
            decision, reason = said.get(symbol_of(variable)) or self._private_stays(variable, parsers)
            plan.decisions.append(Decision(plan.program.place(variable.name_token), "variable", variable.name, decision, reason))

    def _private_stays(self, variable: Variable, parsers: Parsers) -> tuple[str, str]:
        """What to say of an identifier or parser that stays where it is."""
        left = STAYS if is_identifier(variable) else parsers.left(variable)
        waits = self.scope.leaves(variable)
        if waits is not None or left is None:
            return REFUSED, self._refusal(variable)
        return LEFT, f"{left}: {self._refusal(variable)}" if is_identifier(variable) else left

    def _free_name(self) -> str:
        """A name for the local variable of the state that no function uses for something else."""
        reaches = self.plan.reaches.values()
        names = {t.text for r in reaches for t in r.function.tokens} | {p.name for r in reaches for p in r.function.parameters}
        return next(n for n in ("state", "module_state", "mod_state", "porter_state") if n not in names)

    def _existing_state(self) -> str | None:
        """The struct of a state the module has already: new members go into it."""
        size = (module_fields(self.plan.init.definition) or {}).get("m_size")
        words = size.words if size else []
        if "sizeof" not in words:
            return None
        return " ".join(w for w in words if w not in ("sizeof", "(", ")"))

    def _decide(self, variable: Variable) -> bool:
        """Say what became of a symbol; the answer is whether it stays shared and must not be."""
        plan, kind = self.plan, "type" if is_type_object(variable) else "variable"
        moved = {symbol_of(m.variable) for m in (*plan.types, *plan.variables)}
        gc = any(m.collected is not None for m in plan.types if m.variable.name == variable.name)
        decision, reason = MOVED, "to the module state" + (", with GC support: the module keeps an instance of it" if gc else "")
        if variable in [c.variable for c in plan.counters]:
            decision, reason = LEFT, "it counts for the process, atomically: nothing depends on who counts in between"
        elif symbol_of(variable) not in moved:
            safe = self._safe(variable)
            decision, reason = (LEFT, safe) if safe is not None else (REFUSED, self._refusal(variable))
        plan.decisions.append(Decision(plan.program.place(variable.name_token), kind, variable.name, decision, reason))
        return decision == REFUSED

    def _safe(self, variable: Variable) -> str | None:
        """Why a symbol that stays is shared rightly."""
        if is_type_object(variable) or holds_object(variable) or is_type_pointer(variable):
            return None
        if thread_local(variable):
            return "each thread has its own"
        moved = {m.variable.name for m in (*self.plan.types, *self.plan.variables)}
        if self.sharing.given(variable, moved) is not None:
            return None
        return self.sharing.why_safe(variable) or self.sharing.written_in_init(variable)

    def _refusal(self, variable: Variable) -> str:
        refusal = self.refused.get(symbol_of(variable), Refusal("porter does not move variables of this kind"))
        where = f" ({refusal.place.file}:{refusal.place.line})" if refusal.place else ""
        return refusal.reason + where


def thread_local(variable: Variable) -> bool:
    """Whether each thread has a variable of its own."""
    return bool(_THREAD & {t.text for t in variable.view.tokens[variable.first : variable.name_index]})
