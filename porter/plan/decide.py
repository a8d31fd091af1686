"""The plan of one extension: everything that can move moves, what cannot is left with its reason, until nothing changes."""

from __future__ import annotations

import re
from collections.abc import Callable

from porter.facts.capi import DESTRUCTION_SLOTS
from porter.facts.holds import holds_object, is_table, is_type_object, is_type_pointer
from porter.facts.model import Place
from porter.facts.modules import definitions, inits, module_fields
from porter.facts.program import Function, Program, Variable, span_of
from porter.facts.uses import Use, index_names, uses_of
from porter.facts.variables import defined, is_keyword_list
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, Token
from porter.plan.arms import Arms
from porter.plan.init import foreign_state, limited_api, plan_init
from porter.plan.model import LEFT, MOVED, REFUSED, Decision, Plan, Reach, Refusal, TypeMove, VariableMove, key_of
from porter.plan.reach import CallGraph, Reaching
from porter.plan.roles import Roles
from porter.plan.sharing import why_shared_is_safe
from porter.plan.types import Types
from porter.plan.variables import c_state_move, object_move

_SUFFIX = re.compile(r"_?(Type|type|Object_Type|TypeObject)$")
_THREAD = frozenset(("_Thread_local", "__thread", "thread_local"))
_NEAR = 80  # bytes of white space and comments between a name and its parenthesis
FIND_MODULE = "PyState_FindModule"


class Planner:
    """Plans one extension. ``refused`` grows from outside too: what the rewrite finds it cannot say is planned again without."""

    def __init__(self, program: Program, min_python: str, mentioned: Callable[[set[str]], dict[str, str]] = lambda names: {}) -> None:
        self.program, self.arms, self.mentioned = program, Arms(program, min_python), mentioned
        self.places = index_names(program)
        self.refused: dict[tuple[str, str], Refusal] = {}
        self.init = plan_init(program, self.places)
        self.limited = limited_api(program)
        self.known = [v for v in defined(program) if not v.const and not is_table(v) and not is_keyword_list(v, self.places)]
        self.init_functions = self._init_functions()
        self.types = Types(program, self.places, self.init_functions)
        self.prefix = self._prefix()
        self._names: dict[str, list[tuple[str, Token]]] | None = None

    def refuse(self, variable: Variable, refusal: Refusal) -> None:
        """Leave a symbol where it is from now on."""
        self.refused.setdefault(_symbol(variable), refusal)

    def plan(self) -> Plan:
        """The plan without what is refused so far."""
        while True:
            before = len(self.refused)
            plan = self._attempt()
            if len(self.refused) == before:
                return self._finish(plan)

    # -- one attempt -------------------------------------------------------------

    def _attempt(self) -> Plan:
        plan = Plan(self.program, self.init, self.prefix)
        plan.types = self._move_types()
        module = self.init.module if any(v.name == self.init.module and v.function is None for v in self.known) else None
        plan.variables = self._move_variables(module)
        plan.roles = roles = self._roles(plan)
        graph = CallGraph(self.program, self.places, roles)
        final = {t.variable.name: "Py_TPFLAGS_BASETYPE" not in _words(t, "tp_flags") for t in plan.types}
        reaching = Reaching(graph, roles, self.init.exec, final)
        self._reach(plan, reaching)
        self.graph = graph
        return plan

    def _move_types(self) -> list[TypeMove]:
        moves = []
        for variable in self.types.variables:
            if _symbol(variable) in self.refused:
                continue
            try:
                if self.limited is not None:
                    raise Refusal("the extension is built for the limited API, in which porter makes no types yet", self.program.place(variable.name_token))
                moves.append(self.types.move(variable))
            except Refusal as problem:
                self.refuse(variable, problem)
        return self._ordered(self._with_bases(moves))

    def _with_bases(self, moves: list[TypeMove]) -> list[TypeMove]:
        """A static type cannot have a heap type for its base, nor share a deallocator with one that becomes a heap type."""
        static = {v.name for v in self.types.variables} - {m.variable.name for m in moves}
        for variable in self.types.variables:
            if variable.name in static:
                try:
                    base = self.types.values(variable).get("tp_base")
                except Refusal:
                    base = None
                for move in [m for m in moves if base is not None and m.variable.name == base.name]:
                    self.refuse(move.variable, Refusal(f"it is the base of {variable.name}, which stays static", self.program.place(variable.name_token)))
        return [m for m in moves if _symbol(m.variable) not in self.refused]

    def _ordered(self, moves: list[TypeMove]) -> list[TypeMove]:
        """Bases before what is made of them."""
        names, out = {m.variable.name: m for m in moves}, []

        def add(move: TypeMove) -> None:
            if move in out:
                return
            if move.base in names and names[move.base] is not move:
                add(names[move.base])
            out.append(move)

        for move in moves:
            add(move)
        return out

    def _move_variables(self, module: str | None) -> list[VariableMove]:
        moves = []
        for variable in self.known:
            if is_type_object(variable) or _symbol(variable) in self.refused or _thread_local(variable):
                continue
            holds = holds_object(variable) or is_type_pointer(variable)
            if not holds and not self._is_state(variable):
                continue
            try:
                if holds:
                    moves.append(object_move(self.program, self.places, variable, module))
                else:
                    moves.append(c_state_move(self.program, self.places, variable))
            except Refusal as problem:
                self.refuse(variable, problem)
        return self._whole_declarations(moves)

    def _is_state(self, variable: Variable) -> bool:
        """Whether a C variable is written by code of the extension that can run."""
        return why_shared_is_safe(self.program, self.places, variable, self._graph_for_sharing(), self._roots()) is None

    def _graph_for_sharing(self) -> CallGraph:
        if not hasattr(self, "_sharing"):
            self._sharing = CallGraph(self.program, self.places, Roles(self.program, {}, self.init.definition))
        return self._sharing

    def _roots(self) -> tuple[list[Function], list[Function]]:
        """Functions that run at any time, and those that run in the init."""
        graph, start = self._graph_for_sharing(), [self.init.init]
        roots = [f for k, f in graph.functions.items() if k in graph.escapes or f.name in graph.roles.by_name]
        return roots, start

    def _whole_declarations(self, moves: list[VariableMove]) -> list[VariableMove]:
        """Variables declared in one statement move together or not at all."""
        going = {(m.variable.first, id(m.variable.view)) for m in moves}
        together = {key: sum((v.first, id(v.view)) == key for v in self.program.variables()) for key in going}
        counted = {key: sum((m.variable.first, id(m.variable.view)) == key for m in moves) for key in going}
        for move in moves:
            key = (move.variable.first, id(move.variable.view))
            if counted[key] != together[key]:
                self.refuse(move.variable, Refusal("it is declared together with others that stay", self.program.place(move.variable.name_token)))
        return [m for m in moves if _symbol(m.variable) not in self.refused]

    def _roles(self, plan: Plan) -> Roles:
        values = {}
        for variable in self.types.variables:
            try:
                values[variable.name] = self.types.values(variable)
            except Refusal:
                continue
        return Roles(self.program, values, self.init.definition)

    # -- reaching the state --------------------------------------------------------

    def _reach(self, plan: Plan, reaching: Reaching) -> None:
        for move in (*plan.types, *plan.variables):
            needed: dict[tuple, Function] = {}
            try:
                for use in uses_of(move.variable, self.places):
                    self._need(use, needed, plan)
                self._need_other_arms(move.variable, needed)
                self._need_other_files(move.variable)
                plan.reaches |= self._solved(reaching, needed, by_interpreter=move_kind(move) != "c-state" and self.limited is None)
            except Refusal as problem:
                self.refuse(move.variable, problem)
        for view, function, index in self.places.get(FIND_MODULE, ()):
            if function is not None:
                plan.needs_module = True
                try:
                    plan.reaches |= reaching.solve({key_of(function): function}, by_interpreter=True)
                except Refusal as problem:
                    raise Refusal(f"{FIND_MODULE} finds no module after multi-phase init, and {problem.reason}", self.program.place(view.tokens[index])) from None

    def _need(self, use: Use, needed: dict[tuple, Function], plan: Plan) -> None:
        if use.token.start < 0:
            raise Refusal("a use of it is made by ## in a macro", self.program.place(use.token))
        if use.function is not None and self._asserted_at_the_end(use, plan):
            return
        if use.function is not None:
            needed[key_of(use.function)] = use.function
        elif not self._goes_along(use, plan):
            raise Refusal("it is used at file scope, where no state can be reached", self.program.place(use.token))

    def _asserted_at_the_end(self, use: Use, plan: Plan) -> bool:
        """Whether a use is an assertion of a slot that runs when the module may be gone: the assertion goes."""
        kinds = {role.kind for role in plan.roles.by_name.get(use.function.name, ())}
        tokens = use.view.tokens
        if not kinds or not kinds <= DESTRUCTION_SLOTS:
            return False
        for i in range(use.index, use.function.declaration.body, -1):
            if tokens[i].text in (";", "{", "}"):
                first = i + 1
                end = closing(tokens, first + 1)
                span = span_of(tokens, first, end + 2)
                if tokens[first].text != "assert" or not first < use.index < end or tokens[end + 1].text != ";" or span is None:
                    return False
                plan.assertions.add(span)
                return True
        return False

    def _goes_along(self, use: Use, plan: Plan) -> bool:
        """Whether a use at file scope stands in a declaration that goes or is rewritten: another definition of its own, or of a moved type."""
        written = [d for m in (*plan.types, *plan.variables) for d in m.declarations] + [t for m in plan.types for t in m.tables]
        return any(_holds_token(each, use.token) for each in written)

    def _need_other_arms(self, variable: Variable, needed: dict[tuple, Function]) -> None:
        """A use in an arm the target does not take: inside a function it is rewritten alike, elsewhere the symbol stays."""
        if variable.function is not None:
            return
        for file, token in self._written().get(variable.name, ()):
            if self.arms.state(file, token.start) != "other":
                continue
            function = self._enclosing(file, token.start)
            if function is None:
                raise Refusal("it is mentioned in an #if arm that this configuration does not take", self.program.place_at(file, token.start))
            needed[key_of(function)] = function

    def _written(self) -> dict[str, list[tuple[str, Token]]]:
        """Every name as it is written in any arm of any file, member access left out."""
        if self._names is None:
            self._names = {}
            for file in sorted(self.program.texts):
                before = ""
                for token in self.program.reader.tokens(file):
                    if token.kind == ID and token.start >= 0 and before not in (".", "->"):
                        self._names.setdefault(token.text, []).append((file, token))
                    before = token.text
        return self._names

    def _need_other_files(self, variable: Variable) -> None:
        """A symbol that files of another platform or extension share has to stay."""
        if variable.function is None and "static" not in variable.storage:
            for name, file in self.mentioned({variable.name}).items():
                raise Refusal(f"{file} mentions {name} too, and is no part of this extension")

    def _solved(self, reaching: Reaching, needed: dict[tuple, Function], by_interpreter: bool) -> dict[tuple, Reach]:
        """The ways to the state; a function that other files call too cannot get a parameter more."""
        found = reaching.solve(needed, by_interpreter)
        for key, reach in found.items():
            if reach.source == "parameter":
                self._check_calls(reaching, key, reach.function)
        shared = {r.function.name for r in found.values() if r.source == "parameter" and not r.function.static}
        for name, file in sorted(self.mentioned(shared).items()):
            raise Refusal(f"{name}() would need the state as a parameter, and {file}, which is no part of this extension, mentions it")
        return found

    def _check_calls(self, reaching: Reaching, key: tuple, function: Function) -> None:
        """Every call has to be written out, so that the state can be written into it."""
        for call in reaching.graph.calls.get(key, ()):
            name, opening = call.caller.view.tokens[call.index - 1], call.caller.view.tokens[call.index]
            if name.start < 0 or opening.start < 0 or name.file != opening.file or not name.end <= opening.start <= name.end + _NEAR:
                raise Refusal(f"{function.name}() would need the state as a parameter, and a macro puts a call of it together", self.program.place(name))

    def _enclosing(self, file: str, offset: int) -> Function | None:
        for function in self.program.functions():
            tokens, declaration = function.view.tokens, function.declaration
            start, end = tokens[declaration.body], tokens[declaration.last - 1]
            if start.file == end.file == file and 0 <= start.start < offset < end.start:
                return function
        return None

    # -- the rest --------------------------------------------------------------------

    def _finish(self, plan: Plan) -> Plan:
        plan.existing = self._existing_state(plan)
        names = {t.text for r in plan.reaches.values() for t in r.function.tokens} | {p.name for r in plan.reaches.values() for p in r.function.parameters}
        plan.state_name = next(n for n in ("state", "module_state", "mod_state", "porter_state") if n not in names)
        shared = self._decide(plan)
        foreign = foreign_state(self.program, self.places)
        stops = [foreign] if foreign is not None else []
        if self.limited is not None and self.limited < 0x030C0000:
            stops.append("the limited API it is built for has no slot to say so before 3.12")
        plan.own_gil = not shared and not stops
        here = self.program.place(self.init.init.name_token)
        plan.idle = not plan.own_gil and not plan.types and not any(v.kind == "object" for v in plan.variables)
        plan.decisions += [Decision(here, "extension", self.program.extension.name, REFUSED, f"its interpreters cannot have a GIL each: {s}") for s in stops]
        return plan

    def _existing_state(self, plan: Plan) -> str | None:
        """The struct of a state the module has already: new members go into it."""
        size = (module_fields(self.init.definition) or {}).get("m_size")
        words = size.words if size else []
        if "sizeof" not in words:
            return None
        return " ".join(w for w in words if w not in ("sizeof", "(", ")"))

    def _decide(self, plan: Plan) -> bool:
        """Say what became of every symbol; the answer is whether something stays shared that must not be."""
        shared = False
        moved = {_symbol(m.variable) for m in (*plan.types, *plan.variables)}
        for variable in [*self.types.variables, *(v for v in self.known if not is_type_object(v))]:
            place, kind = self.program.place(variable.name_token), "type" if is_type_object(variable) else "variable"
            if _symbol(variable) in moved:
                plan.decisions.append(Decision(place, kind, variable.name, MOVED, "to the module state"))
                continue
            safe = None
            if kind == "variable" and not holds_object(variable) and not is_type_pointer(variable):
                safe = "each thread has its own" if _thread_local(variable) else why_shared_is_safe(
                    self.program, self.places, variable, self._graph_for_sharing(), self._roots()) or self._written_in_init(variable)
            if safe is not None:
                plan.decisions.append(Decision(place, kind, variable.name, LEFT, safe))
                continue
            shared = True
            refusal = self.refused.get(_symbol(variable), Refusal("porter does not move variables of this kind"))
            where = f" ({refusal.place.file}:{refusal.place.line})" if refusal.place else ""
            plan.decisions.append(Decision(place, kind, variable.name, REFUSED, refusal.reason + where))
        return shared

    def _written_in_init(self, variable: Variable) -> str | None:
        """Why a variable that only the init writes may be shared: every interpreter writes the same."""
        graph = self._graph_for_sharing()
        during = graph.reachable([self.init.init])
        later = graph.reachable(self._roots()[0])
        writes = [u for u in uses_of(variable, self.places) if u.how != "read"]
        if any(u.function is None or key_of(u.function) not in during or key_of(u.function) in later for u in writes):
            return None
        if variable.array or len([u for u in writes if u.how == "write"]) <= 1:
            return "only the init writes it, and writes the same in every interpreter"
        return None

    def _init_functions(self) -> list[Function]:
        graph = CallGraph(self.program, self.places, Roles(self.program, {}, self.init.definition))
        return [graph.functions[key] for key in sorted(graph.reachable([self.init.init]), key=str) if key in graph.functions]

    def _prefix(self) -> str:
        leaf = re.sub(r"\W", "_", self.program.extension.leaf).strip("_") or "module"
        names = set(self.places)
        for prefix in (leaf, f"{leaf}_module", f"{leaf}_ext"):
            if not any(f"{prefix}_{end}" in names for end in ("state", "exec", "slots", "traverse", "clear", "free", "get_state")):
                return prefix
        raise Refusal(f"the names porter would give ({leaf}_state …) are taken", None)


def move_kind(move: TypeMove | VariableMove) -> str:
    """``type``, ``object`` or ``c-state``."""
    return "type" if isinstance(move, TypeMove) else move.kind


def type_base_name(variable_name: str) -> str:
    """The stem new names are made from: ``Foo_Type`` gives ``Foo``."""
    return _SUFFIX.sub("", variable_name) or variable_name


def _symbol(variable: Variable) -> tuple[str, str]:
    return variable.name, variable.function.name if variable.function else ""


def _holds_token(variable: Variable, token: Token) -> bool:
    """Whether a token is written inside a declaration."""
    span = span_of(variable.view.tokens, variable.first, variable.last)
    return span is not None and span.file == token.file and span.start <= token.start < span.end


def _thread_local(variable: Variable) -> bool:
    return bool(_THREAD & {t.text for t in variable.view.tokens[variable.first : variable.name_index]})


def _words(move: TypeMove, field: str) -> list[str]:
    return move.fields[field].words if field in move.fields else []


def unplanned(program: Program, refusal: Refusal) -> list[Decision]:
    """The decisions for an extension that is not ported at all."""
    start = next(iter(inits(program)), None) or next(iter(definitions(program)), None)
    place = refusal.place or (program.place(start.name_token) if start is not None else Place(program.extension.sources[0] if program.extension.sources else "", 0))
    return [Decision(place, "extension", program.extension.name, REFUSED, refusal.reason)]
