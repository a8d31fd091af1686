"""What the dashboard shows, as frozen values. Strings are as in the ledger: the pages escape them."""

from __future__ import annotations

from dataclasses import dataclass

from porter.errors import Gap
from porter.ledger.model import Finding, Type, Variable
from porter.report.model import Counts
from porter.report.status import Status


@dataclass(frozen=True)
class TypeRow:
    """A type and where it stands."""

    type: Type
    status: Status


@dataclass(frozen=True)
class VariableRow:
    """A variable and where it stands."""

    variable: Variable
    status: Status


@dataclass(frozen=True)
class Evidence:
    """One piece of what a verify saw; ``rung`` is empty for what stands beside the ladder."""

    rung: str
    title: str
    verdict: str
    message: str


@dataclass(frozen=True)
class Row:
    """One extension of one tree. ``page`` is the stem of its file names; ``reached`` the rung proven, if any."""

    tree: str
    name: str
    page: str
    status: Status
    types: Counts
    objects: int
    caches: int
    declares: str | None
    init: str | None
    language: str
    generator: str | None
    sources: tuple[str, ...]
    revision: str
    type_rows: tuple[TypeRow, ...]
    variable_rows: tuple[VariableRow, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    reasons: tuple[tuple[str, str, str], ...]  # (symbol, decision, reason)
    reached: int | None
    evidence: tuple[Evidence, ...]
    patch: str = ""  # the port as a diff, where one is kept


@dataclass(frozen=True)
class PlaceOfRule:
    """One place where a rule is broken; ``page`` is that of its extension, or None where it belongs to none."""

    tree: str
    extension: str
    page: str | None
    finding: Finding


@dataclass(frozen=True)
class RuleRow:
    """A rule with all its places; the texts are empty for a rule this porter does not know."""

    name: str
    page: str
    title: str
    severity: str
    since: str
    why: str
    fix: str
    references: tuple[tuple[str, str], ...]
    places: tuple[PlaceOfRule, ...]
    extensions: int


@dataclass(frozen=True)
class Change:
    """What is different from the run before. ``better`` is None for what is neither better nor worse."""

    tree: str
    extension: str
    page: str | None
    what: str
    better: bool | None


@dataclass(frozen=True)
class Moment:
    """The counts of all trees together at one time."""

    time: str
    extensions: Counts
    types: Counts
    objects: int
    caches: int


@dataclass(frozen=True)
class TreeRow:
    """A tree: what was scanned last and when."""

    name: str
    revision: str
    time: str
    since: str | None  # when the run was that the changes are counted from
    extensions: Counts
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Board:
    """All that the dashboard shows."""

    title: str
    porter: str
    now: Moment
    objects: Counts  # those made per interpreter, of all that were static in some run
    caches: Counts
    justified: int
    c_state: int
    words: tuple[tuple[str, int], ...]  # how many extensions stand at each status word
    trees: tuple[TreeRow, ...]
    rows: tuple[Row, ...]
    rules: tuple[RuleRow, ...]
    changes: tuple[Change, ...]
    moments: tuple[Moment, ...]
    by_lines: tuple[Moment, ...] = ()  # the same counted by lines of C, where a history was
