"""Writes that each init repeats: harmless while every place is stored once, with a value that does not hang on what was there.

Another interpreter reads while a second one loads. It must never see a value that is about to be replaced.
"""

from __future__ import annotations

from itertools import combinations

from porter.facts.calls import enclosing_call
from porter.facts.program import Variable
from porter.facts.reads import ASSIGNMENTS
from porter.facts.uses import Use
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, NUMBER, Token

_CHANGING = frozenset("time clock clock_gettime gettimeofday getpid gettid rand random rand_r lrand48 drand48 malloc calloc realloc strdup fopen open".split())
_FILLERS = frozenset("memcpy memset strcpy strncpy snprintf sprintf".split())


def repeats(variable: Variable, writes: list[Use]) -> bool:
    """Whether a second init puts the same values in the same places as the first, and nothing else on the way."""
    if any(_asks_anew(variable, use) for use in writes):
        return False
    if len(writes) == 1 and writes[0].how == "address":
        return _filled_once(writes[0])
    return _apart([_target(use.view.tokens, use.index) for use in writes])


def _filled_once(use: Use) -> bool:
    """Whether the one function that is given an array stores each element once."""
    tokens = use.view.tokens
    call = enclosing_call(tokens, use.index)
    if call is None or tokens[call[0]].text in _FILLERS:
        return call is not None
    function = use.view.functions.get(tokens[call[0]].text)
    if function is None or call[1] >= len(function.parameters):
        return False
    name, body = function.parameters[call[1]].name, function.view.tokens
    places = [i for i in range(function.declaration.body, function.declaration.last) if body[i].text == name and body[i - 1].text not in (".", "->")]
    stores = [i for i in places if body[_behind(body, i)].text in ASSIGNMENTS]
    return all(body[i + 1].text == "[" and body[i - 1].text not in ("&", "++", "--") for i in places) and _apart([_target(body, i) for i in stores])


def _asks_anew(variable: Variable, use: Use) -> bool:
    """Whether a value is asked for that is another one each time: the time, memory, whatever a call gives a pointer to."""
    tokens, i = use.view.tokens, use.index
    while use.how == "write" and tokens[i].text not in (";", "{", "}"):
        if tokens[i].kind == ID and tokens[i + 1].text == "(" and (variable.stars > 0 or tokens[i].text in _CHANGING):
            return True
        i += 1
    return False


def _behind(tokens: list[Token], index: int) -> int:
    """The index behind a name with its subscripts and members."""
    index += 1
    while tokens[index].text in ("[", "."):
        index = closing(tokens, index) + 1 if tokens[index].text == "[" else index + 2
    return index


def _target(tokens: list[Token], index: int) -> list[str] | None:
    """What a plain assignment stores to, subscript by subscript and member by member, ``*`` for a computed one; None for any other write."""
    end, i, parts = _behind(tokens, index), index + 1, []
    while i < end:
        inside = tokens[i + 1 : closing(tokens, i)] if tokens[i].text == "[" else [tokens[i + 1]]
        fixed = tokens[i].text == "." or all(t.kind == NUMBER or t.text.isupper() for t in inside)
        parts.append(" ".join(t.text for t in inside) if fixed else "*")
        i = closing(tokens, i) + 1 if tokens[i].text == "[" else i + 2
    return parts if tokens[end].text == "=" and not _reads_itself(tokens, index, end) else None


def _reads_itself(tokens: list[Token], first: int, equals: int) -> bool:
    """Whether the right side of ``=`` has the whole left side in it."""
    left, i = [t.text for t in tokens[first:equals]], equals
    while tokens[i].text not in (";", "{", "}"):
        if [t.text for t in tokens[i : i + len(left)]] == left:
            return True
        i += 1
    return False


def _apart(targets: list[list[str] | None]) -> bool:
    """Whether no two stores can go to the same place, and each is a plain one."""
    known = [t for t in targets if t is not None]
    return len(known) == len(targets) and all(_differ(a, b) for a, b in combinations(known, 2))


def _differ(one: list[str], other: list[str]) -> bool:
    return any(a != b and "*" not in (a, b) for a, b in zip(one, other, strict=False))
