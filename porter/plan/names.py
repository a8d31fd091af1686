"""Identifiers of the private API: which become strings of the state, which C text where they are used, and which stay.

What an identifier keeps is no state that interpreters must not share: from Python 3.10 on it keeps a number, by which each
interpreter finds a string of its own, and no older Python has a GIL for each interpreter. So one that stays stands in the
way of nothing; but it is private, and most of what took it is gone from 3.13 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, count

from porter.facts.alternates import one_gil
from porter.facts.calls import enclosing_call
from porter.facts.identifiers import Helpers, is_identifier, said, text_of, written_definitions, written_tokens
from porter.facts.private_api import TAKING
from porter.facts.program import Program, Variable, span_of
from porter.facts.uses import Use, uses_of
from porter.facts.variables import defined
from porter.frontend.declarations import closing, split_commas
from porter.frontend.lexer import ID, Token
from porter.plan.arms import Arms
from porter.plan.clinic import Clinic
from porter.plan.model import NameMove, Refusal, symbol_of

STAYS = "each interpreter has a string of its own for it from Python 3.10 on; it stays in the private API"
_PREFIX = "PyId_"
_HANDED = frozenset(("_Py_Identifier", "void"))


class Names:
    """Answers what becomes of the identifiers of one program."""

    def __init__(self, program: Program, places: dict[str, list], arms: Arms, clinic: Clinic) -> None:
        self.program, self.places, self.arms, self.clinic = program, places, arms, clinic
        self.variables = [v for v in defined(program) if is_identifier(v) and not one_gil(v.view)]
        self._raw: dict[str, list[Token]] = {}
        self._candidates = Helpers(self._handed(), self._own()) if self.variables else Helpers()

    def moves(
        self, refused: dict[tuple[str, str], Refusal], as_text: dict[tuple[str, str], Refusal]
    ) -> tuple[list[NameMove], Helpers]:
        """The identifiers that go, and the functions of the extension's own that are handed strings from now on.

        What cannot go is put into ``refused``. ``as_text``: those that no state can be reached for, and why.
        """
        helpers = self._candidates
        while True:
            going = [v for v in self.variables if symbol_of(v) not in refused]
            names = {v.name for v in going}
            kept = replace(helpers, handed=frozenset(h for h in helpers.handed if self._converts(h, helpers, names)))
            stay = {
                symbol_of(v): r for v in going if (r := self._refusal(v, kept, as_text.get(symbol_of(v)))) is not None
            }
            if not stay and kept == helpers:
                return self._with_members(going, as_text, helpers), helpers
            helpers = kept
            refused |= stay

    def _refusal(self, variable: Variable, helpers: Helpers, unreached: Refusal | None) -> Refusal | None:
        here = self.program.place(variable.name_token)
        if variable.declarators > 1 or span_of(variable.view.tokens, variable.first, variable.last) is None:
            return Refusal("its declaration is not written in one piece", here)
        if text_of(variable) is None:
            return Refusal("its text is no literal", here)
        for use in uses_of(variable, self.places):
            if use.token.start < 0:
                return Refusal("a use of it is made by ## in a macro", self.program.place(use.token))
            if self.clinic.wrote(use.token.file, use.token.start):
                return Refusal("Argument Clinic wrote a use of it", self.program.place(use.token))
            if said(use.view.tokens, use.index, unreached is not None, helpers) is None:
                return unreached or Refusal("no public function takes its string here", self.program.place(use.token))
        return None

    def takes_state(self, use: Use, move: NameMove, helpers: Helpers) -> bool:
        """Whether a use of an identifier that goes needs its string from the state."""
        how = said(use.view.tokens, use.index, move.unreached is not None, helpers)
        return how is not None and not how.by_text

    # -- functions that are handed identifiers -------------------------------------------

    def _own(self) -> frozenset[str]:
        """The functions of the private API that the extension defines itself, in an arm that is not dead, or has macros for."""
        found = set()
        for file, text in sorted(self.program.texts.items()):
            tokens = self._tokens(file)
            for name in (n for n in TAKING if n in text):
                made = any(self._live(file, tokens[d.opening]) for d in written_definitions(tokens, name))
                if made or re.search(rf"#[ \t]*define[ \t]+{name}\b", text):
                    found.add(name)
        return frozenset(found)

    def _handed(self) -> frozenset[tuple[str, int]]:
        """Static functions that an identifier is handed to, or a parameter of one that is."""
        able = {
            (function.name, i)
            for function in self.program.functions()
            for i, p in enumerate(function.parameters)
            if function.static and function.name_token.start >= 0 and p.name and _is_handed(p.ctype)
        }
        found: set[tuple[str, int]] = set()
        todo = {
            h for v in self.variables for u in uses_of(v, self.places) if (h := _called(u.view.tokens, u.index)) in able
        }
        while todo:
            found |= todo
            todo = {h for name, position in todo for h in self._hands_on(name, position) if h in able} - found
        return frozenset(found)

    def _hands_on(self, name: str, position: int) -> Iterator[tuple[str, int]]:
        """The functions that a function hands its parameter on to, and as which argument."""
        for file in sorted(self.program.texts):
            tokens = self._tokens(file) if name in self.program.texts[file] else []
            for body in written_definitions(tokens, name):
                parameter = body.parameter(tokens, position)
                own = tokens[parameter[1] - 1].text if parameter is not None else ""
                calls = (_called(tokens, i) for i in range(body.brace, body.last) if tokens[i].text == own)
                yield from (call for call in calls if call is not None)

    def _converts(self, helper: tuple[str, int], helpers: Helpers, names: set[str]) -> bool:
        """Whether a function can be handed strings: in every arm of every file it does nothing with its identifiers but
        what a string serves for, and it is handed nothing else."""
        name, position = helper
        called = False
        for file in sorted(self.program.texts):
            tokens = self._tokens(file) if name in self.program.texts[file] else []
            bodies = list(written_definitions(tokens, name))
            for body in bodies:
                parameter = body.parameter(tokens, position)
                if parameter is None or not self._only_said(tokens, parameter, (body.brace, body.last), helpers):
                    return False
            starts = {body.opening - 1 for body in bodies}
            for index, token in enumerate(tokens):
                if token.text == name and token.kind == ID and index not in starts and self._live(file, token):
                    if not self._handed_name(tokens, index, position, names, helpers):
                        return False
                    called = True
        return called

    def _only_said(
        self, tokens: list[Token], parameter: tuple[int, int], body: tuple[int, int], helpers: Helpers
    ) -> bool:
        first, last = parameter
        if not _is_handed(" ".join(t.text for t in tokens[first : last - 1])):
            return False
        uses = [
            i for i in range(*body) if tokens[i].text == tokens[last - 1].text and tokens[i - 1].text not in (".", "->")
        ]
        how = [said(tokens, i, False, helpers, address=False) for i in uses]
        return bool(uses) and all(h is not None and not h.by_text for h in how)

    def _handed_name(self, tokens: list[Token], index: int, position: int, names: set[str], helpers: Helpers) -> bool:
        """Whether the call at ``index`` hands on an identifier that goes, or one the caller was handed."""
        if tokens[index + 1].text != "(" or tokens[index - 1].text == "define":
            return False
        arguments = split_commas(tokens, index + 2, closing(tokens, index + 1))
        given = arguments[position] if position < len(arguments) else (0, 0)
        words = [t.text for t in tokens[slice(*given)]]
        if len(words) == 2 and words[0] == "&":
            return words[1] in names
        return self._is_prototype(tokens, given) or self._is_handed_on(tokens, given, helpers)

    def _is_prototype(self, tokens: list[Token], given: tuple[int, int]) -> bool:
        words = [t.text for t in tokens[slice(*given)]]
        return _is_handed(" ".join(words)) or _is_handed(" ".join(words[:-1]))

    def _is_handed_on(self, tokens: list[Token], given: tuple[int, int], helpers: Helpers) -> bool:
        """Whether an argument is the parameter of a function around it that is handed identifiers too."""
        for name, position in helpers.handed:
            for body in written_definitions(tokens, name):
                own = body.parameter(tokens, position)
                if own is not None and body.brace < given[0] < body.last:
                    return given[1] == given[0] + 1 and tokens[given[0]].text == tokens[own[1] - 1].text
        return False

    def _live(self, file: str, token: Token) -> bool:
        return self.arms.state(file, token.start) != "dead"

    def _tokens(self, file: str) -> list[Token]:
        if file not in self._raw:
            self._raw[file] = written_tokens(self.program.reader.tokens(file))
        return self._raw[file]

    def _with_members(
        self, going: list[Variable], as_text: dict[tuple[str, str], Refusal], helpers: Helpers
    ) -> list[NameMove]:
        """The identifiers with the names their strings have in the state: one for each text, none where C text serves."""
        members: dict[str, str] = {}
        moves = []
        for variable in going:
            text, unreached = text_of(variable) or "", as_text.get(symbol_of(variable))
            kept = unreached is None and self._takes_object(variable.name, helpers)
            if kept and text not in members:
                stem = f"str_{variable.name.removeprefix(_PREFIX)}"
                names = chain((stem,), (f"{stem}_{number}" for number in count(2)))
                members[text] = next(name for name in names if name not in members.values())
            moves.append(NameMove(variable, text, members[text] if kept else "", unreached))
        return moves

    def _takes_object(self, name: str, helpers: Helpers) -> bool:
        """Whether any use of a name, in any arm, wants the string itself."""
        for file in sorted(self.program.texts):
            tokens = self._tokens(file) if name in self.program.texts[file] else []
            for index, token in enumerate(tokens):
                how = said(tokens, index, False, helpers) if token.text == name else None
                if how is not None and not how.by_text:
                    return True
        return False


def _is_handed(ctype: str) -> bool:
    words = [w for w in ctype.replace("*", " * ").split() if w not in ("struct", "const")]
    return len(words) == 2 and words[0] in _HANDED and words[1] == "*"


def _called(tokens: list[Token], index: int) -> tuple[str, int] | None:
    """The name of the function that is handed what stands at ``index``, and as which argument."""
    call = enclosing_call(tokens, index)
    return (tokens[call[0]].text, call[1]) if call is not None else None
