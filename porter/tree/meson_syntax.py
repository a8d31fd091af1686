"""The syntax of ``meson.build`` files: text to statements and expressions as plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from porter.span import Lines

TOKEN = re.compile(
    r"#[^\n]*|\\\n|[ \t\r]+|'''(?P<long>.*?)'''|f?'(?P<text>(?:\\.|[^'\\\n])*)'|(?P<word>\w+)"
    r"|(?P<mark>\+=|==|!=|<=|>=|[-\[\](){}.,:?=+*/%<>])|(?P<end>\n)",
    re.DOTALL,
)
DEEPEST = 60
BINARY = {"+": "add", "/": "join"} | {
    sign: "other" for sign in ("==", "!=", "<", ">", "<=", ">=", "-", "*", "%", "and", "or", "in", "not")
}


@dataclass(frozen=True)
class Token:
    """``kind`` is ``text``, ``word``, ``mark`` or ``end``."""

    kind: str
    value: str
    line: int


@dataclass(frozen=True)
class Node:
    """An expression: ``kind`` is text, list, dict, name, call, method, add, join, pick, index or other."""

    kind: str
    value: Any = None
    parts: tuple[Any, ...] = ()
    named: tuple[tuple[str, Node], ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Statement:
    """``kind``: set (``=``), append (``+=``), foreach, if (all its arms are in ``body``) or do."""

    kind: str
    names: tuple[str, ...]
    value: Node
    body: tuple[Statement, ...] = ()


class NotUnderstood(Exception):
    """A statement of a form not known here."""


def parse_meson(text: str) -> list[Statement]:
    """The statements of a file; a line that is not understood is left out."""
    return _Parser(_tokens(text)).block(())


def _tokens(text: str) -> list[Token]:
    found, depth, lines = [], 0, Lines(text)
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None or (kind == "end" and depth):
            continue
        value = match[kind]
        if kind == "mark":
            depth = max(depth + (value in "([{") - (value in ")]}"), 0)
        found.append(Token("text" if kind == "long" else kind, value, lines.line(match.start())))
    return [*found, Token("end", "", lines.line(len(text)))]


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    @property
    def token(self) -> Token:
        return self.tokens[min(self.at, len(self.tokens) - 1)]

    def is_next(self, *values: str) -> bool:
        return self.token.kind in ("mark", "word") and self.token.value in values

    def take(self, *values: str) -> Token:
        token = self.token
        if values and not self.is_next(*values):
            raise NotUnderstood
        self.at += 1
        return token

    def skip_line(self) -> None:
        while self.token.kind != "end":
            self.at += 1
        self.at += 1

    def block(self, stops: tuple[str, ...]) -> list[Statement]:
        found: list[Statement] = []
        while self.at < len(self.tokens) and not self.is_next(*stops):
            try:
                if self.token.kind != "end":
                    found.append(self.statement())
            except NotUnderstood:
                pass
            self.skip_line()
        return found

    def statement(self) -> Statement:
        if self.depth > DEEPEST:
            raise NotUnderstood
        if self.is_next("foreach"):
            return self.foreach()
        if self.is_next("if"):
            return self.branches()
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else self.token
        if self.token.kind == "word" and following.kind == "mark" and following.value in ("=", "+="):
            name, sign = self.take().value, self.take().value
            return Statement("set" if sign == "=" else "append", (name,), self.expression())
        return Statement("do", (), self.expression())

    def foreach(self) -> Statement:
        self.take("foreach")
        names = [self.take().value]
        while self.is_next(","):
            self.take()
            names.append(self.take().value)
        self.take(":")
        value = self.expression()
        return Statement("foreach", tuple(names), value, self.nested(("endforeach",)))

    def branches(self) -> Statement:
        body: list[Statement] = []
        while self.is_next("if", "elif", "else"):
            self.skip_line()
            body += self.nested(("elif", "else", "endif"))
        return Statement("if", (), Node("other"), tuple(body))

    def nested(self, stops: tuple[str, ...]) -> tuple[Statement, ...]:
        self.depth += 1
        try:
            return tuple(self.block(stops))
        finally:
            self.depth -= 1

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            self.depth -= 1
            raise NotUnderstood
        try:
            left = self.operand()
            while self.is_next(*BINARY):
                kind = BINARY[self.take().value]
                left = Node(kind, None, (left, self.operand()))
            if self.is_next("?"):
                self.take()
                yes = self.expression()
                self.take(":")
                return Node("pick", None, (yes, self.expression()))
            return left
        finally:
            self.depth -= 1

    def operand(self) -> Node:
        while self.is_next("not", "-"):
            self.take()
        node = self.atom()
        while self.is_next(".", "[", "("):
            sign = self.take()
            if sign.value == ".":
                name = self.take().value
                self.take("(")
                node = self.call("method", name, (node,), sign.line)
            elif sign.value == "(":
                node = self.call("call", node.value if node.kind == "name" else "", (), sign.line)
            else:
                node = Node("index", None, (node, self.expression()))
                self.take("]")
        return node

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "text":
            return Node("text", token.value)
        if token.kind == "word":
            return Node("name", token.value)
        if token.value == "(":
            inner = self.expression()
            self.take(")")
            return inner
        if token.value == "[":
            return Node("list", None, self.arguments("]")[0])
        if token.value == "{":
            return Node("dict", None, (), self.arguments("}")[1])
        raise NotUnderstood

    def call(self, kind: str, name: Any, owner: tuple[Node, ...], line: int) -> Node:
        args, named = self.arguments(")")
        return Node(kind, name, owner + args, named, line)

    def arguments(self, end: str) -> tuple[tuple[Node, ...], tuple[tuple[str, Node], ...]]:
        """Positional and named arguments up to a bracket; the entries of a dictionary count as named."""
        args, named = [], []
        while not self.is_next(end):
            value = self.expression()
            if self.is_next(":"):
                self.take()
                named.append((str(value.value), self.expression()))
            else:
                args.append(value)
            if not self.is_next(end):
                self.take(",")
        self.take(end)
        return tuple(args), tuple(named)
