"""Names that ``##`` makes (C11 6.10.3.3): the place in a macro's body where they are put together, which is where they can be edited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from porter.facts.program import Program
from porter.facts.uses import Use
from porter.frontend.lexer import ID, Token
from porter.frontend.macros import Macro
from porter.plan.arms import Arms
from porter.plan.model import Refusal
from porter.span import Span

_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)


class Pasted:
    """Answers where the names that ``##`` makes are put together, for one program."""

    def __init__(self, program: Program, arms: Arms) -> None:
        self.program, self.arms = program, arms
        self._made: dict[tuple[str, int], list[tuple[int, int, str]]] | None = None

    def sites(self, use: Use, moved: set[tuple[int, int]]) -> list[Span]:
        """The first tokens of all pieces of the macro's body that could make the name of ``use``.

        ``moved``: the uses, as view and index, of everything that is reached through the state by its own name. Raises
        :class:`Refusal` where a piece makes other names too, so that one text cannot be right for all.
        """
        expansion, place = use.token.expansion, self.program.place(use.token)
        found = [(t, p) for t, p in _pieces(expansion.macro) if p.fullmatch(use.token.text)] if expansion is not None else []
        if not found or (id(use.view), use.index) not in moved or any(first.start < 0 for first, _ in found):
            raise Refusal("a use of it is made by ## in a macro", place)
        self._check_other_definitions(expansion.macro)
        for _, pattern in found:
            for view, index, text in self._tokens().get(_key(expansion.macro), ()):
                if pattern.fullmatch(text) and (view, index) not in moved:
                    raise Refusal(f"## in the macro {expansion.macro.name.text} makes it, and {text} too, which is no part of the state", place)
        return [Span(first.file, first.start, first.end) for first, _ in found]

    def _tokens(self) -> dict[tuple[str, int], list[tuple[int, int, str]]]:
        """Every name that ``##`` makes, by the macro whose body has it: the view, the index and the name."""
        if self._made is None:
            self._made = {}
            for view in self.program.views:
                for index, token in enumerate(view.tokens):
                    if token.start < 0 and token.kind == ID and token.expansion is not None:
                        self._made.setdefault(_key(token.expansion.macro), []).append((id(view), index, token.text))
        return self._made

    def _check_other_definitions(self, macro: Macro) -> None:
        """A macro that an arm the target does not take defines otherwise would have to be edited there too."""
        for file, text in self.program.texts.items():
            for match in _DEFINE.finditer(text) if macro.name.text in text else ():
                if match[1] == macro.name.text and self.arms.state(file, match.start(1)) == "other":
                    raise Refusal(f"an #if arm that this configuration does not take defines {macro.name.text} too", self.program.place_at(file, match.start(1)))


def _key(macro: Macro) -> tuple[str, int]:
    return macro.name.file, macro.name.start


def _pieces(macro: Macro) -> Iterator[tuple[Token, re.Pattern]]:
    """The first token of each run of ``a ## b ## c`` in a body, and what it can make."""
    body, parameters, index = macro.body, macro.parameters or (), 0
    while index < len(body):
        last = index
        while last + 2 < len(body) and body[last + 1].text == "##":
            last += 2
        if last > index and body[last].text != "##":
            yield body[index], re.compile("".join(_spelled(t, parameters) for t in body[index : last + 1 : 2]))
        index = last + 1


def _spelled(token: Token, parameters: Iterable[str]) -> str:
    return r"\w*" if token.text in parameters else re.escape(token.text)
