"""Where a name of file scope is used, and how: read, written, its address taken. By tokens, over every function."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from porter.facts.program import Function, Program, Variable, View, edge
from porter.facts.reads import ASSIGNMENTS, only_reads
from porter.frontend.declarations import Declaration, closing
from porter.frontend.lexer import ID, Token

_UNARY_BEFORE = frozenset("( , = [ { ; ! && || ? : return + - * / % == != < > <= >= & | ^ ~ += -= case".split())
_SETTERS = frozenset("Py_CLEAR Py_SETREF Py_XSETREF".split())


@dataclass(frozen=True, eq=False)
class Use:
    """One token that means a variable, type or function. ``how``: ``read``, ``write`` or ``address``."""

    token: Token
    index: int
    view: View
    function: Function | None
    how: str


class Places(defaultdict[str, list[tuple[View, "Function | None", int]]]):
    """The places of each name; those inside of one function are found without looking at all others."""

    def __init__(self) -> None:
        super().__init__(list)
        self._inside: dict[str, dict[int, list]] = {}

    def inside(self, name: str, function: Function) -> list[tuple[View, Function | None, int]]:
        """The places of ``name`` in ``function``, which several files may include."""
        if name not in self._inside:
            groups = self._inside[name] = defaultdict(list)
            for place in self.get(name, ()):
                if place[1] is not None:
                    groups[id(place[1].name_token)].append(place)
        return self._inside[name].get(id(function.name_token), [])


    def spelled(self, name: str, file: str, start: int) -> bool:
        """Whether ``name`` means something where it is spelled: a member or parameter of a declaration does not."""
        return any((t := view.tokens[index]).start == start and t.file == file for view, _, index in self.get(name, ()))


def index_names(program: Program) -> Places:
    """Every place of every identifier outside member access, by name: view, enclosing function (None at file scope), index.

    Of other configurations only what the target does not have.
    """
    places = Places()
    for view in program.all_views:
        owners = {f.declaration.first: f for f in view.functions.values()}
        tokens, fresh = view.tokens, view.fresh
        for declaration in view.declarations:
            owner, before = owners.get(declaration.first), tokens[declaration.first - 1].text if declaration.first else ""
            members = _members(tokens, declaration) if owner is None else frozenset()
            for index, token in enumerate(tokens[declaration.first : declaration.last], declaration.first):
                if token.kind == ID and before != "->" and before != "." and index not in members and (fresh is None or index in fresh):
                    places[token.text].append((view, owner, index))
                before = token.text
    return places


def _members(tokens: list[Token], declaration: Declaration) -> set[int]:
    """Where a declaration at file scope names members of a struct, or parameters: they mean nothing else of that name."""
    found: set[int] = set()
    index, last = declaration.first, declaration.last
    if declaration.parameters >= 0:
        end = closing(tokens, declaration.parameters, last)
        inside = range(declaration.parameters + 1, min(end, len(tokens) - 1))
        found |= {i for i in inside if tokens[i].kind == ID and tokens[i + 1].text in (",", ")", "[") and (tokens[i - 1].kind == ID or tokens[i - 1].text == "*")}
    while index < last:
        named = index + 2 < last and tokens[index].text in ("struct", "union") and 1 + (tokens[index + 1].kind == ID)
        if named and tokens[index + named].text == "{":
            end = closing(tokens, index + named, last)
            found |= {i for i in range(index + named, end - 1) if tokens[i].kind == ID and tokens[i + 1].text in (";", ",", "[", ":")}
            index = end
        index += 1
    return found


def uses_of(variable: Variable, places: Places) -> list[Use]:
    """All uses of a variable: in its function for a local static, else wherever the name means it."""
    found, own = [], variable.function
    for view, function, index in places.get(variable.name, ()) if own is None else places.inside(variable.name, own):
        if view is variable.view and variable.name_index <= index < (variable.value or (0, variable.name_index + 1))[1]:
            continue
        if "static" in variable.storage and view.file != variable.view.file and view.tokens[index].file == view.file:
            continue
        if function is not None and (shadows(function, variable.name, index) if variable.function is None else is_another(variable, function, index)):
            continue
        text = function is None and variable.array and variable.base.split()[-1:] == ["char"]  # a text that a table points to
        found.append(Use(view.tokens[index], index, view, function, "read" if text else how(view, index, variable)))
    return found


def shadows(function: Function, name: str, index: int) -> bool:
    """Whether a parameter or local declaration of the same name hides a name of file scope inside ``function``."""
    return any(first <= index < last for first, last in function.hidden.get(name, ()))


def is_another(variable: Variable, function: Function, index: int) -> bool:
    """Whether the name of a local static means another local variable at ``index`` of its function: the last one declared around it counts."""
    around = [first for first, last in function.hidden.get(variable.name, ()) if first <= index < last]
    name, own = function.view.tokens[max(around)] if around else variable.name_token, variable.name_token
    return name is not own and (name.start < 0 or (name.file, name.start) != (own.file, own.start))


def precedes(one: Use, other: Use) -> bool:
    """Whether a use stands before another one of the same function, in whatever configurations; also where that is not known."""
    if one.view is other.view:
        return one.index < other.index
    first, second = edge(one.token, False), edge(other.token, False)
    return first is None or second is None or first[0] != second[0] or first[1] < second[1]


def how(view: View, index: int, variable: Variable) -> str:
    """Whether the use at ``index`` of ``view`` reads, writes, or takes the address of what the variable holds."""
    tokens = view.tokens
    left, right, deref = _whole(tokens, index, variable.array)
    before, after = tokens[left].text if left >= 0 else "", tokens[right].text if right < len(tokens) else ""
    if before == "(" and left > 0 and tokens[left - 1].text in _SETTERS:
        return "write"
    if after == "(" and variable.node is None and right > index + 1 and not variable.stars:  # a method of C++ may change its object
        return "write"
    assigned = after in ASSIGNMENTS and not (before == "*" and after not in ("++", "--"))
    if (assigned or before in ("++", "--")) and not deref:
        return "write"
    if before == "&" and left > 1 and not deref and (tokens[left - 1].text in _UNARY_BEFORE or _cast(tokens, left - 1, variable.view.types)):
        return "read" if only_reads(view, left) else "address"
    if variable.array and right == index + 1 and not _sized(tokens, index):
        return "address" if _passed(tokens, index, after) and not only_reads(view, index) else "read"
    return "read"


def _cast(tokens: list[Token], closing_index: int, types: set[str]) -> bool:
    """Whether the parenthesis that closes at ``closing_index`` is that of a cast."""
    last = tokens[closing_index - 1].text
    return tokens[closing_index].text == ")" and (last == "*" or last in types or last in ("void", "char", "int", "long"))


def _whole(tokens: list[Token], index: int, array: bool) -> tuple[int, int, bool]:
    """What stands before and behind the lvalue around a name, with its members, elements and parentheses; whether it follows a pointer."""
    left, right, deref = index - 1, index + 1, False
    while 0 < right < len(tokens):
        text = tokens[right].text
        if text == "[":
            right = closing(tokens, right) + 1
            deref = deref or not array
        elif text in (".", "->"):
            right += 2
            deref = deref or text == "->"
        elif text == ")" and left > 0 and tokens[left].text == "(" and tokens[left - 1].kind != ID and tokens[left - 1].text not in (")", "]"):
            left, right = left - 1, right + 1
        else:
            break
    return left, right, deref


def _sized(tokens: list[Token], index: int) -> bool:
    return tokens[index - 1].text == "sizeof" or (tokens[index - 1].text == "(" and tokens[index - 2].text == "sizeof")


def _passed(tokens: list[Token], index: int, after: str) -> bool:
    return after in (",", ")", "+", ";", "}")
