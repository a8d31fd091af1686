"""The report of a scan: data first, every format renders the same object."""

from __future__ import annotations

from dataclasses import dataclass

from porter.errors import Gap
from porter.facts.model import Facts
from porter.findings import Finding

BLOCKING = ("static", "static-structseq")
SHARED = ("object", "cache", "type-pointer")


@dataclass(frozen=True)
class Counts:
    """How many are ported of how many."""

    ported: int
    total: int

    @property
    def percent(self) -> float:
        """Percentage ported; of nothing, all is done."""
        return 100.0 * self.ported / self.total if self.total else 100.0


@dataclass(frozen=True)
class Report:
    """What a scan found in one tree. ``sources`` maps each file of a finding to its text, for excerpts."""

    root: str
    target_python: str
    facts: tuple[Facts, ...]
    findings: tuple[Finding, ...]
    unanalysed: tuple[Gap, ...]
    sources: dict[str, str]

    @property
    def extensions(self) -> Counts:
        """Extensions that are isolated, of all; the interpreter itself is none."""
        return Counts(sum(map(isolated, self._counted)), len(self._counted))

    @property
    def types(self) -> Counts:
        """Types that are heap types, of all; a definition many extensions share counts once for each."""
        types = [t for f in self._counted for t in f.types]
        return Counts(sum(t.kind not in BLOCKING for t in types), len(types))

    def variables(self, kind: str) -> int:
        """How many variables of one kind are left."""
        return sum(v.kind == kind for f in self._counted for v in f.variables)

    @property
    def _counted(self) -> list[Facts]:
        return [facts for facts in self.facts if not facts.extension.core]


def isolated(facts: Facts) -> bool:
    """Whether an extension says own GIL and nothing of types and objects is shared by its interpreters."""
    module = facts.module
    return (
        module is not None
        and module.init == "multi-phase"
        and module.declares == "own-gil"
        and not any(t.kind in BLOCKING for t in facts.types)
        and not any(v.kind in SHARED for v in facts.variables)
    )
