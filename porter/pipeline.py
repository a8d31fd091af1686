"""The stages of a port put in order."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from porter.errors import Gap
from porter.facts.gather import gather
from porter.facts.model import Place
from porter.facts.program import read_program
from porter.fleet.pool import in_processes
from porter.plan.model import REFUSED, Decision
from porter.report.model import isolated
from porter.report.port import PortReport
from porter.rewrite.port import Ported, port_program
from porter.scanning import Progress, failed
from porter.settings import Settings
from porter.tree import discover, read_source, source_files
from porter.tree.model import Extension

_SOURCES_OF = "the sources of extension "  # how the tree names a gap in what an extension is built from
_C_FILES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp")
_WORD = re.compile(r"[A-Za-z_]\w*")


def port(root: Path, settings: Settings = Settings(), progress: Progress | None = None) -> PortReport:
    """The port of every extension of the tree at ``root``; nothing is written.

    A file that two extensions share is changed only when both ports say the same of it. Raises PorterError when ``root``
    is no folder.
    """
    tree = discover(root)
    unknown = frozenset(gap.what.removeprefix(_SOURCES_OF) for gap in tree.gaps if gap.what.startswith(_SOURCES_OF))
    results = in_processes(partial(_port, root, settings, unknown), tree.extensions, settings.jobs)
    made = []
    for done, (extension, result) in enumerate(zip(tree.extensions, results, strict=True), 1):
        if progress:
            progress(done, len(tree.extensions), extension.name)
        made.append(_not_ported(extension, result) if isinstance(result, Exception) else result)
    ported = _agreed([each for each, _ in made])
    after = {file: text for each in ported for file, text in each.texts.items()}
    before = {file: text for file in after if isinstance(text := read_source(root, file), str)}
    rows = tuple((each.extension, each.own_gil, each.decisions) for each in ported)
    gaps = {gap for _, each in made for gap in each}
    return PortReport(root.as_posix(), rows, before, after, tuple(sorted({*tree.gaps, *gaps})))


def _port(root: Path, settings: Settings, unknown: frozenset[str], extension: Extension) -> tuple[Ported, tuple[Gap, ...]]:
    facts = gather(extension, partial(read_source, root), settings)
    place = Place(extension.sources[0] if extension.sources else extension.declared_in, 1)
    if facts.generator is not None:
        reason = f"its sources are written by {facts.generator}: see porter explain generated-code"
        return Ported(extension.name, {}, (Decision(place, "extension", extension.name, REFUSED, reason),), False), ()
    program = read_program(extension, partial(read_source, root), settings.target_python, settings.include_dirs, settings.macros)
    reads = frozenset(program.texts)
    if extension.language == "c++":
        reason = "it is C++, which porter reads but does not rewrite"
        return Ported(extension.name, {}, (Decision(place, "extension", extension.name, REFUSED, reason),), False, reads), ()
    if isolated(facts):
        return Ported(extension.name, {}, (), True, reads), ()
    if len(program.views) < len(extension.sources) or extension.name in unknown:
        reason = "not all of its sources are there to read, so what uses its symbols is not known"
        return Ported(extension.name, {}, (Decision(place, "extension", extension.name, REFUSED, reason),), False, reads), tuple(program.gaps)
    elsewhere = partial(_mentioned, root, frozenset(program.texts))
    ported = port_program(program, settings.min_python, elsewhere)
    return replace(ported, reads=reads), tuple(program.gaps)


def _mentioned(root: Path, own: frozenset[str], names: set[str]) -> dict[str, str]:
    """Which of ``names`` other C files of the tree mention, and the first file that does."""
    found: dict[str, str] = {}
    for file in source_files(root)[0] if names else ():
        if file in own or not file.endswith(_C_FILES):
            continue
        text = read_source(root, file)
        words = set(_WORD.findall(text)) & names if isinstance(text, str) else set()
        found |= {name: file for name in words if name not in found}
    return found


def _not_ported(extension: Extension, failure: Exception) -> tuple[Ported, tuple[Gap, ...]]:
    return Ported(extension.name, {}, (), False), failed(extension, failure).gaps


def _agreed(ports: list[Ported]) -> list[Ported]:
    """A file that several extensions read is changed only when all their ports make the same of it."""
    while True:
        torn = {file for each in ports for file in each.texts if _disputed(file, each.texts[file], ports)}
        if not torn:
            return ports
        ports = [_torn(each, torn) if torn & each.texts.keys() else each for each in ports]


def _disputed(file: str, text: str, ports: list[Ported]) -> bool:
    return any(other.texts.get(file) != text for other in ports if file in other.reads or file in other.texts)


def _torn(ported: Ported, torn: set[str]) -> Ported:
    file = min(torn & ported.texts.keys())
    reason = f"{file} belongs to several extensions, whose ports want different things of it"
    decision = Decision(Place(file, 1), "extension", ported.extension, REFUSED, reason)
    return Ported(ported.extension, {}, (decision,), False, ported.reads)
