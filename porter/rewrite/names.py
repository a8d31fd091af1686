"""Identifiers of the private API said in public: with a string of the state, or with C text where no state is in reach."""

from __future__ import annotations

from porter.facts.identifiers import Said, said, written_definitions
from porter.facts.private_api import OPTIONAL
from porter.facts.program import span_of
from porter.frontend.declarations import closing, split_commas
from porter.frontend.lexer import ID, Token
from porter.plan.arms import Arms
from porter.plan.model import NameMove, Plan, Refusal
from porter.rewrite.draft import Draft
from porter.rewrite.functions import DECLARING
from porter.rewrite.substitutes import Substitutes
from porter.rewrite.uses import Owners, SymbolRefused, means, state_there
from porter.span import Span


def remove_names(plan: Plan, draft: Draft) -> None:
    """The declarations of the identifiers go, those on lines side by side in one piece."""
    whole: list[Span] = []
    for span in sorted(span_of(m.variable.view.tokens, m.variable.first, m.variable.last) for m in plan.names):
        beside = (
            bool(whole)
            and span.file == whole[-1].file
            and not draft.text(span.file)[whole[-1].end : span.start].strip()
        )
        whole = [*whole[:-1], Span(span.file, whole[-1].start, span.end)] if beside else [*whole, span]
    for span in whole:
        draft.remove(span)


def rewrite_names(plan: Plan, draft: Draft, arms: Arms, owners: Owners, substitutes: Substitutes) -> None:
    """Edits for all uses, in every arm that is not dead. Raises :class:`SymbolRefused`."""
    writer = _Writer(plan, draft, arms, owners, substitutes)
    for move in plan.names:
        try:
            for file in sorted(plan.program.texts):
                writer.say(move, file)
        except Refusal as problem:
            raise SymbolRefused(move.variable, problem) from None
    for name, position in sorted(plan.helpers.handed):
        for file in sorted(plan.program.texts):
            writer.hand_strings(name, position, file)


class _Writer:
    def __init__(self, plan: Plan, draft: Draft, arms: Arms, owners: Owners, substitutes: Substitutes) -> None:
        self.plan, self.draft, self.arms, self.owners, self.substitutes = plan, draft, arms, owners, substitutes

    def say(self, move: NameMove, file: str) -> None:
        """All uses of one identifier in one file."""
        name, plan = move.variable.name, self.plan
        tokens = self.draft.raw(file)[0] if name in self.draft.text(file) else []
        for index, token in enumerate(tokens):
            if token.text != name or token.kind != ID or self.draft.is_covered(file, token.start, token.end):
                continue
            if not means(plan, self.owners, move.variable, token) or self.arms.state(file, token.start) == "dead":
                continue
            how = said(tokens, index, move.unreached is not None, plan.helpers)
            if how is None:
                raise Refusal("no public function takes its string here", plan.program.place(token))
            if not how.by_text and not (move.member and state_there(plan, self.owners, token)):
                raise Refusal("a use of it is out of reach of the state", plan.program.place(token))
            if not how.by_text and self._too_early(token):
                raise Refusal("a use of it runs before the exec slot has made its string", plan.program.place(token))
            value = move.text + how.more if how.by_text else f"{plan.state_name}->{move.member}"
            self._call(tokens, index - 1, index, how, value)

    def _too_early(self, token: Token) -> bool:
        """Whether a token stands in a declaration that the exec slot's body begins with."""
        function = self.owners.function(token.file, token.start)
        if function is None or function.name_token is not self.plan.init.exec.name_token:
            return False
        tokens, index = function.view.tokens, function.declaration.body + 1
        while tokens[index].text in function.view.types or tokens[index].text in DECLARING:
            index = next(i for i in range(index, len(tokens)) if tokens[i].text == ";") + 1
        return token.start < tokens[index].start

    def hand_strings(self, name: str, position: int, file: str) -> None:
        """A function of the extension's own that was handed identifiers is handed strings."""
        tokens = self.draft.raw(file)[0] if name in self.draft.text(file) else []
        for body in written_definitions(tokens, name):
            stretch = body.parameter(tokens, position)
            self._parameter(tokens, stretch)
            for index in range(body.brace, body.last):
                if tokens[index].text == tokens[stretch[1] - 1].text and tokens[index - 1].text not in (".", "->"):
                    how = said(tokens, index, False, self.plan.helpers, address=False)
                    self._call(tokens, index, index, how, tokens[index].text)
        for index, token in enumerate(tokens[:-1]):
            if token.text == name and tokens[index + 1].text == "(":
                stretches = split_commas(tokens, index + 2, closing(tokens, index + 1))
                if position < len(stretches) and "*" in {t.text for t in tokens[slice(*stretches[position])]}:
                    self._parameter(tokens, stretches[position])

    def _parameter(self, tokens: list[Token], stretch: tuple[int, int]) -> None:
        """The type of a declared parameter, up to its star."""
        star = next(i for i in range(*stretch) if tokens[i].text == "*")
        first = tokens[stretch[0]]
        self.draft.replace(Span(first.file, first.start, tokens[star - 1].end), "PyObject")

    def _call(self, tokens: list[Token], first: int, last: int, how: Said, value: str) -> None:
        """One use: the function's name, the identifier, and what stands around them."""
        name, end, file = tokens[how.call], tokens[closing(tokens, how.call + 1)], tokens[last].file
        if not how.public:
            self.draft.replace(Span(file, name.start, end.end), value)
            return
        public = self.substitutes.name(OPTIONAL, name) if how.public == OPTIONAL else how.public
        if public != name.text:
            self.draft.replace(Span(file, name.start, name.end), "(" * how.compared + public)
        if value != tokens[last].text:
            self.draft.replace(Span(file, tokens[first].start, tokens[last].end), value)
        if how.without >= 0 and tokens[how.without].text != "NULL":
            self.draft.replace(Span(file, tokens[how.without].start, tokens[how.without].end), "NULL")
        if how.compared:
            self.draft.insert(file, end.end, " == 0)")
