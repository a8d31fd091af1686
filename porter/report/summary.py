"""How much is ported, in two lines: the same words wherever porter says it."""

from __future__ import annotations

from porter.report.model import Counts, Report


def summary_lines(report: Report) -> tuple[str, str]:
    """The two counts of a report: its extensions and its types."""
    return port_line("extensions", report.extensions), port_line("types to heap types", report.types)


def port_line(things: str, counts: Counts) -> str:
    """``Port 1 extensions (50%, total: 2)``: how many are ported so far; 100% is said only when all are."""
    return f"Port {counts.ported} {things} ({int(counts.percent)}%, total: {counts.total})"
