"""How each function that needs the state gets it: the cheapest right way by its role, through the call graph to a fixed point."""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts.alternates import twins
from porter.facts.capi import BINARY_SLOTS, DESTRUCTION_SLOTS, TYPE_SLOTS
from porter.facts.initializer import Value
from porter.facts.model import Place
from porter.facts.program import Function, Program
from porter.frontend.declarations import closing, split_commas
from porter.frontend.lexer import Token
from porter.plan.model import Reach, Refusal, key_of
from porter.plan.roles import Role, Roles, spot
from porter.span import Span

_SLOT_PREFIXES = ("tp_", "nb_", "sq_", "mp_", "bf_", "am_")


@dataclass(frozen=True)
class Call:
    """One direct call: who calls whom, where, and the token index of the opening parenthesis."""

    caller: Function
    callee: Function
    index: int


class CallGraph:
    """Who calls whom directly, and whose address goes elsewhere than into a table the interpreter reads."""

    def __init__(self, program: Program, places: dict[str, list], roles: Roles) -> None:
        self.program, self.roles = program, roles
        self.calls: dict[tuple, list[Call]] = {}
        self.callees: dict[tuple, set[tuple]] = {}
        self.escapes: dict[tuple, Place] = {}
        self.functions = {key_of(f): f for f in program.functions()}
        names = {f.name for f in self.functions.values()}
        for name in sorted(names):
            for view, owner, index in places.get(name, ()):
                callee = program.function(name, view)
                if callee is not None:
                    self._use(callee, view, owner, index, roles)

    def _use(self, callee: Function, view, owner: Function | None, index: int, roles: Roles) -> None:
        key = key_of(callee)
        callee = self.functions.get(key, callee)
        token = view.tokens[index]
        if token.file == callee.name_token.file and token.start == callee.name_token.start and token.start >= 0:
            return
        called = view.tokens[index + 1].text == "("
        if owner is not None and called:
            self.calls.setdefault(key, []).append(Call(owner, callee, index + 1))
            self.callees.setdefault(key_of(owner), set()).add(key)
        elif owner is not None:
            if not _goes_to_a_slot(view.tokens, index):
                self.callees.setdefault(key_of(owner), set()).add(key)
            if spot(token) not in roles.places:
                self.escapes.setdefault(key, self.program.place(token))
        elif not called and spot(token) not in roles.places and not is_member_function(view.tokens, index):
            self.escapes.setdefault(key, self.program.place(token))

    def escape(self, places: dict[tuple, Place]) -> None:
        """Count functions as used where nothing can be handed on, and all that take their places in other configurations."""
        self.escapes = places | self.escapes
        for key, place in list(self.escapes.items()):
            for twin in twins(self.program, self.functions[key]) if key in self.functions else ():
                self.escapes.setdefault(key_of(twin), place)

    def reachable(self, roots: list[Function]) -> set[tuple]:
        """All functions that can run once one of ``roots`` does, address taken or called."""
        seen, todo = set(), [key_of(r) for r in roots]
        while todo:
            key = todo.pop()
            if key not in seen:
                seen.add(key)
                todo.extend(self.callees.get(key, ()))
        return seen


class Reaching:
    """Finds a source of the state for every function that needs it."""

    def __init__(self, graph: CallGraph, roles: Roles, exec_function: Function, final_types: dict[str, bool | None]) -> None:
        """``final_types``: whether nobody can subclass a type that moves; None for one that knows no module, a struct sequence."""
        self.graph, self.roles, self.exec, self.final = graph, roles, exec_function, final_types
        self.without_module: set[Span] = set()  # arguments NULL of the exec function's calls where the module belongs
        self.module_of_state: set[Span] = set()  # and of others' calls

    def solve(self, needed: dict[tuple, Function], by_interpreter: bool) -> dict[tuple, Reach]:
        """A way to the state for each function in ``needed`` and for every caller that has to hand it on.

        ``by_interpreter`` allows the weaker way for callbacks that carry nothing of the module. Raises :class:`Refusal`.
        """
        found: dict[tuple, Reach] = {}
        todo = list(needed.values())
        while todo:
            function = todo.pop()
            key = key_of(function)
            if key in found:
                continue
            function = self.graph.functions.get(key, function)
            found[key] = reach = self._reach(function, by_interpreter)
            if reach.source == "parameter":
                todo += [call.caller for call in self.graph.calls.get(key, ())] + twins(self.graph.program, function)
            elif reach.source not in ("exec", "interpreter"):
                for call in self.graph.calls.get(key, ()):
                    if self._check_first_argument(call, reach):
                        todo.append(call.caller)
        return found

    def _reach(self, function: Function, by_interpreter: bool) -> Reach:
        key = key_of(function)
        if function.name_token is self.exec.name_token:
            return Reach(function, "exec")
        roles = self.roles.by_name.get(function.name)
        if roles:
            ways = {self._by_role(function, role) for role in sorted(roles, key=lambda r: (r.kind, r.owner))}
            if None not in ways and key not in self.graph.escapes:
                sources = {way[0] for way in ways}
                if len(ways) == 1:
                    source, arguments = ways.pop()
                    return Reach(function, source, arguments)
                if "module" in sources and sources <= {"module", "self", "self-final"}:
                    return Reach(function, "module-or-self", (function.parameters[0].name,))
                if sources == {"self-final", "self"} and len({way[1] for way in ways}) == 1:
                    return Reach(function, "self", ways.pop()[1])
        elif key not in self.graph.escapes and not function.name.startswith("PyInit_"):
            if not function.view.knows_python:
                raise Refusal(f"{function.name}() needs the state and is part of a C library that knows nothing of Python", self.graph.program.place(function.name_token))
            return Reach(function, "parameter")
        if by_interpreter and all(role.kind == "static-method" or self.final.get(role.owner, False) is None for role in roles or ()):
            return Reach(function, "interpreter")
        place = self.graph.escapes.get(key) or self.graph.program.place(function.name_token)
        raise Refusal(f"{function.name}() {_why(roles)}", place)

    def _check_first_argument(self, call: Call, reach: Reach) -> bool:
        """A function the interpreter calls, called directly as well: what it takes the state from must be given there too.

        The answer is whether the caller needs the state, to give the module that it left out.
        """
        tokens, place = call.caller.view.tokens, self.graph.program.place(call.caller.view.tokens[call.index])
        written = [Value(call.caller.view, *part) for part in split_commas(tokens, call.index + 1, closing(tokens, call.index))]
        given = written[0] if written else Value(call.caller.view, 0, 0)
        if given.empty and reach.source == "module" and call.caller.name_token is self.exec.name_token and given.span is not None:
            self.without_module.add(given.span)
        elif given.empty and reach.source == "module" and given.span is not None:
            self.module_of_state.add(given.span)
            return True
        elif given.empty or reach.source in ("either", "any") and any(each.empty for each in written):
            raise Refusal(f"{reach.function.name}() needs the state and is called with NULL for what it takes it from", place)
        kinds = {role.kind for role in self.roles.by_name.get(call.caller.name, ())}
        own = call.caller.parameters[0].name if call.caller.parameters else ""
        if reach.source == "module" and given.name == own and kinds and not kinds & {"module-function", "module-hook"}:
            raise Refusal(f"{reach.function.name}() needs the state and is called with an instance where the module belongs", place)
        return False

    def _by_role(self, function: Function, role: Role) -> tuple[str, tuple[str, ...]] | None:
        """The source and its C text for one role; None where the arguments lead nowhere."""
        names = [p.name for p in function.parameters]
        kind = role.kind
        if not names or not names[0] or kind == "static-method":
            return None
        first = names[0]
        if kind in ("module-function", "module-hook"):
            return "module", (first,)
        if kind in DESTRUCTION_SLOTS or self.final.get(role.owner) is None:
            return None  # cleared already perhaps; or a type that stays static and so belongs to no module
        suffix = "-final" if self.final.get(role.owner) else ""
        if kind == "class-method":
            return "type", (f"(PyTypeObject *){first}",)
        if kind in TYPE_SLOTS:
            return "type" + suffix, (_cast(function, first, "PyTypeObject"),)
        if kind in BINARY_SLOTS:
            if len(names) < 2 or not all(names[:3]):
                return None
            # of nb_power the third may be the only one that is ours
            return "any" if len(names) > 2 else "either", tuple(f"Py_TYPE({name})" for name in names[:3])
        return "self" + suffix, (f"Py_TYPE({first})",)


def _goes_to_a_slot(tokens: list[Token], index: int) -> bool:
    """Whether a name is stored in a field of a type, ``Foo_Type.tp_new = (newfunc)foo_new``: it is called when the type is used, not here."""
    i = index - 1
    while tokens[i].text != "=" and (tokens[i].text in ("(", ")", "*", "&") or tokens[i - 1].text == "("):
        i -= 1
    return tokens[i].text == "=" and tokens[i - 1].text.startswith(_SLOT_PREFIXES) and tokens[i - 2].text in (".", "->")


def is_member_function(tokens: list[Token], index: int) -> bool:
    """Whether a name at file scope is the member of a struct in ``int (*name)(int);``: no initialiser can say so, which calls nothing."""
    return index > 1 and [t.text for t in (*tokens[index - 2 : index], *tokens[index + 1 : index + 3])] == ["(", "*", ")", "("]


def _cast(function: Function, name: str, wanted: str) -> str:
    return name if wanted in function.parameters[0].ctype else f"({wanted} *){name}"


def _why(roles: set[Role] | None) -> str:
    """Why a function cannot have the state."""
    kinds = {role.kind for role in roles or ()}
    if kinds & DESTRUCTION_SLOTS:
        return "needs the state and may run when the module is gone already"
    if kinds - {"static-method", "module-function"}:
        return "needs the state and belongs to a type that does not know its module"
    return "needs the state and is called from where nothing of the module is at hand"
