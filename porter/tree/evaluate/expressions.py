"""Expressions of a build script to values."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable
from typing import Any

import libcst as cst

from porter.tree.evaluate import operators
from porter.tree.evaluate.calls import Calls
from porter.tree.evaluate.values import PLAIN, Frame, Function, Library, Unknown, describe, is_known, merge


def literal(text: str) -> Any:
    """The value of a string or number literal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return operators.guarded(text[:40], ast.literal_eval, text)


class Expressions(Calls):
    """The part of the evaluator that knows expressions."""

    def evaluate(self, frame: Frame, node: cst.BaseExpression) -> Any:
        """The value of ``node``; :class:`Unknown` where it is of a kind not evaluated."""
        self.spend(1)
        handler: Callable[[Frame, Any], Any] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            return Unknown(type(node).__name__, "this kind of expression is not evaluated")
        return handler(frame, node)

    def _name(self, frame: Frame, node: cst.Name) -> Any:
        return self.lookup(frame, node.value)

    def _integer(self, frame: Frame, node: cst.Integer) -> Any:
        return literal(node.value)

    _float = _integer

    def _simplestring(self, frame: Frame, node: cst.SimpleString) -> Any:
        value = literal(node.value)
        self.note_literal(value)
        return value

    def _concatenatedstring(self, frame: Frame, node: cst.ConcatenatedString) -> Any:
        left, right = self.evaluate(frame, node.left), self.evaluate(frame, node.right)
        return operators.binary("Add", left, right)

    def _formattedstring(self, frame: Frame, node: cst.FormattedString) -> Any:
        pieces = [self._piece(frame, node, part) for part in node.parts]
        unknown = next((piece for piece in pieces if not isinstance(piece, str)), None)
        if unknown is not None or sum(map(len, pieces)) > operators.LONGEST:
            return Unknown(describe(unknown), "a text with an unknown part")
        self.note_literal("".join(pieces))
        return "".join(pieces)

    def _piece(self, frame: Frame, node: cst.FormattedString, part: Any) -> Any:
        if isinstance(part, cst.FormattedStringText):
            prefix = node.start.rstrip("\"'").lower().replace("f", "")
            quote = node.start[len(node.start.rstrip("\"'")) :]
            return literal(prefix + quote + part.value.replace("{{", "{").replace("}}", "}") + quote)
        value = self.evaluate(frame, part.expression)
        if part.conversion == "r" or part.format_spec:
            return Unknown("a formatted value", "a format not evaluated")
        self.spend_on(value)
        return operators.as_text(value)

    def _tuple(self, frame: Frame, node: cst.Tuple) -> Any:
        return tuple(self._elements(frame, node.elements))

    def _list(self, frame: Frame, node: cst.List) -> Any:
        return self._elements(frame, node.elements)

    def _set(self, frame: Frame, node: cst.Set) -> Any:
        return operators.guarded("a set", set, self._elements(frame, node.elements))

    def _elements(self, frame: Frame, elements: Any) -> list[Any]:
        found: list[Any] = []
        for element in elements:
            value = self.evaluate(frame, element.value)
            if isinstance(element, cst.StarredElement):
                items = operators.iterate(value)
                found += [value] if items is None else items
            else:
                found.append(value)
        self.spend_on(found)
        return found

    def _dict(self, frame: Frame, node: cst.Dict) -> Any:
        found: dict[Any, Any] = {}
        for element in node.elements:
            value = self.evaluate(frame, element.value)
            if isinstance(element, cst.DictElement):
                key = self.evaluate(frame, element.key)
                operators.guarded("a key", found.__setitem__, key, value)
            elif isinstance(value, dict):
                found |= value
        self.spend_on(found)
        return found

    def _unaryoperation(self, frame: Frame, node: cst.UnaryOperation) -> Any:
        return operators.unary(type(node.operator).__name__, self.evaluate(frame, node.expression))

    def _binaryoperation(self, frame: Frame, node: cst.BinaryOperation) -> Any:
        left, right = self.evaluate(frame, node.left), self.evaluate(frame, node.right)
        return self.operate(type(node.operator).__name__, left, right)

    def operate(self, symbol: str, left: Any, right: Any) -> Any:
        """A binary operator, paid for."""
        self.spend_on((left, right))
        return operators.binary(symbol, left, right)

    def _booleanoperation(self, frame: Frame, node: cst.BooleanOperation) -> Any:
        left = self.evaluate(frame, node.left)
        answer = operators.truth(left)
        decided = isinstance(node.operator, cst.Or)
        if answer is decided:
            return left
        right = self.evaluate(frame, node.right)
        return right if answer is not None else merge(left, right)

    def _comparison(self, frame: Frame, node: cst.Comparison) -> Any:
        left = self.evaluate(frame, node.left)
        for target in node.comparisons:
            right = self.evaluate(frame, target.comparator)
            self.spend_on((left, right))
            answer = operators.compare(type(target.operator).__name__, left, right)
            if answer is not True:
                return answer
            left = right
        return True

    def _ifexp(self, frame: Frame, node: cst.IfExp) -> Any:
        answer = operators.truth(self.evaluate(frame, node.test))
        if answer is not None:
            return self.evaluate(frame, node.body if answer else node.orelse)
        return merge(self.evaluate(frame, node.body), self.evaluate(frame, node.orelse))

    def _lambda(self, frame: Frame, node: cst.Lambda) -> Any:
        return Function("lambda", node.params, node.body, frame, self.defaults(frame, node.params))

    def _namedexpr(self, frame: Frame, node: cst.NamedExpr) -> Any:
        value = self.evaluate(frame, node.value)
        self.assign(frame, node.target, value)
        return value

    def _yield(self, frame: Frame, node: cst.Yield) -> Any:
        if isinstance(node.value, cst.From):
            value = self.evaluate(frame, node.value.item)
            frame.yields += operators.iterate(value) or [value]
        elif node.value is not None:
            frame.yields.append(self.evaluate(frame, node.value))
        return None

    def _call(self, frame: Frame, node: cst.Call) -> Any:
        callee = self.evaluate(frame, node.func)
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for arg in node.args:
            value = self.evaluate(frame, arg.value)
            if arg.star == "*":
                items = operators.iterate(value)
                args += [value] if items is None else items
            elif arg.star == "**":
                kwargs |= (
                    {k: v for k, v in value.items() if isinstance(k, str)} if isinstance(value, dict) else {"**": value}
                )
            elif arg.keyword:
                kwargs[arg.keyword.value] = value
            else:
                args.append(value)
        return self.apply(frame, callee, args, kwargs, node)

    def _attribute(self, frame: Frame, node: cst.Attribute) -> Any:
        return self.attribute(self.evaluate(frame, node.value), node.attr.value)

    def _subscript(self, frame: Frame, node: cst.Subscript) -> Any:
        value = self.evaluate(frame, node.value)
        index = self.index(frame, node)
        if isinstance(value, Library) or not is_known(value) or not is_known(index):
            shown = index if isinstance(index, (str, int)) else "…"
            return Unknown(f"{describe(value)}[{shown}]", "not known without running it")
        text = repr(index) if isinstance(index, (str, int)) else describe(index)
        label = f"{describe(value)}[{text}]"[:80]
        if isinstance(value, PLAIN):
            return self.attempt(label, operator.getitem, value, index)
        return Unknown(label, "not known without running it")

    def index(self, frame: Frame, node: cst.Subscript) -> Any:
        """The index or slice of a subscription."""
        if len(node.slice) != 1:
            return Unknown("an index", "an index of several parts")
        part = node.slice[0].slice
        if isinstance(part, cst.Index):
            return self.evaluate(frame, part.value)
        bounds = [self.evaluate(frame, b) if b else None for b in (part.lower, part.upper, part.step)]
        return slice(*bounds) if all(map(is_known, bounds)) else Unknown("a slice", "its bounds are not known")

    def _listcomp(self, frame: Frame, node: Any) -> Any:
        found: list[Any] = []
        self._loop(
            Frame({}, frame.script, frame), node.for_in, lambda inner: found.append(self.evaluate(inner, node.elt))
        )
        self.spend_on(found)
        return found

    _generatorexp = _listcomp

    def _setcomp(self, frame: Frame, node: cst.SetComp) -> Any:
        return operators.guarded("a set", set, self._listcomp(frame, node))

    def _dictcomp(self, frame: Frame, node: cst.DictComp) -> Any:
        found: dict[Any, Any] = {}

        def add(inner: Frame) -> None:
            key = self.evaluate(inner, node.key)
            operators.guarded("a key", found.__setitem__, key, self.evaluate(inner, node.value))

        self._loop(Frame({}, frame.script, frame), node.for_in, add)
        return found

    def _loop(self, frame: Frame, loop: cst.CompFor, body: Callable[[Frame], None]) -> None:
        value = self.evaluate(frame, loop.iter)
        items = operators.iterate(value)
        for item in [self.item_of(value)] if items is None else items:
            self.assign(frame, loop.target, item)
            if any(operators.truth(self.evaluate(frame, test.test)) is False for test in loop.ifs):
                continue
            if loop.inner_for_in:
                self._loop(frame, loop.inner_for_in, body)
            else:
                body(frame)

    @staticmethod
    def item_of(value: Any) -> Unknown:
        """What stands for an item of something that cannot be listed."""
        return Unknown(f"an item of {describe(value)}", "it cannot be listed without running it")
