"""A guard made into text: the lock, a function around each that is to hold it, and these named in the places of those."""

from __future__ import annotations

from textwrap import fill

from porter.facts.program import Function, Program, edge
from porter.plan.guard import Guard, Site
from porter.plan.model import InitPlan, Refusal
from porter.render import render_c
from porter.rewrite.draft import Draft
from porter.rewrite.layout import before_declaration, outermost_conditionals
from porter.rewrite.style import laid_out
from porter.span import Edit, Span

_MOST_NAMED = 3
_WIDTH = 74
OWN_NAMES = ("lock", "depth", "make_lock", "enter", "leave")
"""What the names of the lock and its functions end in."""


def guard_edits(program: Program, guard: Guard, init: InitPlan, prefix: str) -> list[Edit]:
    """The edits that put the lock into the sources. Raises Refusal where they have no place for it."""
    new = {f"{prefix}_{end}" for end in OWN_NAMES} | {_name(function) for function, _ in guard.wrapped.values()}
    if new & {t.text for view in program.all_views for t in view.tokens}:
        raise Refusal(f"the names porter would give ({prefix}_lock …) are taken", program.place(init.init.name_token))
    home, draft = init.definition.view.file, Draft(program)
    named = [(function, site) for function, sites in guard.wrapped.values() for site in sites]
    files = sorted({site.span.file for _, site in named} | {home})
    edits = [Edit(site.span, _name(function)) for function, site in named]
    for file in files:
        starts = [_offset(program, file, site.start) for _, site in named if site.span.file == file]
        starts += [_offset(program, file, init.exec.tokens[0])] if file == home else []
        style = draft.style(file)
        text = _lock(guard, prefix, style.indent, len(files) > 1) if file == home else f"void {prefix}_enter(void);\nvoid {prefix}_leave(void);\n\n"
        for function, sites in guard.wrapped.values():
            here = [site for site in sites if site.span.file == file]
            if here:
                text += _wrapper(program, function, here, prefix, style.indent, min(starts))
        edits.append(Edit(Span(file, min(starts), min(starts)), laid_out(text, style)))
    return edits


def _name(function: Function) -> str:
    return f"{function.name}_locked"


def _offset(program: Program, file: str, token) -> int:
    """Where new text can stand before the declaration that a token begins."""
    found = edge(token, False)
    if found is None or found[0] != file:
        raise Refusal("a function that calls the library is made by a macro", program.place(token))
    text = program.texts[file]
    return before_declaration(text, found[1], outermost_conditionals(program.reader.tokens(file), text))


def _lock(guard: Guard, prefix: str, indent: str, exported: bool) -> str:
    names = [f"{name}()" for name in guard.names[:_MOST_NAMED]]
    if len(guard.names) > _MOST_NAMED:
        names.append(f"{len(guard.names) - _MOST_NAMED} more functions of the C library")
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    said = f"What {listed} {'uses' if len(names) == 1 else 'use'} is one for the process, and so is this lock: one thread of all interpreters at a time is inside of it."
    return render_c("guard", prefix=prefix, indent=indent, comment=fill(said, _WIDTH, subsequent_indent="   "),
                    static="" if exported else "static ", reentrant=guard.reentrant)  # fmt: skip


def _wrapper(program: Program, function: Function, sites: list[Site], prefix: str, indent: str, offset: int) -> str:
    """The function that holds the lock and calls another."""
    names = [p.name or f"a{n}" for n, p in enumerate(function.parameters, 1)]
    parameters = [_declared(p.ctype, name) for p, name in zip(function.parameters, names, strict=True)]
    head = f"{_declared(function.returns, function.name)}({', '.join(parameters) or 'void'})"
    later = function.view.knows_python and (function.name_token.file != sites[0].span.file or function.name_token.start > offset)
    return render_c("guarded", prefix=prefix, indent=indent, returns=function.returns, name=_name(function),
                    parameters=parameters, arguments=names, called=_called(program, sites), prototype=("static " if function.static else "") + head if later else "")  # fmt: skip


def _called(program: Program, sites: list[Site]) -> str:
    """The function as the sources name it: it may be a macro that makes the name."""
    span = sites[0].span
    return program.texts[span.file][span.start : span.end]


def _declared(ctype: str, name: str) -> str:
    return f"{ctype}{'' if ctype.endswith('*') else ' '}{name}"
