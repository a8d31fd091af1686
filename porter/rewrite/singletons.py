"""The objects behind Py_None and its like: their private names become the macros, and constants that hold one go."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.initializer import Value
from porter.facts.mentions import mentions
from porter.facts.model import Mention
from porter.facts.process_wide import SINGLETONS
from porter.facts.program import Program, Variable, span_of
from porter.facts.uses import uses_of
from porter.facts.variables import defined
from porter.plan.model import LEFT, OFFERED, Decision
from porter.plan.stages import SINGLETONS as OPERATION
from porter.rewrite.draft import Draft
from porter.rewrite.offer import Offer
from porter.span import Edit, Span

_MACROS = {*SINGLETONS.values()}


def singletons(program: Program, places: dict[str, list], _min_python: str) -> Offer:
    """The uses by a private name, the constants whose uses can say the macro, and what stays with the reason."""
    edits, decisions, gone = [], [], {}
    for variable in defined(program):
        macro = _held(variable)
        if macro is not None and (made := _spelled_out(program, places, variable, macro)) is not None:
            edits += made
            gone[program.place(variable.name_token)] = variable
            reason = f"nothing ever writes it: its uses say {macro}, which is a call where the limited API wants one"
            decisions.append(Decision(program.place(variable.name_token), "use", variable.name, OFFERED, reason, OPERATION))
    covered = [e.span for e in edits]
    for mention in mentions(program, places):
        if mention.name in SINGLETONS or mention.name in _MACROS:
            for edit, decision in _mention(program, mention, covered):
                edits += edit
                decisions.append(decision)
    return Offer(OPERATION, tuple(edits), tuple(decisions))


def _mention(program: Program, mention: Mention, covered: list[Span]) -> Iterator[tuple[list[Edit], Decision]]:
    span, macro = mention.span, SINGLETONS.get(mention.name, mention.name)
    if span is not None and any(c.file == span.file and c.start <= span.start < c.end for c in covered):
        return
    if mention.how == "initialiser":
        reason = f"a static initialiser holds it: start with NULL, and put {macro} there where the module is executed"
        yield [], Decision(mention.place, "use", mention.name, LEFT, reason)
    elif span is None or span.end - span.start == len(mention.name):
        yield [], Decision(mention.place, "use", mention.name, LEFT, "it is named in a macro, or not as an address: change it there")
    else:
        reason = f"{macro} says the same by a public name"
        yield [Edit(span, macro)], Decision(mention.place, "use", mention.name, OFFERED, reason, OPERATION)


def _held(variable: Variable) -> str | None:
    """The macro of the singleton that a plain pointer starts as."""
    if variable.value is None or variable.array or variable.stars != 1 or variable.declarators != 1 or "static" not in variable.storage:
        return None
    name = Value(variable.view, *variable.value).name or ""
    return SINGLETONS.get(name, name if name in _MACROS else None)


def _spelled_out(program: Program, places: dict[str, list], variable: Variable, macro: str) -> list[Edit] | None:
    """The edits that take a constant away; None where something writes it, or names it where no edit can be made."""
    uses = uses_of(variable, places)
    span = span_of(variable.view.tokens, variable.first, variable.last)
    if span is None or any(u.how != "read" or u.function is None or u.token.expansion is not None for u in uses):
        return None
    spans = {Span(u.token.file, u.token.start, u.token.end) for u in uses}
    own = Span(variable.name_token.file, variable.name_token.start, variable.name_token.end)
    if any(s.start < 0 for s in spans) or _named(program, variable) - spans - {own}:
        return None
    return [Edit(Draft(program).whole_lines(span), ""), *(Edit(s, macro) for s in sorted(spans))]


def _named(program: Program, variable: Variable) -> set[Span]:
    """Where its name is written, in arms not taken and in macros too: in its function, or in all files."""
    function = variable.function
    found = {Span(f, t.start, t.end) for f in program.texts for t in program.reader.tokens(f) if t.text == variable.name}
    if function is None:
        return found
    first, last = function.tokens[0], function.tokens[-1]
    return {s for s in found if s.file == first.file and first.start <= s.start < last.end}
