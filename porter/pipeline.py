"""The stages of a port put in order."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from porter.errors import Gap
from porter.facts.gather import facts_of, generator_of
from porter.facts.model import Place
from porter.facts.program import read_program
from porter.fleet.pool import in_processes
from porter.plan.model import MOVED, REFUSED, Decision
from porter.plan.scope import Scope, steps
from porter.report.model import isolated
from porter.report.port import PortReport
from porter.rewrite.packaging import FILES as PACKAGING
from porter.rewrite.packaging import packaged
from porter.rewrite.packaging.own_test import interpreters_test, place_of_test
from porter.rewrite.operations import port_and_operate
from porter.rewrite.port import Ported
from porter.rewrite.series import Step
from porter.scanning import Progress, failed
from porter.settings import Settings
from porter.tree import discover, read_source, source_files
from porter.tree.model import Extension

_SOURCES_OF = "the sources of extension "  # how the tree names a gap in what an extension is built from
_C_FILES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp")
_WORD = re.compile(r"[A-Za-z_]\w*")


def port(
    root: Path,
    settings: Settings = Settings(),
    progress: Progress | None = None,
    scope: Scope = Scope(),
) -> PortReport:
    """The port of every extension of the tree at ``root``, as far as ``scope`` goes; nothing is written.

    A file that two extensions share is changed only when both ports say the same of it. Raises PorterError when
    ``root`` is no folder.
    """
    tree = discover(root, root / settings.build_dir if settings.build_dir else None)
    unknown = frozenset(gap.what.removeprefix(_SOURCES_OF) for gap in tree.gaps if gap.what.startswith(_SOURCES_OF))
    results = in_processes(partial(_port, root, settings, unknown, scope), tree.extensions, settings.jobs)
    made = []
    for done, (extension, result) in enumerate(zip(tree.extensions, results, strict=True), 1):
        if progress:
            progress(done, len(tree.extensions), extension.name)
        made.append(_not_ported(extension, result) if isinstance(result, Exception) else result)
    ported = _agreed([each for each, _ in made])
    after = {file: text for each in ported for file, text in each.texts.items()}
    python_side, packaging = _python_side(root, ported, after, settings, scope.with_test)
    after |= python_side
    before = {file: text for file in after if isinstance(text := read_source(root, file), str)}
    rows = tuple((each.extension, each.own_gil, each.decisions) for each in ported)
    gaps = {gap for _, each in made for gap in each}
    changed = {each.extension: tuple(sorted(each.texts)) for each in ported}
    return PortReport(root.as_posix(), rows, before, after, tuple(sorted({*tree.gaps, *gaps})), changed, tuple(packaging))


def _python_side(
    root: Path, ported: list[Ported], texts: dict[str, str], settings: Settings, with_test: bool
) -> tuple[dict[str, str], list[Decision]]:
    """What the port, which makes ``texts``, asks of the packaging files, and the package's own test of what is isolated."""
    heap_types = any(d.kind == "type" and d.decision == MOVED for each in ported if each.texts for d in each.decisions)
    headers = [file for file in texts if file.endswith(".h") and isinstance(read_source(root, file), Gap)]
    there = {file: text for file in PACKAGING if isinstance(text := read_source(root, file), str)}
    changed, left = packaged(there, settings.min_python if heap_types else None, headers)
    isolated_now = [each.extension for each in ported if each.own_gil]
    if with_test and isolated_now:
        changed[place_of_test(source_files(root, (".py",))[0])] = interpreters_test(isolated_now)
    return changed, left


def port_in_steps(
    root: Path,
    settings: Settings = Settings(),
    progress: Progress | None = None,
    scope: Scope = Scope(),
    split: str = "stage",
) -> tuple[PortReport, list[Step]]:
    """The port as ``scope`` has it, and the states on the way to it, the last the port itself.

    ``split``: ``stage``, or ``type`` or ``file`` for a step of its own for each type moved, or each file types or
    variables move out of. ``before`` of the report has every file that some step changes. Raises PorterError when ``root`` is no folder.
    """
    whole = port(root, settings, progress, scope)
    if not whole.after:
        return whole, []
    way = steps(whole.decisions, scope, split)
    reports = [*(port(root, settings, None, each) for each, _ in way[:-1]), whole]
    before = {file: text for each in reports for file, text in each.before.items()}
    made = [Step(s.stage, label, r.after, r.extensions) for (s, label), r in zip(way, reports, strict=True)]
    return replace(whole, before=before), made


def _port(
    root: Path, settings: Settings, unknown: frozenset[str], scope: Scope, extension: Extension
) -> tuple[Ported, tuple[Gap, ...]]:
    read = partial(read_source, root)
    generated = generator_of(extension, read)
    if generated[0] is not None:
        return _refused(extension, f"its sources are written by {generated[0]}: see porter explain generated-code"), ()
    program = read_program(extension, read, settings.target_python, settings.include_dirs, settings.macros)
    reads = frozenset(program.texts)
    if extension.core or extension.language == "c++":
        reason = "it is the interpreter itself" if extension.core else "it is C++, which porter reads but does not rewrite"
        return replace(_refused(extension, reason), reads=reads), ()
    done = isolated(facts_of(program, generated, settings.target_python))
    if not done and (len(program.views) < len(extension.sources) or extension.name in unknown):
        reason = "not all of its sources are there to read, so what uses its symbols is not known"
        return replace(_refused(extension, reason), reads=reads), tuple(program.gaps)
    elsewhere = partial(_mentioned, root, reads)
    ported = port_and_operate(program, settings.min_python, elsewhere, scope, settings.guard, done)
    return replace(ported, reads=reads), () if done else tuple(program.gaps)


def _refused(extension: Extension, reason: str) -> Ported:
    """No port of an extension, and why."""
    place = Place(extension.sources[0] if extension.sources else extension.declared_in, 1)
    return Ported(extension.name, {}, (Decision(place, "extension", extension.name, REFUSED, reason),), False)


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
