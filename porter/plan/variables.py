"""Each variable: whether it moves to the state, stays rightly, or has to be left; and who owns the reference it keeps."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, count

from porter.facts.holds import holds_object, is_type_pointer
from porter.facts.initializer import Value
from porter.facts.program import Program, Variable, span_of, written_plainly
from porter.facts.uses import uses_of
from porter.frontend.lexer import ID
from porter.frontend.unit import standard_types
from porter.plan.address import HEADERS
from porter.plan.compound import held_in
from porter.plan.model import Fill, Held, Refusal, VariableMove
from porter.plan.ownership import owned
from porter.plan.python_values import asks_python

Mentioned = Callable[[set[str]], dict[str, str]]
_CONSTANT = re.compile(r"""(?!.*\w\s*\()(?:[\w.()+*/%|^~<> -]|'(?:[^'\\]|\\.\w*)')+""")
_TEXT = re.compile(r"""(?:L|u8)?"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*""")
ZERO = re.compile(r"(?:NULL|0|[{},\s])+")
"""What a variable with static storage starts as anyway."""
_STORAGE = frozenset(("static", "extern", "register"))
OFFERS = "PyCapsule_New"
_BUILT_IN = frozenset("void char short int long float double signed unsigned struct union".split())
_PLAIN = frozenset("const volatile struct unsigned signed long short int char float double void _Bool".split())


def object_move(program: Program, places: dict[str, list], variable: Variable, module_name: str | None, fill: Fill | None = None) -> VariableMove:
    """An object variable as a member of the state, ``fill`` its start if it is a struct that has one. Raises :class:`Refusal`."""
    here = program.place(variable.name_token)
    declarations = _declarations(program, variable)
    _check_text(program, declarations)
    start = _start(variable)
    if start is not None and not ZERO.fullmatch(start) and fill is None:
        raise Refusal(f"it starts as {start}, which no state can before the module runs", here)
    uses = uses_of(variable, places)
    if variable.array or not variable.stars:
        held = held_in(program, variable, uses)
        if fill is not None and held:
            raise Refusal(f"it starts as {start}, and is given references that it owns besides", here)
        return VariableMove(variable, declarations, _member(variable), "object", False, held=held, written=_written(variable), fill=fill)
    if variable.stars != 1 or not holds_object(variable) and not is_type_pointer(variable):
        raise Refusal(f"what {variable.ctype} holds is not known", here)
    is_module = module_name == variable.name
    keeps = not is_module and owned(program, variable, uses)
    return VariableMove(variable, declarations, _member(variable), "object", keeps, held=(Held("", None),) if keeps else (), module=is_module)


def c_state_move(program: Program, places: dict[str, list], variable: Variable, fill: Fill | None = None, mentioned: Mentioned = lambda names: {}) -> VariableMove:
    """A written C variable as a member of the state, ``fill`` its start if it is a struct that has one. Raises :class:`Refusal`.

    ``mentioned``: which of some names C files outside of the program mention, and where: name -> file.
    """
    here = program.place(variable.name_token)
    if not variable.view.knows_python:
        raise Refusal("it belongs to a C library that knows nothing of Python: its calls need a lock", here)
    if variable.name_token.file.endswith(HEADERS) and any(asks_python(use) for use in uses_of(variable, places)):
        for file in mentioned({variable.name, *variable.base.split()} - _BUILT_IN).values():
            raise Refusal(f"it keeps what the C API gave, in a header that {file} knows too", here)
    if variable.name_token.file.endswith(HEADERS) and variable.stars and "static" in variable.storage and places.get(OFFERS):
        raise Refusal(f"it stands in a header, for other extensions too: this one offers a C API ({OFFERS})", here)
    declarations = _declarations(program, variable)
    _check_text(program, declarations)
    start = _start(variable)
    points = variable.stars > 0 and not variable.array and start is not None and _TEXT.fullmatch(start)
    if start is not None and not points and not _CONSTANT.fullmatch(start) and not ZERO.fullmatch(start) and fill is None:
        raise Refusal(f"it starts as {start}", here)
    begins = None if start is None or ZERO.fullmatch(start) or fill is not None else start
    plain = not variable.array and variable.base.split()[0] not in ("struct", "union", "enum", "function", "?")
    return VariableMove(variable, declarations, _member(variable), "c-state", False, begins, written=None if plain else _written(variable), fill=fill)


def _declarations(program: Program, variable: Variable) -> tuple[Variable, ...]:
    if variable.function is not None:
        return (variable,)
    return tuple(v for v in program.variables() if v.name == variable.name and v.function is None)


def check_arms(program: Program, move: VariableMove) -> None:
    """What an ``#if`` arm declares has to be the same in each, and of a type that is known outside of it. Raises :class:`Refusal`."""
    variable = move.variable
    for each in move.declarations:
        if each.view.fresh is None:
            continue
        if each is not variable and (each.ctype, _start(each)) != (variable.ctype, _start(variable)) or move.written and each is not variable:
            raise Refusal("it is declared otherwise in another #if arm", program.place(each.name_token))
        words = {t.text for t in each.view.tokens[each.first : each.name_index] if t.kind == ID}
        if variable.view.fresh is not None and (move.written or words - _STORAGE - _PLAIN - standard_types()):
            raise Refusal(f"it is declared in an #if arm, and its type ({variable.ctype}) may be known there alone", program.place(each.name_token))


def _check_text(program: Program, declarations: tuple[Variable, ...]) -> None:
    for each in declarations:
        made = each.declarators > 1 and not written_plainly(each)
        if made or span_of(each.view.tokens, each.first, each.last) is None:
            raise Refusal("its declaration is not written in one piece: a macro makes it", program.place(each.name_token))


def _start(variable: Variable) -> str | None:
    if variable.value is None:
        return None
    if Value(variable.view, *variable.value).empty:
        return "NULL"
    return "".join((" " if t.space and i else "") + t.text for i, t in enumerate(variable.view.tokens[slice(*variable.value)]))


def _written(variable: Variable) -> tuple[str, str]:
    """The declaration of an array or struct as it is written, up to its name and behind it. Raises :class:`Refusal`."""
    tokens, view = variable.view.tokens, variable.view
    first = next(i for i in range(variable.first, variable.last) if tokens[i].text not in _STORAGE)
    end = variable.value[0] - 1 if variable.value is not None else variable.last - 1
    head, tail = span_of(tokens, first, variable.name_index), span_of(tokens, variable.name_index + 1, end)
    text = view.unit.texts
    unnamed = tail is not None and text[tail.file][tail.start : tail.end].replace(" ", "").startswith("[]")
    if variable.declarators > 1 or head is None or unnamed or (tail is None and end > variable.name_index + 1):
        raise Refusal(f"its declaration ({variable.ctype}) is not one a struct can have as it is", None)
    return text[head.file][head.start : head.end], text[tail.file][tail.start : tail.end] if tail is not None else ""


def _member(variable: Variable) -> str:
    return variable.name if variable.function is None else f"{variable.function.name}_{variable.name}"


def distinct(moves: list[VariableMove]) -> list[VariableMove]:
    """The moves with a member of its own for each: several files, or blocks of a function, may use one name."""
    given: set[str] = set()
    made = []
    for move in moves:
        names = chain((move.member,), (f"{move.member}_{number}" for number in count(2)))
        member = next(name for name in names if name not in given)
        given.add(member)
        made.append(replace(move, member=member))
    return made
