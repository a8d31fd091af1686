"""``setup.py`` edited through libcst: the oldest Python and the classifiers, and nothing else of it."""

from __future__ import annotations

import libcst as cst

from porter.plan.model import Decision
from porter.rewrite.packaging.by_hand import by_hand
from porter.rewrite.packaging.versions import outdated, raised

REQUIRES = "python_requires"


def raise_setup_script(file: str, source: bytes, minimum: str, add: bool) -> tuple[bytes, list[Decision]]:
    """``setup.py`` whose ``setup()`` asks for ``minimum`` at least, and what a person has to change there.

    ``add``: whether to say it where the script says nothing. What is computed is left, with a decision. Bytes outside the
    edit stay the same (libcst keeps them).
    """
    try:
        module = cst.parse_module(source)
    except (cst.ParserSyntaxError, UnicodeDecodeError, LookupError, RecursionError):
        return source, [by_hand(file, REQUIRES, "this is no Python 3 that can be read", minimum)]
    editor = _Editor(file, minimum, add, _strings(module))
    module = module.visit(editor)
    if editor.named:
        module = module.visit(_Constants(editor.named))
    return module.bytes, editor.left


def _strings(module: cst.Module) -> dict[str, str]:
    """Names of the module bound once, to a string."""
    found: dict[str, list[str | None]] = {}
    for statement in module.body:
        for part in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.Assign) and len(part.targets) == 1 and isinstance(part.targets[0].target, cst.Name):
                found.setdefault(part.targets[0].target.value, []).append(_text(part.value))
    return {name: values[0] for name, values in found.items() if len(values) == 1 and values[0] is not None}


def _text(node: cst.BaseExpression) -> str | None:
    """What a plain string literal says."""
    if not isinstance(node, cst.SimpleString):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def _like(node: cst.SimpleString, value: str) -> cst.SimpleString:
    """``value`` in the quotes of ``node``."""
    return node.with_changes(value=f"{node.prefix}{node.quote}{value}{node.quote}")


class _Editor(cst.CSTTransformer):
    """Edits the calls of ``setup()``; ``named`` are the constants to change instead: name -> new value."""

    def __init__(self, file: str, minimum: str, add: bool, constants: dict[str, str]) -> None:
        super().__init__()
        self.file, self.minimum, self.add, self.constants = file, minimum, add, constants
        self.left: list[Decision] = []
        self.named: dict[str, str] = {}

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        function = original_node.func
        name = function.attr.value if isinstance(function, cst.Attribute) else getattr(function, "value", None)
        if name != "setup":
            return updated_node
        keywords = [arg.keyword.value if arg.keyword else arg.star for arg in updated_node.args]
        arguments = [self._argument(arg) for arg in updated_node.args]
        if REQUIRES not in keywords and self.add:
            arguments = self._added(arguments, "**" in keywords)
        return updated_node.with_changes(args=arguments)

    def _argument(self, arg: cst.Arg) -> cst.Arg:
        keyword = arg.keyword.value if arg.keyword else ""
        if keyword == REQUIRES:
            return arg.with_changes(value=self._requires(arg.value))
        if keyword == "classifiers" and isinstance(arg.value, cst.List):
            kept = [e for e in arg.value.elements if not outdated(_text(e.value) or "", self.minimum)]
            return (
                arg
                if len(kept) == len(arg.value.elements)
                else arg.with_changes(value=_with_last_comma(arg.value, kept))
            )
        return arg

    def _requires(self, value: cst.BaseExpression) -> cst.BaseExpression:
        constant = value.value if isinstance(value, cst.Name) else None
        text = self.constants.get(constant) if constant else _text(value)
        try:
            new = raised(text, self.minimum) if text is not None else None
        except ValueError:
            text = None
        if text is None:
            self._by_hand("is computed")
        elif new is not None and constant:
            self.named[constant] = new
        elif new is not None and isinstance(value, cst.SimpleString):
            return _like(value, new)
        return value

    def _added(self, arguments: list[cst.Arg], unpacks: bool) -> list[cst.Arg]:
        at = next((i for i, arg in enumerate(arguments) if arg.keyword), None)
        if unpacks or at is None:
            self._by_hand("is not written in the call of setup()")
            return arguments
        model = arguments[at]
        comma = (
            model.comma if isinstance(model.comma, cst.Comma) else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        )
        new = model.with_changes(keyword=cst.Name(REQUIRES), value=cst.SimpleString(f'">={self.minimum}"'))
        last = at == len(arguments) - 1
        between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")) if last else comma
        arguments[at : at + 1] = [model.with_changes(comma=between), new]
        return arguments

    def _by_hand(self, why: str) -> None:
        self.left.append(by_hand(self.file, REQUIRES, f"it {why}", self.minimum))


class _Constants(cst.CSTTransformer):
    """Gives module-level names their new strings."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__()
        self.values = values

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        target = original_node.targets[0].target
        new = self.values.get(target.value) if isinstance(target, cst.Name) else None
        if new is None or not isinstance(updated_node.value, cst.SimpleString):
            return updated_node
        return updated_node.with_changes(value=_like(updated_node.value, new))


def _with_last_comma(value: cst.List, kept: list[cst.BaseElement]) -> cst.List:
    """The list of ``kept``, closed as it was closed before."""
    if kept and value.elements:
        kept = [*kept[:-1], kept[-1].with_changes(comma=value.elements[-1].comma)]
    return value.with_changes(elements=kept)
