"""The state in every function that needs it: taken from what the function is called with, or handed on by its callers."""

from __future__ import annotations

import re

from porter.facts.alternates import twins, variants
from porter.facts.model import Place
from porter.facts.program import Function
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID
from porter.plan.address import address_of
from porter.plan.arms import Arms
from porter.plan.gil import takes_gil
from porter.plan.model import FIND_MODULE, UNUSED, Plan, Reach, Refusal, key_of
from porter.plan.reach import is_member_function
from porter.rewrite.draft import Draft
from porter.rewrite.layout import body_indent, line_end
from porter.rewrite.uses import Owners
from porter.span import Span

DECLARING = frozenset("const int char unsigned long struct void static double float short register enum".split())
_GETTERS = {"module": "module", "type": "type", "self": "type", "either": "either", "any": "any", "interpreter": "interpreter"}


def getters_elsewhere(plan: Plan) -> set[str]:
    """Those of them that nothing in the target's configuration uses: they stand in ``#if`` arms alone."""
    used = {_GETTERS.get(r.source, "") for r in plan.reaches.values() if r.function.view.fresh is None}
    if any(r.source == "module-or-self" and r.function.view.fresh is None for r in plan.reaches.values()):
        used |= {"module", "type"}
    if any(t.variable.view.fresh is None for t in plan.types):
        used |= {"add-type", "add-sequence", "reduce"}
    return getters(plan, True) - used


class FunctionEscapes(Exception):
    """A helper that was to get the state as a parameter is used where nothing can hand it on: the plan is made again knowing it."""

    def __init__(self, function: Function, place: Place) -> None:
        super().__init__(f"{function.name}() is used where the state is not at hand")
        self.function, self.place = function, place


def getters(plan: Plan, reduces: bool = False) -> set[str]:
    """The functions the port shares: ``module``, ``type``, ``either``, ``any``, ``interpreter``, ``add-type``, ``add-sequence`` and, if it ``reduces``, ``reduce``."""
    used = {_GETTERS[r.source] for r in plan.reaches.values() if r.source in _GETTERS}
    if any(r.source == "module-or-self" for r in plan.reaches.values()):
        used |= {"module", "type"}
    used |= {"add-sequence" if t.sequence else "add-type" for t in plan.types}
    return used | {"reduce"} if reduces else used


def state_expression(plan: Plan, reach: Reach) -> str:
    """The C expression a function takes the state from."""
    arguments = ", ".join(reach.arguments)
    if reach.source in ("self-final", "type-final"):
        return f"({plan.state_type} *)PyType_GetModuleState({arguments})"
    if reach.source == "module-or-self":
        module = _as_object(reach.function, arguments)
        return f"PyModule_Check({arguments}) ? {plan.prefix}_get_state({module}) : {plan.prefix}_get_state_by_type(Py_TYPE({arguments}))"
    return {
        "module": f"{plan.prefix}_get_state({_as_object(reach.function, arguments)})",
        "type": f"{plan.prefix}_get_state_by_type({arguments})",
        "self": f"{plan.prefix}_get_state_by_type({arguments})",
        "either": f"{plan.prefix}_get_state_by_either({arguments})",
        "any": f"{plan.prefix}_get_state_by_any({arguments})",
        "interpreter": f"{plan.prefix}_get_state_by_interpreter()",
    }[reach.source]


def _as_object(function: Function, name: str) -> str:
    """A parameter as ``PyObject *``, which a method that is a module function too may not have it as."""
    ctype = next((p.ctype for p in function.parameters if p.name == name), "PyObject *")
    return name if ctype.replace(" ", "") in ("PyObject*", "void*") else f"(PyObject *){name}"


def rewrite_functions(plan: Plan, draft: Draft, arms: Arms, owners: Owners) -> None:
    """Edits of all functions but the exec slot. Raises :class:`Refusal` where one is written so that porter cannot."""
    for key in sorted(plan.reaches, key=str):
        reach = plan.reaches[key]
        if reach.source in ("parameter", "address"):
            _add_parameter(plan, draft, arms, owners, reach.function)
        elif reach.source != "exec":
            _check_heads(plan, reach)
            reach = _named(draft, reach)
            behind = takes_gil(plan.program, reach.function) if reach.source == "interpreter" else reach.function.declaration.body
            if behind != reach.function.declaration.body:
                _declare_behind(plan, draft, reach.function, behind)
                continue
            declare_state(plan, draft, reach.function, state_expression(plan, reach), _wanted(plan, reach.function))


def _check_heads(plan: Plan, reach: Reach) -> None:
    """A body that has another head in another configuration takes the state from a parameter that both have."""
    function = reach.function
    used = {p.name for p in function.parameters if p.name and any(re.search(rf"\b{p.name}\b", a) for a in reach.arguments)}
    for twin in twins(plan.program, function):
        shared = twin.view.tokens[twin.declaration.body] is function.view.tokens[function.declaration.body]
        if shared and not used <= {p.name for p in twin.parameters}:
            raise Refusal(f"{function.name}() has another head in another #if arm, whose parameters have other names", plan.program.place(twin.name_token))


def _named(draft: Draft, reach: Reach) -> Reach:
    arguments = reach.arguments
    for parameter in reach.function.parameters:
        if parameter.name and any(parameter.name in a for a in arguments):
            name = used_parameter(draft, reach.function, parameter.name)
            arguments = tuple(a.replace(parameter.name, name) for a in arguments)
    return Reach(reach.function, reach.source, arguments)


def used_parameter(draft: Draft, function: Function, name: str) -> str:
    """The name of a parameter that is used from now on: one written ``Py_UNUSED(name)`` gets its plain name."""
    if not name.startswith(UNUSED):
        return name
    declaration = function.declaration
    for token in function.view.tokens[declaration.parameters : declaration.body]:
        if token.text == name and token.expansion is not None:
            use, plain = token.expansion.outermost, name.removeprefix(UNUSED)
            if not draft.is_covered(use.use.file, use.use.start, use.last.end):
                draft.replace(Span(use.use.file, use.use.start, use.last.end), plain)
            return plain
    return name


def _wanted(plan: Plan, function: Function) -> str:
    """How far a function mentions what the state has: ``always``, only in ``assertions``, in some configurations (``sometimes``), or ``never``."""
    brace, last = function.view.tokens[function.declaration.body], function.view.tokens[function.declaration.last - 1]
    if any(s.file == brace.file and brace.start < s.start < last.start for s in plan.module_of_state):
        return "always"
    names = {m.variable.name for m in (*plan.types, *plan.variables, *plan.names)} | {FIND_MODULE}
    names |= {r.function.name for r in plan.reaches.values() if r.source == "parameter"}
    uses = [_uses(each, names) for each in variants(plan.program, function) if each is function or not each.view.unit.forced]
    if not all(uses):
        return "sometimes" if any(uses) else "never"
    return "assertions" if all(asserted for each in uses for asserted in each) else "always"


def _uses(function: Function, names: set[str]) -> list[bool]:
    """For each mention of one of ``names`` in a function's body, whether it stands in an assertion."""
    tokens, asserted = function.view.tokens, set()
    first, last = function.declaration.body, function.declaration.last
    for i in range(first, last):
        if tokens[i].text == "assert" and tokens[i + 1].text == "(":
            asserted.update(range(i, closing(tokens, i + 1)))
    return [i in asserted for i in range(first, last) if tokens[i].text in names and tokens[i - 1].text not in (".", "->")]


def declare_state(plan: Plan, draft: Draft, function: Function, expression: str, wanted: str = "always") -> None:
    """Put ``state`` first into a function's body; ``wanted``: only in ``assertions``, or ``sometimes``, as the configuration is."""
    brace = function.view.tokens[function.declaration.body]
    if brace.start < 0:
        raise Refusal(f"{function.name}() is made by a macro", plan.program.place(function.name_token))
    text = draft.text(brace.file)
    line = f"{plan.state_type} *{plan.state_name} = {expression};"
    if wanted == "assertions":
        draft.insert(brace.file, brace.end, f"\n#ifndef NDEBUG\n{body_indent(text, brace.end)}{line}\n#endif{'' if line_end(text, brace.end) else chr(10)}")
    elif line_end(text, brace.end) is None:
        draft.insert(brace.file, brace.end, f" {line}" + (f" (void){plan.state_name};" if wanted == "sometimes" else ""))
    else:
        gap = f"\n{body_indent(text, brace.end)}(void){plan.state_name};" if wanted == "sometimes" else ""
        gap += "" if declares_next(draft, function) else "\n"
        draft.insert(brace.file, brace.end, f"\n{body_indent(text, brace.end)}{line}{gap}")


def _declare_behind(plan: Plan, draft: Draft, function: Function, index: int) -> None:
    """Put ``state`` behind the statement with which a callback takes the GIL: without it, it may not ask for the interpreter."""
    token = function.view.tokens[index]
    offset = token.end if token.expansion is None else token.expansion.outermost.last.end
    text = draft.text(token.file)
    if token.start < 0 or token.expansion is not None and text[offset : offset + 1] == ";":
        offset += text[offset : offset + 1] == ";"
    indent = body_indent(text, function.view.tokens[function.declaration.body].end)
    draft.insert(token.file, offset, f"\n{indent}{plan.state_type} *{plan.state_name} = {plan.prefix}_get_state_by_interpreter();")


def declares_next(draft: Draft, function: Function) -> bool:
    """Whether what stays of a body begins with a declaration, or with a blank line: then no blank line is needed."""
    tokens, first = function.view.tokens, function.declaration.body + 1
    index = first
    while index < function.declaration.last - 1 and draft.is_covered(tokens[index].file, tokens[index].start, tokens[index].end):
        index += 1
    if index == first and _blank_line_next(draft.text(tokens[first - 1].file), tokens[first - 1].end):
        return True
    return tokens[index].text in function.view.types or tokens[index].text in DECLARING


def _blank_line_next(text: str, offset: int) -> bool:
    line = text.find("\n", offset) + 1
    end = text.find("\n", line)
    return line > 0 and end >= 0 and not text[line:end].strip()


def _add_parameter(plan: Plan, draft: Draft, arms: Arms, owners: Owners, function: Function) -> None:
    """The state as the first parameter, in the definition, in every declaration and in every call."""
    name = function.name
    if _wanted(plan, function) != "always":
        brace = function.view.tokens[function.declaration.body]
        if brace.start >= 0:
            draft.insert(brace.file, brace.end, f"\n{body_indent(draft.text(brace.file), brace.end)}(void){plan.state_name};")
    written, handed = f"{plan.state_type} *{plan.state_name}", plan.state_name
    if (place := address_of(plan, function)) is not None:
        written = f"{place.variable.base} {'*' * (place.variable.stars + 1)}{place.member}"
        handed = f"&{plan.state_name}->{place.member}"
    others = _other_names(plan, name)
    names = {name, *others}
    for file in sorted(plan.program.texts):
        if not any(each in draft.text(file) for each in names):
            continue
        tokens, _ = draft.raw(file)
        for index, token in enumerate(tokens):
            if index and tokens[index - 1].text == "define" or owners.macro(token) in others:
                continue
            if token.text not in names or token.kind != ID or tokens[index - 1].text in (".", "->") and index:
                continue
            if arms.state(file, token.start) == "dead" or draft.is_covered(file, token.start, token.end):
                continue
            if index + 1 >= len(tokens) or tokens[index + 1].text != "(":
                if _is_other(plan, function, file) or _is_no_use(owners, arms, tokens, index):
                    continue
                raise FunctionEscapes(function, plan.program.place_at(file, token.start))
            caller = owners.function(file, token.start)
            if _is_other(plan, function, file):
                continue
            inside_body = caller is not None and not owners.is_head(token)
            in_macro = owners.macro(token) is not None
            if (inside_body or in_macro) and not (in_macro or key_of(caller) in plan.reaches):
                raise FunctionEscapes(function, plan.program.place_at(file, token.start))
            _insert_first(draft, tokens, index + 1, handed if inside_body or in_macro else written)


def _is_no_use(owners: Owners, arms: Arms, tokens, index: int) -> bool:
    """Whether a name is that of a struct's member, ``int (*name)(int);``, or only part of what a macro makes of it."""
    token = tokens[index]
    if owners.function(token.file, token.start) is None and is_member_function(tokens, index):
        return True
    return owners.macro(token) is None and arms.state(token.file, token.start) == "live" and not owners.is_read(token.file, token.start)


def _other_names(plan: Plan, name: str) -> set[str]:
    """The macros that are nothing but another name for a function."""
    defined = (macro for view in plan.program.all_views for macro in view.unit.defined if macro.parameters is None)
    return {macro.name.text for macro in defined if [t.text for t in macro.body] == [name]}


def _is_other(plan: Plan, function: Function, file: str) -> bool:
    """Whether the name means another file's own function there."""
    if not function.static:
        own = (v.functions.get(function.name) for v in plan.program.views if v.file == file != function.view.file)
        return any(f is not None and f.name_token.start != function.name_token.start for f in own)
    return not any(file in v.unit.texts for v in plan.program.all_views if v is function.view or function.name_token.file in v.unit.texts)


def _insert_first(draft: Draft, tokens, opening: int, text: str) -> None:
    end = closing(tokens, opening)
    inner = [t.text for t in tokens[opening + 1 : end]]
    file = tokens[opening].file
    if inner == ["void"]:
        draft.replace(Span(file, tokens[opening + 1].start, tokens[opening + 1].end), text)
    else:
        ends_line = draft.text(file)[tokens[opening].end : tokens[opening].end + 1] in ("\n", "\r")
        draft.insert(file, tokens[opening].end, text + (("," if ends_line else ", ") if inner else ""))
