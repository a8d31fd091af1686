"""What the init does to a static type before it is ready: fields it assigns, and the call that readies it."""

from __future__ import annotations

from dataclasses import replace

from porter.facts.holds import is_type_object
from porter.facts.initializer import Value
from porter.facts.program import Function, Program, Variable
from porter.facts.uses import Use, precedes, shadows, uses_of
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, Token
from porter.plan.model import Assignment, Refusal
from porter.plan.ownership import argument_of

READY = "PyType_Ready"
LATE = {"tp_basicsize": "basicsize", "tp_itemsize": "itemsize"}
"""Fields that may be given what only the init knows, and where a spec has them."""
RELEASES = frozenset(("Py_DECREF", "Py_XDECREF", "Py_DecRef"))
_TAKES = frozenset("Py_INCREF Py_XINCREF Py_IncRef Py_NewRef Py_XNewRef".split())
_ENDS = frozenset((";", "{", "}"))
_CAST = frozenset(("(", ")", "PyObject", "*"))
_CONSTANT_CALLS = frozenset(("sizeof", "offsetof", "__builtin_offsetof", "_Alignof"))


class Assigned:
    """Assignments ``Type.field = value;`` and calls of PyType_Ready, for all types of a program."""

    def __init__(self, program: Program, places: dict[str, list], init_functions: list[Function]) -> None:
        self.program, self.places = program, places
        self.init = {f.name_token for f in init_functions}
        self.functions = {f.name for f in program.functions()}
        self.variables = {v.name: v for v in program.variables() if v.function is None}

    def statements(self, variable: Variable) -> list[Assignment]:
        """The statements of the init that assign a field, alone or in a chain."""
        found = (self._statement(use) for use in uses_of(variable, self.places) if use.function is not None and use.function.name_token in self.init)
        return [each for each in found if each is not None]

    def _statement(self, use: Use) -> Assignment | None:
        tokens, i = use.view.tokens, use.index
        if not assigns_field(tokens, i):
            return self._metaclass(use)
        first, value = i, i + 4
        while assigns_field(tokens, first - 4) and tokens[first - 1].text == "=":
            first -= 4
        while assigns_field(tokens, value):
            value += 4
        end = _semicolon(tokens, value)
        begin, last = _default(tokens, first, end)
        if tokens[begin - 1].text not in _ENDS or any(t.text == "=" for t in tokens[value:end]):
            return None
        chained = frozenset(tokens[k].text for k in range(first, value, 4))
        found = Assignment(tokens[i + 2].text, Value(use.view, value, end), use.function, begin, last, chained, default=begin < first)
        return replace(found, late=True) if found.field in LATE and len(chained) == 1 and not self._constant(found) else found

    def _metaclass(self, use: Use) -> Assignment | None:
        """``Py_TYPE(&Type) = value;``, ``Py_SET_TYPE(&Type, value);`` and ``((PyObject *)&Type)->ob_type = value;``."""
        tokens, first = use.view.tokens, use.index
        while tokens[first - 1].text not in _ENDS:
            first -= 1
        end = _semicolon(tokens, first)
        before = [t.text for t in tokens[first : use.index] if t.text not in _CAST]
        behind = next((i for i in range(use.index + 1, end) if tokens[i].text != ")"), end)
        if before == ["Py_SET_TYPE", "&"] and tokens[behind].text == "," and behind == use.index + 1:
            return Assignment("ob_type", Value(use.view, behind + 1, end - 1), use.function, first, end)
        if before == ["Py_TYPE", "&"] and tokens[behind].text == "=":
            return Assignment("ob_type", Value(use.view, behind + 1, end), use.function, first, end)
        if before == ["&"] and [t.text for t in tokens[behind : behind + 3]] == ["->", "ob_type", "="]:
            return Assignment("ob_type", Value(use.view, behind + 3, end), use.function, first, end)
        return None

    def readied(self, variable: Variable) -> list[Use]:
        """The uses ``PyType_Ready(&Type)``."""
        return [use for use in uses_of(variable, self.places) if is_ready(use.view.tokens, use.index)]

    def check(self, variable: Variable, assignments: list[Assignment], others: list[Assignment]) -> None:
        """Raises :class:`Refusal` where what the init does cannot be said in slots and one creation.

        ``others``: the assignments to all types, which may mention this one as a base.
        """
        ready = self.readied(variable)
        if len(ready) > 1:
            raise Refusal("it is readied in two places", self.program.place(ready[1].token))
        for each in assignments:
            self._check_assignment(variable, each, ready)
        for use in ready:
            self._check_ready(variable, use, others)

    def _check_ready(self, variable: Variable, ready: Use, assignments: list[Assignment]) -> None:
        """Nothing but assignments mentions a type before the call that makes it, which runs once."""
        if ready.function is None or ready.function.name_token not in self.init:
            raise Refusal(f"it is readied outside of the init, in {ready.function.name if ready.function else 'a macro'}()", self.program.place(ready.token))
        spans = [(a.value.view, a.first, a.last) for a in assignments if a.function.name_token is ready.function.name_token]
        for use in uses_of(variable, self.places):
            before = use.function is not None and use.function.name_token is ready.function.name_token and precedes(use, ready)
            if before and not any(view is use.view and first <= use.index < last for view, first, last in spans):
                raise Refusal("it is used before it is readied", self.program.place(use.token))

    def _check_assignment(self, variable: Variable, each: Assignment, ready: list[Use]) -> None:
        tokens = each.value.view.tokens
        place = self.program.place(tokens[each.first])
        if each.value.view.fresh is not None or any(u.view.fresh is not None for u in ready):
            raise Refusal(f"{each.field} is assigned in an #if arm, or before a call in one", place)
        if not _straight(each.function, each.first):
            raise Refusal(f"{each.field} is assigned under a condition", place)
        if any(u.function is not None and u.function.name_token is each.function.name_token and u.index < each.first for u in ready):
            raise Refusal(f"{each.field} is assigned behind the call that readies it", place)
        if each.field == "tp_base" or each.late:
            here = any(u.function is not None and u.function.name_token is each.function.name_token for u in ready)
            if not here and (each.late or any(self._local(each, i) for i in range(each.value.first, each.value.last))):
                raise Refusal(f"{each.field} is known in another function than the one that readies it", place)
            if each.late and any(is_type_object(v) for w in each.value.words if (v := self.variables.get(w)) is not None):
                raise Refusal(f"{each.field} is given {each.value.text}, which another type has to be made for", place)
        elif not self._constant(each):
            raise Refusal(f"{each.field} is given {each.value.text}, which is known only when the init runs", place)

    def _constant(self, each: Assignment) -> bool:
        """Whether a value can stand in an initialiser at file scope (C11 6.6)."""
        tokens, index = each.value.view.tokens, each.value.first
        while index < each.value.last:
            token, following = tokens[index], tokens[index + 1].text
            if token.text in _CONSTANT_CALLS:
                index = closing(tokens, index + 1) + 1
                continue
            if token.kind == ID and (self._local(each, index) or following in ("->", ".", "(", "[") and tokens[index - 1].text != "&"):
                return False
            if token.kind == ID and tokens[index - 1].text != "&" and self._loaded(token):
                return False
            index += 1
        return True

    def _loaded(self, token: Token) -> bool:
        """Whether a name is a variable whose value, and not its address, is meant."""
        variable = self.variables.get(token.text)
        return variable is not None and not variable.array and token.text not in self.functions

    def _local(self, each: Assignment, index: int) -> bool:
        token = each.value.view.tokens[index]
        return token.kind == ID and shadows(each.function, token.text, index)


def _default(tokens: list[Token], first: int, semicolon: int) -> tuple[int, int]:
    """The first and last token of ``if (!Type.field) Type.field = value;`` around the assignment, braces or not; else its own."""
    words = [t.text for t in tokens[first : first + 3]]
    braces = tokens[first - 1].text == "{" and tokens[semicolon + 1].text == "}"
    behind = first - 1 - braces
    for asked in (["!", *words], [*words, "==", "NULL"], [*words, "==", "0"]):
        begin = behind - len(asked) - 2
        last = semicolon + braces
        if [t.text for t in tokens[begin : behind + 1]] == ["if", "(", *asked, ")"] and tokens[last + 1].text != "else":
            return begin, last
    return first, semicolon


def governing(use: Use) -> set[str]:
    """The words of every condition that decides whether the statement of a use runs, its own included."""
    tokens, words, depth = use.view.tokens, set(), 0
    body = use.function.declaration.body if use.function is not None else use.index
    for i in range(use.index - 1, body, -1):
        depth += (tokens[i].text == "}") - (tokens[i].text == "{")
        if tokens[i].text in ("if", "while", "for", "switch") and depth <= 0:
            end = closing(tokens, i + 1)
            behind = closing(tokens, end + 1) if tokens[end + 1].text == "{" else _semicolon(tokens, end + 1)
            if i < use.index <= behind:
                words |= {t.text for t in tokens[i + 2 : min(end, use.index)]}
    return words


def released_unasked(uses: list[Use], function: Function) -> list[Use]:
    """The uses in ``function`` that give back a reference before any is taken there."""
    found: list[Use] = []
    for use in uses:
        call = argument_of(use) if use.function is not None and use.function.name_token is function.name_token else None
        if call is not None and call[0] in _TAKES:
            break
        if call is not None and call[0] in RELEASES:
            found.append(use)
    return found


def is_ready(tokens: list[Token], index: int) -> bool:
    """Whether a name stands in ``PyType_Ready(&Name)``."""
    return tokens[index - 1].text == "&" and tokens[index - 2].text == "(" and tokens[index - 3].text == READY


def assigns_field(tokens: list[Token], index: int) -> bool:
    """Whether ``Name.field =`` stands here."""
    return index >= 0 and tokens[index].kind == ID and tokens[index + 1].text == "." and tokens[index + 2].kind == ID and tokens[index + 3].text == "="


def _semicolon(tokens: list[Token], index: int) -> int:
    while tokens[index].text != ";":
        index = closing(tokens, index) + 1 if tokens[index].text in ("(", "[", "{") else index + 1
    return index


def _straight(function: Function, index: int) -> bool:
    """Whether nothing governs a statement: it stands in the body itself, or in blocks of it that no condition or loop opens."""
    tokens, opened = function.view.tokens, []
    for i in range(function.declaration.body, index):
        if tokens[i].text == "{":
            opened.append(i)
        elif tokens[i].text == "}":
            opened.pop()
    return all(tokens[i - 1].text in _ENDS or _runs_once(tokens, i) for i in opened[1:])


def _runs_once(tokens: list[Token], brace: int) -> bool:
    """Whether a block is that of ``do { … } while (0)``."""
    end = closing(tokens, brace)
    return tokens[brace - 1].text == "do" and [t.text for t in tokens[end + 1 : end + 5]] == ["while", "(", "0", ")"]
