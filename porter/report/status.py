"""Where an extension, a type or a variable stands, in one word, and what is next for it.

The words: ``untouched``, ``partly ported``, ``ported``, ``proven`` (with the rung), ``refused`` (with the reason),
``generated`` (written by a tool), ``blocked`` (something else has to come first). A symbol that need not move has two
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
SYMBOL_WORDS = (*WORDS, "justified", "stays")
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

    def about(self, extension: Extension) -> list[Decision]:
        """Those on an extension and on what stood in its files, also under names a port has changed since."""
        every = [decision for found in self._by_symbol.values() for decision in found]
        files = files_of(extension)
        return [d for d in every if (d.name == extension.name if d.scope == "extension" else d.file in files)]


def files_of(extension: Extension) -> frozenset[str]:
    """The files an extension is made of, as far as something in them is known."""
    symbols = (*extension.types, *extension.variables, *extension.findings)
    return frozenset((*extension.sources, *(each.file for each in symbols)))


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
        gaps = [gap for file in sorted(files_of(extension)) for gap in self._gaps.get(file, ())]
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
    return _unmoved(type_, extension, known)


def variable_status(variable: Variable, extension: Extension, known: Known = NOTHING) -> Status:
    """Where a variable stands that is still static."""
    if variable.kind in _HARMLESS:
        return Status("stays", "", _HARMLESS[variable.kind])
    return _unmoved(variable, extension, known)


def justification(item: Type | Variable, extension: Extension, known: Known = NOTHING) -> str | None:
    """Why a static may stay: the reason a port or a suppression gives; None where neither does."""
    decision = _decision(item, known)
    if _is(decision, "left"):
        return decision.reason
    ignored = (f for f in extension.findings if f.suppressed is not None and (f.symbol, f.file) == (item.name, item.file))
    return next((finding.suppressed for finding in ignored), None)


def justified(extension: Extension, known: Known = NOTHING) -> tuple[Type | Variable, ...]:
    """The static types, objects and caches of an extension that may stay."""
    return tuple(item for item in _statics(extension) if justification(item, extension, known) is not None)


def _isolated(reached: int | None) -> Status:
    if reached is None:
        return Status("ported", "", VERIFY)
    following = f"climb to rung {reached + 1}: {TITLES[reached + 1]}" if reached < TOP else "nothing"
    if reached < PROOF:
        return Status("ported", "", f"{VERIFY}: {following}")
    return Status("proven", f"rung {reached}", following)


def _stopped(extension: Extension, known: Known) -> Status | None:
    """The status of an extension that a port cannot move on, by its own decision or by what could not be read."""
    work = _work(extension, known)
    if unread := [gap for gap in known.gaps if gap.line == 0] or ([] if work else list(known.gaps)):
        return _blocked(unread[0])
    decisions = [_decision(item, known) for item in work]
    refusals = [d for d in (*decisions, known.decisions.on("extension", extension.name)) if _is(d, "refused")]
    movable = any(decisions) and any(not _is(d, "refused") for d in decisions)
    if refusals and not movable:
        return _refused(refusals[0])
    return None


def _under_way(extension: Extension, known: Known) -> Status:
    moved = any(t.ported for t in extension.types) or extension.init == "multi-phase"
    return Status("partly ported" if moved else "untouched", "", f"{PORT}: {_what_is_left(extension, known)}")


def _what_is_left(extension: Extension, known: Known) -> str:
    work = _work(extension, known)
    types = sum(isinstance(item, Type) for item in work)
    refused = sum(_is(_decision(item, known), "refused") for item in work)
    left = [
        _count(types, "static type"),
        _count(len(work) - types, "static object or cache", "static objects and caches"),
        "multi-phase init" * (extension.init != "multi-phase"),
        "declare an own GIL" * (not work and extension.declares != "own-gil"),
    ]
    return (", ".join(filter(None, left)) or "what its findings name") + (f"; {refused} refused" if refused else "")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}" if number else ""


def _work(extension: Extension, known: Known) -> list[Type | Variable]:
    """What of an extension still has to move: a symbol that a port left, rightly, has not."""
    return [item for item in _statics(extension) if justification(item, extension, known) is None]


def _statics(extension: Extension) -> list[Type | Variable]:
    shared = [v for v in extension.variables if v.kind in _SHARED]
    return [*(t for t in extension.types if not t.ported), *shared]


def _decision(item: Type | Variable, known: Known) -> Decision | None:
    return known.decisions.on("type" if isinstance(item, Type) else "variable", item.name, item.file)


def _is(decision: Decision | None, word: str) -> bool:
    return decision is not None and decision.decision == word


def _unmoved(item: Type | Variable, extension: Extension, known: Known) -> Status:
    """The status of a symbol that is still static."""
    if extension.generator:
        return Status("generated", extension.generator, f"change what {extension.generator} reads")
    if (reason := justification(item, extension, known)) is not None:
        return Status("justified", reason, "nothing")
    decision = _decision(item, known)
    if decision is None:
        return Status("untouched", "", PORT)
    return _refused(decision) if decision.decision == "refused" else Status("untouched", "", "porter port --write")


def _refused(decision: Decision) -> Status:
    return Status("refused", decision.reason, f"by hand: {decision.reason}" if decision.reason else "by hand")


def _blocked(gap: Gap) -> Status:
    place = f"{gap.file}:{gap.line}" if gap.line else gap.file
    return Status("blocked", f"{place} could not be read", gap.why or f"make {place} readable")
