"""Suppressions in C: ``/* porter: ignore[static-type] reason */`` on the line of a finding or the line above it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from porter.facts.model import Place
from porter.findings import Finding
from porter.span import Lines, display

_IGNORE = r"\s*porter:\s*ignore\[([\w, -]*)\]"
_COMMENT = re.compile(rf"/\*{_IGNORE}\s*(.*?)\s*\*/|//{_IGNORE}[ \t]*([^\n]*)", re.DOTALL)


@dataclass(frozen=True)
class Suppression:
    """One rule named by a suppression comment.

    It holds from the line of ``place`` to the line ``last``; ``used``: it met a finding.
    """

    place: Place
    last: int
    rule: str
    reason: str
    used: bool = False


def read_suppressions(file: str, text: str) -> tuple[Suppression, ...]:
    """All suppressions in the text of ``file``, one for each rule named."""
    if "porter:" not in text:
        return ()
    lines = Lines(text)
    return tuple(
        Suppression(
            place=Place(file, lines.line(match.start()), lines.column(match.start())),
            last=lines.line(match.end() - 1) + _stands_alone(text, match.start()),
            rule=rule.strip(),
            reason=display(" ".join((match[2] or match[4] or "").split())),
        )
        for match in _COMMENT.finditer(text)
        for rule in (match[1] or match[3] or "").split(",")
    )


def _stands_alone(text: str, start: int) -> bool:
    """Whether nothing stands before ``start`` on its line: such a comment speaks of the line below it."""
    return not text[text.rfind("\n", 0, start) + 1 : start].strip()


def suppress(
    findings: Iterable[Finding], suppressions: Iterable[Suppression]
) -> tuple[tuple[Finding, ...], tuple[Suppression, ...]]:
    """``findings`` with the reason in those that are suppressed, and ``suppressions`` with those marked that were used.

    A suppression without a reason still suppresses: the missing reason is a finding of its own.
    """
    suppressions = tuple(suppressions)
    by_line = {(s.place.file, line, s.rule): s for s in suppressions for line in range(s.place.line, s.last + 1)}
    marked, used = [], set()
    for finding in findings:
        found = by_line.get((finding.place.file, finding.place.line, finding.rule))
        if found:
            used.add(found)
            finding = replace(finding, suppressed=found.reason or "no reason given")
        marked.append(finding)
    return tuple(marked), tuple(replace(s, used=s in used) for s in suppressions)
