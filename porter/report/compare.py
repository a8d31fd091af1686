"""What is different between two scans of an extension, and whether that is better or worse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from porter.ledger.contract import OBJECTS
from porter.ledger.model import Extension, Type
from porter.report.status import Known, Status, extension_status

DONE = ("ported", "proven")
_STEM = re.compile(r"_?(?:type|spec)$", re.IGNORECASE)
ORDER = ("refused", "blocked", "generated", "untouched", "partly ported", "ported", "proven")


@dataclass(frozen=True)
class Difference:
    """One thing that is different; ``better`` is None for what is neither better nor worse."""

    extension: str
    what: str
    better: bool | None


def paired(
    before: tuple[Extension, ...], after: tuple[Extension, ...]
) -> Iterator[tuple[Extension | None, Extension | None]]:
    """Each extension of ``after`` with the one it was before, in order, then those that are gone.

    A name that stands twice is told apart by which of them came first.
    """
    old = _numbered(before)
    for key, new in _numbered(after).items():
        yield old.pop(key, None), new
    for gone in old.values():
        yield gone, None


def standing(
    old: Extension | None, new: Extension | None, status: Status, known: Known = Known()
) -> Iterator[Difference]:
    """What is different in where an extension stands; ``status`` is the one of ``new``."""
    if old is None or new is None:
        yield _whole(old, new, status)
    elif old.digest != new.digest:
        yield from _status(old, status, known)
        yield from _types(old, new)
        yield from _amount(old, new, "static objects", OBJECTS)
        yield from _amount(old, new, "caches", ("cache",))


def findings(old: Extension | None, new: Extension | None) -> Iterator[Difference]:
    """How many findings of each rule came and went."""
    if old is None or new is None or old.digest == new.digest:
        return
    before, after = _fingerprints(old), _fingerprints(new)
    for rule, number in sorted(Counter(after[key] for key in after.keys() - before.keys()).items()):
        yield Difference(new.name, f"{number} new of {rule}", False)
    for rule, number in sorted(Counter(before[key] for key in before.keys() - after.keys()).items()):
        yield Difference(new.name, f"{number} fewer of {rule}", True)


def worse(before: tuple[Extension, ...], after: tuple[Extension, ...]) -> tuple[Difference, ...]:
    """Where ``after`` stands worse than ``before``: what is not isolated any more, or static and was not."""
    found = [
        difference
        for old, new in paired(before, after)
        if new is not None
        for difference in standing(old, new, extension_status(new))
    ]
    return tuple(difference for difference in found if difference.better is False)


def _numbered(extensions: tuple[Extension, ...]) -> dict[tuple[str, int], Extension]:
    seen: Counter[str] = Counter()
    numbered = {}
    for extension in extensions:
        seen[extension.name] += 1
        numbered[extension.name, seen[extension.name]] = extension
    return numbered


def _whole(old: Extension | None, new: Extension | None, status: Status) -> Difference:
    if new is None:
        return Difference(old.name, "is gone", None)
    return Difference(new.name, f"is new: {status.label}", None if status.word in DONE else False)


def _status(old: Extension, status: Status, known: Known) -> Iterator[Difference]:
    before, after = extension_status(old, known).word, status.word
    if before != after and not (before in DONE and after in DONE):
        better = ORDER.index(after) > ORDER.index(before)
        yield Difference(old.name, f"{before} \N{RIGHTWARDS ARROW} {status.label}", better)


def _types(old: Extension, new: Extension) -> Iterator[Difference]:
    before, after = _by_stem(old), _by_stem(new)
    for stem in sorted(before.keys() | after.keys()):
        was, now = before.get(stem), after.get(stem)
        if was and now and was.ported == now.ported:
            continue
        if now is None:
            yield Difference(new.name, f"type {was.name} is gone", None)
        elif now.ported:
            yield Difference(new.name, f"type {(was or now).name} is a heap type", True)
        else:
            yield Difference(new.name, f"type {now.name} is static", False)


def _by_stem(extension: Extension) -> dict[str, Type]:
    """A type by what ``Foo_Type``, ``FooType`` and ``Foo_spec`` have in common: a port changes the rest."""
    return {_STEM.sub("", each.name) or each.name: each for each in extension.types}


def _amount(old: Extension, new: Extension, things: str, kinds: tuple[str, ...]) -> Iterator[Difference]:
    before, after = old.left(*kinds), new.left(*kinds)
    if before != after:
        yield Difference(new.name, f"{things}: {before} \N{RIGHTWARDS ARROW} {after}", after < before)


def _fingerprints(extension: Extension) -> dict[str, str]:
    return {finding.fingerprint: finding.rule for finding in extension.findings if finding.suppressed is None}
