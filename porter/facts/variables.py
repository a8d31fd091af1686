"""The variables of an extension, each with its kind and the places that write it."""

from __future__ import annotations

import re

from porter.facts import model
from porter.facts.atomics import is_atomic
from porter.facts.calls import enclosing_call, makers
from porter.facts.holds import holds_object, is_table, is_type_object, is_type_pointer
from porter.facts.program import Program, Variable
from porter.facts.uses import uses_of
from porter.frontend.lexer import Token

_CACHE = re.compile(r"cache|free_?list|free_?objs|pool|interned", re.IGNORECASE)
_TEXTS = frozenset(("PyUnicode_InternFromString", "PyUnicode_FromString"))
_THREAD = frozenset(("_Thread_local", "__thread", "thread_local"))


def defined(program: Program) -> list[Variable]:
    """The variables an extension defines, once each: of several tentative definitions the one with a value, or the first."""
    best: dict[tuple[str, str, str, int], Variable] = {}
    valued = {_scoped(v) for v in program.variables() if v.value is not None and v.function is None}
    for variable in program.variables():
        if variable.value is None and ("extern" in variable.storage or (variable.function is None and _scoped(variable) in valued)):
            continue
        owner = _qualifier(variable) if variable.function is None else variable.function.name
        place = program.place(variable.name_token)
        at = variable.name_index if owner else -1  # two blocks of a function may have a variable of one name each
        key = (variable.name, owner, place.file if "static" in variable.storage else "", at)
        if key not in best or (best[key].value is None and variable.value is not None):
            best[key] = variable
    return list(best.values())


def _scoped(variable: Variable) -> tuple[str, str]:
    """What is one name in one unit: a header may declare tentatively what the file that includes it defines."""
    return variable.view.file, _qualifier(variable) + variable.name


def _qualifier(variable: Variable) -> str:
    """The class or namespace that the name is written with: ``Shape::`` of ``Shape::kind``."""
    tokens, index = variable.view.tokens, variable.name_index
    while index > variable.first and (tokens[index - 1].text == "::" or tokens[index].text == "::"):
        index -= 1
    return "".join(t.text for t in tokens[index : variable.name_index])


def variables(program: Program, places: dict[str, list]) -> list[model.Variable]:
    """Every writable variable with static storage that is no type and no table of the C API."""
    found = []
    for variable in defined(program):
        if variable.const or is_table(variable) or is_type_object(variable) or _is_made(variable) or not variable.stars and variable.base.split()[-1:] in (["_PyArg_Parser"], ["_Py_Identifier"]):
            continue
        if variable.array and is_keyword_list(variable, places):
            continue
        uses = uses_of(variable, places)
        written = [u for u in uses if u.how != "read"]
        writes = tuple(dict.fromkeys(program.place(u.token) for u in written))
        made_by = frozenset(name for u in written for name in makers(u.view.tokens, u.index))
        owner = variable.function.name if variable.function else None
        place = program.place(variable.name_token)
        found.append(model.Variable(variable.name, variable.ctype, _kind(variable, writes, made_by), place, owner, writes, variable.view.confidence, made_by,
                                    bool(written) and all(u.how == "address" for u in written), bool(uses) and all(is_atomic(u) for u in uses)))  # fmt: skip
    return sorted(found, key=lambda v: (v.place, v.name))


def is_keyword_list(variable: Variable, places: dict[str, list]) -> bool:
    """Whether an array of strings serves the argument parsers of the C API (``char *kwlist[]``) and is only read besides."""
    if variable.base.split()[-1:] != ["char"] or variable.stars != 1:
        return False
    uses = uses_of(variable, places)
    parsed = [_called(u.view.tokens, u.index).startswith("PyArg_") for u in uses]
    return any(parsed) and all(p or u.how == "read" or _counted(u.view.tokens, u.index) for p, u in zip(parsed, uses, strict=True))


def _counted(tokens: list[Token], index: int) -> bool:
    """Whether only the size of an array, or of an element, is asked for: ``sizeof(list) / sizeof(*list)``."""
    while tokens[index - 1].text in ("(", "*"):
        index -= 1
    return tokens[index - 1].text == "sizeof"


def _called(tokens: list[Token], index: int) -> str:
    """The name of the function whose argument list the token stands in directly, or ``""``."""
    call = enclosing_call(tokens, index)
    return tokens[call[0]].text if call else ""


def _is_made(variable: Variable) -> bool:
    """Whether the name only comes out of the expansion of a documentation macro."""
    return variable.base in ("const char",) and variable.stars == 0


def _kind(variable: Variable, writes: tuple, made_by: frozenset[str]) -> str:
    if variable.storage & _THREAD:
        return "thread-local"
    if is_type_pointer(variable) and not variable.array:
        return "type-pointer"
    if holds_object(variable):
        text = bool(made_by) and made_by <= _TEXTS  # the name of something that is cached is no cache
        return "cache" if variable.array or (_CACHE.search(variable.name) and not text) else "object"
    return "c-state" if writes else "never-written"
