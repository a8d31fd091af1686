"""What PyInit of a multi-phase module does before it hands out the definition, moved to where the module is known: the exec slot.

Python calls both once for each module it loads, one behind the other.
"""

from __future__ import annotations

from porter.facts.holds import is_table
from porter.facts.modules import creations
from porter.facts.program import Function, Program, span_of
from porter.facts.uses import Places, index_names
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, Token
from porter.plan.init import plan_init
from porter.plan.init_multi import handing_out
from porter.plan.model import InitPlan, Refusal
from porter.rewrite.draft import Draft
from porter.rewrite.heads import head_of
from porter.rewrite.layout import before_declaration, body_indent, outermost_conditionals
from porter.rewrite.types_part import leading

_NO_STATEMENT = frozenset("goto switch for while do case default static asm __asm__".split())


def moved_prelude(program: Program) -> dict[str, str]:
    """The texts that change by moving the statements; {} where there are none, or none that fills anything of the extension."""
    places = index_names(program)
    if creations(places) or not places.get("PyModuleDef_Init"):
        return {}
    try:
        init = plan_init(program, places)
    except Refusal:
        return {}
    function = handing_out(program, places, init.init)
    found = _prelude(program, places, function)
    if found is None or init.exec.view is not function.view:
        return {}
    return _moved(program, init, function, *found)


def _prelude(program: Program, places: Places, function: Function) -> tuple[int, int] | None:
    """The tokens before ``return PyModuleDef_Init(…);``, where they are plain statements that touch the extension's own."""
    tokens, first = function.view.tokens, function.declaration.body + 1
    at = next(i for view, f, i in places["PyModuleDef_Init"] if f is not None and f.name_token is function.name_token)
    last = at - 1
    if tokens[last].text != "return" or last <= first or tokens[last - 1].text not in (";", "}") or closing(tokens, at + 1) + 3 != function.declaration.last:
        return None
    span = span_of(tokens, first, last)
    if span is None or "\n#" in program.texts[span.file][span.start : span.end].replace(" ", "").replace("\t", ""):
        return None
    inside = tokens[first:last]
    own = {f.name for f in program.functions()} | {v.name for v in program.variables() if v.function is None and not is_table(v)}
    declares = any(t.text in function.view.types and inside[i + 1].kind == ID for i, t in enumerate(inside[:-1]))
    if declares or any(t.text in _NO_STATEMENT for t in inside) or not own & {t.text for t in inside}:
        return None
    returns = [i for i in range(first, last) if tokens[i].text == "return"]
    plain = all([t.text for t in tokens[i + 1 : i + 3]] == ["NULL", ";"] and span_of(tokens, i + 1, i + 2) is not None for i in returns)
    return (first, last) if plain else None


def _moved(program: Program, init: InitPlan, function: Function, first: int, last: int) -> dict[str, str]:
    tokens, draft = function.view.tokens, Draft(program)
    span = span_of(tokens, first, last)
    text, offset = program.texts[span.file][span.start : span.end], span.start
    for i in reversed([i for i in range(first, last) if tokens[i].text == "return"]):
        null = span_of(tokens, i + 1, i + 2)
        text = text[: null.start - offset] + "-1" + text[null.end - offset :]
    behind, declarations = _place(program, init.exec), _declarations(program, init.exec, tokens[first:last])
    if behind is None or behind.file != span.file or declarations is None:
        return {}
    indent = body_indent(program.texts[behind.file], init.exec.view.tokens[init.exec.declaration.body].end)
    draft.remove(span)
    draft.insert(behind.file, behind.end, f"\n{indent}{text}\n")
    if declarations:
        whole = program.texts[behind.file]
        inside = outermost_conditionals(program.reader.tokens(behind.file), whole)
        draft.insert(behind.file, before_declaration(whole, head_of(init.exec).start, inside), declarations)
    return draft.results()


def _declarations(program: Program, function: Function, tokens: list[Token]) -> str | None:
    """Declarations of the functions that ``tokens`` mention and ``function`` does not know yet; None where one cannot be declared."""
    view, head = function.view, head_of(function)
    if head is None:
        return None
    known = {t.text for t in view.tokens[: function.declaration.first]}
    later = [f for f in program.functions() if f.name in {t.text for t in tokens} - known]
    heads = [head_of(f) for f in later]
    variables = {v.name for v in program.variables() if v.function is None} & {t.text for t in tokens}
    if variables - known or any(h is None or f.view is not view or "#" in program.texts[h.file][h.start : h.end] for f, h in zip(later, heads, strict=True)):
        return None
    return "".join(f"{program.texts[h.file][h.start : h.end]};\n\n" for h in heads)


def _place(program: Program, function: Function):
    """The token the statements go behind: the last declaration of the body, or its brace where a declaration calls something."""
    tokens, body = function.view.tokens, function.declaration.body
    last = leading(function)
    called = {f.name for f in program.functions()} & {t.text for t in tokens[body : tokens.index(last, body)]}
    found = tokens[body] if called else last
    return found if found.start >= 0 and found.expansion is None else None
