"""The stages of a scan put in order. Nothing of a port is loaded for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from porter.cache.facts import Reads, keep_facts, kept_facts
from porter.cache.store import Store, default_folder
from porter.cache.tree import discovered
from porter.checks import check, check_suppressions, selected
from porter.errors import Gap
from porter.facts.collector import paused
from porter.facts.model import Facts
from porter.findings import Finding
from porter.fleet.pool import in_processes
from porter.report.model import Report
from porter.settings import Settings
from porter.suppressions import read_suppressions
from porter.tree import discover, read_source
from porter.tree.model import Extension, Tree

Progress = Callable[[int, int, str], None]


@paused()
def scan(root: Path, settings: Settings = Settings(), progress: Progress | None = None) -> Report:
    """What is not isolated in the tree at ``root``; nothing of it is run.

    ``progress`` is called with (done, total, name) after each extension. What could not be read is in
    ``Report.unanalysed``. Raises PorterError when ``root`` is no folder or a setting names no rule.
    """
    selected(settings)
    store = _store(settings)
    tree = discover(root, root / settings.build_dir) if settings.build_dir else discovered(store, root)
    return judged(root, tree, tuple(_gather_all(root, tree.extensions, settings, progress)), settings)


def judged(root: Path, tree: Tree, facts: tuple[Facts, ...], settings: Settings) -> Report:
    """The report on the facts of all extensions of ``tree``, in their order."""
    findings = [finding for each in facts for finding in check(each, settings)]
    sources, unread = _sources(root, facts, findings)
    headers = {finding.place.file for finding in findings if finding.rule != "generated-code"}
    suppressions = [s for file in sorted({*_written_by_hand(facts), *headers}) for s in read_suppressions(file, sources.get(file, ""))]
    findings = check_suppressions(findings, suppressions, settings)
    return Report(
        root=root.as_posix(),
        target_python=settings.target_python,
        facts=facts,
        findings=findings,
        unanalysed=tuple(sorted({*tree.gaps, *unread, *(gap for each in facts for gap in each.gaps)})),
        sources=sources,
    )


def failed(extension: Extension, failure: Exception) -> Facts:
    """An extension porter could not work out still counts, with the reason as a gap."""
    file = extension.sources[0] if extension.sources else extension.declared_in
    why = f"porter failed on it ({type(failure).__name__}); PORTER_DEBUG=1 shows where, please report it"
    return Facts(extension, gaps=(Gap(file, 0, f"extension {extension.name}", why),))


def _store(settings: Settings) -> Store | None:
    return Store(default_folder()) if settings.cache else None


def _gather_all(
    root: Path, extensions: tuple[Extension, ...], settings: Settings, progress: Progress | None
) -> Iterator[Facts]:
    """The facts of each extension, in order. What is not kept from earlier is gathered in processes."""
    store, read = _store(settings), Reads(partial(read_source, root))
    known = {e: facts for e in extensions if store and (facts := kept_facts(store, e, read, settings)) is not None}
    results = in_processes(partial(_gather, root, settings), [e for e in extensions if e not in known], settings.jobs)
    for done, extension in enumerate(extensions, 1):
        result = known[extension] if extension in known else next(results)
        if progress:
            progress(done, len(extensions), extension.name)
        yield failed(extension, result) if isinstance(result, Exception) else result


def _gather(root: Path, settings: Settings, extension: Extension) -> Facts:
    from porter.facts.gather import gather  # what is kept needs no parser

    read = Reads(partial(read_source, root))
    facts = gather(extension, read, settings)
    if store := _store(settings):
        keep_facts(store, facts, read, settings)
    return facts


def _written_by_hand(facts: Iterable[Facts]) -> list[str]:
    return sorted({file for each in facts if each.generator is None for file in each.extension.sources})


def _sources(root: Path, facts: Iterable[Facts], findings: Iterable[Finding]) -> tuple[dict[str, str], list[Gap]]:
    """The texts for excerpts and suppressions by file, and a gap for each that could not be read."""
    files = {*_written_by_hand(facts), *(finding.place.file for finding in findings)}
    texts = {file: read_source(root, file) for file in sorted(files)}
    gaps = [text for text in texts.values() if isinstance(text, Gap)]
    return {file: text for file, text in texts.items() if isinstance(text, str)}, gaps
