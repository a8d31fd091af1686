"""Who owns the reference a variable keeps: read from everything it is given and from what its reference is given to."""

from __future__ import annotations

from porter.facts.capi import BORROWED, STEALS
from porter.facts.parsing import borrows
from porter.facts.program import Function, Program, Variable
from porter.facts.uses import Use
from porter.frontend.declarations import closing, split_commas, statement_start
from porter.frontend.lexer import ID
from porter.plan.model import Refusal

STATEMENTS = frozenset(("Py_INCREF", "Py_XINCREF", "Py_IncRef"))
TAKERS = STATEMENTS | {"Py_NewRef", "Py_XNewRef"}
RELEASES = frozenset(("Py_DECREF", "Py_XDECREF", "Py_DecRef"))
KEEPERS = frozenset(("Py_CLEAR", "Py_SETREF", "Py_XSETREF"))
_NULL = frozenset(("NULL", "0"))
_SINGLETONS = frozenset(("Py_None", "Py_True", "Py_False", "Py_NotImplemented", "Py_Ellipsis", "PyDateTime_TimeZone_UTC"))


def owned(program: Program, variable: Variable, uses: list[Use]) -> bool:
    """Whether the variable keeps a reference of its own: decided from every assignment; mixed or unclear is refused.

    Where the target borrows what another configuration owns, it is borrowed in both: nothing is given back too often.
    """
    said: set[bool] = set()
    elsewhere: set[bool] = set()
    for use in uses:
        if use.how == "address":
            said.add(_parsed(program, use))
        call = argument_of(use) if use.how == "write" else None
        if call is not None and call[0] in KEEPERS and call[1] == 0:
            (said if use.view.fresh is None else elsewhere).add(True)
        elif use.how == "write" and use.view.tokens[use.index + 1].text == "=":
            answer = assigned(program, use, use.index + 1)
            if answer is not None:
                (said if use.view.fresh is None else elsewhere).add(answer)
    said |= elsewhere - {True} if said == {False} else elsewhere
    if len(said) > 1:
        raise Refusal("it is given references it owns and references it does not", program.place(variable.name_token))
    return True in said


def assigned(program: Program, use: Use, equals: int) -> bool | None:
    """True for a new reference, False for a borrowed one, None for NULL. Raises :class:`Refusal` where it is not clear."""
    tokens = use.view.tokens
    first = _behind_casts(tokens, equals + 1)
    token = tokens[first]
    if token.text in _NULL:
        return None
    if token.text == "&" and tokens[first + 2].text == ";":
        return _increfed(use, use.token.text) or _increfed(use, tokens[first + 1].text)
    if token.kind == ID and tokens[first + 1].text == "(":
        if token.text in BORROWED:
            return _increfed(use, use.token.text)
        helper = program.function(token.text, use.view)
        if helper is not None and _may_lend(helper):
            raise Refusal(f"whether {token.text}() gives a reference of its own is not clear", program.place(token))
        return True
    if token.text in _SINGLETONS:
        return _increfed(use, use.token.text) or _increfed(use, token.text)
    if token.kind == ID and tokens[first + 1].text in (";", ")", ","):
        if _increfed(use, use.token.text) or _increfed(use, token.text):
            return True
        source = _last_call(use.function, token.text, first) if use.function else None
        if source is not None:
            return source not in BORROWED
    raise Refusal(f"who owns the reference it is given here is not clear ({token.text} …)", program.place(use.token))


def _parsed(program: Program, use: Use) -> bool:
    """Whether a reference is taken to what an argument parser writes; it gives none itself. Raises :class:`Refusal`."""
    borrowed, whole = borrows(use)
    taken = _increfed(use, use.token.text)
    if not borrowed or taken and not whole:
        raise Refusal("its address is taken", program.place(use.token))
    return taken


def _may_lend(function: Function) -> bool:
    """Whether a function of the extension may return a reference it does not own: it borrows one and takes none."""
    words = {t.text for t in function.tokens}
    parameters = {p.name for p in function.parameters if "PyObject" in p.ctype}
    tokens = function.view.tokens
    lends = any(tokens[i].text == "return" and tokens[i + 1].text in parameters for i in range(function.declaration.body, function.declaration.last))
    return (bool(words & BORROWED) or lends) and not words & TAKERS


def _behind_casts(tokens, first: int) -> int:
    """The first token of a value without the casts and parentheses around it."""
    while tokens[first].text == "(":
        end = closing(tokens, first)
        first = end + 1 if tokens[end + 1].kind == ID or tokens[end + 1].text in ("(", "&") else first + 1
    return first


def _increfed(use: Use, name: str) -> bool:
    """Whether a reference to what ``name`` holds is taken in the function of the use."""
    function = use.function
    if function is None:
        return False
    tokens = function.view.tokens
    for i in range(function.declaration.body, function.declaration.last - 3):
        if tokens[i].text in TAKERS and tokens[i + 1].text == "(":
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
        if name in TAKERS:
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
            if call is not None and call[0] in STATEMENTS:
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
        if call[0] in STATEMENTS:
            taken.append(use)
        elif STEALS.get(call[0]) == call[1] and taken:
            taken.pop()
    return taken


def given_back(uses: list[Use]) -> list[Use]:
    """The DECREFs of the reference a variable was given in the same function before, and holds no more of: what was taken
    before is theirs, and so is what a call that failed did not take over. A variable given anew at once is meant to let go.
    """
    found: list[Use] = []
    for function in {id(u.function): u.function for u in uses if u.function is not None}.values():
        made, taken, failing = False, 0, []
        inside = [u for u in uses if u.function is function]
        for use, after in zip(inside, [*inside[1:], None], strict=True):
            name, position = argument_of(use) or ("", -1)
            if use.how == "write":
                made = True
            elif name in TAKERS:
                taken += 1
            elif STEALS.get(name) == position:
                taken, failing = max(0, taken - 1), [*failing, _failure(use)]
            elif name in RELEASES and made and not any(use.index in branch for branch in failing):
                if not taken and (after is None or after.how != "write"):
                    found.append(use)
                taken = max(0, taken - 1)
    return found


def filled_again(uses: list[Use], function: Function, paths: set[str]) -> list[tuple[Use, str]]:
    """The calls in ``function`` that are handed the address of one of a variable's ``paths`` although a call before them was.

    The second puts its reference over the first, which an init that ran once for the process could afford. One that
    reads what was there in the same statement is none of them.
    """
    found, seen = [], set()
    for use in uses:
        tokens, end = use.view.tokens, use.index + 1
        if use.function is None or use.function.name_token is not function.name_token or [tokens[use.index - 1].text, use.how] != ["&", "address"]:
            continue
        while tokens[end].text == ".":
            end += 2
        path = "".join(t.text for t in tokens[use.index + 1 : end])
        if path in paths and tokens[use.index - 2].text in ("(", ",") and tokens[end].text in (")", ","):
            if path in seen and _alone(use):
                found.append((use, path))
            seen.add(path)
    return found


def _alone(use: Use) -> bool:
    """Whether a name stands once in its statement."""
    tokens, last = use.view.tokens, use.index
    first = statement_start(tokens, last)
    while tokens[last].text not in (";", "{", "}"):
        last += 1
    return sum(t.text == use.token.text for t in tokens[first:last]) == 1


def _failure(use: Use) -> range:
    """The tokens of the branch for the failure of the call that a use is an argument of: behind its condition, or next."""
    tokens, first = use.view.tokens, statement_start(use.view.tokens, use.index)
    if tokens[first].text != "if":
        first = next(i for i in range(use.index, len(tokens)) if tokens[i].text == ";") + 1
    if tokens[first].text != "if":
        return range(0)
    begin = closing(tokens, first + 1) + 1
    return range(begin, closing(tokens, begin) if tokens[begin].text == "{" else next(i for i in range(begin, len(tokens)) if tokens[i].text == ";"))


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
