"""Macros and their expansion (C11 6.10.3), token by token, with the origin of each token kept.

A token that comes out of a macro keeps the bytes where it is spelled, in the macro's body or in the argument, and
knows the :class:`Expansion` it came through, so that an edit can be made where the text stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from porter.frontend.lexer import CHAR, ID, NEWLINE, OTHER, PUNCT, STRING, Token, tokenize

_DEPTH = 60
_OPERATORS = frozenset(("#", "##", "__VA_OPT__"))


@dataclass(frozen=True)
class Macro:
    """One ``#define``: ``parameters`` is None for an object-like macro; ``name`` is the token that is defined."""

    name: Token
    parameters: tuple[str, ...] | None
    variadic: bool
    body: tuple[Token, ...]

    @cached_property
    def plain(self) -> bool:
        """Whether the body only puts arguments in their places: no ``#``, no ``##``, no ``__VA_OPT__``."""
        return _OPERATORS.isdisjoint([t.text for t in self.body])


class Expansion:
    """One use of a macro: the name token there, the closing parenthesis or the name again, and the use it is inside of."""

    __slots__ = ("macro", "use", "last", "parent")

    def __init__(self, macro: Macro, use: Token, last: Token) -> None:
        self.macro, self.use, self.last, self.parent = macro, use, last, use.expansion

    @property
    def outermost(self) -> Expansion:
        """The use that is written in the text itself, not in another macro's body."""
        expansion = self
        while expansion.parent is not None:
            expansion = expansion.parent
        return expansion


class TooMuch(Exception):
    """The expansions of one file make more tokens than anyone would write, or are nested deeper."""


class Expander:
    """Expands the tokens of a source against a table of macros that may change between two tokens.

    While ``raw`` is set the tokens come out as they are: the operand of ``defined`` is not expanded. ``more`` answers with
    the tokens behind the source, where a macro use goes on there, or with None.
    """

    def __init__(self, macros: dict[str, Macro], budget: int = 3_000_000, more: Callable[[], list[Token] | None] | None = None) -> None:
        self.macros, self.budget, self.depth = macros, budget, 0
        self.raw, self.more = False, more

    def expand(self, source: Iterator[Token]) -> Iterator[Token]:
        """The tokens of ``source`` (no newlines) with all macros expanded. Raises :class:`TooMuch`."""
        macros = self.macros
        for token in source:
            if token.kind != ID or token.text not in macros or self.raw:
                yield token
            else:
                yield from self._replaced([token], source)

    def _replaced(self, pending: list[Token], source: Iterator[Token]) -> Iterator[Token]:
        """The tokens of ``pending``, the last first, with all macros expanded; arguments are taken from ``source`` too."""
        macros = self.macros
        while pending:
            token = pending.pop()
            if token.kind != ID or (macro := macros.get(token.text)) is None or (token.hidden and token.text in token.hidden) or self.raw:
                yield token
                continue
            if macro.parameters is None:
                hidden = (token.hidden or frozenset()) | {token.text}
                replacement = self._object(macro, Expansion(macro, token, token), hidden)
            else:
                opening = self._pull(pending, source)
                if opening is None or opening.text != "(" or opening.kind != PUNCT:
                    if opening is not None:
                        pending.append(opening)
                    yield token
                    continue
                collected = self._arguments(macro, pending, source)
                if isinstance(collected, list):  # the closing parenthesis never came: nothing is lost
                    pending.extend(reversed([opening, *collected]))
                    self._spend(len(collected), token)
                    yield token
                    continue
                arguments, closing = collected
                hidden = ((token.hidden or frozenset()) & (closing.hidden or frozenset())) | {token.text}
                replacement = self._function(macro, arguments, Expansion(macro, token, closing), hidden)
            self._spend(len(replacement) + 1, token)
            if macros.keys().isdisjoint([t.text for t in replacement]):
                yield from replacement
            else:
                pending.extend(reversed(replacement))

    def _pull(self, pending: list[Token], source: Iterator[Token]) -> Token | None:
        if pending:
            return pending.pop()
        token = next(source, None)
        while token is None and self.more is not None and (tokens := self.more()) is not None:
            pending.extend(reversed(tokens))
            token = pending.pop() if pending else None
        return token

    def _arguments(self, macro: Macro, pending: list[Token], source: Iterator[Token]) -> tuple[list[list[Token]], Token] | list[Token]:
        """The arguments and the closing parenthesis; all tokens read, where the source ends before it."""
        arguments: list[list[Token]] = [[]]
        read: list[Token] = []
        depth, parameters = 0, macro.parameters or ()
        while (token := self._pull(pending, source)) is not None:
            read.append(token)
            text = token.text if token.kind == PUNCT else ""
            if text == ")" and not depth:
                arguments += [[] for _ in range(len(parameters) - len(arguments))]
                return arguments, token
            depth += (text == "(") - (text == ")")
            if text == "," and not depth and not (macro.variadic and len(arguments) >= len(parameters)):
                arguments.append([])
            else:
                arguments[-1].append(token)
            if len(read) > 500_000:
                break
        return read

    def _spend(self, count: int, token: Token) -> None:
        self.budget -= count
        if self.budget < 0:
            raise TooMuch(token.text)

    def _object(self, macro: Macro, expansion: Expansion, hidden: frozenset) -> list[Token]:
        body = [Token(t.kind, t.text, t.file, t.start, t.end, t.space, expansion, hidden) for t in macro.body]
        return _paste(body, hidden) if any(t.text == "##" for t in macro.body) else body

    def _function(self, macro: Macro, arguments: list[list[Token]], expansion: Expansion, hidden: frozenset) -> list[Token]:
        names = dict(zip(macro.parameters or (), arguments))
        if macro.plain:
            return self._filled(macro.body, names, expansion, hidden)
        expanded: dict[str, list[Token]] = {}
        out, body, index = [], self._optional(macro, names), 0
        pasted = body is not macro.body
        while index < len(body):
            token = body[index]
            following = body[index + 1] if index + 1 < len(body) else None
            if token.text == "#" and following is not None and following.text in names:
                out.append(_stringized(names[following.text], expansion, following))
                index += 2
                continue
            if token.text == "##":
                pasted = True
                out.append(token.replaced(expansion, hidden))
            elif token.kind == ID and token.text in names:
                raw = names[token.text]
                if (following is not None and following.text == "##") or (index and body[index - 1].text == "##"):
                    _raw(out, raw, macro, body, index, expansion, hidden)
                else:
                    if token.text not in expanded:
                        expanded[token.text] = self._argument(raw)
                    out += _through(expanded[token.text], expansion, hidden, token.space)
            else:
                out.append(token.replaced(expansion, hidden))
            index += 1
        return _paste(out, hidden) if pasted else out

    def _filled(self, body: tuple[Token, ...], names: dict[str, list[Token]], expansion: Expansion, hidden: frozenset) -> list[Token]:
        """A plain body with its arguments in their places: what most macros are, done without looking at neighbours."""
        expanded: dict[str, list[Token]] = {}
        out: list[Token] = []
        for t in body:
            if t.text in names and t.kind == ID:
                if t.text not in expanded:
                    expanded[t.text] = self._argument(names[t.text])
                out += _through(expanded[t.text], expansion, hidden, t.space)
            else:
                out.append(Token(t.kind, t.text, t.file, t.start, t.end, t.space, expansion, hidden))
        return out

    def _optional(self, macro: Macro, names: dict[str, list[Token]]) -> tuple[Token, ...] | list[Token]:
        """The body with ``__VA_OPT__(…)`` answered (C23 6.10.5.1): its contents where variable arguments are given."""
        if not macro.variadic or not any(t.text == "__VA_OPT__" for t in macro.body):
            return macro.body
        given, out, index = bool(self._argument(names[macro.parameters[-1]])), [], 0
        while index < len(macro.body):
            token = macro.body[index]
            end = _closing(macro.body, index + 1) if token.text == "__VA_OPT__" else None
            if end is None:
                out.append(token)
            else:
                out += macro.body[index + 2 : end] if given else [Token(OTHER, "", "", -1, -1, False)]
            index = index + 1 if end is None else end + 1
        return out

    def _argument(self, raw: list[Token]) -> list[Token]:
        if self.macros.keys().isdisjoint([t.text for t in raw]):
            return raw
        if self.depth > _DEPTH:
            raise TooMuch(raw[0].text)
        self.depth, more, self.more = self.depth + 1, self.more, None  # an argument is expanded by itself
        try:
            return list(self.expand(iter(raw)))
        finally:
            self.depth, self.more = self.depth - 1, more


def _raw(out: list[Token], raw: list[Token], macro: Macro, body, index: int, expansion: Expansion, hidden: frozenset) -> None:
    """An argument beside ``##`` goes in as it is written; GNU ``, ## __VA_ARGS__`` drops the comma for nothing."""
    comma = index >= 2 and body[index - 1].text == "##" and body[index - 2].text == ","
    if comma and macro.variadic and macro.parameters and body[index].text == macro.parameters[-1]:
        out.pop()
        if not raw:
            out.pop()
    elif not raw:
        out.append(Token(OTHER, "", "", -1, -1, False, expansion))
    out += _through(raw, expansion, hidden, False)


def _closing(tokens: tuple[Token, ...], index: int) -> int | None:
    """The index of the parenthesis that closes the one at ``index``; None where there is none."""
    depth = 0
    for i in range(index, len(tokens)):
        depth += (tokens[i].text == "(") - (tokens[i].text == ")")
        if depth <= 0:
            return i if i > index else None
    return None


def _through(argument: list[Token], expansion: Expansion, hidden: frozenset, space: bool) -> list[Token]:
    """An argument as it comes out: spelled where it was, seen through the macro it went through; ``space`` is that before it."""
    made = [
        Token(t.kind, t.text, t.file, t.start, t.end, t.space, t.expansion or expansion, t.hidden | hidden if t.hidden else hidden)
        for t in argument
    ]
    if made and space:
        made[0].space = True
    return made


def _stringized(argument: list[Token], expansion: Expansion, place: Token) -> Token:
    text = "".join((" " if t.space and i else "") + _escaped(t) for i, t in enumerate(argument))
    return Token(STRING, f'"{text}"', place.file, -1, -1, place.space, expansion)


def _escaped(token: Token) -> str:
    return token.text.replace("\\", "\\\\").replace('"', '\\"') if token.kind in (STRING, CHAR) else token.text


def _paste(tokens: list[Token], hidden: frozenset[str]) -> list[Token]:
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == "##" and out and index + 1 < len(tokens):
            left, right = out.pop(), tokens[index + 1]
            out += _glued(left, right, hidden)
            index += 2
            continue
        out.append(token)
        index += 1
    return [t for t in out if t.text]


def _glued(left: Token, right: Token, hidden: frozenset[str]) -> list[Token]:
    if not left.text or not right.text:
        return [left if left.text else right]
    made = [t for t in tokenize(left.text + right.text, "") if t.kind != NEWLINE]
    if len(made) != 1:
        return [left, right]
    hidden |= (left.hidden or frozenset()) & (right.hidden or frozenset())
    return [Token(made[0].kind, made[0].text, left.file, -1, -1, left.space, left.expansion or right.expansion, hidden)]
