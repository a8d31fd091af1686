"""The report of a scan as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from porter.findings import Finding
from porter.report.model import Report
from porter.report.places import column, shown

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(report: Report) -> str:
    """One annotation for each finding that is not suppressed and each thing that could not be read."""
    lines = [_annotation(report, finding) for finding in report.findings if finding.suppressed is None]
    for gap in report.unanalysed:
        place = {"file": shown(report, gap.file), "line": max(gap.line, 1), "title": "not read"}
        lines.append(_command("warning", place, f"{gap.what}: {gap.why}"))
    return "".join(line + "\n" for line in lines)


def _annotation(report: Report, finding: Finding) -> str:
    properties = {
        "file": shown(report, finding.place.file),
        "line": finding.place.line,
        "col": column(report, finding.place),
        "title": finding.rule,
    }
    return _command(_LEVELS[finding.severity], properties, finding.message)


def _command(level: str, properties: dict[str, object], message: str) -> str:
    said = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in properties.items())
    return f"::{level} {said}::{_escape(message)}"


def _escape(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
