"""Macros and their expansion (C11 6.10.3), token by token, with the origin of each token kept.

A token that comes out of a macro keeps the bytes where it is spelled, in the macro's body or in the argument, and
knows the :class:`Expansion` it came through, so that an edit can be made where the text stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from porter.frontend.lexer import ID, NEWLINE, OTHER, PUNCT, STRING, Token, tokenize

_DEPTH = 60


@dataclass(frozen=True)
class Macro:
    """One ``#define``: ``parameters`` is None for an object-like macro; ``name`` is the token that is defined."""

    name: Token
    parameters: tuple[str, ...] | None
    variadic: bool
    body: tuple[Token, ...]


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
    """The expansions of one file make more tokens than anyone would write."""


class Expander:
    """Expands the tokens of a source against a table of macros that may change between two tokens."""

    def __init__(self, macros: dict[str, Macro], budget: int = 3_000_000) -> None:
        self.macros, self.budget, self.depth = macros, budget, 0

    def expand(self, source: Iterator[Token]) -> Iterator[Token]:
        """The tokens of ``source`` (no newlines) with all macros expanded. Raises :class:`TooMuch`."""
        macros, pending = self.macros, []
        while True:
            if pending:
                token = pending.pop()
            elif (token := next(source, None)) is None:
                return
            if token.kind != ID or (macro := macros.get(token.text)) is None or (token.hidden and token.text in token.hidden):
                yield token
                continue
            if macro.parameters is None:
                hidden = (token.hidden or frozenset()) | {token.text}
                replacement = self._object(macro, Expansion(macro, token, token), hidden)
            else:
                opening = _pull(pending, source)
                if opening is None or opening.text != "(" or opening.kind != PUNCT:
                    if opening is not None:
                        pending.append(opening)
                    yield token
                    continue
                collected = _arguments(macro, pending, source)
                if isinstance(collected, list):  # the closing parenthesis never came: nothing is lost
                    pending.extend(reversed([opening, *collected]))
                    yield token
                    continue
                arguments, closing = collected
                hidden = ((token.hidden or frozenset()) & (closing.hidden or frozenset())) | {token.text}
                replacement = self._function(macro, arguments, Expansion(macro, token, closing), hidden)
            self.budget -= len(replacement) + 1
            if self.budget < 0:
                raise TooMuch(token.text)
            pending.extend(reversed(replacement))

    def _object(self, macro: Macro, expansion: Expansion, hidden: frozenset) -> list[Token]:
        body = [token.replaced(expansion, hidden) for token in macro.body]
        return _paste(body) if any(t.text == "##" for t in macro.body) else body

    def _function(self, macro: Macro, arguments: list[list[Token]], expansion: Expansion, hidden: frozenset) -> list[Token]:
        names = dict(zip(macro.parameters or (), arguments))
        expanded: dict[str, list[Token]] = {}
        out, body, index, pasted = [], macro.body, 0, False
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
                    self._raw(out, raw, macro, index, expansion)
                else:
                    if token.text not in expanded:
                        expanded[token.text] = self._argument(raw)
                    out += [_through(t, expansion, hidden, i == 0 and token.space) for i, t in enumerate(expanded[token.text])]
            else:
                out.append(token.replaced(expansion, hidden))
            index += 1
        return _paste(out) if pasted else out

    def _argument(self, raw: list[Token]) -> list[Token]:
        if self.depth > _DEPTH or not any(t.kind == ID and t.text in self.macros for t in raw):
            return raw
        self.depth += 1
        try:
            return list(self.expand(iter(raw)))
        finally:
            self.depth -= 1

    def _raw(self, out: list[Token], raw: list[Token], macro: Macro, index: int, expansion: Expansion) -> None:
        """An argument beside ``##`` goes in as it is written; GNU ``, ## __VA_ARGS__`` drops the comma for nothing."""
        comma = index >= 2 and macro.body[index - 1].text == "##" and macro.body[index - 2].text == ","
        if comma and macro.variadic and macro.parameters and macro.body[index].text == macro.parameters[-1]:
            out.pop()
            if not raw:
                out.pop()
            out += [_through(t, expansion, None, False) for t in raw]
        elif raw:
            out += [_through(t, expansion, None, False) for t in raw]
        else:
            out.append(Token(OTHER, "", "", -1, -1, False, expansion))


def _pull(pending: list[Token], source: Iterator[Token]) -> Token | None:
    return pending.pop() if pending else next(source, None)


def _arguments(macro: Macro, pending: list[Token], source: Iterator[Token]) -> tuple[list[list[Token]], Token] | list[Token]:
    """The arguments and the closing parenthesis; all tokens read, where the source ends before it."""
    arguments: list[list[Token]] = [[]]
    read: list[Token] = []
    depth, parameters = 0, macro.parameters or ()
    while (token := _pull(pending, source)) is not None:
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


def _through(token: Token, expansion: Expansion, hidden: frozenset | None, space: bool) -> Token:
    """An argument's token as it comes out: spelled where it was, seen through the macro it went through."""
    merged = token.hidden if hidden is None else (token.hidden or frozenset()) | hidden
    copy = token.replaced(token.expansion or expansion, merged)
    copy.space = copy.space or space
    return copy


def _stringized(argument: list[Token], expansion: Expansion, place: Token) -> Token:
    text = "".join((" " if t.space and i else "") + t.text for i, t in enumerate(argument))
    text = text.replace("\\", "\\\\").replace('"', '\\"') if any(t.kind == STRING for t in argument) else text
    return Token(STRING, f'"{text}"', place.file, -1, -1, place.space, expansion)


def _paste(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == "##" and out and index + 1 < len(tokens):
            left, right = out.pop(), tokens[index + 1]
            out += _glued(left, right)
            index += 2
            continue
        out.append(token)
        index += 1
    return [t for t in out if t.text]


def _glued(left: Token, right: Token) -> list[Token]:
    if not left.text or not right.text:
        return [left if left.text else right]
    made = [t for t in tokenize(left.text + right.text, "") if t.kind != NEWLINE]
    if len(made) != 1:
        return [left, right]
    hidden = (left.hidden or frozenset()) & (right.hidden or frozenset()) or None
    return [Token(made[0].kind, made[0].text, left.file, -1, -1, left.space, left.expansion or right.expansion, hidden)]
