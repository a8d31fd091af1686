"""Many revisions counted, in processes: by a scan of each, or by lines; each result as it is made."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from porter.errors import Gap
from porter.facts.lines import LineCounts, count_file, folder_of_modules
from porter.fleet.stream import Died, streamed
from porter.history.choose import runs_of
from porter.history.git import Contents, Repository, Revision
from porter.history.memo import Memo
from porter.history.shadow import Shadow
from porter.scanning import judged
from porter.report.json import to_json
from porter.settings import Settings
from porter.span import decode
from porter.tree import discover


@dataclass(frozen=True)
class Counted:
    """One revision: what its scan said as a ``porter/scan/1`` document, or its lines; or in ``failure`` why neither."""

    revision: Revision
    scan: dict | None = None
    lines: LineCounts | None = None
    failure: str = ""


@dataclass(frozen=True)
class Plan:
    """How revisions are counted: ``folder`` is the part of the repository that is the tree, "" for all of it."""

    repository: Repository
    folder: str = ""
    settings: Settings = Settings()
    by_lines: bool = False


def walk(plan: Plan, revisions: list[Revision]) -> Iterator[Counted]:
    """Each revision counted, in no certain order.

    Neighbours are counted in one process, where what did not change between them is not read again. A process that
    dies costs the revision it was at.
    """
    stretches = runs_of(revisions, plan.settings.jobs or os.cpu_count() or 1)
    while stretches:
        done: Counter[int] = Counter()
        again = []
        for index, result in streamed(partial(_stretch, plan), stretches):
            if isinstance(result, Exception):
                lost, *rest = stretches[index][done[index] :]
                again.append(rest)
                result = Counted(lost, failure=_told(result))
            done[index] += 1
            yield result
        stretches = [rest for rest in again if rest]


def _told(failure: Exception) -> str:
    return str(failure) if isinstance(failure, Died) else f"{type(failure).__name__}: {failure}"


def _stretch(plan: Plan, revisions: list[Revision]) -> Iterator[Counted]:
    with plan.repository.contents() as contents:
        yield from _lines(plan, revisions, contents) if plan.by_lines else _scans(plan, revisions, contents)


def _scans(plan: Plan, revisions: list[Revision], contents: Contents) -> Iterator[Counted]:
    with tempfile.TemporaryDirectory(prefix="porter-history-") as place:
        shadow, memo, scan = Shadow(Path(place)), Memo(Path(place), plan.settings), None
        for revision in revisions:
            before = shadow.files
            gaps = shadow.become(_files(plan, revision), contents)
            if scan is None or shadow.files != before:
                scan = _scan(shadow, memo, plan.settings, gaps)
            yield Counted(revision, scan)


def _scan(shadow: Shadow, memo: Memo, settings: Settings, gaps: tuple[Gap, ...]) -> dict:
    tree = discover(shadow.folder)
    facts = memo.keep(tree.extensions, shadow.files)
    return to_json(judged(shadow.folder, replace(tree, gaps=(*tree.gaps, *gaps)), facts, settings))


def _lines(plan: Plan, revisions: list[Revision], contents: Contents) -> Iterator[Counted]:
    known: dict[tuple[str, str, str], LineCounts] = {}
    for revision in revisions:
        files = _files(plan, revision)
        modules = folder_of_modules(files)
        keys = [(path, blob, modules) for path, blob in files.items() if path.endswith(".c")]
        known = {key: known.get(key) or _count(key, contents) for key in keys}
        yield Counted(revision, lines=sum(known.values(), LineCounts()))


def _count(key: tuple[str, str, str], contents: Contents) -> LineCounts:
    path, blob, modules = key
    return count_file(path, decode(contents.read(blob) or b""), modules)


def _files(plan: Plan, revision: Revision) -> dict[str, str]:
    prefix = f"{plan.folder}/" if plan.folder else ""
    files = plan.repository.files(revision.commit)
    return {path.removeprefix(prefix): blob for path, blob in files.items() if path.startswith(prefix)}
