"""The report of a scan as Markdown: for a pull request, a wiki or the summary of a workflow."""

from __future__ import annotations

import re

from porter.errors import Gap
from porter.facts.model import Facts, Place
from porter.findings import Finding
from porter.report.model import BLOCKING, SHARED, Report, isolated
from porter.report.places import distinct, path
from porter.report.plain import printable
from porter.report.summary import summary_lines
from porter.span import display

_MOST_RELATED = 3


def render_markdown(report: Report) -> str:
    """A page with the counts, a row for each extension, the findings by rule and what could not be read."""
    parts = ["# Isolation of extension modules", "\n".join(f"- {line}" for line in summary_lines(report))]
    if report.facts:
        parts.append(
            "\n".join(
                [
                    "| extension | init | declares | static types | shared variables | isolated |",
                    "|---|---|---|---:|---:|---|",
                    *map(_row, report.facts),
                ]
            )
        )
    parts += _findings(report)
    if report.unanalysed:
        parts.append("\n".join(["## Not read", "", *(_unread(report, gap) for gap in report.unanalysed)]))
    return "\n\n".join(parts) + "\n"


def _row(facts: Facts) -> str:
    module = facts.module
    cells = (
        _text(facts.extension.name),
        module.init if module else "unknown",
        (module and module.declares) or "nothing",
        sum(type_.kind in BLOCKING for type_ in facts.types),
        sum(variable.kind in SHARED for variable in facts.variables),
        "yes" if isolated(facts) else "no",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _findings(report: Report) -> list[str]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in distinct(report.findings):
        if finding.suppressed is None:
            by_rule.setdefault(finding.rule, []).append(finding)
    return [
        "\n".join([f"## {rule} ({len(found)})", "", *(_item(report, f) for f in found)])
        for rule, found in sorted(by_rule.items())
    ]


def _item(report: Report, finding: Finding) -> str:
    said = f"- {_place(report, finding.place)} {finding.severity}: {_text(finding.message)}"
    related = [f"  - {_place(report, each.place)} {_text(display(each.message))}" for each in finding.related[:_MOST_RELATED]]
    left = len(finding.related) - len(related)
    return "\n".join([said, *related, *([f"  - and {left} more"] if left else [])])


def _unread(report: Report, gap: Gap) -> str:
    return f"- {_place(report, Place(gap.file, gap.line))} {_text(display(f'{gap.what}: {gap.why}'))}"


def _place(report: Report, place: Place) -> str:
    """Path and line as code, fenced by more backticks than a name has in a row."""
    name = path(report, place.file) + (f":{place.line}" if place.line else "")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", name)), default=0))
    return f"{fence}{name}{fence}" if len(fence) == 1 else f"{fence} {name} {fence}"


def _text(text: str) -> str:
    """``text`` with the characters escaped that Markdown would take for markup."""
    text = printable(text)
    for character in "\\`*_[]<>|":
        text = text.replace(character, "\\" + character)
    return text
