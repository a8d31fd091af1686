"""The head of the function that becomes the exec slot: as it is written, over arms of ``#if``, in macros and in prototypes."""

from __future__ import annotations

import re

from porter.facts.program import Function, Program, Variable, span_of
from porter.frontend.declarations import closing
from porter.plan.arms import Arms
from porter.plan.model import Refusal
from porter.render import render_c
from porter.rewrite.conditionals import Conditional, conditionals
from porter.rewrite.draft import Draft
from porter.rewrite.layout import before_declaration, outermost_conditionals
from porter.span import Span

_DEFINES = re.compile(r"[ \t]*#[ \t]*(?:define|undef)\b[^\n]*(?<!\\)\n")


def head_of(function: Function) -> Span | None:
    """The bytes from the first token of a function to the parenthesis behind its parameters, where they are one stretch."""
    tokens, declaration = function.view.tokens, function.declaration
    return span_of(tokens, declaration.first, closing(tokens, declaration.parameters, declaration.body) + 1)


def new_init(program: Program, init: Function, definition: str, indent: str, slot: str) -> str:
    """A PyInit that hands out the definition; its head is the macro use that makes the head today, if one does; ``slot``: what it does first."""
    head, name = head_of(init), init.name_token
    made = head is not None and name.expansion is not None
    text = program.texts[head.file][head.start : head.end] if made else f"PyMODINIT_FUNC\n{init.name}(void)"
    return render_c("init", indent=indent, head=text, definition=definition, slot=slot)


def replace_head(draft: Draft, arms: Arms, function: Function, text: str) -> None:
    """Give a function the head ``text``. Raises :class:`Refusal` where the head is written so that porter cannot."""
    head = head_of(function)
    if head is None:
        raise Refusal(f"the head of {function.name}() is written in pieces", draft.program.place(function.name_token))
    if "#" not in draft.text(head.file)[head.start : head.end]:
        draft.replace(head, text)
    else:
        _replace_in_arm(draft, arms, function, head, text)


def _replace_in_arm(draft: Draft, arms: Arms, function: Function, head: Span, text: str) -> None:
    """A head whose name stands in an arm: what stands before the conditional goes into the arms that keep theirs."""
    refused = Refusal(f"the head of {function.name}() is written in pieces", draft.program.place(function.name_token))
    around, live = _conditional(draft, function, head)
    if around is None or live is None:
        raise refused
    whole = draft.text(head.file)
    shared = whole[head.start : around.start]
    others = [arm for arm in around.arms if arm != live]
    begin = _behind_macros(whole, live[0], head.end)
    if "#" in shared + whole[begin : head.end] or any(_kept(draft, arms, head.file, a, b) for a, b in others):
        raise refused
    start = begin + len(whole[begin : head.end]) - len(whole[begin : head.end].lstrip())
    if shared:
        draft.replace(Span(head.file, head.start, around.start), "")
    for other, _ in others:
        draft.insert(head.file, other, shared)
    draft.replace(Span(head.file, start, head.end), text)


def _behind_macros(whole: str, begin: int, end: int) -> int:
    """Where the head goes on behind the macros that an arm defines first."""
    while match := _DEFINES.match(whole, begin, end):
        begin = match.end()
    return begin


def _conditional(draft: Draft, function: Function, head: Span) -> tuple[Conditional | None, tuple[int, int] | None]:
    """The outermost conditional that begins inside the head and has its name, and the arm of the name."""
    name = function.name_token.start
    for each in reversed(conditionals(draft.program.reader.tokens(head.file), draft.text(head.file))):
        arm = next(((a, b) for a, b in each.arms if a <= name < b), None)
        if head.start <= each.start and arm is not None:
            return each, arm if head.end <= arm[1] else None
    return None, None


def _kept(draft: Draft, arms: Arms, file: str, begin: int, end: int) -> bool:
    """Whether an arm with code in it lives for a Python that matters."""
    return bool(draft.text(file)[begin:end].strip()) and arms.state(file, begin) != "dead"


def remove_prototypes(draft: Draft, places: dict[str, list], function: Function) -> None:
    """Take out the declarations of a function before its definition: the table of slots has one of its own."""
    for view, owner, index in places.get(function.name, ()):
        token = view.tokens[index]
        if owner is not None or token.start == function.name_token.start and token.file == function.name_token.file:
            continue
        declaration = next((d for d in view.declarations if d.first <= index < d.last), None)
        span = span_of(view.tokens, declaration.first, declaration.last) if declaration is not None and view.tokens[index + 1].text == "(" else None
        if span is None or closing(view.tokens, index + 1) + 2 != declaration.last or "#" in draft.text(span.file)[span.start : span.end]:
            raise Refusal(f"{function.name}() is declared in a way porter does not know", draft.program.place(token))
        draft.remove(span)


def declare_definition(draft: Draft, init: Function, definition: Variable, name: str) -> None:
    """A declaration of the module's definition for a PyInit that stands before it."""
    tokens, declaration = init.view.tokens, init.declaration
    head, start = head_of(init), definition.view.tokens[definition.first]
    if head is None or start.file != head.file:
        raise Refusal(f"{init.name}() and the definition of its module are in two files", draft.program.place(init.name_token))
    if tokens[declaration.body].start < start.start:
        text = draft.text(head.file)
        at = before_declaration(text, head.start, outermost_conditionals(draft.program.reader.tokens(head.file), text))
        word = "static" if "static" in definition.storage else "extern"
        draft.insert(head.file, at, f"{word} struct PyModuleDef {name};\n\n")
