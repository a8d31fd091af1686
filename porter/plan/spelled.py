"""Macros that make a string (``#``) or a name (``##``) of an argument: what is handed to them has to stay a name.

Where the argument is a symbol that moves, the macro's body says it through the state, and the use stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from porter.facts.program import Program
from porter.frontend.declarations import closing, split_commas
from porter.frontend.lexer import ID, NEWLINE, Token
from porter.frontend.macros import Macro
from porter.plan.arms import Arms
from porter.plan.model import Refusal
from porter.span import Span


@dataclass
class Kept:
    """What becomes of the arguments: ``arguments`` stay as they are, by file and offset; ``sites``: the bytes in bodies of
    macros that name the parameter instead, each with that name."""

    arguments: set[tuple[str, int]] = field(default_factory=set)
    sites: dict[Span, str] = field(default_factory=dict)


class Spelled:
    """Answers for the arguments of such macros, for one program."""

    def __init__(self, program: Program, arms: Arms) -> None:
        self.program, self.arms = program, arms
        self.macros: dict[str, list[Macro]] = {}
        self._raw: dict[str, list[Token]] = {}
        for macro in {(m.name.file, m.name.start): m for view in program.views for m in view.unit.defined}.values():
            if macro.parameters and macro.name.file in program.texts and named_parameters(macro):
                self.macros.setdefault(macro.name.text, []).append(macro)
        self.deep = self._handing_on()

    def keep(self, name: str, types: set[str], variables: set[str]) -> Kept:
        """What to keep for the symbol ``name``, where ``types`` and ``variables`` move. Raises :class:`Refusal`."""
        kept = Kept()
        for file, index, macro, position in self._handed({name}, set(self.macros)) if self.macros else ():
            token = self._tokens(file)[index]
            for each in self.macros[macro]:
                parameter = each.parameters[position] if position < len(each.parameters) else ""
                if parameter in named_parameters(each):
                    kept.arguments.add((file, token.start))
                    self._say(each, parameter, position, types, variables, kept)
        for file, index, macro, position in self._handed({name}, set(self.deep)) if self.deep else ():
            if position in self.deep[macro]:
                raise Refusal(f"{macro} hands it to a macro that makes a string or a name of it", self.program.place(self._tokens(file)[index]))
        return kept

    def _handing_on(self) -> dict[str, set[int]]:
        """The macros that hand an argument on to one of these, with the positions of such arguments."""
        flagged = {name: {m.parameters.index(p) for m in each for p in named_parameters(m)} for name, each in self.macros.items()}
        found: dict[str, set[int]] = {}
        while True:
            before = {name: set(positions) for name, positions in found.items()}
            for macro in (m for v in self.program.views for m in v.unit.defined if m.parameters):
                body = list(macro.body)
                for i, token in enumerate(body[:-1]):
                    wanted = flagged.get(token.text, set()) | found.get(token.text, set()) if body[i + 1].text == "(" else set()
                    parts = split_commas(body, i + 2, closing(body, i + 1)) if wanted else []
                    names = {body[a].text for n, (a, b) in enumerate(parts) if n in wanted and b == a + 1}
                    if handed := {n for n, p in enumerate(macro.parameters) if p in names}:
                        found.setdefault(macro.name.text, set()).update(handed)
            if found == before:
                return found

    def _say(self, macro: Macro, parameter: str, position: int, types: set[str], variables: set[str], kept: Kept) -> None:
        """The places of a body that mean the argument itself, if every use of the macro hands it something that moves."""
        sites = [i for i, t in enumerate(macro.body) if t.text == parameter and not _operand(macro, i)]
        place = self.program.place(macro.name)
        if not sites:
            return
        given = self._given(macro.name.text, position)
        if not given <= types and not given <= variables:
            raise Refusal(f"{macro.name.text} makes a string or a name of it, and of what stays where it is", place)
        if any(self.arms.state(f, t.start) == "other" for f, t in self._definitions(macro)):
            raise Refusal(f"an #if arm that this configuration does not take defines {macro.name.text} too", place)
        for i in sites:
            token, before = macro.body[i], macro.body[i - 1] if i else macro.name
            if given <= types and before.text != "&" or token.start < 0:
                raise Refusal(f"{macro.name.text} makes a string or a name of it, and does not take its address", place)
            kept.sites[Span(token.file, before.start if given <= types else token.start, token.end)] = parameter

    def _given(self, macro: str, position: int) -> set[str]:
        """What all uses of a macro hand to one parameter; text that is no name for what is more than one token."""
        found = set()
        for file in self.program.texts:
            tokens = self._tokens(file)
            for index, token in enumerate(tokens[:-1]):
                if token.text == macro and tokens[index + 1].text == "(" and not _defined(tokens, index) and self.arms.state(file, token.start) != "dead":
                    parts = split_commas(tokens, index + 2, closing(tokens, index + 1))
                    first, last = parts[position] if position < len(parts) else (0, 0)
                    found.add(tokens[first].text if last == first + 1 else "")
        return found

    def _handed(self, names: set[str], macros: set[str]) -> Iterator[tuple[str, int, str, int]]:
        """Every place where one of ``names`` alone is an argument of one of ``macros``: file, index, the macro and which argument."""
        for file in self.program.texts:
            if not any(n in self.program.texts[file] for n in names):
                continue
            tokens = self._tokens(file)
            for index, token in enumerate(tokens):
                if token.text in macros and token.kind == ID and index + 1 < len(tokens) and tokens[index + 1].text == "(" and not _defined(tokens, index):
                    for position, (first, last) in enumerate(split_commas(tokens, index + 2, closing(tokens, index + 1))):
                        if last == first + 1 and tokens[first].text in names:
                            yield file, first, token.text, position

    def _definitions(self, macro: Macro) -> list[tuple[str, Token]]:
        """Every ``#define`` of a macro's name, in whatever arm."""
        return [(f, t) for f in self.program.texts for i, t in enumerate(self._tokens(f)) if t.text == macro.name.text and _defined(self._tokens(f), i)]

    def _tokens(self, file: str) -> list[Token]:
        if file not in self._raw:
            self._raw[file] = [t for t in self.program.reader.tokens(file) if t.kind != NEWLINE and t.start >= 0]
        return self._raw[file]


def named_parameters(macro: Macro) -> set[str]:
    """The parameters that a body makes a string or a part of a name of."""
    return {t.text for i, t in enumerate(macro.body) if t.text in (macro.parameters or ()) and _operand(macro, i)}


def _operand(macro: Macro, index: int) -> bool:
    body = macro.body
    before, after = body[index - 1].text if index else "", body[index + 1].text if index + 1 < len(body) else ""
    return before in ("#", "##") or after == "##"


def _defined(tokens: list[Token], index: int) -> bool:
    """Whether a token is the name in a ``#define``."""
    return index > 1 and tokens[index - 1].text == "define" and tokens[index - 2].text == "#"
