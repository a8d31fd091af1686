"""Where an extension names what is one for the process: calls of the C API and of C libraries, singletons, private globals."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts import model
from porter.facts.process_wide import ENSURE, FIND_MODULE, LIBRARY, MAIN_INTERPRETER, SINGLETONS, THREAD_STATE
from porter.facts.program import Function, Program, View, span_of
from porter.facts.spelling import is_core, macros_of, use_of
from porter.facts.uses import shadows

_ANYWHERE = (*FIND_MODULE, *ENSURE, *MAIN_INTERPRETER, *THREAD_STATE, *SINGLETONS)
_INITIALISED = frozenset(SINGLETONS.values())
_PRIVATE = frozenset((*SINGLETONS, *THREAD_STATE))


def mentions(program: Program, places: dict[str, list]) -> list[model.Mention]:
    """Every place that names something of :mod:`porter.facts.process_wide`, once each, sorted.

    A name the extension defines itself is its own. The macros of singletons count only in initialisers of static variables.
    """
    values = {id(view): [v.value for v in view.variables if v.value] for view in program.views}
    found: dict[tuple, model.Mention] = {}
    for name in (*_ANYWHERE, *LIBRARY, *_INITIALISED):
        for view, function, index in places.get(name, ()):
            for mention in _mention(program, values[id(view)], name, view, function, index):
                found.setdefault((mention.place, mention.name), mention)
    return sorted(found.values(), key=lambda m: (m.place, m.name))


def _mention(program: Program, values: list, name: str, view: View, function: Function | None, index: int) -> Iterator[model.Mention]:
    how, token = _how(view, values, function, index), view.tokens[index]
    macro = SINGLETONS.get(name)
    if macro is not None and macro in macros_of(token):  # a header that is read makes the one of the other
        name, token = macro, use_of(token, macro)
    if name in _PRIVATE and is_core(view):
        return
    if how is None or (name in _INITIALISED and how != "initialiser") or (name in LIBRARY and (how != "call" or _qualified(view, index))):
        return
    if program.function(name, view) is not None or (function is not None and shadows(function, name, index)):
        return
    place = program.place(token)
    first = index - 1 if view.tokens[index - 1].text == "&" else index
    span = span_of(view.tokens, first, index + 1)
    near = span is not None and span.file == place.file and program.place_at(span.file, span.start).line == place.line
    yield model.Mention(name, place, how, function.name if function else None, span if near else None, view.confidence)


def _how(view: View, values: list[tuple[int, int]], function: Function | None, index: int) -> str | None:
    """How a name is used; None where it is only declared."""
    if any(first <= index < last for first, last in values):
        return "initialiser"
    if function is None or index < function.declaration.body:
        return None
    return "call" if view.tokens[index + 1].text == "(" else "value"


def _qualified(view: View, index: int) -> bool:
    """Whether the name is a member of a class or namespace of C++ other than ``std``."""
    tokens = view.tokens
    return tokens[index - 1].text == "::" and tokens[index - 2].text not in ("std", ";", "{", "}", "(", "=", ",", "return")
