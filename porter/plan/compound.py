"""Arrays and structs that keep objects: the places in them that hold a reference, and who owns it."""

from __future__ import annotations

from collections.abc import Iterator

from pycparser import c_ast

from porter.facts.capi import API_TABLES, OBJECT_STRUCTS, STEALS
from porter.facts.holds import is_object_struct, points_to_object
from porter.facts.program import Program, Variable, View
from porter.facts.uses import Use
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID
from porter.plan.model import Held, Refusal
from porter.plan.ownership import KEEPERS, TAKERS, argument_of, assigned

_DEPTH = 20


def held_in(program: Program, variable: Variable, uses: list[Use], stolen: list[Use] | None = None) -> tuple[Held, ...]:
    """The places inside a variable whose references the state owns. Raises :class:`Refusal` where that is not clear.

    ``stolen`` gets the accesses to members whose reference a call takes over although nobody took one for it; without
    it, they are not clear.
    """
    here = program.place(variable.name_token)
    places = list(_places(variable.view, variable.node.type, Held("", None), here)) if variable.node is not None else []
    if not places:
        raise Refusal(f"what {variable.ctype} holds is not known", here)
    if any(not place.member for place in places):
        return tuple(p for p in places if _owned(program, variable, _elements(program, uses)))
    for use in uses:
        if use.how != "address" and use.view.tokens[_behind(use.view.tokens, use.index)].text in (")", ",", ";", "=") and not _goes_into(use):
            raise Refusal("it is used as a whole", program.place(use.token))
    return tuple(p for p in places if _owned(program, variable, _accesses(program, p.member), stolen))


def _places(view: View, node: c_ast.Node, held: Held, here, depth: int = 0) -> Iterator[Held]:
    """All places in what a declaration describes; ``held`` is the way there so far."""
    if depth > _DEPTH:
        return
    if isinstance(node, c_ast.ArrayDecl):
        inner = list(_places(view, node.type, Held(f"{held.path}[i]", held.path, held.member), here, depth + 1))
        if inner and (held.array is not None or node.dim is None and depth):
            raise Refusal("it holds objects in an array of arrays, or one whose length is not written", here)
        yield from inner
    elif isinstance(node, c_ast.PtrDecl):
        if points_to_object(view, node.type):
            if isinstance(node.type, c_ast.PtrDecl):
                raise Refusal("it points to where objects are kept, and how many is not known", here)
            yield held
    elif isinstance(node, c_ast.TypeDecl):
        yield from _places(view, node.type, held, here, depth + 1)
    elif isinstance(node, c_ast.IdentifierType):
        name = node.names[-1]
        if name in OBJECT_STRUCTS:
            raise Refusal("it is an object itself, not a reference to one", here)
        if name in view.typedefs and name not in API_TABLES:
            yield from _places(view, view.typedefs[name], held, here, depth + 1)
    elif isinstance(node, (c_ast.Struct, c_ast.Union)):
        yield from _members(view, node, held, here, depth)


def _members(view: View, node: c_ast.Struct | c_ast.Union, held: Held, here, depth: int) -> Iterator[Held]:
    if node.name in API_TABLES:
        return
    if is_object_struct(view, node):
        raise Refusal("it is an object itself, not a reference to one", here)
    for member in node.decls or getattr(view.structs.get(node.name), "decls", None) or []:
        if isinstance(member, c_ast.Decl):
            found = list(_places(view, member.type, Held(f"{held.path}.{member.name}", held.array, member.name or ""), here, depth + 1))
            if found and (isinstance(node, c_ast.Union) or not member.name):
                raise Refusal("it keeps objects in a union", here)
            yield from found


# -- who owns what is in it ------------------------------------------------------


def _elements(program: Program, uses: list[Use]) -> Iterator[tuple[Use, int]]:
    """The uses of an array and, for each, the index behind the element it means."""
    for use in uses:
        if use.how == "address":
            raise Refusal("its address is taken", program.place(use.token))
        yield use, _behind(use.view.tokens, use.index)


def _accesses(program: Program, member: str) -> Iterator[tuple[Use, int]]:
    """Every access to a member of this name, of whatever struct, and the index behind it."""
    for view in program.all_views:
        owners = [(f.declaration.body, f.declaration.last, f) for f in view.functions.values()]
        tokens = view.tokens
        for index in range(1, len(tokens) - 1):
            if tokens[index].text == member and tokens[index].kind == ID and tokens[index - 1].text in (".", "->"):
                function = next((f for a, b, f in owners if a <= index < b), None)
                if function is not None:
                    yield Use(tokens[index], index, view, function, _how(tokens, index)), _behind(tokens, index)


def _owned(program: Program, variable: Variable, accesses: Iterator[tuple[Use, int]], stolen: list[Use] | None = None) -> bool:
    said: set[bool] = set()
    given = 0
    for use, behind in accesses:
        call = argument_of(use)
        name, position = call if call is not None else ("", -1)
        if use.how == "address":
            said.add(_given_through(program, use, name, position))
        elif use.view.tokens[behind].text == "=":
            answer = assigned(program, use, behind)
            said |= {answer} if answer is not None else set()
        elif name in KEEPERS and position == 0:
            said.add(True)
        elif name in TAKERS:
            given += 1
        elif STEALS.get(name) == position and use.view.tokens[behind].text in (",", ")"):
            given -= 1
        if given < 0 and stolen is not None:
            stolen.append(use)
            given = 0
        elif given < 0:
            raise Refusal("its reference is given away where none was taken for it", program.place(use.token))
    if len(said) > 1 or stolen and True not in said:
        raise Refusal("it is given references it owns and references it does not", program.place(variable.name_token))
    return True in said


def _given_through(program: Program, use: Use, name: str, position: int) -> bool:
    """Whether a function that is handed the address of the place puts a reference there that it owns."""
    function = program.function(name, use.view) if name else None
    if function is None or position >= len(function.parameters) or not function.parameters[position].name:
        raise Refusal("the address of a place in it is taken", program.place(use.token))
    parameter, tokens = function.parameters[position].name, function.view.tokens
    said: set[bool | None] = set()
    for index in range(function.declaration.body, function.declaration.last):
        if tokens[index].text == parameter and tokens[index - 1].text not in (".", "->"):
            if tokens[index - 1].text != "*" or tokens[index + 1].text != "=":
                raise Refusal(f"what {name}() does with the address of a place in it is not clear", program.place(tokens[index]))
            said.add(assigned(program, Use(tokens[index], index, function.view, function, "write"), index + 1))
    if said - {None} != {True}:
        raise Refusal(f"what {name}() puts into it is not clear", program.place(use.token))
    return True


def _how(tokens, index: int) -> str:
    """``address`` where ``&`` stands before the whole access, else ``read``."""
    first = index
    while first > 1 and (tokens[first - 1].text in (".", "->") or tokens[first].text in (".", "->")):
        first -= 1
    before = tokens[first - 1].text, tokens[first - 2].text
    return "address" if before[0] == "&" and before[1] in ("(", ",", "=", "return", "{", ")") else "read"


def _behind(tokens, index: int) -> int:
    """The index behind a name and its elements: ``name[i]``."""
    index += 1
    while tokens[index].text == "[":
        index = closing(tokens, index) + 1
    return index


def _goes_into(use: Use) -> bool:
    """Whether a use by its whole name only asks for its size."""
    tokens = use.view.tokens
    return "sizeof" in (tokens[use.index - 1].text, tokens[use.index - 2].text)
