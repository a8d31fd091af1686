"""What the functions of a heap type do with references: does tp_traverse visit the type, does tp_dealloc give it back (Python 3.8, 3.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pycparser import c_ast

from porter.facts import model
from porter.facts.holds import is_object_struct, object_members
from porter.facts.initializer import Value, arguments
from porter.facts.program import Function, Program, View
from porter.frontend.lexer import ID

_VISITS = re.compile(r"visit", re.IGNORECASE)
_RELEASES = re.compile(r"dec_?ref|^Py_(CLEAR|X?SETREF)$", re.IGNORECASE)
_TYPE_OF = frozenset(("Py_TYPE", "ob_type", "PyObject_Type", "_PyObject_TYPE"))
_HANDS_ON = {"tp_traverse": ("tp_traverse", "Py_tp_traverse"), "tp_dealloc": ("tp_dealloc", "Py_tp_dealloc")}
_STATIC_TYPE = re.compile(r"Py[A-Z]\w*_Type$")
_HEAD = frozenset(("ob_type", "_ob_next", "_ob_prev"))
_DEEP = 8


def lifetime(program: Program, view: View, slots: dict[str, Value], size: Value | None, base: str) -> model.Lifetime:
    """The facts of one heap type from the values of its slots and of its basicsize."""
    traverse, dealloc = (_function(program, view, slots.get(name)) for name in ("tp_traverse", "tp_dealloc"))
    return model.Lifetime(
        program.place(traverse.name_token) if traverse else None,
        _Body(program, "tp_traverse", _VISITS).reaches(traverse) if traverse else None,
        program.place(dealloc.name_token) if dealloc else None,
        _Body(program, "tp_dealloc", _RELEASES).reaches(dealloc) if dealloc else None,
        _held(view, size),
        base,
    )


def _function(program: Program, view: View, value: Value | None) -> Function | None:
    """The function a slot names, behind casts of any kind."""
    names = [t.text for t in value.view.tokens[value.first : value.last] if t.kind == ID] if value is not None else []
    found = [f for f in (program.function(name, view) for name in names) if f is not None]
    return found[-1] if found else None


@dataclass(frozen=True)
class _Body:
    """The search for one thing done to the type of an object, through the helpers that get the object or its type."""

    program: Program
    slot: str
    verb: re.Pattern[str]

    def reaches(self, function: Function, position: int = 0, is_type: bool = False, depth: int = 0) -> bool | None:
        """Whether it is done to the type of parameter ``position`` (which may be that type itself); None: where it is handed on to."""
        if position >= len(function.parameters) or not function.parameters[position].name or depth > _DEEP:
            return None
        name = function.parameters[position].name
        types = {name} if is_type else _types_of(function)
        answers = [self._at(function, index, name, types, depth) for index in range(function.declaration.body, function.declaration.last)]
        return True if True in answers else None if None in answers else False

    def _at(self, function: Function, index: int, name: str, types: set[str], depth: int) -> bool | None:
        tokens = function.view.tokens
        token = tokens[index]
        if token.kind != ID:
            return False
        if token.text in _HANDS_ON[self.slot]:
            return False if _of_static_type(tokens, index) else None
        given = arguments(function.view, index)
        if given is None:
            return False
        if self.verb.search(token.text) and any(_is_type(value.words, types) for value in given):
            return True
        helper = self.program.function(token.text, function.view)
        if helper is None or helper is function or tokens[index - 1].text in (".", "->"):
            return False
        return self._helper(helper, given, name, types, depth)

    def _helper(self, helper: Function, given: list[Value], name: str, types: set[str], depth: int) -> bool | None:
        answers = []
        for position, value in enumerate(given):
            if _is_type(value.words, types):
                answers.append(self.reaches(helper, position, True, depth + 1))
            elif name in value.words:
                answers.append(self.reaches(helper, position, False, depth + 1))
        return True if True in answers else None if None in answers else False


def _is_type(words: list[str], types: set[str]) -> bool:
    return any(word in types or word in _TYPE_OF for word in words)


def _types_of(function: Function) -> set[str]:
    """The local names that are set from the type of an object."""
    tokens, found = function.view.tokens, set()
    for index in range(function.declaration.body, function.declaration.last):
        if tokens[index].text in _TYPE_OF:
            begin = index
            while tokens[begin].text not in (";", "{", "}", "="):
                begin -= 1
            if tokens[begin].text == "=" and tokens[begin - 1].kind == ID:
                found.add(tokens[begin - 1].text)
    return found


def _of_static_type(tokens: list, index: int) -> bool:
    """Whether the slot is one of Python's own static types, whose functions know nothing of heap types: ``PyList_Type.tp_dealloc``."""
    return tokens[index - 1].text == "." and bool(_STATIC_TYPE.match(tokens[index - 2].text))


def _held(view: View, size: Value | None) -> tuple[str, ...]:
    """The members of the instance's struct that keep a reference; of a class of C++ only its name is known."""
    words = [w for w in size.words if w not in ("sizeof", "(", ")", "struct", "int")] if size is not None and "sizeof" in size.words else []
    if len(words) != 1:
        return ()
    if words[0] in view.holders:
        return (words[0],)
    struct = _struct(view, words[0])
    return tuple(_members(view, struct)) if struct is not None else ()


def _members(view: View, struct: c_ast.Struct, depth: int = 0) -> list[str]:
    """A list of weak references is kept by the interpreter, which owns none of it; an object's own head is no member."""
    found = [name for name in object_members(view, struct) if "weak" not in name and name not in _HEAD]
    members = struct.decls or getattr(view.structs.get(struct.name), "decls", None) or []
    if members and depth < _DEEP and is_object_struct(view, struct):
        first = getattr(members[0].type, "type", None)
        inner = _struct(view, first.names[-1]) if isinstance(first, c_ast.IdentifierType) else first
        found += _members(view, inner, depth + 1) if isinstance(inner, c_ast.Struct) else []
    return found


def _struct(view: View, name: str) -> c_ast.Struct | None:
    """The struct a name means, through typedefs."""
    for _ in range(_DEEP):
        target = view.typedefs.get(name)
        inner = getattr(target, "type", None)
        if isinstance(inner, c_ast.Struct):
            return view.structs.get(inner.name, inner)
        if not isinstance(inner, c_ast.IdentifierType):
            break
        name = inner.names[-1]
    return view.structs.get(name)
