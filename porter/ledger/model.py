"""What the ledger keeps, as plain values: a run is one scan of one tree, with what a port decided and a verify proved.

Every value turns into plain JSON with :func:`dataclasses.asdict`; digests are taken of that JSON, so they do not depend
on the machine or the database. Names are as in the source; file names are relative to the root of the tree.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from porter.errors import Gap


@dataclass(frozen=True)
class Type:
    """A type object; ``kind`` is ``static``, ``static-structseq``, ``heap`` or ``heap-structseq``."""

    name: str
    kind: str
    file: str
    line: int
    ported: bool


@dataclass(frozen=True)
class Variable:
    """A writable variable with static storage; static parsers too: ``_PyArg_Parser``, ``_Py_Identifier``."""

    name: str
    ctype: str
    kind: str
    function: str | None
    file: str
    line: int


@dataclass(frozen=True)
class Finding:
    """What a rule says of a place. ``related`` holds (file, line, message); ``suppressed`` a reason, or None."""

    rule: str
    severity: str
    confidence: str
    file: str
    line: int
    column: int
    symbol: str
    extension: str
    message: str
    fingerprint: str
    suppressed: str | None = None
    related: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True)
class Extension:
    """One extension as one scan saw it, with the findings in it."""

    name: str
    sources: tuple[str, ...]
    language: str
    generator: str | None
    init: str | None
    declares: str | None
    isolated: bool
    types: tuple[Type, ...] = ()
    variables: tuple[Variable, ...] = ()
    findings: tuple[Finding, ...] = ()

    @cached_property
    def digest(self) -> str:
        """The same for the same content, in whatever run or tree it stands."""
        return digest(asdict(self))

    def left(self, *kinds: str) -> int:
        """How many variables of these kinds are left."""
        return sum(variable.kind in kinds for variable in self.variables)


@dataclass(frozen=True)
class Decision:
    """What a port decided of a symbol.

    ``scope``: ``type``, ``variable`` or ``extension``; ``decision``: ``moved``, ``refused`` or ``left``.
    """

    scope: str
    name: str
    file: str
    line: int
    decision: str
    reason: str


@dataclass(frozen=True)
class Rung:
    """How far a verify climbed: ``reached`` is the highest rung, -1 for none.

    ``modules`` are those it built; none named means all.
    ``evidence`` holds one JSON text for each piece.
    """

    modules: tuple[str, ...]
    reached: int
    evidence: tuple[str, ...] = ()

    def speaks_of(self, name: str) -> bool:
        """Whether the extension ``name`` was built; a tree may know only the last part of a dotted name."""
        leaf = name.rpartition(".")[2]
        return not self.modules or name in self.modules or any(m.rpartition(".")[2] == leaf for m in self.modules)


@dataclass(frozen=True)
class Patch:
    """The port of one extension as a unified diff."""

    extension: str
    diff: str


@dataclass(frozen=True)
class Totals:
    """The counts of a run: what is ported of all, and what is left; static pointers to types are objects too."""

    extensions_ported: int
    extensions_total: int
    types_ported: int
    types_total: int
    objects: int
    caches: int
    c_state: int


@dataclass(frozen=True)
class Run:
    """One recorded run.

    ``tree`` identifies the tree among all of a ledger, ``name`` is how it is shown; ``revision`` names the state of the
    tree, ``content`` is a hash of its sources; ``time`` is UTC as ``2025-01-31T12:00:00.000Z``; ``findings`` are those
    that belong to no extension. ``definition`` says what was counted: ``porter``, or ``lines`` for totals by lines.
    """

    tree: str
    name: str
    revision: str
    content: str
    time: str
    porter: str
    target_python: str
    totals: Totals
    extensions: tuple[Extension, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    decisions: tuple[Decision, ...] = ()
    rungs: tuple[Rung, ...] = ()
    definition: str = "porter"
    patches: tuple[Patch, ...] = ()

    @cached_property
    def id(self) -> str:
        """The content address of the run: the same run has the same id in every ledger.

        Fields a later porter added count only where they say something, so that the ids of older runs stay.
        """
        values = {**asdict(replace(self, extensions=())), "extensions": [e.digest for e in self.extensions]}
        silent = {name for name, value in _ADDED.items() if values[name] == value}
        return digest({name: value for name, value in values.items() if name not in silent})

    @property
    def scan_digest(self) -> str:
        """The content address of what was scanned, whenever that was and whatever was decided or proven."""
        return replace(self, time="", decisions=(), rungs=(), patches=()).id


_ADDED = {"definition": "porter", "patches": ()}


def digest(value: object) -> str:
    """SHA-256 of plain values as canonical JSON, in hexadecimal."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
