"""The value of an ``#if`` expression (C11 6.10.1): integers, no side effects, unknown names are 0."""

from __future__ import annotations

from porter.frontend.lexer import CHAR, ID, NUMBER, PUNCT, Token

_BINARY = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}  # fmt: skip
_ESCAPES = {"n": 10, "t": 9, "r": 13, "0": 0, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39, '"': 34}
_DEPTH = 200


class BadCondition(Exception):
    """The expression is none; the message says why."""


def evaluate(tokens: list[Token]) -> int:
    """The value of already expanded tokens. Raises :class:`BadCondition`."""
    parser = _Parser(tokens)
    value = parser.ternary(0)
    if parser.position != len(tokens):
        raise BadCondition(f"unexpected {tokens[parser.position].text!r}")
    return value


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.position = tokens, 0

    def peek(self) -> str | None:
        if self.position < len(self.tokens):
            return self.tokens[self.position].text
        return None

    def expect(self, text: str) -> None:
        if self.peek() != text:
            raise BadCondition(f"expected {text!r}")
        self.position += 1

    def ternary(self, depth: int) -> int:
        condition = self.binary(1, depth)
        if self.peek() != "?":
            return condition
        self.position += 1
        then = self.ternary(depth + 1)
        self.expect(":")
        otherwise = self.ternary(depth + 1)
        return then if condition else otherwise

    def binary(self, least: int, depth: int) -> int:
        if depth > _DEPTH:
            raise BadCondition("nested too deeply")
        left = self.unary(depth + 1)
        while (operator := self.peek()) in _BINARY and _BINARY[operator] >= least:
            self.position += 1
            left = _apply(operator, left, self.binary(_BINARY[operator] + 1, depth + 1))
        return left

    def unary(self, depth: int) -> int:
        if depth > _DEPTH:
            raise BadCondition("nested too deeply")
        if self.position >= len(self.tokens):
            raise BadCondition("the expression ends early")
        token = self.tokens[self.position]
        self.position += 1
        if token.kind == NUMBER:
            return number(token.text)
        if token.kind == CHAR:
            return _character(token.text)
        if token.kind == ID:
            return self._name(token)
        if token.kind == PUNCT and token.text in "!~-+" and len(token.text) == 1:
            value = self.unary(depth + 1)
            return {"!": int(not value), "~": ~value, "-": -value, "+": value}[token.text]
        if token.text == "(":
            value = self.ternary(depth + 1)
            self.expect(")")
            return value
        raise BadCondition(f"unexpected {token.text!r}")

    def _name(self, token: Token) -> int:
        if self.peek() == "(":  # a function-like macro nobody defined
            raise BadCondition(f"{token.text}() is not defined")
        return int(token.text == "true")


def number(text: str) -> int:
    """The value of an integer constant. Raises :class:`BadCondition`."""
    digits = text.replace("'", "").rstrip("uUlLzZ").lower()
    try:
        if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
            return int(digits, 8)
        return int(digits, 0) if len(digits) < 80 else 0
    except ValueError:
        raise BadCondition(f"{text} is no integer") from None


def _character(text: str) -> int:
    body = text[text.index("'") + 1 : -1]
    if body.startswith("\\"):
        return _ESCAPES.get(body[1:2], 0)
    return ord(body[0]) if body else 0


def _apply(operator: str, left: int, right: int) -> int:
    if operator in "/%":
        if right == 0:
            raise BadCondition("division by zero")
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    if operator in ("<<", ">>"):
        right &= 63
        return (left << right if operator == "<<" else left >> right) & 0xFFFFFFFFFFFFFFFF
    return {
        "||": lambda: int(bool(left or right)), "&&": lambda: int(bool(left and right)),
        "|": lambda: left | right, "^": lambda: left ^ right, "&": lambda: left & right,
        "==": lambda: int(left == right), "!=": lambda: int(left != right),
        "<": lambda: int(left < right), ">": lambda: int(left > right),
        "<=": lambda: int(left <= right), ">=": lambda: int(left >= right),
        "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right,
    }[operator]()  # fmt: skip
