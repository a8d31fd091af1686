"""Functions that do what no public function does in all Pythons: each written once into a file that wants it."""

from __future__ import annotations

from porter.facts.program import edge
from porter.frontend.lexer import Token
from porter.plan.model import Plan
from porter.render import render_c
from porter.rewrite.draft import Draft
from porter.rewrite.layout import before_declaration, outermost_conditionals
from porter.rewrite.uses import Owners


class Substitutes:
    """Collects which are wanted, and writes them."""

    def __init__(self, plan: Plan, draft: Draft, owners: Owners) -> None:
        self.plan, self.draft, self.owners = plan, draft, owners
        self._first: dict[tuple[str, str], int] = {}

    def name(self, ending: str, token: Token) -> str:
        """The name of the function for a use at ``token``; ``ending`` is the name of its template too."""
        key, start = (token.file, ending), self._start(token)
        self._first[key] = min(start, self._first.get(key, start))
        return f"{self.plan.prefix}_{ending}"

    def write(self) -> None:
        """Put each before the first declaration that wants it."""
        for (file, ending), first in sorted(self._first.items()):
            text = self.draft.text(file)
            inside = outermost_conditionals(self.plan.program.reader.tokens(file), text)
            made = render_c(ending, prefix=self.plan.prefix, indent=self.draft.style(file).indent)
            self.draft.insert(file, before_declaration(text, first, inside), made)

    def _start(self, token: Token) -> int:
        """Where the function or the macro begins that holds a token."""
        function = self.owners.function(token.file, token.start)
        head = edge(function.view.tokens[function.declaration.first], False) if function is not None else None
        if head is not None and head[0] == token.file:
            return head[1]
        text = self.draft.text(token.file)
        line = text.rfind("\n", 0, token.start) + 1
        while line and text[:line].rstrip("\r\n").endswith("\\"):
            line = text.rfind("\n", 0, line - 1) + 1
        return line
