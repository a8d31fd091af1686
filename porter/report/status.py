"""Where an extension, a type or a variable stands, in one word, and what is next for it.

The words: ``untouched``, ``partly ported``, ``ported``, ``proven`` (with the rung), ``refused`` (with the reason),
``generated`` (written by a tool), ``blocked`` (something else has to come first). Variables that need not move have two
more: ``justified`` (a port left it, with a reason) and ``stays`` (nothing can be shared wrongly through it).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from porter.errors import Gap
from porter.ledger.model import Decision, Extension, Rung, Type, Variable
from porter.verify.model import TITLES, TOP

WORDS = ("untouched", "partly ported", "ported", "proven", "refused", "generated", "blocked")
PORT, VERIFY = "run porter port", "run porter verify"
PROOF = 2  # the first rung that says something of interpreters: below, only builds and tests were seen
_SHARED = ("object", "type-pointer", "cache")
_HARMLESS = {
    "never-written": "it is never written: const would say so",
    "thread-local": "each thread has its own",
}


@dataclass(frozen=True)
class Status:
    """One of the words, what goes with it (a rung, a tool, a reason), and what is next."""

    word: str
    detail: str
    next: str

    @property
    def label(self) -> str:
        """The word as it is shown: ``proven (rung 4)``, ``refused (its address escapes)``."""
        return f"{self.word} ({self.detail})" if self.detail else self.word


class Decisions:
    """The decisions of a port on one tree, found by symbol."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._by_symbol: dict[tuple[str, str], list[Decision]] = defaultdict(list)
        for decision in decisions:
            self._by_symbol[decision.scope, decision.name].append(decision)

    def on(self, scope: str, name: str, file: str | None = None) -> Decision | None:
        """The decision on a symbol; one that names no file speaks of the name in every file."""
        return next((d for d in self._by_symbol.get((scope, name), ()) if file is None or d.file in ("", file)), None)


@dataclass(frozen=True)
class Known:
    """What earlier work says of one extension: decisions of a port, the rung reached, what could not be read."""

    decisions: Decisions = Decisions()
    reached: int | None = None
    gaps: tuple[Gap, ...] = ()


NOTHING = Known()


class Knowledge:
    """What is known of a tree, told by extension."""

    def __init__(self, decisions: Iterable[Decision], rungs: Iterable[Rung], gaps: Iterable[Gap]) -> None:
        self.decisions = Decisions(decisions)
        self.rungs = tuple(rungs)
        self._gaps: dict[str, list[Gap]] = defaultdict(list)
        for gap in gaps:
            self._gaps[gap.file].append(gap)

    def of(self, extension: Extension) -> Known:
        """What is known of ``extension``: gaps are its own when they are in a file it is made of."""
        reached = [rung.reached for rung in self.rungs if rung.speaks_of(extension.name)]
        files = {*extension.sources, *(t.file for t in extension.types), *(v.file for v in extension.variables)}
        gaps = [gap for file in sorted(files) for gap in self._gaps.get(file, ())]
        return Known(self.decisions, max(reached, default=None), tuple(gaps))


def extension_status(extension: Extension, known: Known = NOTHING) -> Status:
    """Where an extension stands."""
    if extension.isolated:
        return _isolated(known.reached)
    if extension.generator:
        tool = extension.generator
        return Status("generated", tool, f"change what {tool} reads, or how it is run; its output is not edited")
    return _stopped(extension, known) or _under_way(extension, known)


def type_status(type_: Type, extension: Extension, known: Known = NOTHING) -> Status:
    """Where a type stands; a heap type is proven when its whole extension is."""
    if type_.ported:
        whole = extension_status(extension, known)
        return whole if whole.word in ("ported", "proven") else Status("ported", "", "nothing: its extension is next")
    return _unmoved(known.decisions.on("type", type_.name, type_.file), extension)


def variable_status(variable: Variable, extension: Extension, known: Known = NOTHING) -> Status:
    """Where a variable stands that is still static."""
    decision = known.decisions.on("variable", variable.name, variable.file)
    if variable.kind in _HARMLESS:
        return Status("stays", "", _HARMLESS[variable.kind])
    if decision and decision.decision == "left":
        return Status("justified", decision.reason, "nothing")
    return _unmoved(decision, extension)


def _isolated(reached: int | None) -> Status:
    if reached is None:
        return Status("ported", "", VERIFY)
    following = f"climb to rung {reached + 1}: {TITLES[reached + 1]}" if reached < TOP else "nothing"
    if reached < PROOF:
        return Status("ported", "", f"{VERIFY}: {following}")
    return Status("proven", f"rung {reached}", following)


def _stopped(extension: Extension, known: Known) -> Status | None:
    """The status of an extension that a port cannot move on, by its own decision or by what could not be read."""
    decision = known.decisions.on("extension", extension.name)
    if decision and decision.decision != "moved":
        return _by_decision(decision)
    if unread := [gap for gap in known.gaps if gap.line == 0] or (list(known.gaps) if not _work(extension) else []):
        return _blocked_by_gap(unread[0])
    remaining = [_remaining_decision(item, known) for item in _work(extension)]
    if remaining and all(d and d.decision == "refused" for d in remaining):
        return _by_decision(remaining[0])
    return None


def _under_way(extension: Extension, known: Known) -> Status:
    moved = any(t.ported for t in extension.types) or extension.init == "multi-phase"
    refused = sum(1 for item in _work(extension) if _is_refused(_remaining_decision(item, known)))
    following = f"{PORT}: {_what_is_left(extension)}" + (f"; {refused} refused" if refused else "")
    return Status("partly ported" if moved else "untouched", "", following)


def _what_is_left(extension: Extension) -> str:
    types = sum(not t.ported for t in extension.types)
    shared = extension.left(*_SHARED)
    left = [_count(types, "static type"), _count(shared, "static object or cache", "static objects and caches")]
    if extension.init != "multi-phase":
        left.append("multi-phase init")
    if not types and not shared and extension.declares != "own-gil":
        left.append("declare an own GIL")
    return ", ".join(filter(None, left)) or "what its findings name"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}" if number else ""


def _work(extension: Extension) -> list[Type | Variable]:
    """What of an extension still has to move."""
    return [t for t in extension.types if not t.ported] + [v for v in extension.variables if v.kind in _SHARED]


def _remaining_decision(item: Type | Variable, known: Known) -> Decision | None:
    return known.decisions.on("type" if isinstance(item, Type) else "variable", item.name, item.file)


def _is_refused(decision: Decision | None) -> bool:
    return decision is not None and decision.decision == "refused"


def _unmoved(decision: Decision | None, extension: Extension) -> Status:
    if extension.generator:
        return Status("generated", extension.generator, f"change what {extension.generator} reads")
    if decision is None:
        return Status("untouched", "", PORT)
    if decision.decision == "moved":
        return Status("untouched", "", "apply the move: porter port --write")
    return _by_decision(decision)


def _by_decision(decision: Decision) -> Status:
    if decision.decision == "refused":
        return Status("refused", decision.reason, f"by hand: {decision.reason}" if decision.reason else "by hand")
    return Status("blocked", decision.reason, decision.reason or "see porter port --explain")


def _blocked_by_gap(gap: Gap) -> Status:
    place = f"{gap.file}:{gap.line}" if gap.line else gap.file
    return Status("blocked", f"{place} could not be read", gap.why or f"make {place} readable")
