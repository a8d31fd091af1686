"""Identifiers of the private API as they are written: what declares them, what uses them, and how a use can be said in public."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from porter.facts.calls import enclosing_call
from porter.facts.holds import base_name
from porter.facts.private_api import CALL_METHOD, EQUAL, FROM_ID, IDENTIFIER, PARSER, TAKING
from porter.facts.program import Variable
from porter.frontend.declarations import closing, split_commas
from porter.frontend.lexer import ID, NEWLINE, STRING, Token

_NO_ARGUMENTS = ("NULL", "0", '""', '"()"')


@dataclass(frozen=True)
class Helpers:
    """Functions of the extension's own. ``handed``: that are handed strings in place of identifiers, and as which argument;
    ``own``: that have a name of the private API, and so mean something of their own."""

    handed: frozenset[tuple[str, int]] = frozenset()
    own: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Said:
    """How one use of an identifier is said in public.

    ``call``: the index of the name of the function it is handed to; ``public``: the function in its place, ``""`` where the
    identifier's string is what the call gives; ``by_text``: whether C text takes the identifier's place, and with it ``more``;
    ``without``: the index of an argument that says there are no arguments, or -1; ``compared``: whether the result is compared with 0.
    """

    call: int
    public: str
    by_text: bool = False
    more: str = ""
    without: int = -1
    compared: bool = False


def is_identifier(variable: Variable) -> bool:
    """Whether a variable is a ``_Py_Identifier``, alone."""
    return base_name(variable) == IDENTIFIER and not variable.stars and not variable.array


def is_private(variable: Variable) -> bool:
    """Whether a variable is an identifier or a parser of the private API."""
    return base_name(variable) in (IDENTIFIER, PARSER) and not variable.stars


def text_of(variable: Variable) -> str | None:
    """The C literal of an identifier's text; None where its initialiser has not exactly one."""
    texts = [t.text for t in variable.view.tokens[slice(*(variable.value or (0, 0)))] if t.kind == STRING]
    return texts[0] if len(texts) == 1 else None


def said(tokens: list[Token], index: int, by_text: bool, helpers: Helpers, address: bool = True) -> Said | None:
    """How the identifier named at ``index`` is said; None where nothing public takes it so.

    ``tokens``: of a unit, or of a file as it is written; ``by_text``: as C text even where an object could be handed on;
    ``address``: whether ``&`` stands before it, as before a variable, or not, as before a parameter.
    """
    first = index - address
    if index < 3 or index + 1 >= len(tokens) or address and tokens[first].text != "&":
        return None
    call = enclosing_call(tokens, index)
    if call is None or tokens[first - 1].text not in ("(", ",") or tokens[index + 1].text not in (",", ")"):
        return None
    name, position = tokens[call[0]].text, call[1]
    if (name, position) in helpers.handed:
        return None if by_text else Said(call[0], name)
    if name in helpers.own:
        return None
    taking = TAKING.get(name)
    if taking is None or taking.position != position:
        return None
    if name == FROM_ID:
        return None if by_text else Said(call[0], "")
    if name == CALL_METHOD and tokens[index + 1].text == ",":
        without = index + 2 if tokens[index + 2].text in _NO_ARGUMENTS and tokens[index + 3].text == ")" else -1
        return (
            Said(call[0], taking.by_object, without=without)
            if without >= 0 and not by_text
            else _as_text(call[0], name)
        )
    if taking.by_object and not by_text and name != CALL_METHOD:
        return Said(call[0], taking.by_object)
    return _as_text(call[0], name)


def _as_text(call: int, name: str) -> Said | None:
    taking = TAKING[name]
    return Said(call, taking.by_text, True, taking.more, compared=name == EQUAL) if taking.by_text else None


@dataclass(frozen=True)
class Definition:
    """A function's definition as written in a file: indexes of the parentheses of its parameters and of the braces of its body."""

    opening: int
    closing: int
    brace: int
    last: int

    def parameter(self, tokens: list[Token], position: int) -> tuple[int, int] | None:
        """The stretch of tokens of one parameter."""
        given = split_commas(tokens, self.opening + 1, self.closing)
        return given[position] if position < len(given) else None


def written_definitions(tokens: list[Token], name: str) -> Iterator[Definition]:
    """Every definition of a function in a file, in any arm."""
    for index, token in enumerate(tokens[:-1]):
        if token.text == name and token.kind == ID and tokens[index + 1].text == "(":
            end = closing(tokens, index + 1)
            if end + 1 < len(tokens) and tokens[end + 1].text == "{":
                yield Definition(index + 1, end, end + 1, closing(tokens, end + 1))


def written_tokens(tokens: list[Token]) -> list[Token]:
    """The tokens of a file that are code of it: no ends of lines, and nothing whose spelling is broken."""
    return [t for t in tokens if t.kind != NEWLINE and t.start >= 0]
