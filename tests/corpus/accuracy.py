"""What a scan says against what the builds have: found, missed, claimed without a build that has it, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from .built import CONSTANT, NOWHERE, THREAD, Built, Truth, is_state

KINDS = ("type", "object", "other")
OBJECTS = frozenset(("object", "type-pointer", "cache"))


@dataclass(frozen=True, order=True)
class Said:
    """A type or variable the scan reports. ``kind`` is the report's own word; ``written``: whether it names writes."""

    extension: str
    file: str
    function: str
    name: str
    line: int
    kind: str
    written: bool


@dataclass(frozen=True, order=True)
class Row:
    """One thing that does not agree, and the reason; ``explained``: whether the reason takes the blame from the scan."""

    place: str
    name: str
    reason: str
    explained: bool = False


@dataclass(frozen=True)
class Accuracy:
    """One package. ``found`` and ``total`` are by kind of the build; ``kinds_agree`` of ``kinds`` matched; ``claims``
    is how much the scan says of extensions that were built."""

    found: dict[str, int]
    total: dict[str, int]
    claims: int
    kinds_agree: int
    missed: tuple[Row, ...]
    unfounded: tuple[Row, ...]
    differing: tuple[Row, ...]


def said_of(report: dict) -> list[Said]:
    """What a report of schema porter/scan/1 says to be one for the process: types that are not on the heap, variables."""
    found = []
    for extension in report["extensions"]:
        static = [each for each in extension["types"] if each["kind"].startswith("static")]
        found += [_said(extension["name"], each, "type") for each in static]
        found += [_said(extension["name"], each, each["kind"]) for each in extension["globals"]]
    return found


def _said(extension: str, entry: dict, kind: str) -> Said:
    file = PurePosixPath(entry["file"]).name
    return Said(extension, file, entry.get("function") or "", entry["name"], entry["line"], kind, bool(entry.get("writes")))


def compare(report: dict, truth: Truth) -> Accuracy:
    """The accuracy of one report. Each module of the build is compared with the extension of its name."""
    owners = _owners({v.module for v in truth.variables} | {module for module, _ in truth.units}, report)
    sources = {e["name"]: {PurePosixPath(s).name for s in e["sources"]} for e in report["extensions"]}
    said = said_of(report)
    states = [built for built in truth.variables if is_state(built)]
    pairs = _matched(said, states, owners)
    missed = [built for built in states if built not in pairs]
    matched = set(pairs.values())
    loose = [each for each in said if each not in matched]
    explain = _Explainer(truth, owners)
    differing = sorted(_difference(built, each) for built, each in pairs.items() if not _agree(built, each))
    return Accuracy(
        dict(Counter(built.kind for built in pairs)),
        dict(Counter(built.kind for built in states)),
        len(said),
        len(pairs) - len(differing),
        tuple(sorted(_missing(built, owners, sources) for built in missed)),
        tuple(sorted(row for each in loose if (row := explain(each)))),
        tuple(differing),
    )


def _owners(modules: Iterable[str], report: dict) -> dict[str, str]:
    """Module of the build -> extension of the report: the same dotted name, else the same leaf."""
    names = [extension["name"] for extension in report["extensions"]]
    leaves = {name.rpartition(".")[2]: name for name in reversed(names)}
    return {m: m if m in names else leaves.get(m.rpartition(".")[2], "") for m in modules}


def _matched(said: list[Said], states: list[Built], owners: dict[str, str]) -> dict[Built, Said]:
    """Each variable of the build with what is said of it: in the same file, else anywhere in the extension."""
    exact = {(s.extension, s.file, s.function, s.name): s for s in said}
    loose = {(s.extension, s.function, s.name): s for s in said}
    bare = {(s.extension, s.name): s for s in said if s.function or s.kind == "type"}  # reports name no function of a type
    pairs = {}
    for built in states:
        owner = owners[built.module]
        found = exact.get((owner, built.file, built.function, built.name)) or loose.get((owner, built.function, built.name))
        found = found or (bare.get((owner, built.name)) if built.function else None)
        if found:
            pairs[built] = found
    return pairs


def _agree(built: Built, said: Said) -> bool:
    return built.kind == ("type" if said.kind == "type" else "object" if said.kind in OBJECTS else "other")


def _difference(built: Built, said: Said) -> Row:
    return Row(_place(built), built.name, f"{built.kind} in the build ({built.ctype}), {said.kind} in the scan")


def _missing(built: Built, owners: dict[str, str], sources: dict[str, set[str]]) -> Row:
    owner = owners[built.module]
    if not owner:
        why = f"the scan does not know the extension {built.module}"
    elif built.file not in sources[owner] and PurePosixPath(built.file).suffix in (".c", ".cc", ".cpp", ".cxx"):
        why = f"{built.file} is not among the sources found of {owner}"
    else:
        why = f"{built.kind} of the C type {built.ctype}"
    return Row(_place(built), built.name, why)


def _place(built: Built) -> str:
    where = f"{built.module}: {built.file}:{built.line}"
    return f"{where}, in {built.function}()" if built.function else where


class _Explainer:
    """Why something said is no writable variable of the build; None where it is one after all, of a kind not counted."""

    def __init__(self, truth: Truth, owners: dict[str, str]) -> None:
        self.units = {(owners[module], unit) for module, unit in truth.units}
        self.modules = set(owners.values())
        self.exact: dict[tuple, set[str]] = {}
        for built in truth.variables:
            owner = owners[built.module]
            for key in ((owner, built.function, built.name), (owner, "", built.name)):
                self.exact.setdefault(key, set()).add(built.memory)

    def __call__(self, said: Said) -> Row | None:
        memory = self.exact.get((said.extension, said.function, said.name), set())
        if memory & {THREAD, "shared"}:
            return None
        row = self._reason(said, memory)
        place = f"{said.extension}: {said.file}:{said.line}" + (f", in {said.function}()" if said.function else "")
        return Row(place, said.name, *row)

    def _reason(self, said: Said, memory: set[str]) -> tuple[str, bool]:
        if said.extension not in self.modules:
            return "its extension is not built here", True
        if said.file.endswith((".c", ".cc", ".cpp", ".cxx")) and (said.extension, said.file) not in self.units:
            return "its file is not compiled here", True
        if CONSTANT in memory:
            return "nothing writes it, so the compiler made it constant", not said.written
        if NOWHERE in memory:
            return "nothing reads it, so the compiler left it out", True
        return "the build does not declare it", False
