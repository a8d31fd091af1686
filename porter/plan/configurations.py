"""Which other configurations of a unit are worth reading: one for each arm of ``#if`` that says something of the state.

An arm the target does not take is read as the Python, or with the macros, that take it. Where nothing porter can think
of does, it is taken as if its condition held, with all else as it is for the target.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from porter.facts.alternates import Seen, alternate, one_gil
from porter.facts.holds import is_table
from porter.facts.program import Program, View
from porter.facts.uses import index_names
from porter.facts.variables import defined
from porter.frontend.branches import Branch
from porter.frontend.lexer import ID, Token
from porter.frontend.preprocess import Unit
from porter.frontend.unit import version_macros
from porter.frontend.ways import ways
from porter.plan.arms import Arms

_MOST = 6_000_000  # tokens that are read of other configurations
_ROUNDS = 3  # of names that arms read before made interesting
_WAYS = 2  # of taking one arm that are tried
_FIXED = frozenset((*version_macros("3.0"), "__cplusplus"))


def with_alternates(program: Program, arms: Arms) -> Program:
    """The program with the other configurations its units have to be read in; ``arms`` learns which arms are dead."""
    search, words = _Search(program, arms), frozenset[str]()
    for _ in range(_ROUNDS):
        known, words = words, _concerned(program)
        made = [each for view in program.views for each in search.alternates(view, words)] if words != known else []
        if not made:
            return program
        texts = {file: text for view in made for file, text in view.unit.texts.items()}
        program = replace(program, alternates=[*program.alternates, *made], texts=texts | program.texts)
    return program


def _concerned(program: Program) -> frozenset[str]:
    """The names of what may move, of the functions that use it or call one of them, and of the macros that hide that."""
    places = index_names(program)
    variables = [v for v in defined(program) if not v.const and not is_table(v) and not one_gil(v.view)]
    macros = {m.name.text: {t.text for t in m.body} for view in program.all_views for m in view.unit.defined}
    found: set[str] = set()
    new = {v.name if v.function is None else v.function.name for v in variables}
    while new:
        found |= new
        users = {function.name for name in new for _, function, _ in places.get(name, ()) if function is not None}
        hidden = {name for name, body in macros.items() if body & new}
        new = (users | hidden) - found
    return frozenset(found)


class _Search:
    """Looks for a configuration for each arm, once; what a configuration takes is ``seen`` then."""

    def __init__(self, program: Program, arms: Arms) -> None:
        self.program, self.arms, self.seen = program, arms, Seen()
        self.tried: set[tuple[str, int]] = set()
        self.volume = 0
        for view in program.views:
            self.seen.add(view.unit)

    def alternates(self, view: View, words: frozenset[str]) -> Iterator[View]:
        """The views to read of one unit for the arms that mention one of ``words``, or declare what may move too."""
        for branch, named in self._wanted(view, words) if view.knows_python and view.confidence == "parsed" else ():
            if self.seen.has(branch.file, branch.start) or (branch.file, branch.start) in self.tried:
                continue
            self.tried.add((branch.file, branch.start))
            unit = next((u for u in self._units(view, branch, named) if _taken(branch, u)), None)
            if unit is not None:
                yield alternate(self.program, view, unit, self.seen)
                self.seen.add(unit)

    def _wanted(self, view: View, words: frozenset[str]) -> Iterator[tuple[Branch, bool]]:
        """The arms of a unit that nothing has read and that matter, and whether they mention one of ``words``."""
        for file in sorted(view.unit.texts):
            left = [b for b in self.program.reader.branches(file) if not self.seen.has(file, b.start)]
            tokens = [t for t in self.program.reader.tokens(file) if t.start >= 0] if left else []
            for branch in sorted(left, key=lambda b: b.start):
                first, last = (bisect_left(tokens, offset, key=lambda t: t.start) for offset in (branch.start, branch.end))
                named = any(t.text in words for t in tokens[first:last] if t.kind == ID)
                if (named or _defines(tokens[first:last])) and self.arms.state(file, branch.start) == "other":
                    yield branch, named

    def _units(self, view: View, branch: Branch, named: bool) -> Iterator[Unit]:
        """The unit in configurations that may take an arm, the likeliest first; none for an arm that only dead Pythons take."""
        for python in self.arms.live_versions:
            yield from _present(self.arms.unit(view.file, python))
        live = self._changes(view, branch, [self.program.reader.python, *self.arms.live_versions])
        for change in live:
            yield from self._read(view, {}, **change)
        old = self._changes(view, branch, self.arms.dead_versions) if not live else []
        if any(_taken(branch, unit) for change in old for unit in self._read(view, {}, **change)):
            self.arms.bury(branch)
        elif named:
            yield from self._read(view, branch.forced)

    def _changes(self, view: View, branch: Branch, pythons: list[str]) -> list[dict[str, str]]:
        """The changes of macros under which the first of some Pythons may take an arm, if one does."""
        for python in pythons:
            unit = view.unit if python == self.program.reader.python else self.arms.unit(view.file, python)
            levels = [] if unit is None else [each for each in branch.levels if (branch.file, each.arm) not in unit.taken]
            needs = [need for level in levels for need in level.needs]
            found = [version_macros(python) | change for change in islice(ways(needs, unit.macros, _FIXED), _WAYS) if change] if levels else []
            if found:
                return found
        return []

    def _read(self, view: View, forced: dict[tuple[str, int], int], **changed: str) -> Iterator[Unit]:
        """The unit in one configuration, while not too much is read already."""
        self.volume += len(view.tokens)
        if self.volume <= _MOST:
            yield from _present(self.program.reader.unit(view.file, forced, **changed))


def _defines(tokens: list[Token]) -> bool:
    """Whether a variable is declared ``static`` among some tokens."""
    for index, token in enumerate(tokens):
        if token.text == "static":
            ends = next((t.text for t in tokens[index:] if t.text in ("(", "=", ";", "{", "[")), "")
            if ends in ("=", ";", "["):
                return True
    return False


def _present(unit: object) -> Iterator[Unit]:
    if isinstance(unit, Unit):
        yield unit


def _taken(branch: Branch, unit: Unit) -> bool:
    return (branch.file, branch.start) in unit.taken
