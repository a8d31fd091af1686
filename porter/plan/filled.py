"""Structs that start as addresses of what moves, such as a C API in a capsule: the exec slot fills them once that is there."""

from __future__ import annotations

from collections.abc import Iterable

from pycparser import c_ast

from porter.facts.holds import is_table, is_type_object
from porter.facts.initializer import Value
from porter.facts.program import Function, Program, Variable, span_of
from porter.facts.uses import Use, uses_of
from porter.frontend.declarations import statement_end
from porter.frontend.lexer import ID
from porter.plan.model import Fill, Refusal, TypeMove, key_of
from porter.plan.sharing import Sharing
from porter.plan.types import Types
from porter.plan.variables import OFFERS, ZERO



class Fills:
    """Answers how a struct with a start of its own is filled, for one program; ``exec_function`` becomes the exec slot."""

    def __init__(self, program: Program, types: Types, sharing: Sharing, exec_function: Function) -> None:
        self.program, self.types, self.sharing, self.exec = program, types, sharing, exec_function

    def fill(self, variable: Variable, moves: Iterable[TypeMove]) -> Fill | None:
        """How ``variable`` is filled where ``moves`` move; None where it is no struct with an initialiser. Raises :class:`Refusal`."""
        if variable.array or variable.stars or variable.value is None or variable.view.tokens[variable.value[0]].text != "{":
            return None
        value = Value(variable.view, *variable.value)
        if ZERO.fullmatch(value.text):
            return None
        here = self.program.place(variable.name_token)
        span = span_of(variable.view.tokens, *variable.value)
        if span is None or "\n#" in self.program.texts[span.file][span.start : span.end]:
            raise Refusal("its initialiser is made by a macro, or has directives inside", here)
        if variable.base in ("struct", "union") or _constant_member(variable):
            raise Refusal("no assignment can say what it starts as: its type has no name, or constant members", here)
        named = [v for v in self.types.variables if v.name in value.words]
        going = {m.variable.name: m for m in moves}
        for each in named:
            if each.name not in going:
                raise Refusal(f"it names {each.name}, which stays static", here)
        behind = max((self._made(going[each.name]) for each in named), default=0)
        self._check_reads(variable, behind)
        return Fill(value, behind or None)

    def check_offered(self, move: TypeMove) -> None:
        """A base that a struct in a capsule offers has to stay static: static types of other extensions may be made of it."""
        if "Py_TPFLAGS_BASETYPE" not in (move.fields["tp_flags"].words if "tp_flags" in move.fields else ()):
            return
        for variable in self.program.variables() if self.sharing.places.get(OFFERS) else ():
            words = Value(variable.view, *variable.value).words if variable.value and not is_table(variable) and not is_type_object(variable) else []
            if move.variable.name in words and any(u.how == "address" for u in uses_of(variable, self.sharing.places)):
                reason = f"{variable.name} offers it to other extensions, whose static types may have it for a base and could not have a heap type: port those first"
                raise Refusal(reason, self.program.place(variable.name_token))

    def _made(self, move: TypeMove) -> int:
        """The index behind the statement of the exec slot that makes a type; 0 where that is made before all."""
        makes = [move.sequence] if move.sequence is not None else self.types.assigned.readied(move.variable)
        if not makes:
            return 0
        index = self._happens(makes[0])
        if index is None:
            raise Refusal(f"where {move.variable.name} is made in the init is not clear", self.program.place(makes[0].token))
        return _behind_statement(self.exec, index)

    def _happens(self, use: Use) -> int | None:
        """The index in the exec slot where the code of a use runs first: the use itself, or a call that leads to it."""
        if use.function is None:
            return None
        if use.function.name_token is self.exec.name_token:
            return use.index
        graph, tokens = self.sharing.graph, self.exec.view.tokens
        for index in range(self.exec.declaration.body, self.exec.declaration.last):
            if tokens[index].kind == ID and tokens[index + 1].text == "(":
                called = self.program.function(tokens[index].text, self.exec.view)
                if called is not None and key_of(use.function) in graph.reachable([called]):
                    return index
        return None

    def _check_reads(self, variable: Variable, behind: int) -> None:
        """Before it is filled, only its address may be handed on."""
        for use in uses_of(variable, self.sharing.places):
            index = self._happens(use) if use.how != "address" else None
            if index is not None and index < behind:
                raise Refusal("the init uses what is in it before the types it names are made", self.program.place(use.token))


def _constant_member(variable: Variable) -> bool:
    """Whether a member of the struct is constant, so that the whole cannot be assigned."""
    node = variable.node.type if variable.node is not None else None
    for _ in range(8):
        if isinstance(node, c_ast.TypeDecl):
            node = node.type
        elif isinstance(node, c_ast.IdentifierType):
            node = variable.view.typedefs.get(node.names[-1])
    if not isinstance(node, c_ast.Struct):
        return True
    members = node.decls or getattr(variable.view.structs.get(node.name), "decls", None) or []
    return not members or any("const" in getattr(m.type, "quals", ()) for m in members if isinstance(m, c_ast.Decl))


def _behind_statement(function: Function, index: int) -> int:
    """The index behind the outermost statement of a body that holds ``index``."""
    first = function.declaration.body + 1
    while (end := statement_end(function.view.tokens, first)) <= index:
        first = end
    return end
