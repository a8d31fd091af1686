"""The report of a scan for a terminal: findings with the line they stand on, what was not read, the counts."""

from __future__ import annotations

from porter.errors import Gap
from porter.findings import Finding
from porter.report.model import Report
from porter.report.places import column, distinct, path, region, source_line, word
from porter.report.plain import printable, width
from porter.report.summary import summary_lines
from porter.span import display

_COLOURS = {"error": "31", "warning": "33", "note": "36", "place": "1", "rule": "35", "margin": "34", "good": "32"}
_MOST_RELATED = 3


def render_text(report: Report, colour: bool = False, verbosity: int = 0) -> str:
    """The report as text. ``verbosity``: -1 leaves excerpts and counts out, 1 adds what is suppressed."""
    wanted = (finding for finding in distinct(report.findings) if finding.suppressed is None or verbosity > 0)
    blocks = [_Text(report, colour, verbosity).block(finding) for finding in wanted]
    blocks += [_unread(report, gap, colour) for gap in report.unanalysed]
    if verbosity >= 0:
        blocks.append(_summary(report, colour))
    return "".join(blocks)


def paint(text: str, kind: str, colour: bool) -> str:
    """``text`` in the colour of its kind, if colours are wanted."""
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if colour else text


class _Text:
    """One report's findings as blocks of lines."""

    def __init__(self, report: Report, colour: bool, verbosity: int) -> None:
        self.report, self.colour, self.verbosity = report, colour, verbosity

    def block(self, finding: Finding) -> str:
        lines = [self._headline(finding)]
        if self.verbosity >= 0:
            lines += self._excerpt(finding)
            lines += self._related(finding)
            lines += self._fix(finding)
        if finding.suppressed is not None:
            lines.append(f"   = suppressed: {printable(finding.suppressed)}")
        return "\n".join(lines) + "\n" + ("\n" if self.verbosity >= 0 else "")

    def _headline(self, finding: Finding) -> str:
        place = f"{path(self.report, finding.place.file)}:{finding.place.line}:{column(self.report, finding.place)}"
        severity = paint(finding.severity, finding.severity, self.colour)
        rule = paint(f"[{finding.rule}]", "rule", self.colour)
        return f"{paint(place, 'place', self.colour)}: {severity}: {printable(finding.message)} {rule}"

    def _excerpt(self, finding: Finding) -> list[str]:
        line = source_line(self.report, finding.place)
        if line is None:
            return []
        before = _visible(line[: finding.place.column - 1])
        indent = "".join("\t" if character == "\t" else " " * width(character) for character in before)
        caret = paint("^" * max(1, width(word(self.report, finding.place))), finding.severity, self.colour)
        bar = paint("|", "margin", self.colour)
        return [f"{finding.place.line:5d} {bar} {_visible(line)}".rstrip(), f"      {bar} {indent}{caret}"]

    def _related(self, finding: Finding) -> list[str]:
        most = len(finding.related) if self.verbosity > 0 else _MOST_RELATED
        lines = [
            f"   = {path(self.report, each.place.file)}:{each.place.line}: {printable(display(each.message))}"
            for each in finding.related[:most]
        ]
        left = len(finding.related) - most
        return [*lines, f"   = and {left} more"] if left > 0 else lines

    def _fix(self, finding: Finding) -> list[str]:
        """What would take the finding away, where it is one change on one line."""
        if finding.fix is None:
            return []
        changes = [f"{place[0][0]}:{place[0][1]} {printable(display(edit.text.strip()))}" for edit in finding.fix.edits if (place := region(self.report, edit.span))]
        return [f"   = fix: {finding.fix.description} ({'; '.join(changes)})"] if changes else []


def _visible(text: str) -> str:
    """Source text as a terminal may show it: tabs stay, what cannot be seen is written out."""
    return "".join(c if c == "\t" else printable(c) for c in display(text))


def _unread(report: Report, gap: Gap, colour: bool) -> str:
    line = f":{gap.line}" if gap.line else ""
    place = paint(f"{path(report, gap.file)}{line}", "place", colour)
    return f"{place}: {paint('not read', 'warning', colour)}: {printable(display(f'{gap.what}: {gap.why}'))}\n"


def _summary(report: Report, colour: bool) -> str:
    if not report.facts:
        return f"No extension modules in {path(report, '')}\n"
    open_findings = [finding for finding in report.findings if finding.suppressed is None]
    suppressed = len(report.findings) - len(open_findings)
    counts = [_count(sum(f.severity == s for f in open_findings), s) for s in ("error", "warning", "note")]
    said = f"{_count(len(open_findings), 'finding')} ({', '.join(counts)})" if open_findings else "No findings"
    said += f", {suppressed} suppressed" if suppressed else ""
    said += f", {len(report.unanalysed)} not read" if report.unanalysed else ""
    return "\n".join([paint(said, "error" if open_findings else "good", colour), *summary_lines(report)]) + "\n"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
