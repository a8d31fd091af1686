"""Parsers of the private API (``_PyArg_Parser``): which calls can parse with the public functions, and which parsers stay.

A parser keeps a tuple of the names of the keywords, made at the first call and used by every interpreter. From 3.12.4 and
3.13 on the main interpreter makes it, so it outlives all others; in 3.12.0 to 3.12.3 it belongs to the interpreter that
called first, and goes with it.
"""

from __future__ import annotations

import re

from porter.facts.alternates import one_gil
from porter.facts.calls import enclosing_call
from porter.facts.holds import base_name
from porter.facts.initializer import fields
from porter.facts.private_api import PARSER, PARSER_FIELDS, PARSERS_FIXED, PARSING
from porter.facts.program import Program, Variable, span_of
from porter.facts.uses import Use, uses_of
from porter.facts.variables import defined
from porter.plan.arms import Arms
from porter.plan.clinic import Clinic
from porter.plan.model import ParserMove, ParserUse, Refusal, symbol_of

FIXED = "its names belong to the main interpreter from Python 3.12.4 on"
GENERATED = f"Argument Clinic wrote it: {FIXED}, and older ones are Clinic's to change"


class Parsers:
    """Answers what becomes of the parsers of one program."""

    def __init__(
        self, program: Program, places: dict[str, list], arms: Arms, clinic: Clinic, min_python: tuple[int, ...]
    ) -> None:
        self.program, self.places, self.arms, self.clinic = program, places, arms, clinic
        self.fixed = min_python >= PARSERS_FIXED
        self.variables = [v for v in defined(program) if base_name(v) == PARSER and not v.stars and not v.array and not one_gil(v.view)]

    def left(self, variable: Variable) -> str | None:
        """Why a parser stays rightly; None where it should go."""
        if self.clinic.wrote(variable.name_token.file, variable.name_token.start):
            return GENERATED
        return f"{FIXED}, and no older Python is asked for" if self.fixed else None

    def moves(self, refused: dict[tuple[str, str], Refusal]) -> list[ParserMove]:
        """The parsers that go; those that cannot are put into ``refused``."""
        found = []
        for variable in self.variables:
            if symbol_of(variable) in refused or self.left(variable) is not None:
                continue
            try:
                found.append(self._move(variable))
            except Refusal as problem:
                refused[symbol_of(variable)] = problem
        return found

    def _move(self, variable: Variable) -> ParserMove:
        here = self.program.place(variable.name_token)
        if variable.declarators > 1 or span_of(variable.view.tokens, variable.first, variable.last) is None:
            raise Refusal("its declaration is not written in one piece", here)
        values = fields(variable.view, *(variable.value or (0, 0)), [*PARSER_FIELDS, "pos"]) or {}
        written, keywords = values.get("format"), values.get("keywords")
        if keywords is None or keywords.name is None or keywords.span is None:
            raise Refusal("its keywords are no array with a name", here)
        uses = tuple(self._use(variable, use) for use in uses_of(variable, self.places))
        if written is None or written.span is None or written.string is None:
            raise Refusal("it has no format to hand to PyArg_ParseTupleAndKeywords: write one", here)
        self._check_arms(variable)
        return ParserMove(variable, written.text, keywords.name, uses)

    def _use(self, variable: Variable, use: Use) -> ParserUse:
        tokens, index = use.view.tokens, use.index
        call = enclosing_call(tokens, index)
        here = self.program.place(use.token)
        alone = (
            tokens[index - 1].text == "&"
            and tokens[index - 2].text in ("(", ",")
            and tokens[index + 1].text in (",", ")")
        )
        if call is None or not alone:
            raise Refusal("it goes elsewhere than to a function that parses", here)
        parsing = PARSING.get(tokens[call[0]].text)
        if self.program.function(tokens[call[0]].text, use.view) is not None:
            raise Refusal(f"{tokens[call[0]].text}() is the extension's own", here)
        if parsing is None or parsing.position != call[1]:
            raise Refusal(
                f"{tokens[call[0]].text}() has no public counterpart: parse with PyArg_ParseTupleAndKeywords", here
            )
        pieces = (span_of(tokens, call[0], call[0] + 1), span_of(tokens, index - 1, index + 1))
        if None in pieces or use.token.expansion is not None:
            raise Refusal("it is used in a macro", here)
        return ParserUse(use.view, call[0], index, parsing.public)

    def _check_arms(self, variable: Variable) -> None:
        """An arm that the target does not take has to have a parser of its own if it mentions one of that name."""
        file = variable.name_token.file
        text = self.program.texts[file]
        owner = variable.function
        first, last = (0, len(text)) if owner is None else (owner.tokens[0].start, owner.tokens[-1].end)
        others = [
            m.start()
            for m in re.finditer(rf"\b{variable.name}\b", text)
            if first <= m.start() < last and self.arms.state(file, m.start()) == "other"
        ]
        if others and not any(re.search(r"_PyArg_Parser\s+$", text[:at]) for at in others):
            raise Refusal(
                "an #if arm that this configuration does not take mentions it too",
                self.program.place_at(file, others[0]),
            )
