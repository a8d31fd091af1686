"""Init macros of the package's own, written out: a port can only change what stands in the text.

A macro use that makes more than the head of PyInit, the PyModuleDef or the call that creates the module, or that readies a
static type or fills a field of it, is replaced by the macro's body, one level deep, with the arguments in their places; a
PyModuleDef inside a function moves before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from porter.facts.holds import is_type_object
from porter.facts.modules import creations, definitions, inits
from porter.facts.program import Program, edge, span_of, written_but_for_its_name
from porter.facts.uses import Places, Use, index_names, uses_of
from porter.facts.variables import defined
from porter.frontend.declarations import split_commas
from porter.frontend.lexer import ID, Token
from porter.frontend.macros import Expansion
from porter.plan.model import Refusal
from porter.plan.types_assigned import assigns_field, is_ready
from porter.rewrite.draft import Draft
from porter.rewrite.heads import head_of
from porter.rewrite.layout import before_declaration, outermost_conditionals
from porter.span import Edit, Span, apply_edits

_CONTINUED = re.compile(r"[ \t]*\\(\r?\n)")


def unfolded(program: Program, with_types: bool = True) -> dict[str, str]:
    """The texts of the files that change by writing one level of init macros out; {} where there is nothing to write out.

    ``with_types``: whether those that ready types, or fill them, are written out too.
    """
    made = [*_made(program), *(use.token for use in uses_of_types(program) if with_types)]
    uses = [use for use in map(_own_use, made) if use is not None]
    edits = {(span := _span(use)): Edit(span, _written_out(program, use)) for use in uses}
    edits = edits or {e.span: e for e in _hoisted(program)}
    texts: dict[str, str] = {}
    for file in {span.file for span in edits}:
        texts[file] = apply_edits(program.texts[file], [e for s, e in edits.items() if s.file == file])
    return texts


def without_other_inits(program: Program) -> dict[str, str]:
    """The texts of the files that change by taking out the init of another module, in a source that is included as text.

    The extension is loaded by its own name, so nothing calls that init; {} where there is none, or where it is mentioned.
    """
    first, *others = inits(program) or [None]
    texts: dict[str, str] = {}
    places = index_names(program) if others and first.name == f"PyInit_{program.extension.leaf}" else {}
    for init in others if places else ():
        span = span_of(init.view.tokens, init.declaration.first, init.declaration.last)
        mentioned = any(function is not None and view.tokens[index] is not init.name_token for view, function, index in places[init.name])
        if span is None or mentioned or span.file in program.extension.sources or span.file in texts:
            return {}
        texts[span.file] = apply_edits(program.texts[span.file], [Edit(Draft(program).whole_lines(span), "")])
    return texts


def _made(program: Program) -> list[Token]:
    """The tokens that must stand in the text: names of PyInit and of definitions, and the creating call."""
    found = [f.name_token for f in inits(program) if head_of(f) is None]
    for definition in definitions(program):
        if not written_but_for_its_name(definition):
            found.append(definition.view.tokens[definition.first])
    for creation in creations(index_names(program)):
        if span_of(creation.view.tokens, creation.index, creation.index + 1) is not None:
            found.append(creation.view.tokens[creation.index])
    return found


def uses_of_types(program: Program) -> Iterator[Use]:
    """The names of static types in statements that ready one, or assign a field of it, and that a macro puts together."""
    variables = [v for v in defined(program) if is_type_object(v)]
    places = index_names(program) if variables else Places()
    for variable in variables:
        for use in uses_of(variable, places):
            tokens, i = use.view.tokens, use.index
            if use.function is None or tokens[i].expansion is None:
                continue
            if is_ready(tokens, i) and span_of(tokens, i - 3, i + 2) is None or assigns_field(tokens, i) and span_of(tokens, i, i + 4) is None:
                yield use


def _own_use(token: Token) -> Expansion | None:
    """The outermost use a token came out of, where it is of a macro of the tree and written in its file."""
    if token.expansion is None:
        return None
    use = token.expansion.outermost
    spelled = use.macro.name.start >= 0 and use.use.start >= 0 and use.last.file == use.use.file and use.last.end > 0
    return use if spelled and all(t.start >= 0 for t in use.macro.body) else None


def _span(use: Expansion) -> Span:
    return Span(use.use.file, use.use.start, use.last.end)


def _written_out(program: Program, use: Expansion) -> str:
    """The macro's body as it is laid out, with the arguments as they are written in this use."""
    arguments = _arguments(program, use)
    pieces: list[str] = []
    previous = None
    body = use.macro.body
    for i, token in enumerate(body):
        pasted = token.text == "##" or (i > 0 and body[i - 1].text in ("##", "#"))
        if previous is not None and not pasted:
            pieces.append(_between(program.texts[token.file][previous.end : token.start]))
        if token.text == "##":
            while pieces and not pieces[-1].strip():
                pieces.pop()
        elif token.text == "#" and i + 1 < len(body) and body[i + 1].text in arguments:
            pass
        elif i > 0 and body[i - 1].text == "#" and token.text in arguments:
            pieces.append(f'"{arguments[token.text]}"')
        else:
            pieces.append(arguments.get(token.text, token.text) if token.kind == ID else token.text)
        previous = token
    text = "".join(pieces)
    return _indented(text, program.texts[use.use.file], use.use.start) if body and body[0].text in ("{", "do") else text


def _indented(text: str, whole: str, offset: int) -> str:
    """A block in the columns it has in a macro, moved to where the macro is used."""
    line = whole[whole.rfind("\n", 0, offset) + 1 : offset]
    first, *rest = text.split("\n")
    if line.strip() or not rest:
        return text
    columns = [len(each) - len(each.lstrip()) for each in rest if each.strip()]
    return "\n".join([first, *(line + each[min(columns, default=0) :] if each.strip() else each for each in rest)])


def _between(gap: str) -> str:
    """White space of a macro's body, its continued lines as lines."""
    return _CONTINUED.sub(r"\1", gap)


def _arguments(program: Program, use: Expansion) -> dict[str, str]:
    if not use.macro.parameters:
        return {}
    tokens = [t for t in program.reader.tokens(use.use.file) if use.use.end <= t.start < use.last.end]
    text = program.texts[use.use.file]
    parts = split_commas(tokens, 1, len(tokens) - 1)
    if tokens[-2].text == "," or len(tokens) == 2:
        parts.append((len(tokens) - 1, len(tokens) - 1))
    # by the commas around it: a string over continued lines is a token that cannot be found in the text
    spelled = [text[tokens[a - 1].end : tokens[b].start].strip() for a, b in parts]
    if len(spelled) != len(use.macro.parameters):
        raise Refusal(f"a use of {use.macro.name.text} has not as many arguments as the macro", program.place(use.use))
    return dict(zip(use.macro.parameters, spelled, strict=True))


def _hoisted(program: Program) -> list[Edit]:
    """A definition inside a function goes before it: exec slot and PyInit both need it."""
    edits = []
    for definition in definitions(program):
        span = span_of(definition.view.tokens, definition.first, definition.last)
        if definition.function is None or span is None or not written_but_for_its_name(definition):
            continue
        head = edge(definition.function.view.tokens[definition.function.declaration.first], False)
        if head is None or head[0] != span.file:
            continue
        text = program.texts[span.file]
        inside = outermost_conditionals(program.reader.tokens(span.file), text)
        at = before_declaration(text, head[1], inside)
        gone = Draft(program).whole_lines(_with_empty(program, span))
        edits += [Edit(Span(span.file, at, at), text[span.start : span.end] + "\n\n"), Edit(gone, "")]
    return edits


def _with_empty(program: Program, span: Span) -> Span:
    """``span`` with the empty statement behind it, which a macro that ended in a semicolon left."""
    behind = program.texts[span.file][span.end :]
    blanks = len(behind) - len(behind.lstrip())
    return Span(span.file, span.start, span.end + blanks + 1) if behind[blanks : blanks + 1] == ";" else span
