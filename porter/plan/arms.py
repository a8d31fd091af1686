"""Arms of ``#if`` that the target does not take: which are dead for every Python that matters, and which live elsewhere."""

from __future__ import annotations

import re

from porter.facts.program import Program
from porter.frontend.branches import Branch
from porter.frontend.preprocess import Unit
from porter.frontend.unit import version_macros

_OLD = ("2.1", "2.7", "3.2", "3.4", "3.6", "3.7", "3.8")
_NEW = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")


class Arms:
    """Answers for a place in a file whether it is live for the target, dead, or live somewhere else."""

    def __init__(self, program: Program, min_python: str) -> None:
        self.program = program
        least = _number(min_python)
        self.dead_versions = [v for v in (*_OLD, *_NEW) if _number(v) < least]
        self.live_versions = [v for v in reversed(_NEW) if _number(v) >= least and v != program.reader.python]
        self._nowhere: dict[str, list[tuple[int, int]]] = {}
        self._cache: dict[tuple[str, str], Unit | None] = {}
        self._mentions: dict[str, bool] = {}

    def state(self, file: str, offset: int) -> str:
        """``live``: the target takes it; ``dead``: only Pythons below the minimum do, or nothing does (``#if 0``);
        ``other``: another Python, platform or option does."""
        skipped = False
        for view in self.program.views:
            if file not in view.unit.texts:
                continue
            if not _inside(view.unit, file, offset):
                return "live"
            skipped = True
            if any(self._takes(view.file, v, file, offset) for v in self.live_versions):
                return "other"
        if not skipped:
            return "live"
        if any(start <= offset < end for start, end in self._never(file)):
            return "dead"
        views = [v for v in self.program.views if file in v.unit.texts]
        old = any(self._takes(v.file, o, file, offset) or self._turns(v.unit, v.file, o, file, offset) for v in views for o in self.dead_versions)
        return "dead" if old else "other"

    def defines(self, name: str, file: str, offset: int) -> bool:
        """Whether ``offset`` stands in an arm not taken that makes a macro of ``name`` before it: there the name means that macro."""
        text = self.program.texts.get(file, "")
        around = [s for v in self.program.views for s in v.unit.skipped if s.file == file and s.start <= offset < s.end]
        made = re.compile(rf"^[ \t]*#[ \t]*define[ \t]+{name}\b", re.MULTILINE)
        return any(made.search(text, s.start, offset + len(name)) for s in around)

    def bury(self, branch: Branch) -> None:
        """Count an arm as dead: only Pythons below the minimum take it, with macros that the target does not have."""
        self._never(branch.file).append((branch.start, branch.end))

    def _never(self, file: str) -> list[tuple[int, int]]:
        """The stretches of a file that no configuration takes."""
        if file not in self._nowhere:
            self._nowhere[file] = [(b.start, b.end) for b in self.program.reader.branches(file) if b.never]
        return self._nowhere[file]

    def _turns(self, unit: Unit, source: str, version: str, file: str, offset: int) -> bool:
        """Whether the arm stands behind one that is taken for its Python: an older Python does not take that one."""
        arm = next((s for s in unit.skipped if s.file == file and s.start <= offset < s.end), None)
        if arm is None or not arm.late:
            return False
        other = self.unit(source, version)
        mine = {s.start for s in unit.skipped if s.file == file and s.chain == arm.chain}
        return other is not None and any(s.file == file and s.chain == arm.chain and s.start not in mine for s in other.skipped)

    def unit(self, source: str, version: str) -> Unit | None:
        """The unit a source makes for another Python; None where it cannot be read."""
        if not self._knows_versions(source):
            version = self.program.reader.python
        key = (source, version)
        if key not in self._cache:
            unit = self.program.reader.unit(source, **version_macros(version))
            self._cache[key] = unit if isinstance(unit, Unit) else None
        return self._cache[key]

    def _knows_versions(self, source: str) -> bool:
        """Whether anything a unit reads mentions the version of Python: else every Python makes the same of it."""
        if source not in self._mentions:
            texts = next(v.unit.texts for v in self.program.views if v.file == source).values()
            self._mentions[source] = any("PY_VERSION_HEX" in t or "PY_MAJOR_VERSION" in t or "PY_MINOR_VERSION" in t for t in texts)
        return self._mentions[source]

    def _takes(self, source: str, version: str, file: str, offset: int) -> bool:
        unit = self.unit(source, version)
        return unit is not None and file in unit.texts and not _inside(unit, file, offset)


def _inside(unit: Unit, file: str, offset: int) -> bool:
    """Whether no inclusion of the file takes the arm that holds ``offset``."""
    return any(s.file == file and s.start <= offset < s.end and (file, s.start) not in unit.taken for s in unit.skipped)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
