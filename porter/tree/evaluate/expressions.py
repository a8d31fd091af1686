"""Expressions of a build script to values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from porter.tree.evaluate import operators
from porter.tree.evaluate.calls import Calls
from porter.tree.evaluate.values import PLAIN, Frame, Function, Library, Unknown, describe, is_known, merge


class Expressions(Calls):
    """The part of the evaluator that knows expressions."""

    def evaluate(self, frame: Frame, node: ast.BaseExpression) -> Any:
        """The value of ``node``; :class:`Unknown` where it is of a kind not evaluated."""
        self.spend(1)
        handler: Callable[[Frame, Any], Any] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            return Unknown(type(node).__name__, "this kind of expression is not evaluated")
        return handler(frame, node)

    def _name(self, frame: Frame, node: ast.Name) -> Any:
        return self.lookup(frame, node.id)

    def _constant(self, frame: Frame, node: ast.Constant) -> Any:
        if not isinstance(node.value, PLAIN):
            return Unknown(repr(node.value), "this kind of expression is not evaluated")
        self.note_literal(node.value)
        return node.value

    def _joinedstr(self, frame: Frame, node: ast.JoinedStr) -> Any:
        pieces = [self._piece(frame, part) for part in node.values]
        unknown = next((piece for piece in pieces if not isinstance(piece, str)), None)
        if unknown is not None or sum(map(len, pieces)) > operators.LONGEST:
            return Unknown(describe(unknown), "a text with an unknown part")
        self.note_literal("".join(pieces))
        return "".join(pieces)

    def _piece(self, frame: Frame, part: Any) -> Any:
        if isinstance(part, ast.Constant):
            return part.value
        value = self.evaluate(frame, part.value)
        if part.conversion == ord("r") or part.format_spec:
            return Unknown("a formatted value", "a format not evaluated")
        self.spend_on(value)
        return operators.as_text(value)

    def _tuple(self, frame: Frame, node: ast.Tuple) -> Any:
        return tuple(self._elements(frame, node.elts))

    def _list(self, frame: Frame, node: ast.List) -> Any:
        return self._elements(frame, node.elts)

    def _set(self, frame: Frame, node: ast.Set) -> Any:
        return operators.guarded("a set", set, self._elements(frame, node.elts))

    def _elements(self, frame: Frame, elements: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for element in elements:
            if isinstance(element, ast.Starred):
                value = self.evaluate(frame, element.value)
                items = operators.iterate(value)
                found += [value] if items is None else items
            else:
                found.append(self.evaluate(frame, element))
        self.spend_on(found)
        return found

    def _dict(self, frame: Frame, node: ast.Dict) -> Any:
        found: dict[Any, Any] = {}
        for left, right in zip(node.keys, node.values):
            value = self.evaluate(frame, right)
            if left is not None:
                key = self.evaluate(frame, left)
                operators.guarded("a key", found.__setitem__, key, value)
            elif isinstance(value, dict):
                found |= value
        self.spend_on(found)
        return found

    def _unaryop(self, frame: Frame, node: ast.UnaryOp) -> Any:
        return operators.unary(type(node.op).__name__, self.evaluate(frame, node.operand))

    def _binop(self, frame: Frame, node: ast.BinOp) -> Any:
        left, right = self.evaluate(frame, node.left), self.evaluate(frame, node.right)
        return self.operate(type(node.op).__name__, left, right)

    def operate(self, symbol: str, left: Any, right: Any) -> Any:
        """A binary operator, paid for."""
        self.spend_on((left, right))
        return operators.binary(symbol, left, right)

    def _boolop(self, frame: Frame, node: ast.BoolOp) -> Any:
        first, *others = node.values
        left, decided = self.evaluate(frame, first), isinstance(node.op, ast.Or)
        for other in others:
            answer = operators.truth(left)
            if answer is decided:
                return left
            right = self.evaluate(frame, other)
            left = right if answer is not None else merge(left, right)
        return left

    def _compare(self, frame: Frame, node: ast.Compare) -> Any:
        left = self.evaluate(frame, node.left)
        for symbol, comparator in zip(node.ops, node.comparators):
            right = self.evaluate(frame, comparator)
            self.spend_on((left, right))
            answer = operators.compare(type(symbol).__name__, left, right)
            if answer is not True:
                return answer
            left = right
        return True

    def _ifexp(self, frame: Frame, node: ast.IfExp) -> Any:
        answer = operators.truth(self.evaluate(frame, node.test))
        if answer is not None:
            return self.evaluate(frame, node.body if answer else node.orelse)
        return merge(self.evaluate(frame, node.body), self.evaluate(frame, node.orelse))

    def _lambda(self, frame: Frame, node: ast.Lambda) -> Any:
        return Function("lambda", node.args, node.body, frame, self.defaults(frame, node.args))

    def _namedexpr(self, frame: Frame, node: ast.NamedExpr) -> Any:
        value = self.evaluate(frame, node.value)
        self.assign(frame, node.target, value)
        return value

    def _yield(self, frame: Frame, node: ast.Yield) -> Any:
        if node.value is not None:
            frame.yields.append(self.evaluate(frame, node.value))

    def _yieldfrom(self, frame: Frame, node: ast.YieldFrom) -> Any:
        value = self.evaluate(frame, node.value)
        frame.yields += operators.iterate(value) or [value]

    def _call(self, frame: Frame, node: ast.Call) -> Any:
        callee = self.evaluate(frame, node.func)
        args = self._elements(frame, node.args)
        kwargs: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.evaluate(frame, keyword.value)
            if keyword.arg:
                kwargs[keyword.arg] = value
            else:
                kwargs |= (
                    {k: v for k, v in value.items() if isinstance(k, str)} if isinstance(value, dict) else {"**": value}
                )
        return self.apply(frame, callee, args, kwargs, node)

    def _attribute(self, frame: Frame, node: ast.Attribute) -> Any:
        return self.attribute(self.evaluate(frame, node.value), node.attr)

    def _subscript(self, frame: Frame, node: ast.Subscript) -> Any:
        value = self.evaluate(frame, node.value)
        index = self.index(frame, node)
        if isinstance(value, Library) or not is_known(value) or not is_known(index):
            return Unknown(f"{describe(value)}[{index if is_known(index) else '…'}]", "not known without running it")
        label = f"{describe(value)}[{index!r}]"[:80]
        if isinstance(value, PLAIN):
            return self.attempt(label, operator.getitem, value, index)
        return Unknown(label, "not known without running it")

    def index(self, frame: Frame, node: ast.Subscript) -> Any:
        """The index or slice of a subscription."""
        part = node.slice
        if not isinstance(part, ast.Slice):
            return self.evaluate(frame, part)
        bounds = [self.evaluate(frame, b) if b else None for b in (part.lower, part.upper, part.step)]
        return slice(*bounds) if all(map(is_known, bounds)) else Unknown("a slice", "its bounds are not known")

    def _listcomp(self, frame: Frame, node: Any) -> Any:
        found: list[Any] = []
        self._loop(
            Frame({}, frame.script, frame), node.generators, lambda inner: found.append(self.evaluate(inner, node.elt))
        )
        self.spend_on(found)
        return found

    _generatorexp = _listcomp

    def _setcomp(self, frame: Frame, node: ast.SetComp) -> Any:
        return operators.guarded("a set", set, self._listcomp(frame, node))

    def _dictcomp(self, frame: Frame, node: ast.DictComp) -> Any:
        found: dict[Any, Any] = {}

        def add(inner: Frame) -> None:
            key = self.evaluate(inner, node.key)
            operators.guarded("a key", found.__setitem__, key, self.evaluate(inner, node.value))

        self._loop(Frame({}, frame.script, frame), node.generators, add)
        return found

    def _loop(self, frame: Frame, loops: list[ast.comprehension], body: Callable[[Frame], None]) -> None:
        loop, *inner = loops
        value = self.evaluate(frame, loop.iter)
        items = operators.iterate(value)
        for item in [self.item_of(value)] if items is None else items:
            self.assign(frame, loop.target, item)
            if any(operators.truth(self.evaluate(frame, test)) is False for test in loop.ifs):
                continue
            if inner:
                self._loop(frame, inner, body)
            else:
                body(frame)

    @staticmethod
    def item_of(value: Any) -> Unknown:
        """What stands for an item of something that cannot be listed."""
        return Unknown(f"an item of {describe(value)}", "it cannot be listed without running it")
