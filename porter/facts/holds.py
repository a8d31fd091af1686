"""What a variable can hold: an object, a type, a pointer to one, or plain C data."""

from __future__ import annotations

import re

from pycparser import c_ast

from porter.facts.capi import API_TABLES, OBJECT_STRUCTS
from porter.facts.program import Variable, View

_DEPTH = 40
_NAME = re.compile(r"\w+")
_KNOWN = API_TABLES | OBJECT_STRUCTS
_LANGUAGE = frozenset("void int char short long unsigned signed double float _Bool".split())
_TYPE = frozenset(("PyTypeObject", "_typeobject"))


def base_name(variable: Variable) -> str:
    """The name of its base type without ``struct``, ``const`` and such; that of the C API where a typedef renames one."""
    words = [w for w in variable.base.split() if w not in ("struct", "union", "enum", "const", "volatile")]
    written = name = words[-1] if words else ""
    for _ in range(_DEPTH):
        target = variable.view.typedefs.get(name)
        if name in _KNOWN or not isinstance(target, c_ast.TypeDecl):
            break
        inner = target.type
        name = inner.names[-1] if isinstance(inner, c_ast.IdentifierType) else inner.name or ""
    return name if name in _KNOWN else written


def basic_type(view: View, name: str) -> str | None:
    """The type of the language that a typedef of the tree is another name for: ``int`` for ``BOOL``; None for anything else."""
    for _ in range(_DEPTH):
        target = view.typedefs.get(name)
        inner = target.type if isinstance(target, c_ast.TypeDecl) else None
        if not isinstance(inner, c_ast.IdentifierType):
            return None
        name = " ".join(inner.names)
        if set(inner.names) <= _LANGUAGE:
            return name
    return None


def is_table(variable: Variable) -> bool:
    """Whether it is a table of the C API, which is never state of an extension."""
    return base_name(variable) in API_TABLES and variable.stars == 0


def is_type_object(variable: Variable) -> bool:
    """Whether it is itself a type object: PyTypeObject, a struct that begins with one, or an array of them."""
    if variable.stars:
        return False
    return base_name(variable) in _TYPE or (variable.node is not None and begins_with_type(variable.view, variable.node.type))


def begins_with_type(view: View, node: c_ast.Node, depth: int = 0) -> bool:
    """Whether a struct's first member is a type object, so that a pointer to the one is a pointer to the other."""
    if depth > _DEPTH:
        return False
    if isinstance(node, (c_ast.TypeDecl, c_ast.ArrayDecl)):
        return begins_with_type(view, node.type, depth + 1)
    if isinstance(node, c_ast.IdentifierType):
        name = node.names[-1]
        return name in _TYPE or (name in view.typedefs and begins_with_type(view, view.typedefs[name], depth + 1))
    if isinstance(node, c_ast.Struct):
        members = node.decls or getattr(view.structs.get(node.name), "decls", None) or []
        return node.name in _TYPE or bool(members) and isinstance(members[0], c_ast.Decl) and begins_with_type(view, members[0].type, depth + 1)
    return False


def is_type_pointer(variable: Variable) -> bool:
    """Whether it points to a type object."""
    return base_name(variable) in _TYPE and variable.stars >= 1


def holds_object(variable: Variable) -> bool:
    """Whether it can keep a reference to an object: a pointer to an object struct, or a struct or array that has one.

    A variable that is an object itself (``static PyObject x``) holds one too: it is shared like any other.
    """
    if variable.node is None:
        names = set(_NAME.findall(variable.base))
        return bool(names & OBJECT_STRUCTS) or (not variable.stars and bool(names & variable.view.holders))
    return _holds(variable.view, variable.node.type, 0)


def _holds(view: View, node: c_ast.Node, depth: int) -> bool:
    if depth > _DEPTH:
        return False
    if isinstance(node, c_ast.ArrayDecl):
        return _holds(view, node.type, depth + 1)
    if isinstance(node, c_ast.PtrDecl):
        return points_to_object(view, node.type, depth + 1)
    if isinstance(node, c_ast.TypeDecl):
        return _holds(view, node.type, depth + 1)
    if isinstance(node, c_ast.IdentifierType):
        name = node.names[-1]
        return name in OBJECT_STRUCTS or (name in view.typedefs and name not in API_TABLES and _holds(view, view.typedefs[name], depth + 1))
    if isinstance(node, (c_ast.Struct, c_ast.Union)):
        members = node.decls or getattr(view.structs.get(node.name), "decls", None) or []
        if node.name in API_TABLES:
            return False
        return is_object_struct(view, node) or any(_holds(view, m.type, depth + 1) for m in members if isinstance(m, c_ast.Decl))
    return False


def points_to_object(view: View, node: c_ast.Node, depth: int = 0) -> bool:
    """Whether a pointer's target is an object struct (through typedefs and further pointers)."""
    if depth > _DEPTH:
        return False
    if isinstance(node, c_ast.PtrDecl):
        return points_to_object(view, node.type, depth + 1)
    if isinstance(node, c_ast.TypeDecl):
        return points_to_object(view, node.type, depth + 1)
    if isinstance(node, c_ast.IdentifierType):
        name = node.names[-1]
        if name in OBJECT_STRUCTS:
            return True
        return name in view.typedefs and points_to_object(view, view.typedefs[name], depth + 1)
    return isinstance(node, (c_ast.Struct, c_ast.Union)) and is_object_struct(view, node)


def is_object_struct(view: View, node: c_ast.Struct, depth: int = 0) -> bool:
    """Whether a struct is an object's own layout: its first member is ``ob_base``, or an object struct itself."""
    if node.name in OBJECT_STRUCTS:
        return True
    members = node.decls or getattr(view.structs.get(node.name), "decls", None) or []
    if not members or depth > _DEPTH or not isinstance(members[0], c_ast.Decl):
        return False
    first = members[0]
    if first.name == "ob_base":
        return True
    inner = first.type
    if not isinstance(inner, c_ast.TypeDecl):
        return False
    if isinstance(inner.type, c_ast.IdentifierType):
        name = inner.type.names[-1]
        if name in OBJECT_STRUCTS:
            return True
        target = view.typedefs.get(name)
        while isinstance(target, c_ast.TypeDecl):
            target = target.type
        return isinstance(target, c_ast.Struct) and is_object_struct(view, target, depth + 1)
    return isinstance(inner.type, c_ast.Struct) and is_object_struct(view, inner.type, depth + 1)


def object_members(view: View, struct: c_ast.Struct) -> list[str]:
    """The names of a struct's members that keep one reference each (pointers to objects)."""
    members = struct.decls or getattr(view.structs.get(struct.name), "decls", None) or []
    return [m.name for m in members if isinstance(m, c_ast.Decl) and isinstance(m.type, c_ast.PtrDecl) and points_to_object(view, m.type.type)]
