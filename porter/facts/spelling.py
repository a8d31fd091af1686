"""How tokens came to be: the macros they are made by. Where Python's own headers are read, its macros are expanded like any."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.declared import View
from porter.frontend.lexer import Token


def macros_of(token: Token) -> Iterator[str]:
    """The names of the macros a token came out of, innermost first."""
    expansion = token.expansion
    while expansion is not None:
        yield expansion.macro.name.text
        expansion = expansion.parent


def use_of(token: Token, macro: str) -> Token:
    """The use of ``macro`` that a token came out of."""
    expansion = token.expansion
    while expansion is not None and expansion.macro.name.text != macro:
        expansion = expansion.parent
    return expansion.use if expansion is not None else token


def is_core(view: View) -> bool:
    """Whether the unit is part of the interpreter itself, which may use what is private to it."""
    return any(macro.name.text.startswith("Py_BUILD_CORE") for macro in view.unit.defined)
