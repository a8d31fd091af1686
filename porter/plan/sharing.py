"""Variables of plain C that all interpreters may share: never written by code that runs, or tables of constants."""

from __future__ import annotations

from pycparser import c_ast

from porter.facts.atomics import is_atomic
from porter.facts.process_wide import LOCKS
from porter.facts.program import Function, Program, Variable, View
from porter.facts.uses import Use, uses_of
from porter.plan.model import InitPlan, key_of
from porter.plan.python_values import asks_python, given_of
from porter.plan.reach import CallGraph
from porter.plan.repeated import repeats
from porter.plan.roles import Roles

_ASSIGN = frozenset("= += -= *= /= %= &= |= ^= <<= >>= ++ --".split())


class Sharing:
    """Which C variables all interpreters may share, by who can run what; ``locked``: those a lock is held for."""

    def __init__(self, program: Program, places: dict[str, list], init: InitPlan) -> None:
        self.program, self.places, self.roots = program, places, list(init.roots)
        self.graph = graph = CallGraph(program, places, Roles(program, {}, init.definition))
        loading = {key_of(f) for f in self.roots}
        self.locked: frozenset[tuple[str, str, str]] = frozenset()
        self.running = [f for k, f in graph.functions.items() if (k in graph.escapes or f.name in graph.roles.by_name) and k not in loading]

    def in_init(self) -> list[Function]:
        """The functions that run in the init."""
        return [self.graph.functions[key] for key in sorted(self.graph.reachable(self.roots), key=str) if key in self.graph.functions]

    def why_safe(self, variable: Variable) -> str | None:
        """The reason a variable may stay shared whatever moves, or None where code that can run writes it."""
        if self.locked and written_at(variable) in self.locked:
            return "one lock for the process is held around the calls that lead to it"
        return why_shared_is_safe(self.program, self.places, variable, self.graph, (self.running, self.roots))

    def given(self, variable: Variable, moved: set[str]) -> str | None:
        """Which of the symbols that move a write of the variable mentions; None where none does."""
        return next((name for u in uses_of(variable, self.places) if u.how == "write" and (name := given_of(u, moved))), None)

    def written_in_init(self, variable: Variable) -> str | None:
        """Why a variable that only the init writes may be shared: every interpreter writes the same."""
        during = self.graph.reachable(self.roots)
        later = self.graph.reachable(self.running)
        writes = [u for u in uses_of(variable, self.places) if u.how != "read"]
        if any(u.function is None or key_of(u.function) not in during or key_of(u.function) in later for u in writes):
            return None
        if any(asks_python(u) for u in writes) or not repeats(variable, writes):
            return None
        return "only the init writes it, and writes the same in every interpreter"


def written_at(variable: Variable) -> tuple[str, str, str]:
    """What a variable is known by whatever is written before it: its file, its name, its function."""
    return variable.name_token.file, variable.name, variable.function.name if variable.function else ""


def why_shared_is_safe(program: Program, places: dict[str, list], variable: Variable, graph: CallGraph, roots: tuple[list[Function], list[Function]]) -> str | None:
    """The reason one C variable may stay shared by all interpreters, or None where it may not."""
    if variable.base in LOCKS and not variable.stars:
        return "a lock: what it is held for is there for the process"
    uses = [u for u in uses_of(variable, places) if u.how != "read"]
    if not uses:
        return "nothing writes it"
    if all(is_atomic(u) for u in uses_of(variable, places)):
        return "it is only reached by atomic operations"
    running = graph.reachable([*roots[0], *roots[1]])
    live = [u for u in uses if u.function is None or key_of(u.function) in running]
    if not live:
        return "only functions that nothing calls write it"
    if all(u.how == "address" for u in live) and variable.value is not None and _is_constant_table(program, places, variable):
        return "a table of constants: none of its members is ever assigned"
    if not variable.view.knows_python and _for_threads(variable) and all(_stored_whole(u) for u in live):
        return "a C library without Python keeps it for the process, and made it for threads: it is only ever stored whole"
    return None


def _for_threads(variable: Variable) -> bool:
    """Whether a scalar is declared ``volatile`` or ``_Atomic``, as what is found out once per process is (CPU features)."""
    words = {t.text for t in variable.view.tokens[variable.first : variable.name_index]}
    return bool(words & {"volatile", "_Atomic"}) and not variable.array and "struct" not in words and "union" not in words


def _stored_whole(use: Use) -> bool:
    return use.how == "write" and use.view.tokens[use.index + 1].text == "="


def _is_constant_table(program: Program, places: dict[str, list], variable: Variable) -> bool:
    """Whether a struct's address goes round but no member of that name is assigned anywhere in the extension."""
    names = _members(variable.view, variable.node.type if variable.node is not None else None)
    return bool(names) and not any(_assigned(view, names) for view in program.all_views)


def _members(view: View, node: c_ast.Node | None, depth: int = 0) -> set[str]:
    while isinstance(node, (c_ast.TypeDecl, c_ast.ArrayDecl, c_ast.Decl)):
        node = node.type
    if isinstance(node, c_ast.IdentifierType) and depth < 8:
        return _members(view, view.typedefs.get(node.names[-1]), depth + 1)
    if isinstance(node, c_ast.Struct):
        members = node.decls or getattr(view.structs.get(node.name), "decls", None) or []
        return {m.name for m in members if isinstance(m, c_ast.Decl) and m.name}
    return set()


def _assigned(view: View, names: set[str]) -> bool:
    tokens = view.tokens
    for i in range(1, len(tokens) - 1):
        if tokens[i].text in names and tokens[i - 1].text in (".", "->") and tokens[i + 1].text in _ASSIGN and not _designator(tokens, i):
            return True
    return False


def _designator(tokens, index: int) -> bool:
    return tokens[index - 1].text == "." and tokens[index - 2].text in ("{", ",")
