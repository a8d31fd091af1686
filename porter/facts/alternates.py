"""Units as other configurations have them, with what of them the target does not have; and one function in several of them."""

from __future__ import annotations

from bisect import bisect_right

from porter.facts.program import Function, Program, View, cut, edge, read_view
from porter.frontend.lexer import Token
from porter.frontend.preprocess import Unit
from porter.frontend.unit import version_macros

_OWN_GIL = version_macros("3.12")["PY_VERSION_HEX"]


class Seen:
    """The bytes of each file that some unit takes."""

    def __init__(self) -> None:
        self._holes: dict[str, list[tuple[int, int]]] = {}

    def add(self, unit: Unit) -> None:
        """Count what a unit takes."""
        for file in unit.texts:
            holes = sorted((s.start, s.end) for s in unit.skipped if s.file == file and (file, s.start) not in unit.taken)
            self._holes[file] = _shared(self._holes[file], holes) if file in self._holes else holes

    def has(self, file: str, offset: int) -> bool:
        """Whether some unit takes the byte at ``offset``."""
        holes = self._holes.get(file)
        if holes is None:
            return False
        index = bisect_right(holes, offset, key=lambda hole: hole[0]) - 1
        return index < 0 or offset >= holes[index][1]

    def lacks(self, token: Token) -> bool:
        """Whether a token is written, or comes out of a macro used, where no unit has read."""
        if token.start >= 0 and token.file and not self.has(token.file, token.start):
            return True
        use = token.expansion.outermost.use if token.expansion is not None else None
        return use is not None and use.start >= 0 and use.file != "" and not self.has(use.file, use.start)


def _shared(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches that lie in one of ``left`` and in one of ``right``."""
    found = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return sorted({(a, b) for a, b in found if a < b})


def alternate(program: Program, known: View, unit: Unit, seen: Seen) -> View:
    """The view of a unit that ``known`` is for the target. Declarations that have nothing that is not ``seen`` are taken as known.

    What of it cannot be read is in its ``unread``; it is no gap of the program.
    """
    view = cut(unit)
    view.fresh = frozenset(i for i, token in enumerate(unit.tokens) if seen.lacks(token))
    view.types |= known.types
    view.typedefs, view.structs = dict(known.typedefs), dict(known.structs)
    read_view(Program(program.extension, program.reader, texts=unit.texts), view)
    for name, function in view.functions.items():
        own = known.functions.get(name)
        if own is not None and (own.name_token.file, own.name_token.start) == (function.name_token.file, function.name_token.start):
            view.tokens[function.declaration.parameters - 1] = own.name_token  # also where a macro makes the name
    return view


def variants(program: Program, function: Function) -> list[Function]:
    """A function as each configuration that has it reads it, itself first."""
    found = (view.functions.get(function.name) for view in program.alternates if view.file == function.view.file)
    return [function, *(f for f in found if f is not None and f is not function and f.name_token.start == function.name_token.start)]


def twins(program: Program, function: Function) -> list[Function]:
    """The functions of the same name that take its place in other configurations."""
    found = {}
    for view in program.all_views if program.alternates else ():
        other = view.functions.get(function.name)
        if other is not None and (view.file == function.view.file or not other.static and not function.static):
            found.setdefault((other.name_token.file, other.name_token.start), other)
    found.pop((function.name_token.file, function.name_token.start), None)
    return list(found.values())


def one_gil(view: View) -> bool:
    """Whether a view is of a configuration in which no interpreter has a GIL of its own: PyPy, and CPython before 3.12 (PEP 684)."""
    macros = view.unit.macros
    return view.fresh is not None and ("PYPY_VERSION" in macros or macros["PY_VERSION_HEX"].body[0].text < _OWN_GIL)


class Understood:
    """What the alternates of a program read: of arms that the target does not take, the bytes that facts are known of."""

    def __init__(self, program: Program) -> None:
        self._each = [(_seen(view), _unread(view)) for view in program.alternates]

    def has(self, file: str, offset: int) -> bool:
        """Whether a configuration takes the byte at ``offset`` and knows the declaration around it."""
        return any(
            seen.has(file, offset) and not any(f == file and a <= offset < b for f, a, b in unread) for seen, unread in self._each
        )


def _seen(view: View) -> Seen:
    seen = Seen()
    seen.add(view.unit)
    return seen


def _unread(view: View) -> list[tuple[str, int, int]]:
    """The bytes of the declarations of a view that nothing is known of, as far as they are written in one file."""
    ends = ((edge(view.tokens[first], False), edge(view.tokens[last - 1], True)) for first, last in view.unread)
    return [(begin[0], begin[1], end[1]) for begin, end in ends if begin is not None and end is not None and begin[0] == end[0]]
