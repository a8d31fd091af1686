"""The report of a scan as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from porter.findings import Finding
from porter.report.model import Report
from porter.report.places import column, distinct, path, shown
from porter.report.plain import printable
from porter.span import display

_MOST_RELATED = 3
_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(report: Report) -> str:
    """One annotation for each finding that is not suppressed and each thing that could not be read."""
    lines = [_annotation(report, finding) for finding in distinct(report.findings) if finding.suppressed is None]
    for gap in report.unanalysed:
        place = {"file": shown(report, gap.file), "line": max(gap.line, 1), "title": "not read"}
        lines.append(_command("warning", place, display(f"{gap.what}: {gap.why}")))
    return "".join(line + "\n" for line in lines)


def _annotation(report: Report, finding: Finding) -> str:
    properties = {
        "file": shown(report, finding.place.file),
        "line": finding.place.line,
        "col": column(report, finding.place),
        "title": finding.rule,
    }
    return _command(_LEVELS[finding.severity], properties, "\n".join([finding.message, *_related(report, finding)]))


def _related(report: Report, finding: Finding) -> list[str]:
    """The first related places as lines of the message: an annotation has no other way to show them."""
    lines = [f"{path(report, each.place.file)}:{each.place.line}: {display(each.message)}" for each in finding.related[:_MOST_RELATED]]
    left = len(finding.related) - len(lines)
    return [*lines, f"and {left} more"] if left else lines


def _command(level: str, properties: dict[str, object], message: str) -> str:
    said = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in properties.items())
    lines = [printable(line) for line in message.split("\n")]
    return f"::{level} {said}::{_escape(chr(10).join(lines))}"


def _escape(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
