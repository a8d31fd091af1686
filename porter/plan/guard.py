"""A lock around a C library that keeps state for the process: what it has to be held around, and whether that is enough.

One GIL was such a lock: between two places where it is released nobody else ran. So the lock is held as long as that: around
a call of the library where a function makes one, around the function where it makes several, since the second may rely on
what the first one left; and around one that uses the library's variables itself, or is given a pointer to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from porter.facts.calls import enclosing_call
from porter.facts.capi import API_TABLES
from porter.facts.holds import base_name, is_type_object
from porter.facts.program import Function, Program, Variable, View, span_of
from porter.facts.uses import uses_of
from porter.frontend.lexer import Token
from porter.plan.guard_calls import BASIC, in_loop, plain_head
from porter.plan.model import Refusal, key_of
from porter.plan.reach import CallGraph
from porter.span import Span

_THREADS = "pthread_create thrd_create CreateThread _beginthread _beginthreadex PyThread_start_new_thread".split()
_PYTHON = ("PyObject_Call", "PyObject_Vectorcall", "PyEval_Call", "PyEval_Eval", "PyRun_", "PyImport_Import", "PyIter_Next")
_TAKES_CALLBACKS = ("Py", "qsort", "bsearch", "lfind", "lsearch")
_NUMBERS = frozenset("size_t ssize_t ptrdiff_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t time_t".split())
MANY = 2


@dataclass(frozen=True, eq=False)
class Site:
    """A place that names a function the lock is held around: the bytes of the name, and the first token of the
    declaration that they stand in."""

    span: Span
    start: Token


@dataclass(frozen=True, eq=False)
class Guard:
    """``wrapped``: the functions the lock is held around, by key, and where each is named; ``names``: the library's
    functions that are called; ``variables``: those whose users all hold it; ``reentrant``: whether Python may run under it."""

    wrapped: dict[tuple, tuple[Function, tuple[Site, ...]]]
    names: tuple[str, ...]
    variables: tuple[Variable, ...]
    reentrant: bool


class Guarding:
    """Works out the guard of one program. ``patterns``: the names of the functions to hold it around, none for all that matter."""

    def __init__(self, program: Program, places: dict[str, list], graph: CallGraph, variables: list[Variable], patterns: tuple[str, ...]) -> None:
        self.program, self.places, self.graph, self.variables, self.patterns = program, places, graph, variables, patterns
        uses = [u for v in variables for u in uses_of(v, places)]
        self.users = {key_of(u.function) for u in uses if u.function is not None}
        # what a pointer leads to is used by functions that name no variable: then the lock is for all of the library
        self.all = any(u.how == "address" or u.function is None for u in uses) or not all(map(_holds_itself, variables))
        self._weights: dict[tuple, int] = {}
        self.names: set[str] = set()

    def guard(self, inits: tuple[Function, ...]) -> Guard:
        """The guard; ``inits``: the functions that run when the module is loaded. Raises :class:`Refusal` with what stands in its way."""
        self._check_threads()
        self._check_callbacks()
        python = [f for f in self.graph.functions.values() if f.view.knows_python]
        weights = {key_of(f): self._weight(f) for f in python}
        for init in inits:
            if weights[key_of(init)] == MANY:
                raise Refusal(f"{init.name}() makes several calls of the library, and nothing can hold a lock around an init", self._place(init))
        wrapped: dict[tuple, tuple[Function, tuple[Site, ...]]] = {}
        for function in python:
            if weights[key_of(function)] == MANY:
                self._check_wrapped(function)
                wrapped[key_of(function)] = function, self._sites(function, weights)
            elif weights[key_of(function)]:
                for callee, index in self._calls(function):
                    if not callee.view.knows_python:
                        old = wrapped.get(key_of(callee), (callee, ()))[1]
                        wrapped[key_of(callee)] = callee, (*old, Site(self._span(function.view, index), function.tokens[0]))
        wrapped = {key: (f, sites) for key, (f, sites) in wrapped.items() if sites}
        if not wrapped:
            raise Refusal("nothing that knows Python calls the functions that use them", None)
        return Guard(wrapped, tuple(sorted(self.names)), tuple(self.variables), any(f.view.knows_python for f, _ in wrapped.values()))

    def _weight(self, function: Function) -> int:
        """How many calls of the library one call of a function makes: 0, 1 or MANY."""
        key = key_of(function)
        if key not in self._weights:
            self._weights[key] = MANY  # while it is worked out: one that calls itself makes many
            own = MANY if key in self.users or self._calls_unread(function) else 0
            self._weights[key] = min(MANY, own + sum(self._weight_of_call(function, *call) for call in self._calls(function)))
        return self._weights[key]

    def _calls_unread(self, function: Function) -> bool:
        """Whether a function calls one of those named that no source here defines: it cannot be written once more, so its caller is."""
        tokens = function.tokens
        called = {t.text for t, after in zip(tokens, tokens[1:]) if after.text == "(" and any(fnmatchcase(t.text, p) for p in self.patterns)}
        unread = {name for name in called if self.program.function(name, function.view) is None}
        self.names |= unread
        return bool(unread)

    def _weight_of_call(self, caller: Function, callee: Function, index: int) -> int:
        if callee.view.knows_python:
            weight = min(1, self._weight(callee))
            single = callee.returns.count("*") == 0 or "PyObject" in callee.returns
        else:
            weight = 1
            single = "*" not in callee.returns and plain_head(callee, caller.view) and self._span(caller.view, index) is not None
        return MANY if weight and (not single or in_loop(caller, index)) else weight

    def _calls(self, function: Function) -> list[tuple[Function, int]]:
        """The calls in a function that may lead into the library: what is called, and the index of its name."""
        found = []
        for key in sorted(self.graph.callees.get(key_of(function), ()), key=str):
            callee = self.graph.functions[key]
            if callee.view.knows_python or self._leads_there(callee):
                calls = [c.index - 1 for c in self.graph.calls.get(key, ()) if c.caller is function]
                if not callee.view.knows_python and len(calls) < len(self.places.inside(callee.name, function)):
                    raise Refusal(f"the address of {callee.name}() is taken, so who calls it is not known", self._place(function))
                found += [(callee, index) for index in calls]
        return found

    def _leads_there(self, callee: Function) -> bool:
        """Whether a function of the library uses the variables, or calls one that does."""
        certain = bool(self.graph.reachable([callee]) & self.users)
        named = not self.patterns or any(fnmatchcase(callee.name, p) for p in self.patterns)
        if certain and not named:
            raise Refusal(f"{callee.name}() uses them too, and no pattern of the setting guard names it", self._place(callee))
        if named and (certain or self.all or self.patterns):
            self.names.add(callee.name)
            return True
        return False

    def _sites(self, function: Function, weights: dict[tuple, int]) -> tuple[Site, ...]:
        """Where a function of the extension is named that does not hold the lock already."""
        found: dict[Span, Site] = {}
        for view, owner, index in self.places.get(function.name, ()):
            if self.program.function(function.name, view) is None or owner is not None and weights.get(key_of(owner)) == MANY:
                continue
            token = view.tokens[index]
            if (token.file, token.start) == (function.name_token.file, function.name_token.start) or self._is_prototype(view, owner, index):
                continue
            if (span := self._span(view, index)) is None:
                raise Refusal(f"a macro names {function.name}(), around which a lock is to be held", self._place(function))
            found[span] = Site(span, owner.tokens[0] if owner is not None else _declaration(view, index))
        return tuple(found[span] for span in sorted(found))

    def _is_prototype(self, view: View, owner: Function | None, index: int) -> bool:
        return owner is None and view.tokens[index + 1].text == "("

    def _check_wrapped(self, function: Function) -> None:
        """Whether a lock can be held around a function of the extension."""
        if not plain_head(function, function.view):
            raise Refusal(f"the parameters of {function.name}() are too odd to write them again, and a lock has to be held around it", self._place(function))
        for key in self.graph.reachable([function]):
            inner = self.graph.functions.get(key)
            if inner is None:
                continue
            called = next((t for t in inner.tokens if t.text.startswith(_PYTHON)), None)
            if called is not None:
                reason = f"{function.name}() makes several calls of the library and runs Python meanwhile ({called.text}), which may wait for others"
                raise Refusal(reason, self.program.place(called))

    def _check_threads(self) -> None:
        for name in _THREADS:
            for view, function, index in self.places.get(name, ()):
                if function is not None:
                    raise Refusal(f"it starts threads ({name}), which hold no lock", self.program.place(view.tokens[index]))

    def _check_callbacks(self) -> None:
        """The library must never call back into Python, which could come to wait for the lock."""
        for function in self.graph.functions.values():
            if function.view.knows_python:
                for view, owner, index in self.places.get(function.name, ()):
                    if self.program.function(function.name, view) is function and self._is_handed_on(view, owner, index):
                        raise Refusal(f"{function.name}() is handed on, and the library may call it while the lock is held", self.program.place(view.tokens[index]))

    def _is_handed_on(self, view: View, owner: Function | None, index: int) -> bool:
        tokens = view.tokens
        if tokens[index + 1].text == "(":
            return False
        around = [v for v in view.variables if v.value is not None and v.value[0] <= index < v.value[1]]
        if any(base_name(v) in API_TABLES or is_type_object(v) for v in around):
            return False
        call = enclosing_call(tokens, index) if owner is not None else None
        if call is not None:
            return not tokens[call[0]].text.startswith(_TAKES_CALLBACKS)
        return not any(t.text.startswith(("tp_", "nb_", "sq_", "mp_", "bf_", "am_")) for t in tokens[max(index - 8, 0) : index])

    def _span(self, view: View, index: int) -> Span | None:
        return span_of(view.tokens, index, index + 1)

    def _place(self, function: Function):
        return self.program.place(function.name_token)


def _declaration(view: View, index: int) -> Token:
    """The first token of the declaration around ``index``."""
    return next(view.tokens[d.first] for d in view.declarations if d.first <= index < d.last)


def _holds_itself(variable: Variable) -> bool:
    """Whether a variable is a number or an array of numbers: what it holds is nowhere else."""
    return not variable.stars and all(word in BASIC or word in _NUMBERS for word in variable.base.split())
