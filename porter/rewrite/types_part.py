"""What the writers of types share: the names of slots and specs, and the first statement of a function."""

from __future__ import annotations

from collections.abc import Callable

from porter.facts.program import Function, Variable
from porter.frontend.declarations import closing
from porter.frontend.lexer import Token
from porter.plan.arms import Arms
from porter.plan.model import Plan, Refusal, TypeMove, type_base_name
from porter.rewrite.draft import Draft
from porter.rewrite.functions import DECLARING
from porter.rewrite.layout import body_indent


class TypePart:
    """One side of the types of a plan, written into a draft.

    ``arms`` answers for stretches the target does not take; ``all_types`` are the static types, those that stay included.
    """

    def __init__(self, plan: Plan, draft: Draft, places: dict[str, list], arms: Arms, all_types: list[Variable]) -> None:
        self.plan, self.draft, self.places, self.arms, self.all_types = plan, draft, places, arms, all_types
        self.completed: set[tuple[str, int]] = set()

    def stem(self, move: TypeMove) -> str:
        """What the names of slots and spec begin with."""
        for stem in (type_base_name(move.variable.name), move.variable.name):
            wanted = {f"{stem}_slots", f"{stem}_spec", f"{stem}_type_members", f"{stem}_traverse", f"{stem}_clear"}
            wanted = wanted if move.traverse_base or move.collected else {f"{stem}_slots", f"{stem}_spec"}
            if not any(name in self.places for name in wanted):
                return stem
        raise Refusal(f"the names porter would give ({move.variable.name}_spec …) are taken", None)

    def spec(self, move: TypeMove) -> str:
        """The name of a type's spec."""
        return f"{self.stem(move)}_spec"

    def function(self, move: TypeMove, field: str) -> Function | None:
        value = move.fields.get(field)
        return self.plan.program.function(value.name, value.view) if value is not None and value.name else None

    def once(self, function: Function) -> bool:
        key = (function.name_token.file, function.name_token.start)
        if key in self.completed:
            return False
        self.completed.add(key)
        return True

    def first_statement(self, function: Function, statement: str) -> None:
        """Put a statement behind the declarations a body begins with."""
        tokens, last = function.view.tokens, leading(function, self._gone)
        if last.start < 0:
            raise Refusal(f"{function.name}() begins in a macro", self.plan.program.place(function.name_token))
        text = self.draft.text(last.file)
        indent = body_indent(text, tokens[function.declaration.body].end)
        self.draft.insert(last.file, last.end, f"\n{indent}{statement}")

    def _gone(self, token) -> bool:
        return self.draft.is_covered(*bytes_of(token)) and self.draft.is_removed(*bytes_of(token))


def leading(function: Function, gone: Callable[[Token], bool] = lambda token: False) -> Token:
    """The last token of the declarations a body begins with, or its brace; ``gone``: whether a token is taken out."""
    tokens, index = function.view.tokens, function.declaration.body + 1
    last = tokens[function.declaration.body]
    while True:
        if gone(tokens[index]):
            index += 1
        elif tokens[index].text in function.view.types or tokens[index].text in DECLARING:
            while tokens[index].text != ";":
                index = closing(tokens, index) + 1 if tokens[index].text in ("(", "{", "[") else index + 1
            last = tokens[index]
            index += 1
        else:
            return last


def line_before(text: str, offset: int) -> str:
    """What stands on a line before an offset: the indentation, where code begins there."""
    return text[text.rfind("\n", 0, offset) + 1 : offset]


def bytes_of(token) -> tuple[str, int, int]:
    """The file of a token and the bytes it stands on."""
    return token.file, token.start, token.end
