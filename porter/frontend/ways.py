"""The macros that would have to be defined, or not, for a compiler to take an arm of ``#if``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from porter.frontend.branches import Need
from porter.frontend.condition import BadCondition
from porter.frontend.lexer import NUMBER, Token, tokenize
from porter.frontend.macros import Macro, TooMuch
from porter.frontend.preprocess import Preprocessor

_MOST = 3  # macros changed together
_TRIES = 1_500
_VALUES = 8  # of one macro


def ways(needs: Sequence[Need], macros: Mapping[str, Macro], fixed: frozenset[str]) -> Iterator[dict[str, str]]:
    """Changes of ``macros`` under which all ``needs`` hold, those of few macros first; ``""`` for one not defined.

    The macros ``fixed`` keep what they are. What a search of some depth does not find is not among them.
    """
    names = list(dict.fromkeys(name for need in needs for name in need.names if name not in fixed))
    domains = {name: _values(name, needs) for name in names}
    tried = 0
    for count in range(min(_MOST, len(names)) + 1):
        for chosen in combinations(names, count):
            for values in product(*(domains[name] for name in chosen)):
                tried += 1
                if tried > _TRIES:
                    return
                if _hold(needs, macros, dict(zip(chosen, values))):
                    yield dict(zip(chosen, values))


def _values(name: str, needs: Sequence[Need]) -> list[str]:
    """What a macro may be changed to: one or nothing, or about the numbers that stand beside it."""
    found = ["1", ""]
    for need in needs:
        if name in need.names:
            for token in need.tokens:
                number = _number(token)
                found += [] if number is None else [str(number), str(number + 1), str(max(number - 1, 0))]
    return list(dict.fromkeys(found))[:_VALUES]


def _number(token: Token) -> int | None:
    try:
        return int(token.text.rstrip("uUlL"), 0) if token.kind == NUMBER else None
    except ValueError:
        return None


def _hold(needs: Sequence[Need], macros: Mapping[str, Macro], changed: dict[str, str]) -> bool:
    table = {name: macro for name, macro in macros.items() if changed.get(name) is None}
    table |= {name: _macro(name, value) for name, value in changed.items() if value}
    asked = Preprocessor(lambda name, including, quoted: None, table)
    try:
        return all(asked.holds(need.word, need.tokens, "") == need.wanted for need in needs)
    except (BadCondition, TooMuch, RecursionError):
        return False


def _macro(name: str, value: str) -> Macro:
    return Macro(Token(0, name, "", -1, -1, False), None, False, tuple(tokenize(value, "")))
