"""The value of an ``#if`` expression (C11 6.10.1): integers of 64 bits, signed or unsigned, unknown names are 0."""

from __future__ import annotations

from porter.frontend.lexer import CHAR, ID, NUMBER, PUNCT, Token

_BINARY = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}  # fmt: skip
_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27, "\\": 92, "'": 39, '"': 34, "?": 63}
_DEPTH = 150
_DIGITS = 80

Number = tuple[int, bool]  # the value, and whether it is unsigned


class BadCondition(Exception):
    """The expression is none; the message says why."""


def evaluate(tokens: list[Token]) -> int:
    """The value of already expanded tokens. Raises :class:`BadCondition`."""
    parser = _Parser(tokens)
    value, _ = parser.ternary(0)
    if parser.position != len(tokens):
        raise BadCondition(f"unexpected {tokens[parser.position].text!r}")
    return value


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.position = tokens, 0
        self.unevaluated = 0  # how many operands around this one are read and not computed

    def peek(self) -> str | None:
        if self.position < len(self.tokens):
            return self.tokens[self.position].text
        return None

    def expect(self, text: str) -> None:
        if self.peek() != text:
            raise BadCondition(f"expected {text!r}")
        self.position += 1

    def ternary(self, depth: int) -> Number:
        condition = self.binary(1, depth)
        if self.peek() != "?":
            return condition
        self.position += 1
        then = self.operand(self.ternary, depth + 1, not condition[0])
        self.expect(":")
        otherwise = self.operand(self.ternary, depth + 1, bool(condition[0]))
        unsigned = then[1] or otherwise[1]
        return _wrapped((then if condition[0] else otherwise)[0], unsigned)

    def operand(self, parse, depth: int, unevaluated: bool) -> Number:
        self.unevaluated += unevaluated
        value = parse(depth)
        self.unevaluated -= unevaluated
        return value

    def binary(self, least: int, depth: int) -> Number:
        if depth > _DEPTH:
            raise BadCondition("nested too deeply")
        left = self.unary(depth + 1)
        while (operator := self.peek()) in _BINARY and _BINARY[operator] >= least:
            self.position += 1
            decided = operator == "&&" and not left[0] or operator == "||" and bool(left[0])
            right = self.operand(lambda d: self.binary(_BINARY[operator] + 1, d), depth + 1, decided)
            left = self.apply(operator, left, right)
        return left

    def unary(self, depth: int) -> Number:
        if depth > _DEPTH:
            raise BadCondition("nested too deeply")
        if self.position >= len(self.tokens):
            raise BadCondition("the expression ends early")
        token = self.tokens[self.position]
        self.position += 1
        if token.kind == NUMBER:
            return _constant(token.text)
        if token.kind == CHAR:
            return _character(token.text), False
        if token.kind == ID:
            return self.name(token)
        if token.kind == PUNCT and token.text in ("!", "~", "-", "+"):
            value, unsigned = self.unary(depth + 1)
            if token.text == "!":
                return int(not value), False
            return _wrapped({"~": ~value, "-": -value, "+": value}[token.text], unsigned)
        if token.text == "(":
            result = self.ternary(depth + 1)
            self.expect(")")
            return result
        raise BadCondition(f"unexpected {token.text!r}")

    def name(self, token: Token) -> Number:
        if self.peek() == "(":  # a function-like macro nobody defined
            raise BadCondition(f"{token.text}() is not defined")
        return int(token.text == "true"), False

    def apply(self, operator: str, left: Number, right: Number) -> Number:
        (a, _), (b, _) = left, right
        if operator in ("||", "&&"):
            return int(bool(a or b) if operator == "||" else bool(a and b)), False
        if operator in ("<<", ">>"):
            by = min(abs(b), 64) if (b >= 0) == (operator == "<<") else -min(abs(b), 64)
            return _wrapped(a << by if by >= 0 else a >> -by, left[1])
        unsigned = left[1] or right[1]
        (a, _), (b, _) = _wrapped(a, unsigned), _wrapped(b, unsigned)
        if operator in _COMPARED:
            return int(_COMPARED[operator](a, b)), False
        if operator in ("/", "%") and b == 0:
            if self.unevaluated:
                return 0, unsigned
            raise BadCondition("division by zero")
        return _wrapped(_COMPUTED[operator](a, b), unsigned)


def _wrapped(value: int, unsigned: bool) -> Number:
    value &= 0xFFFFFFFFFFFFFFFF
    return (value if unsigned or value < 1 << 63 else value - (1 << 64)), unsigned


def _constant(text: str) -> Number:
    value = number(text)
    return _wrapped(value, value >= 1 << 63 or "u" in text.lower())


def number(text: str) -> int:
    """The value of an integer constant. Raises :class:`BadCondition`."""
    digits = text.replace("'", "").rstrip("uUlLzZ").lower()
    octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    if len(digits) <= _DIGITS and "_" not in digits:
        try:
            return int(digits, 8 if octal else 0)
        except ValueError:
            pass
    raise BadCondition(f"{text[:_DIGITS]} is no integer")


def _character(text: str) -> int:
    body = text[text.index("'") + 1 : -1]
    if not body.startswith("\\"):
        return ord(body[0]) if body else 0
    if body[1:2] == "x":
        return _signed(body[2:], 16)
    return _signed(body[1:], 8) if body[1:2].isdigit() else _ESCAPES.get(body[1:2], 0)


def _signed(digits: str, base: int) -> int:
    """The value of one ``char``, which is signed."""
    try:
        value = int(digits, base) & 0xFF
    except ValueError:
        return 0
    return value - 256 if value > 127 else value


def _quotient(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_COMPARED = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
}  # fmt: skip
_COMPUTED = {
    "|": lambda a, b: a | b, "^": lambda a, b: a ^ b, "&": lambda a, b: a & b, "+": lambda a, b: a + b, "-": lambda a, b: a - b,
    "*": lambda a, b: a * b, "/": _quotient, "%": lambda a, b: a - b * _quotient(a, b),
}  # fmt: skip
