"""How a deallocator gives back the reference to its type that instances of a heap type hold (since Python 3.8)."""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts.program import Function, Program
from porter.frontend.declarations import closing, statement_start
from porter.frontend.lexer import ID, Token
from porter.plan.dealloc_flow import Flow, Unclear
from porter.plan.model import Refusal

FREES = frozenset("PyObject_Del PyObject_DEL PyObject_Free PyObject_FREE PyObject_GC_Del PyMem_Free PyMem_FREE PyMem_Del free".split())
_UNTRACKS = frozenset("PyObject_GC_UnTrack PyObject_GC_UNTRACK _PyObject_GC_UNTRACK PyObject_GC_Fini".split())
_DEPTH = 6


@dataclass(frozen=True)
class Free:
    """A statement that frees the object: its first token, its semicolon, and whether an ``if`` or ``else`` governs it without braces.

    ``hands_on``: the function of the extension that frees, or None where the call itself does.
    ``base``: for ``Base.tp_dealloc(self)`` the words before the dot or arrow, else none.
    """

    first: int
    last: int
    governed: bool
    hands_on: Function | None
    base: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dealloc:
    """Where a deallocator frees its object; ``untracks``: whether it untracks it, or lets a finalizer see it tracked."""

    function: Function
    self_name: str
    frees: tuple[Free, ...]
    untracks: bool


def analyse(program: Program, function: Function, depth: int = 0) -> Dealloc:
    """The statements that free: every path through the function comes by one. Raises :class:`Refusal` where one does not.

    A path that ends the process frees nothing, and neither does one that found the object alive again.
    """
    place = program.place(function.name_token)
    if not function.parameters or not function.parameters[0].name:
        raise Refusal(f"{function.name}() has no named parameter for the object", place)
    names = same_object(function)
    tokens, body, end = function.view.tokens, function.declaration.body, function.declaration.last
    handed: dict[int, Function] = {}

    def frees(index: int) -> bool:
        if not _called_with(tokens, index, names):
            return False
        if _frees(function, index):
            return True
        callee = _freeing(program, function, tokens[index], depth)
        if callee is not None:
            handed[index] = callee
        return callee is not None

    flow = Flow(function, frees, names)
    try:
        found = flow.statements()
    except Unclear as problem:
        raise Refusal(f"{function.name}() {problem}, so where to give back the type is not clear", place) from None
    if flow.unfreed:
        raise Refusal(f"{function.name}() {'keeps its object on some path' if found else 'frees its object nowhere that porter can see'}", place)
    statements = tuple(Free(a, b, governed, next((f for i, f in handed.items() if a <= i < b), None), _base(tokens, a, b)) for a, b, governed in found)
    words = {t.text for t in tokens[body:end]}
    return Dealloc(function, function.parameters[0].name, statements, bool(words & _UNTRACKS) or "PyObject_CallFinalizerFromDealloc" in words)


def _base(tokens: list[Token], first: int, last: int) -> tuple[str, ...]:
    """What stands before ``.tp_dealloc`` in a statement."""
    at = next((i for i in range(first, last) if tokens[i].text == "tp_dealloc"), first + 1)
    return tuple(t.text for t in tokens[first : at - 1])


def same_object(function: Function) -> frozenset[str]:
    """The names a function has for its first parameter: itself, and each local variable that is given it once, cast or not."""
    names = {function.parameters[0].name}
    tokens = function.view.tokens
    for i in range(function.declaration.body, function.declaration.last - 2):
        if tokens[i].kind == ID and tokens[i + 1].text == "=" and tokens[i - 1].text not in (".", "->"):
            value = i + 2
            while tokens[value].text == "(" and closing(tokens, value) + 1 < function.declaration.last and tokens[value + 1].text != "(":
                value = closing(tokens, value) + 1
            if tokens[value].text in names and tokens[value + 1].text in (";", ","):
                names.add(tokens[i].text)
    return frozenset(n for n in names if n == function.parameters[0].name or _given_once(function, n))


def _given_once(function: Function, name: str) -> bool:
    tokens = function.view.tokens
    span = range(function.declaration.body, function.declaration.last - 1)
    return sum(tokens[i].text == name and tokens[i + 1].text == "=" and tokens[i - 1].text not in (".", "->") for i in span) == 1


def _called_with(tokens: list[Token], index: int, names: frozenset[str]) -> bool:
    """Whether a call whose only argument is the object begins here: ``f(self)``, ``f((PyObject *)(self))``."""
    if tokens[index].kind != ID or tokens[index + 1].text != "(":
        return False
    inner = [t.text for t in tokens[index + 2 : closing(tokens, index + 1)]]
    while inner and inner[0] == "(":
        inner = inner[inner.index(")") + 1 :] if inner.count("(") == inner.count(")") and inner[-1] != ")" else inner[1:-1]
    return len(inner) == 1 and inner[0] in names


def _frees(function: Function, index: int) -> bool:
    """Whether the call itself frees: ``PyObject_Del``, ``….tp_free``, ``Base.tp_dealloc``, or a tp_free that was looked up."""
    tokens = function.view.tokens
    name = tokens[index].text
    if tokens[index - 1].text in ("->", "."):
        return name in ("tp_free", "tp_dealloc")
    return name in FREES or _looked_up(function, name)


def _looked_up(function: Function, name: str) -> bool:
    """Whether a local variable holds what ``PyType_GetSlot(type, Py_tp_free)`` gave."""
    tokens = function.view.tokens
    for i in range(function.declaration.body, function.declaration.last):
        if tokens[i].text == "Py_tp_free":
            first = statement_start(tokens, i)
            return any(tokens[k].text == name and tokens[k + 1].text == "=" for k in range(first, i))
    return False


def _freeing(program: Program, caller: Function, token: Token, depth: int) -> Function | None:
    """The function of the extension a call means, where that one frees its first parameter on every path."""
    callee = program.function(token.text, caller.view)
    if callee is None or depth > _DEPTH or callee.name_token is caller.name_token:
        return None
    try:
        return callee if analyse(program, callee, depth + 1).frees else None
    except Refusal:
        return None
