"""Each variable: whether it moves to the state, stays rightly, or has to be left; and who owns the reference it keeps."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, count

from porter.facts.holds import holds_object, is_type_pointer
from porter.facts.initializer import Value
<<<<<<< porter/plan/variables.py
from porter.facts.program import Function, Program, Variable, span_of, written_plainly
from porter.facts.uses import Use, uses_of
from porter.frontend.declarations import closing, split_commas
from porter.frontend.lexer import ID
from porter.plan.model import Refusal, VariableMove

_TAKERS = frozenset(("Py_INCREF", "Py_XINCREF", "Py_NewRef", "Py_XNewRef"))
_KEEPERS = frozenset(("Py_CLEAR", "Py_SETREF", "Py_XSETREF"))
=======
from porter.facts.program import Program, Variable, span_of, written_plainly
from porter.facts.uses import uses_of
from porter.plan.compound import held_in
from porter.plan.model import Held, Refusal, VariableMove
from porter.plan.ownership import owned

>>>>>>> /tmp/new.32613
_CONSTANT = re.compile(r"[-+]?[\w.]+")
_ZERO = re.compile(r"NULL|0|\{\s*(NULL|0)?\s*,?\s*\}")
_STORAGE = frozenset(("static", "extern", "register"))


def object_move(program: Program, places: dict[str, list], variable: Variable, module_name: str | None) -> VariableMove:
    """An object variable as a member of the state. Raises :class:`Refusal`."""
    here = program.place(variable.name_token)
    declarations = _declarations(program, variable)
    _check_text(program, declarations)
    start = _start(variable)
    if start is not None and not _ZERO.fullmatch(start):
        raise Refusal(f"it starts as {start}, which no state can before the module runs", here)
    uses = uses_of(variable, places)
    if variable.array or not variable.stars:
        return VariableMove(variable, declarations, _member(variable), "object", False, held=held_in(program, variable, uses), written=_written(variable))
    if variable.stars != 1 or not holds_object(variable) and not is_type_pointer(variable):
        raise Refusal(f"what {variable.ctype} holds is not known", here)
    is_module = module_name == variable.name
    keeps = not is_module and owned(program, variable, uses)
    return VariableMove(variable, declarations, _member(variable), "object", keeps, held=(Held("", None),) if keeps else (), module=is_module)


def c_state_move(program: Program, places: dict[str, list], variable: Variable) -> VariableMove:
    """A written C variable as a member of the state. Raises :class:`Refusal`."""
    here = program.place(variable.name_token)
    if not variable.view.knows_python:
        raise Refusal("it belongs to a C library that knows nothing of Python: its calls need a lock", here)
    declarations = _declarations(program, variable)
    _check_text(program, declarations)
    start = _start(variable)
    if start is not None and not _CONSTANT.fullmatch(start) and not _ZERO.fullmatch(start):
        raise Refusal(f"it starts as {start}", here)
    begins = None if start is None or _ZERO.fullmatch(start) else start
    plain = not variable.array and variable.base.split()[0] not in ("struct", "union", "enum", "function", "?")
    return VariableMove(variable, declarations, _member(variable), "c-state", False, begins, written=None if plain else _written(variable))


def _declarations(program: Program, variable: Variable) -> tuple[Variable, ...]:
    if variable.function is not None:
        return (variable,)
    return tuple(v for v in program.variables() if v.name == variable.name and v.function is None)


def _check_text(program: Program, declarations: tuple[Variable, ...]) -> None:
    for each in declarations:
        if not written_plainly(each) or span_of(each.view.tokens, each.first, each.last) is None:
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
<<<<<<< porter/plan/variables.py


# -- ownership -----------------------------------------------------------------


def _owned(program: Program, variable: Variable, uses: list[Use]) -> bool:
    """Whether the variable keeps a reference of its own: decided from every assignment; mixed or unclear is refused."""
    said: set[bool] = set()
    for use in uses:
        if use.how == "address":
            raise Refusal("its address is taken", program.place(use.token))
        call = argument_of(use) if use.how == "write" else None
        if call is not None and call[0] in _KEEPERS and call[1] == 0:
            said.add(True)
        elif use.how == "write" and use.view.tokens[use.index + 1].text == "=":
            answer = _assigned(program, use)
            if answer is not None:
                said.add(answer)
    if len(said) > 1:
        raise Refusal("it is given references it owns and references it does not", program.place(variable.name_token))
    return True in said


def _assigned(program: Program, use: Use) -> bool | None:
    """True for a new reference, False for a borrowed one, None for NULL. Raises :class:`Refusal` where it is not clear."""
    tokens = use.view.tokens
    first = _behind_casts(tokens, use.index + 2)
    token = tokens[first]
    if token.text in _NULL:
        return None
    if token.kind == ID and tokens[first + 1].text == "(":
        if token.text in BORROWED:
            return _increfed(use, use.token.text)
        helper = program.function(token.text, use.view)
        if helper is not None and _may_lend(helper):
            raise Refusal(f"whether {token.text}() gives a reference of its own is not clear", program.place(token))
        return True
    if token.kind == ID and tokens[first + 1].text in (";", ")", ","):
        if _increfed(use, use.token.text) or _increfed(use, token.text):
            return True
        source = _last_call(use.function, token.text, first) if use.function else None
        if source is not None:
            return source not in BORROWED
    raise Refusal(f"who owns the reference it is given here is not clear ({token.text} …)", program.place(use.token))


def _may_lend(function: Function) -> bool:
    """Whether a function of the extension may return a reference it does not own: it borrows one and takes none."""
    words = {t.text for t in function.tokens}
    parameters = {p.name for p in function.parameters if "PyObject" in p.ctype}
    tokens = function.view.tokens
    lends = any(tokens[i].text == "return" and tokens[i + 1].text in parameters for i in range(function.declaration.body, function.declaration.last))
    return (bool(words & BORROWED) or lends) and not words & _TAKERS


def _behind_casts(tokens, first: int) -> int:
    """The first token of a value without the casts and parentheses around it."""
    while tokens[first].text == "(":
        end = closing(tokens, first)
        first = end + 1 if tokens[end + 1].kind == ID or tokens[end + 1].text == "(" else first + 1
    return first


def _increfed(use: Use, name: str) -> bool:
    """Whether a reference to what ``name`` holds is taken in the function of the use."""
    function = use.function
    if function is None:
        return False
    tokens = function.view.tokens
    for i in range(function.declaration.body, function.declaration.last - 3):
        if tokens[i].text in ("Py_INCREF", "Py_XINCREF", "Py_NewRef", "Py_XNewRef") and tokens[i + 1].text == "(":
            if any(t.text == name for t in tokens[i + 2 : closing(tokens, i + 1)]):
                return True
    return False


def _last_call(function: Function, name: str, before: int) -> str | None:
    """The function whose result a local variable was last given before ``before``."""
    tokens = function.view.tokens
    for i in range(before - 1, function.declaration.body, -1):
        if tokens[i].text == name and tokens[i + 1].text == "=" and tokens[i].kind == ID:
            at = _behind_casts(tokens, i + 2)
            return tokens[at].text if tokens[at + 1].text == "(" else None
    return None


def stolen_without_reference(variable: Variable, uses: list[Use]) -> list[Use]:
    """The uses of an owned variable whose reference a call takes over although nobody took one for it: each wants an INCREF."""
    taken, found = 0, []
    for use in uses:
        tokens = use.view.tokens
        call = argument_of(use)
        if call is None:
            continue
        name, position = call
        if name in ("Py_INCREF", "Py_XINCREF", "Py_NewRef", "Py_XNewRef"):
            taken += 1
        elif STEALS.get(name) == position and tokens[use.index].text == variable.name:
            if taken:
                taken -= 1
            else:
                found.append(use)
    return found


def taken_late(variable: Variable, uses: list[Use]) -> list[Use]:
    """The INCREFs that make good for a reference given away before, in the same function: it is taken before now."""
    late: dict[str, list[Use]] = {}
    for use in stolen_without_reference(variable, uses):
        owner = use.function.name if use.function is not None else ""
        behind = [u for u in uses if u.function is use.function and u.index > use.index]
        taken: list[Use] = []
        for each in behind:
            call = argument_of(each)
            if call is not None and call[0] in ("Py_INCREF", "Py_XINCREF"):
                taken.append(each)
            elif call is not None and STEALS.get(call[0]) == call[1] and taken:
                taken.pop()
        late.setdefault(owner, taken[:1])
    return [use for each in late.values() for use in each]


def references_to_nobody(variable: Variable, uses: list[Use], function: Function) -> list[Use]:
    """The uses in ``function`` that take a reference of a type which nothing there gives away or gives back."""
    taken: list[Use] = []
    for use in uses:
        call = argument_of(use) if use.function is not None and use.function.name_token is function.name_token else None
        if call is None:
            continue
        if call[0] in ("Py_INCREF", "Py_XINCREF"):
            taken.append(use)
        elif STEALS.get(call[0]) == call[1] and taken:
            taken.pop()
    return taken


def argument_of(use: Use) -> tuple[str, int] | None:
    """The call a use is an argument of (through casts and ``&``), and which."""
    tokens, depth = use.view.tokens, 0
    for i in range(use.index - 1, -1, -1):
        text = tokens[i].text
        if text in (")", "]"):
            depth += 1
        elif text in ("(", "["):
            if depth == 0:
                if text == "(" and tokens[i - 1].kind == ID and tokens[i - 1].text not in ("return", "if", "while", "sizeof"):
                    parts = split_commas(tokens, i + 1, closing(tokens, i))
                    return tokens[i - 1].text, next((n for n, (a, b) in enumerate(parts) if a <= use.index < b), -1)
                continue
            depth -= 1
        elif text in (";", "{", "}") and not depth:
            return None
    return None
=======
>>>>>>> /tmp/new.32613
