"""Statements of a build script: what runs surely, what may run, and what its names hold afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import libcst as cst

from porter.tree.evaluate import operators
from porter.tree.evaluate.expressions import Expressions
from porter.tree.evaluate.values import (
    Class,
    ExtensionValue,
    Frame,
    Function,
    Instance,
    Library,
    Raised,
    Unknown,
    describe,
    merge,
)


@dataclass(frozen=True)
class Leave:
    """Why a suite is left before its end: ``return``, ``raise``, ``break`` or ``continue``."""

    how: str
    value: Any = None


class Statements(Expressions):
    """The part of the evaluator that knows statements."""

    def run_body(self, frame: Frame, body: Any) -> Any:
        """Run a function's suite, or evaluate a lambda's expression, and give what it returns."""
        if isinstance(body, cst.BaseExpression):
            return self.evaluate(frame, body)
        leave = self.execute(frame, body.body)
        if frame.yields:
            return frame.yields
        values = [*frame.returns]
        if leave is None or leave.how == "return":
            values.append(leave.value if leave else None)
        result = values[0] if values else Unknown("a call", "it raises")
        for value in values[1:]:
            result = merge(result, value)
        return result

    def execute(self, frame: Frame, body: Iterable[cst.CSTNode]) -> Leave | None:
        """Run statements until one leaves."""
        for statement in body:
            self.spend(1)
            handler = getattr(self, f"_{type(statement).__name__.lower()}", None)
            leave = handler(frame, statement) if handler else None
            if leave is not None:
                return leave
        return None

    def _simplestatementline(self, frame: Frame, node: Any) -> Leave | None:
        return self.execute(frame, node.body)

    def _expr(self, frame: Frame, node: cst.Expr) -> Leave | None:
        value = self.evaluate(frame, node.value)
        is_exit = isinstance(value, Unknown) and value.name.startswith(("sys.exit(", "exit(", "os._exit("))
        return Leave("raise") if is_exit else None

    def _assign(self, frame: Frame, node: cst.Assign) -> None:
        value = self.evaluate(frame, node.value)
        for target in node.targets:
            self.assign(frame, target.target, value)

    def _annassign(self, frame: Frame, node: cst.AnnAssign) -> None:
        if node.value:
            self.assign(frame, node.target, self.evaluate(frame, node.value))

    def _augassign(self, frame: Frame, node: cst.AugAssign) -> None:
        symbol = type(node.operator).__name__.removesuffix("Assign")
        left, right = self.evaluate(frame, node.target), self.evaluate(frame, node.value)
        if isinstance(left, list) and symbol == "Add":
            self.apply(frame, self.attribute(left, "extend"), [right], {})
            return
        self.assign(frame, node.target, self.operate(symbol, left, right))

    def assign(self, frame: Frame, target: Any, value: Any) -> None:
        """Bind a target: a name, a tuple of targets, an attribute or an item."""
        if isinstance(target, cst.Name):
            frame.bind(target.value, value)
        elif isinstance(target, (cst.Tuple, cst.List)):
            self._unpack(frame, [element.value for element in target.elements], value)
        elif isinstance(target, cst.Attribute):
            owner = self.evaluate(frame, target.value)
            names = owner.fields if isinstance(owner, ExtensionValue) else getattr(owner, "names", None)
            if isinstance(owner, (ExtensionValue, Instance, Class, Frame)) and names is not None:
                names[target.attr.value] = value
            elif isinstance(owner, Library):
                self.constants[f"{owner.dotted}.{target.attr.value}"] = value
        elif isinstance(target, cst.Subscript):
            owner, index = self.evaluate(frame, target.value), self.index(frame, target)
            if isinstance(owner, (dict, list)):
                operators.guarded("an item", owner.__setitem__, index, value)

    def _unpack(self, frame: Frame, targets: list[Any], value: Any) -> None:
        items = operators.iterate(value)
        if items is None or len(items) != len(targets):
            items = [self.item_of(value)] * len(targets)
        for target, item in zip(targets, items):
            self.assign(frame, target, item)

    def _del(self, frame: Frame, node: cst.Del) -> None:
        if isinstance(node.target, cst.Name):
            frame.names.pop(node.target.value, None)

    def _global(self, frame: Frame, node: Any) -> None:
        frame.shared |= {item.name.value for item in node.names}

    _nonlocal = _global

    def _return(self, frame: Frame, node: cst.Return) -> Leave:
        return Leave("return", self.evaluate(frame, node.value) if node.value else None)

    def _raise(self, frame: Frame, node: cst.Raise) -> Leave:
        return Leave("raise")

    def _break(self, frame: Frame, node: cst.Break) -> Leave:
        return Leave("break")

    def _continue(self, frame: Frame, node: cst.Continue) -> Leave:
        return Leave("continue")

    def _if(self, frame: Frame, node: cst.If) -> Leave | None:
        condition = self.evaluate(frame, node.test)
        answer = operators.truth(condition)
        orelse = [node.orelse] if isinstance(node.orelse, cst.If) else node.orelse.body.body if node.orelse else []
        if answer is not None:
            return self.execute(frame, node.body.body if answer else orelse)
        return self._either(frame, node, condition, [node.body.body, orelse])

    def _either(self, frame: Frame, node: Any, condition: Any, arms: list[Any]) -> Leave | None:
        """Both arms of a condition that is not known: names hold what either leaves them."""
        frames, touched = list(frame.chain()), self.touched
        before = [dict(each.names) for each in frames]
        after, leaves = [], []
        for arm in arms:
            for each, names in zip(frames, before):
                each.names.clear()
                each.names.update(names)
            leaves.append(self._guarded(frame, arm))
            after.append([dict(each.names) for each in frames])
        frame.may_break |= any(leave and leave.how == "break" for leave in leaves)
        if self.touched > touched:
            self.doubt(frame.script, node.test, condition)
        return self._join(frame, frames, after, leaves)

    @staticmethod
    def _join(frame: Frame, frames: list[Frame], after: list[Any], leaves: list[Leave | None]) -> Leave | None:
        going = [names for names, leave in zip(after, leaves) if leave is None or leave.how in ("break", "continue")]
        returns = [leave.value for leave in leaves if leave and leave.how == "return"]
        for each, versions in zip(frames, zip(*(going or after))):
            joined = dict(versions[-1])
            for names in versions[:-1]:
                joined |= {key: merge(value, joined[key]) if key in joined else value for key, value in names.items()}
            each.names.clear()
            each.names.update(joined)
        if going:
            frame.returns += returns
            return None
        frame.returns += returns[1:]
        return Leave("return", returns[0]) if returns else Leave("raise")

    def _for(self, frame: Frame, node: cst.For) -> Leave | None:
        value = self.evaluate(frame, node.iter)
        items = operators.iterate(value)
        frame.may_break = items is None
        for item in [self.item_of(value)] if items is None else items:
            self.spend(1)
            self.assign(frame, node.target, item)
            leave = self.execute(frame, node.body.body)
            if leave and leave.how == "break":
                return None
            if leave and leave.how != "continue":
                if isinstance(item, Unknown):
                    frame.returns += [leave.value] if leave.how == "return" else []
                    continue
                return leave
        return self.execute(frame, node.orelse.body.body) if node.orelse and not frame.may_break else None

    def _while(self, frame: Frame, node: cst.While) -> Leave | None:
        while (answer := operators.truth(self.evaluate(frame, node.test))) is not False:
            self.spend(1)
            frame.may_break = False
            leave = self.execute(frame, node.body.body)
            if leave and leave.how != "continue":
                return None if leave.how == "break" else leave
            if answer is None or frame.may_break:
                break
        return None

    def _try(self, frame: Frame, node: Any) -> Leave | None:
        """The body is taken to succeed, unless it is seen to raise."""
        self.trying += 1
        leave = self._guarded(frame, node.body.body)
        self.trying -= 1
        if leave and leave.how == "raise" and node.handlers:
            leave = self.execute(frame, node.handlers[0].body.body)
        elif leave is None and node.orelse:
            leave = self.execute(frame, node.orelse.body.body)
        last = self.execute(frame, node.finalbody.body.body) if node.finalbody else None
        return last or leave

    _trystar = _try

    def _guarded(self, frame: Frame, body: Iterable[cst.CSTNode]) -> Leave | None:
        """Run statements; a failure of one of them leaves as ``raise`` does."""
        try:
            return self.execute(frame, body)
        except Raised:
            return Leave("raise")

    def _with(self, frame: Frame, node: cst.With) -> Leave | None:
        for item in node.items:
            value = self.evaluate(frame, item.item)
            if item.asname:
                self.assign(frame, item.asname.name, Unknown(describe(value), "what it opens is not read"))
        return self.execute(frame, node.body.body)

    def _functiondef(self, frame: Frame, node: cst.FunctionDef) -> None:
        outer = frame.outer if frame.is_class and frame.outer else frame
        function = Function(node.name.value, node.params, node.body, outer, self.defaults(frame, node.params))
        decorators = {d.decorator.value for d in node.decorators if isinstance(d.decorator, cst.Name)}
        if decorators & {"property", "cached_property", "classmethod"}:
            frame.bind(node.name.value, Unknown(node.name.value, "a property or class method"))
        else:
            frame.bind(node.name.value, function)

    def defaults(self, frame: Frame, params: Any) -> dict[str, Any]:
        """The values of the parameters that have one."""
        every = (*params.posonly_params, *params.params, *params.kwonly_params)
        return {p.name.value: self.evaluate(frame, p.default) for p in every if p.default}

    def _classdef(self, frame: Frame, node: cst.ClassDef) -> None:
        bases = tuple(self.evaluate(frame, base.value) for base in node.bases)
        inner = Frame({}, frame.script, frame, is_class=True)
        self.execute(inner, node.body.body)
        cls = Class(node.name.value, bases, inner.names)
        for value in inner.names.values():
            if isinstance(value, Function):
                value.owner = cls
        frame.bind(node.name.value, cls)
