"""Operators on plain values, with a price list: nothing here may take long or much memory, whatever it is given."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from porter.tree.evaluate.values import PLAIN, Library, OneOf, Unknown, describe, is_known, same

LONGEST = 1_000_000  # characters or items
WIDEST = 4096  # bits of an integer

BINARY = {
    "Add": operator.add,
    "Subtract": operator.sub,
    "Multiply": operator.mul,
    "Divide": operator.truediv,
    "FloorDivide": operator.floordiv,
    "Modulo": operator.mod,
    "Power": operator.pow,
    "LeftShift": operator.lshift,
    "RightShift": operator.rshift,
    "BitAnd": operator.and_,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
}
COMPARE = {
    "Equal": operator.eq,
    "NotEqual": operator.ne,
    "LessThan": operator.lt,
    "LessThanEqual": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEqual": operator.ge,
}
UNARY = {"Minus": operator.neg, "Plus": operator.pos, "BitInvert": operator.invert}


def binary(symbol: str, left: Any, right: Any) -> Any:
    """``left <symbol> right``; a list plus something unknown is the list with an unknown item at that end."""
    if symbol == "Add" and isinstance(left, (list, tuple)) and not is_known(right):
        return type(left)([*left, right])
    if symbol == "Add" and isinstance(right, (list, tuple)) and not is_known(left):
        return type(right)([left, *right])
    name = f"{describe(left)} {symbol} {describe(right)}"
    plain = isinstance(left, PLAIN) and isinstance(right, PLAIN)
    if symbol not in BINARY or not plain or (symbol == "Modulo" and has_unknown(right)):
        return next((v for v in (left, right) if isinstance(v, Unknown)), Unknown(name, "not known without running it"))
    if _too_large(symbol, left, right):
        return Unknown(name, "too large")
    return guarded(name, BINARY[symbol], left, right)


def _too_large(symbol: str, left: Any, right: Any) -> bool:
    numbers = [v for v in (left, right) if isinstance(v, int)]
    if any(v.bit_length() > WIDEST for v in numbers):
        return True
    if symbol in ("Power", "LeftShift"):
        return not (isinstance(right, int) and 0 <= right <= 64)
    if symbol == "Multiply":
        sizes = [len(v) for v in (left, right) if hasattr(v, "__len__")]
        return bool(sizes) and bool(numbers) and sizes[0] * max(numbers[0], 0) > LONGEST
    if symbol == "Modulo" and isinstance(left, (str, bytes)):
        return is_wide(str(left)) or _length(left) + len(str(left)) * _length(right) > LONGEST * 10
    return symbol == "Add" and _length(left) + _length(right) > LONGEST


def is_wide(template: str) -> bool:
    """Whether a format may ask for a field of more than 99 columns."""
    run = 0
    for character in template:
        run = run + 1 if character.isdigit() else 0
        if run > 2:
            return True
    return "*" in template and "%" in template


def _length(value: Any) -> int:
    if isinstance(value, (list, tuple)):
        return len(value) + sum(_length(item) for item in value if isinstance(item, (str, bytes)))
    return len(value) if hasattr(value, "__len__") else 1


def has_unknown(value: Any) -> bool:
    """Whether a container holds something unknown, one level deep."""
    if isinstance(value, dict):
        return any(not isinstance(v, PLAIN) for v in value.values())
    return isinstance(value, (list, tuple, set, frozenset)) and any(not isinstance(v, PLAIN) for v in value)


def guarded(name: str, function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """A call of ours on plain values; an exception of the evaluated expression makes it unknown."""
    found = outcome(function, *args, **kwargs)
    return Unknown(name, f"raises {type(found.problem).__name__}") if isinstance(found, Failure) else found


@dataclass(frozen=True)
class Failure:
    """A call that raised."""

    problem: Exception


def outcome(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """What a call of ours on plain values gives, or the Failure: any exception is the evaluated program's, not ours."""
    try:
        return function(*args, **kwargs)
    except RecursionError:
        raise
    except Exception as problem:
        return Failure(problem)


def compare(symbol: str, left: Any, right: Any) -> Any:
    """``left <symbol> right`` for one comparison of a chain."""
    if symbol in ("Is", "IsNot"):
        found = _identity(left, right)
        return found if not isinstance(found, bool) or symbol == "Is" else not found
    if symbol in ("In", "NotIn"):
        found = _membership(left, right)
        return found if not isinstance(found, bool) or symbol == "In" else not found
    name = f"{describe(left)} {symbol} {describe(right)}"
    if not (isinstance(left, PLAIN) and isinstance(right, PLAIN)) or has_unknown(left) or has_unknown(right):
        return Unknown(name, "a comparison of something not known")
    return guarded(name, COMPARE[symbol], left, right)


def _identity(left: Any, right: Any) -> Any:
    if not is_known(left) or not is_known(right):
        return Unknown(f"{describe(left)} is {describe(right)}", "a comparison of something not known")
    return left is right or (isinstance(left, (bool, int, str)) and same(left, right))


def _membership(left: Any, right: Any) -> Any:
    name = f"{describe(left)} in {describe(right)}"
    if not isinstance(left, PLAIN) or not isinstance(right, PLAIN):
        return Unknown(name, "a comparison of something not known")
    found = guarded(name, operator.contains, right, left)
    if found is False and not isinstance(right, dict) and has_unknown(right):
        return Unknown(name, "a comparison of something not known")
    return found


def truth(value: Any) -> bool | None:
    """Whether a value counts as true, or None if that is not known."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, OneOf):
        answers = {truth(v) for v in value.values}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, Unknown) for v in value):
        return None
    return bool(value) if isinstance(value, PLAIN) else True


def unary(symbol: str, value: Any) -> Any:
    """``not``, minus, plus and invert."""
    if symbol == "Not":
        answer = truth(value)
        return Unknown(f"not {describe(value)}", "a condition not known") if answer is None else not answer
    if not isinstance(value, (int, float)):
        return Unknown(describe(value), "not a number that is known")
    return guarded(symbol, UNARY[symbol], value)


def iterate(value: Any) -> list[Any] | None:
    """The items of a value in a stable order, or None if they are not known."""
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, range) and len(value) > LONGEST:
        return None
    if isinstance(value, (list, tuple, dict, str, range)):
        return list(value)
    return None


def as_text(value: Any) -> Any:
    """``str(value)`` for what has a text that is known."""
    if isinstance(value, PurePosixPath):
        return str(value)
    if not isinstance(value, PLAIN) or has_unknown(value):
        name = describe(value) if not isinstance(value, Library) else value.dotted
        return value if isinstance(value, Unknown) else Unknown(name, "its text is not known")
    return guarded("str()", str, value)
