"""The plan of one extension: everything that can move moves, what cannot is left with its reason, until nothing changes."""

from __future__ import annotations

import re
from collections import Counter as Tally

from porter.facts.alternates import one_gil
from porter.facts.holds import holds_object, is_table, is_type_object, is_type_pointer
from porter.facts.identifiers import is_identifier
from porter.facts.model import Place
from porter.facts.modules import definitions, inits
from porter.facts.program import Function, Program, Variable
from porter.facts.uses import index_names
from porter.facts.variables import defined, is_keyword_list
from porter.plan.address import by_address
from porter.plan.arms import Arms
from porter.plan.bases import bases_first, bound_to_stay
from porter.plan.clinic import Clinic
from porter.plan.configurations import with_alternates
from porter.plan.counters import Counter, Counters
from porter.plan.filled import Fills
from porter.plan.gil import always_held
from porter.plan.init import limited_api, plan_init
from porter.plan.model import REFUSED, Decision, Plan, Refusal, TypeMove, VariableMove, key_of, symbol_of
from porter.plan.names import Names
from porter.plan.needs import Mentioned, Needs
from porter.plan.once import Once
from porter.plan.outcome import Outcome, thread_local
from porter.plan.parsers import Parsers
from porter.plan.reach import CallGraph, Reaching
from porter.plan.roles import Roles
from porter.plan.scope import Scope
from porter.plan.sharing import Sharing
from porter.plan.starts import Starts
from porter.plan.types import Types
from porter.plan.types_heap import heap_calls, made_with_module
from porter.plan.variables import c_state_move, check_arms, distinct, object_move

MODULE_IN_LIMITED = 0x030A0000  # the limited API knows PyType_FromModuleAndSpec from here on
_ENDINGS = (
    "state exec slots traverse clear free get_state get_state_by_type get_state_by_either get_state_by_any get_state_by_interpreter states_of_interpreter "
    "keep_state_by_interpreter forget_state_by_interpreter changes_of_states module_by_def add_type add_sequence reduce_ex "
    "intern_names get_optional_attr find_objects parse_array"
).split()
"""What the names of new text at file scope end in, behind the prefix."""
_OF_THE_INIT = frozenset(("exec", "slots"))
"""Of these, what a module that is multi-phase already has under names of its own."""


class Planner:
    """Plans one extension. ``refused`` grows from outside too: what the rewrite finds it cannot say is planned again without."""

    def __init__(
        self, program: Program, min_python: str, mentioned: Mentioned = lambda names: {}, scope: Scope = Scope()
    ) -> None:
        self.arms, self.scope = Arms(program, min_python), scope
        self.program = program = with_alternates(program, self.arms)
        self.places = index_names(program)
        self.refused: dict[tuple[str, str], Refusal] = {}
        self.escaped: dict[tuple, Place] = {}
        self.init = plan_init(program, self.places)
        self.limited = limited_api(program)
        self.known = [
            v
            for v in defined(program)
            if not v.const and not is_table(v) and not is_keyword_list(v, self.places) and not is_identifier(v) and not one_gil(v.view)
        ]
        clinic = Clinic(program)
        self.names = Names(program, self.places, self.arms, clinic)
        self.parsers = Parsers(program, self.places, self.arms, clinic, _number(min_python))
        self.as_text: dict[tuple[str, str], Refusal] = {}
        self.sharing = Sharing(program, self.places, self.init)
        self.types = Types(program, self.places, self.sharing.in_init(), scope.gc)
        self.fills = Fills(program, self.types, self.sharing, self.init.exec)
        self.needs = Needs(program, self.places, self.arms, mentioned)
        self.starts = Starts(program, self.places, self.sharing, self.known, self.init.definition.view.file)
        self.counting = Counters(program, self.places)
        self.always_held = always_held(program, self.places)
        self.prefix = self._prefix()
        for variable in (*self.types.variables, *self.known, *self.names.variables, *self.parsers.variables):
            # a global that keeps the module itself goes with the init, which hands out no module any more
            its_module = variable.name == self.init.module and variable.function is None
            if not its_module and (waits := scope.leaves(variable)) is not None:
                self.refused[symbol_of(variable)] = waits

    def refuse(self, variable: Variable, refusal: Refusal) -> None:
        """Leave a symbol where it is from now on; one that is a name only can be written out as text first."""
        if is_identifier(variable) and symbol_of(variable) not in self.as_text:
            self.as_text[symbol_of(variable)] = refusal
        else:
            self.refused.setdefault(symbol_of(variable), refusal)

    def escapes(self, function: Function, place: Place) -> None:
        """Hand a function no parameter from now on: what the rewrite finds of it stands where none can be given."""
        self.escaped.setdefault(key_of(function), place)

    def plan(self) -> Plan:
        """The plan without what is refused so far."""
        while True:
            before = len(self.refused), len(self.as_text)
            plan = self._attempt()
            if (len(self.refused), len(self.as_text)) == before:
                self._refuse_what_is_filled_once(plan)
            if (len(self.refused), len(self.as_text)) == before:
                variables = [v for v in self.known if not is_type_object(v)]
                plan.counters = self._counters(variables)
                outcome = Outcome(plan, self.sharing, self.refused, self.limited, self.scope)
                outcome.finish([*self.types.variables, *variables])
                outcome.private(self.names.variables, self.parsers)
                return plan

    def _refuse_what_is_filled_once(self, plan: Plan) -> None:
        moved = {symbol_of(m.variable) for m in (*plan.types, *plan.variables)}
        staying = [v for v in self.known if symbol_of(v) not in moved and not is_type_object(v) and not thread_local(v)]
        for variable, reason in Once(self.places, self.sharing.graph).refusals(staying, [*plan.types, *plan.variables]):
            self.refuse(variable, reason)

    def _attempt(self) -> Plan:
        plan = Plan(self.program, self.init, self.prefix)
        plan.types = self._move_types()
        plan.variables = self._move_variables(plan.types)
        plan.names, plan.helpers = self.names.moves(self.refused, self.as_text)
        plan.parsers = self.parsers.moves(self.refused)
        plan.roles = self._roles()
        self._reach(plan)
        return plan

    def _counters(self, variables: list[Variable]) -> list[Counter]:
        """What cannot move and is no more than counted."""
        refused = [v for v in variables if symbol_of(v) in self.refused and self.scope.leaves(v) is None and not self.needs.elsewhere(v)]
        found = [self.counting.counter(v) for v in refused]
        return [c for c in found if c is not None]

    def _move_types(self) -> list[TypeMove]:
        moves = []
        for variable in self.types.variables:
            if symbol_of(variable) in self.refused:
                continue
            try:
                if self.limited is not None:
                    raise Refusal("the extension is built for the limited API, which has no static types: build it without Py_LIMITED_API to port it", self.program.place(variable.name_token))
                moves.append(self.types.move(variable))
                self.fills.check_offered(moves[-1])
            except Refusal as problem:
                self.refuse(variable, problem)
        for move, reason in bound_to_stay(self.types, moves):
            self.refuse(move.variable, reason)
        return bases_first([m for m in moves if symbol_of(m.variable) not in self.refused])

    def _move_variables(self, types: list[TypeMove]) -> list[VariableMove]:
        module = self.init.module if any(v.name == self.init.module and v.function is None for v in self.known) else None
        moves = []
        for variable in self.known:
            if is_type_object(variable) or symbol_of(variable) in self.refused or thread_local(variable):
                continue
            holds = holds_object(variable) or is_type_pointer(variable)
            filled = variable.array and self.sharing.written_in_init(variable) is not None
            if not holds and (filled or self.sharing.why_safe(variable) is not None):
                continue
            try:
                fill = self.fills.fill(variable, types)
                if holds:
                    move = object_move(self.program, self.places, variable, module, fill)
                else:
                    move = c_state_move(self.program, self.places, variable, fill, self.needs.mentioned)
                check_arms(self.program, move)
                moves.append(move)
            except Refusal as problem:
                moves += self._started(variable, holds, problem)
        names = {m.variable.name for m in (*types, *moves)}
        while given := self._given(names):
            variable = given[0]
            names.add(variable.name)
            try:
                moves.append(c_state_move(self.program, self.places, variable, self.fills.fill(variable, types), self.needs.mentioned))
            except Refusal as problem:
                moves += self._started(variable, False, problem)
        return distinct(self._whole_declarations(moves))

    def _started(self, variable: Variable, holds: bool, problem: Refusal) -> list[VariableMove]:
        """The move of an array with a start of its own, which is refused for its ``problem`` otherwise."""
        try:
            started = self.starts.move(variable, holds)
        except Refusal as other:
            started, problem = None, other
        if started is None:
            self.refuse(variable, problem)
        return [started] if started is not None else []

    def _given(self, moved: set[str]) -> list[Variable]:
        """C variables that only the init writes, and into which it puts addresses of what moves: they are not the same for all."""
        known = [v for v in self.known if v.name not in moved and not is_type_object(v) and symbol_of(v) not in self.refused]
        return [v for v in known if not holds_object(v) and not is_type_pointer(v) and self.sharing.given(v, moved) is not None]

    def _whole_declarations(self, moves: list[VariableMove]) -> list[VariableMove]:
        """Variables declared in one statement move together or not at all."""
        declared = [(move, (each.first, id(each.view))) for move in moves for each in move.declarations]
        counted = Tally(key for key, _ in {(key, move.variable.name) for move, key in declared})
        together = Tally((v.first, id(v.view)) for v in self.program.variables())
        for move, key in declared:
            if counted[key] != together[key]:
                self.refuse(move.variable, Refusal("it is declared together with others that stay", self.program.place(move.variable.name_token)))
        return [m for m in moves if symbol_of(m.variable) not in self.refused]

    def _roles(self) -> Roles:
        values = {}
        for variable in self.types.variables:
            try:
                values[variable.name] = self.types.values(variable)
            except Refusal:
                continue
        return Roles(self.program, values, self.init.definition)

    def _reach(self, plan: Plan) -> None:
        """Find every function that needs the state a way to it; a symbol for which one has none stays."""
        final = {t.variable.name: None if t.sequence else "Py_TPFLAGS_BASETYPE" not in _words(t, "tp_flags") for t in plan.types}
        plan.heap_calls = [] if self.limited is not None and self.limited < MODULE_IN_LIMITED else heap_calls(self.program, self.places, self.sharing.in_init())
        final |= made_with_module(self.program, self.places) | {call.spec: call.final for call in plan.heap_calls}
        graph = CallGraph(self.program, self.places, plan.roles)
        graph.escape(self.escaped)
        reaching = Reaching(graph, plan.roles, self.init.exec, final)
        for move in (*plan.types, *plan.variables):
            try:
                plan.reaches |= self.needs.reaches(move, plan, reaching, (move_kind(move) != "c-state" or self.always_held) and self.limited is None)
            except Refusal as problem:
                self.refuse(move.variable, problem)
        for name in plan.names:
            try:
                plan.reaches |= self.needs.reaches_name(name, self.names, plan, reaching)
            except Refusal as problem:
                self.refuse(name.variable, problem)
        finding = self.needs.finds_module(reaching)
        helpers = {key_of(c.function): c.function for c in plan.heap_calls if c.function.name_token is not self.init.exec.name_token}
        plan.reaches |= (finding or {}) | reaching.solve(helpers, by_interpreter=True)
        plan.module_of_state = reaching.module_of_state
        plan.needs_module = finding is not None or bool(helpers) or bool(plan.module_of_state)
        plan.reaches = by_address(plan)
        plan.without_module = reaching.without_module

    def _prefix(self) -> str:
        """What new names begin with: the module's own name, unless a library that is not read has names like that."""
        leaf = re.sub(r"\W", "_", self.program.extension.leaf).strip("_") or "module"
        names = set(self.places)
        prefixes = (f"{leaf}_module", f"{leaf}_ext")
        there = _OF_THE_INIT if self.init.slots is not None else frozenset()
        for prefix in prefixes if self._is_of_a_library(f"{leaf}_") else (leaf, *prefixes):
            if not any(f"{prefix}_{end}" in names for end in _ENDINGS if end not in there):
                return prefix
        raise Refusal(f"the names porter would give ({leaf}_state …) are taken", None)

    def _is_of_a_library(self, beginning: str) -> bool:
        """Whether functions are called whose names begin so and that no file of the tree declares."""
        own = {function.name for function in self.program.functions()}
        for name, places in self.places.items():
            if name.startswith(beginning) and name not in own and all(function is not None for _, function, _ in places):
                tokens = [view.tokens[index - 1 : index + 2] for view, _, index in places]
                if any(after.text == "(" and before.text not in (".", "->") for before, _, after in tokens):
                    return True
        return False


def move_kind(move: TypeMove | VariableMove) -> str:
    """``type``, ``object`` or ``c-state``."""
    return "type" if isinstance(move, TypeMove) else move.kind


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _words(move: TypeMove, field: str) -> list[str]:
    return move.fields[field].words if field in move.fields else []


def unplanned(program: Program, refusal: Refusal) -> list[Decision]:
    """The decisions for an extension that is not ported at all."""
    start = next(iter(inits(program)), None) or next(iter(definitions(program)), None)
    place = refusal.place or (program.place(start.name_token) if start is not None else Place(program.extension.sources[0] if program.extension.sources else "", 0))
    return [Decision(place, "extension", program.extension.name, REFUSED, refusal.reason)]
