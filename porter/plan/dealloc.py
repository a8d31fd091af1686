"""How a deallocator gives back the reference to its type that instances of a heap type hold (since Python 3.8)."""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts.program import Function
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID
from porter.plan.model import Refusal

_FREES = frozenset("PyObject_Del PyObject_DEL PyObject_Free PyObject_FREE PyObject_GC_Del PyMem_Free PyMem_FREE PyMem_Del free".split())
_GC_FREES = frozenset(("PyObject_GC_Del",))


@dataclass(frozen=True)
class Dealloc:
    """Where a deallocator frees its object: the statement's tokens, and the stretch of the call without its argument.

    ``final_only``: the call is right only for a type nobody subclasses; ``untracks``: whether the object is untracked by it.
    """

    function: Function
    self_name: str
    first: int
    last: int
    direct: bool
    untracks: bool


def analyse(function: Function) -> Dealloc:
    """The one statement that frees. Raises :class:`Refusal` where there is none, or more than one, or a way around it."""
    place = None
    if not function.parameters or not function.parameters[0].name:
        raise Refusal(f"{function.name}() has no named parameter for the object", place)
    name = function.parameters[0].name
    tokens, body, end = function.view.tokens, function.declaration.body, function.declaration.last
    frees = [i for i in range(body, end) if _frees(tokens, i, name)]
    if len(frees) != 1:
        raise Refusal(f"{function.name}() frees its object in {len(frees)} places that porter can see, so where to give back the type is not clear")
    statement = _statement(tokens, frees[0], body)
    if not _straight(tokens, body, statement):
        raise Refusal(f"{function.name}() frees its object only under a condition")
    if any(tokens[i].text == "return" for i in range(body, statement)):
        raise Refusal(f"{function.name}() returns before it frees its object on some path")
    last = frees[0]
    while tokens[last].text != ";":
        last += 1
    untracks = any(t.text in ("PyObject_GC_UnTrack", "PyObject_GC_UNTRACK", "_PyObject_GC_UNTRACK", "PyObject_GC_Fini") for t in tokens[body:end])
    return Dealloc(function, name, statement, last, tokens[frees[0]].text in _FREES, untracks)


def _frees(tokens, index: int, name: str) -> bool:
    """Whether a call that frees the object itself begins here: ``PyObject_Del(self)``, ``….tp_free((PyObject *)self)``, ``Base.tp_dealloc(self)``."""
    token = tokens[index]
    if token.kind != ID or tokens[index + 1].text != "(":
        return False
    member = tokens[index - 1].text in ("->", ".")
    if not (token.text in _FREES and not member or token.text in ("tp_free", "tp_dealloc") and member):
        return False
    inner = [t.text for t in tokens[index + 2 : closing(tokens, index + 1)]]
    while inner and inner[0] == "(":
        inner = inner[inner.index(")") + 1 :] if inner.count("(") == inner.count(")") and inner[-1] != ")" else inner[1:-1]
    return inner == [name]


def _statement(tokens, index: int, body: int) -> int:
    """The first token of the statement around ``index``."""
    depth = 0
    for i in range(index - 1, body, -1):
        text = tokens[i].text
        if text in (")", "]"):
            depth += 1
        elif text in ("(", "["):
            depth -= 1
        elif text in (";", "{", "}", ":") and depth <= 0:
            return i + 1
    return body + 1


def _straight(tokens, body: int, statement: int) -> bool:
    """Whether a statement stands in the body itself: braces that macros open (the trashcan's) do not count."""
    depth = 0
    for i in range(body + 1, statement):
        if tokens[i].start >= 0:
            depth += (tokens[i].text == "{") - (tokens[i].text == "}")
    return depth == 0 and tokens[statement].text not in ("if", "else", "for", "while", "switch", "do")
