"""Places as a reader sees them: paths from where porter was called, columns in characters, the line itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import join, normpath

from porter.facts.model import Place
from porter.findings import Finding
from porter.report.model import Report
from porter.report.plain import printable
from porter.span import Lines, Span, display

_WORD = re.compile(r"&?\w+")


def shown(report: Report, file: str) -> str:
    """The path of ``file`` from where porter was called."""
    return normpath(join(report.root, file)) if file else report.root


def path(report: Report, file: str) -> str:
    """The same on one line, whatever the name: bytes that are no text stay, so that the path still opens."""
    return "".join(c if "\udc80" <= c <= "\udcff" else printable(c) for c in shown(report, file))


def source_line(report: Report, place: Place) -> str | None:
    """The line of ``place`` as bytes-for-characters text, or None where there is no such line."""
    lines = report.sources.get(place.file, "").split("\n", place.line)
    return lines[place.line - 1].rstrip("\r") if 0 < place.line <= len(lines) else None


def column(report: Report, place: Place) -> int:
    """The column of ``place`` counted in characters of the decoded line; the place itself counts bytes."""
    line = source_line(report, place)
    return place.column if line is None else len(display(line[: place.column - 1])) + 1


def word(report: Report, place: Place) -> str:
    """The name that stands at ``place``, or the one character there; ``""`` where there is nothing."""
    line = source_line(report, place)
    there = "" if line is None else display(line[place.column - 1 :])
    found = _WORD.match(there)
    return found[0] if found else there[:1]


def region(report: Report, span: Span) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where ``span`` begins and ends, as (line, column in characters); None where its file was not read."""
    text = report.sources.get(span.file)
    if text is None or span.end > len(text):
        return None
    lines = Lines(text)
    ends = [Place(span.file, lines.line(offset), lines.column(offset)) for offset in (span.start, span.end)]
    return (ends[0].line, column(report, ends[0])), (ends[1].line, column(report, ends[1]))


def distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each finding once, though several extensions share its file."""
    seen = set()
    for finding in findings:
        key = (finding.place, finding.rule, finding.symbol, finding.message)
        if key not in seen:
            seen.add(key)
            yield finding
