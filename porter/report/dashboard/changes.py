"""What changed in a tree since the run before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from porter.ledger.model import Extension
from porter.ledger.read import TreeState
from porter.report.dashboard.values import Change, Row
from porter.report.status import Decisions, Known, extension_status

DONE = ("ported", "proven")
ORDER = ("refused", "blocked", "generated", "untouched", "partly ported", "ported", "proven")


def changes_of(state: TreeState, rows: tuple[Row, ...]) -> Iterator[Change]:
    """All changes of one tree, in the order of its extensions; none for a first run."""
    if state.previous is None:
        return
    before = _numbered(state.previous.extensions)
    after = _numbered(state.latest.extensions)
    known = Known(Decisions(state.decisions))
    for (key, new), row in zip(after.items(), rows, strict=True):
        old = before.pop(key, None)
        yield from (Change(row.tree, row.name, row.page, *change) for change in _between(old, new, row, known))
    for old in before.values():
        yield Change(state.latest.name, old.name, None, "is gone", None)


def _numbered(extensions: tuple[Extension, ...]) -> dict[tuple[str, int], Extension]:
    seen: Counter[str] = Counter()
    numbered = {}
    for extension in extensions:
        seen[extension.name] += 1
        numbered[extension.name, seen[extension.name]] = extension
    return numbered


def _between(old: Extension | None, new: Extension, row: Row, known: Known) -> Iterator[tuple[str, bool | None]]:
    if old is None:
        yield f"is new: {row.status.label}", None
        return
    if old.digest == new.digest:
        return
    yield from _status(old, row, known)
    yield from _types(old, new)
    yield from _amount(old.left("object", "type-pointer"), row.objects, "static objects")
    yield from _amount(old.left("cache"), row.caches, "caches")
    yield from _findings(old, new)


def _status(old: Extension, row: Row, known: Known) -> Iterator[tuple[str, bool | None]]:
    before, after = extension_status(old, known).word, row.status.word
    if before != after and not (before in DONE and after in DONE):
        yield f"{before} \N{RIGHTWARDS ARROW} {row.status.label}", ORDER.index(after) > ORDER.index(before)


def _types(old: Extension, new: Extension) -> Iterator[tuple[str, bool | None]]:
    before = {t.name: t.ported for t in old.types}
    after = {t.name: t.ported for t in new.types}
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) == after.get(name):
            continue
        if name not in after:
            yield f"type {name} is gone", None
        elif after[name]:
            yield f"type {name} is a heap type", True
        else:
            yield f"type {name} is static", False


def _amount(before: int, after: int, things: str) -> Iterator[tuple[str, bool]]:
    if before != after:
        yield f"{things}: {before} \N{RIGHTWARDS ARROW} {after}", after < before


def _findings(old: Extension, new: Extension) -> Iterator[tuple[str, bool]]:
    before = {finding.fingerprint: finding.rule for finding in old.findings if finding.suppressed is None}
    after = {finding.fingerprint: finding.rule for finding in new.findings if finding.suppressed is None}
    for rule, number in sorted(Counter(after[key] for key in after.keys() - before.keys()).items()):
        yield f"{number} new of {rule}", False
    for rule, number in sorted(Counter(before[key] for key in before.keys() - after.keys()).items()):
        yield f"{number} fewer of {rule}", True
