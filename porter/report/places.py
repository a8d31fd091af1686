"""Places as a reader sees them: paths from where porter was called, columns in characters, the line itself."""

from __future__ import annotations

from posixpath import join, normpath

from porter.facts.model import Place
from porter.report.model import Report
from porter.span import display


def shown(report: Report, file: str) -> str:
    """The path of ``file`` from where porter was called."""
    return normpath(join(report.root, file)) if file else report.root


def source_line(report: Report, place: Place) -> str | None:
    """The line of ``place`` as bytes-for-characters text, or None where there is no such line."""
    lines = report.sources.get(place.file, "").split("\n", place.line)
    return lines[place.line - 1].rstrip("\r") if 0 < place.line <= len(lines) else None


def column(report: Report, place: Place) -> int:
    """The column of ``place`` counted in characters of the decoded line; the place itself counts bytes."""
    line = source_line(report, place)
    return place.column if line is None else len(display(line[: place.column - 1])) + 1
