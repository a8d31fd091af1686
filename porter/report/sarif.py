"""The report of a scan as SARIF 2.1.0, for code scanning services."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

import porter
from porter.baseline import KNOWN
from porter.errors import Gap
from porter.facts.model import Place
from porter.findings import Finding, Fix
from porter.report.model import Report
from porter.report.places import column, distinct, region, shown, word
from porter.report.rule import rule_page
from porter.rules import Rule, load_rules
from porter.span import display

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_sarif(report: Report) -> str:
    """The log as text, ASCII only, the same bytes for the same report."""
    return json.dumps(to_sarif(report), indent=1) + "\n"


def to_sarif(report: Report) -> dict:
    """A log of one run: rules that spoke, their results with fingerprints and suppressions, gaps as notifications."""
    findings = list(distinct(report.findings))
    rules = sorted({finding.rule for finding in findings})
    fingerprints = _fingerprints(findings)
    run = {
        "tool": {"driver": {"name": "porter", "version": porter.__version__, "rules": _rules(rules)}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(report, gap) for gap in report.unanalysed],
            }
        ],
        "results": [_result(report, f, rules.index(f.rule), mark) for f, mark in zip(findings, fingerprints, strict=True)],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _fingerprints(findings: Iterable[Finding]) -> list[str]:
    """The fingerprint of each with its number among equals: a name may be declared in many functions of a file."""
    seen: Counter[str] = Counter()
    marks = []
    for finding in findings:
        seen[finding.fingerprint] += 1
        marks.append(f"{finding.fingerprint}:{seen[finding.fingerprint]}")
    return marks


def _rules(names: Iterable[str]) -> list[dict]:
    return [_rule(load_rules()[name]) for name in names]


def _rule(rule: Rule) -> dict:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": " ".join(rule.why.split())},
        "help": {"text": " ".join(rule.fix.split()), "markdown": rule_page(rule)},
        "helpUri": rule.references[0][1],
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": ["isolation", f"python-{rule.since}"]},
    }


def _result(report: Report, finding: Finding, index: int, fingerprint: str) -> dict:
    result = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [_location(report, finding.place)],
        "partialFingerprints": {"porter/v1": fingerprint},
        "properties": {
            "symbol": finding.symbol,
            "extension": finding.extension,
            "confidence": finding.confidence,
        },
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(report, each.place), "message": {"text": display(each.message)}}
            for number, each in enumerate(finding.related, 1)
        ]
    if finding.suppressed is not None:
        kind = "external" if finding.suppressed == KNOWN else "inSource"
        result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": finding.suppressed}]
    if finding.fix is not None and (changes := _changes(report, finding.fix)):
        result["fixes"] = [{"description": {"text": finding.fix.description}, "artifactChanges": changes}]
    return result


def _changes(report: Report, fix: Fix) -> list[dict]:
    """The edits of a fix by file; none at all where one of them has no place that was read."""
    found: dict[str, list[dict]] = {}
    for edit in fix.edits:
        place = region(report, edit.span)
        if place is None:
            return []
        (line, begin), (last, end) = place
        deleted = {"startLine": line, "startColumn": begin, "endLine": last, "endColumn": end}
        found.setdefault(edit.span.file, []).append({"deletedRegion": deleted, "insertedContent": {"text": display(edit.text)}})
    return [{"artifactLocation": {"uri": _uri(report, file)}, "replacements": edits} for file, edits in found.items()]


def _location(report: Report, place: Place) -> dict:
    physical: dict = {"artifactLocation": {"uri": _uri(report, place.file)}}
    if place.line:
        begin, name = column(report, place), word(report, place)
        physical["region"] = {"startLine": place.line, "startColumn": begin, **({"endColumn": begin + len(name)} if name else {})}
    return {"physicalLocation": physical}


def _notification(report: Report, gap: Gap) -> dict:
    return {
        "level": "warning",
        "message": {"text": display(f"{gap.what}: {gap.why}")},
        "locations": [_location(report, Place(gap.file, gap.line))],
    }


def _uri(report: Report, file: str) -> str:
    """A relative reference, or an absolute one with its scheme; a colon in the first part is no scheme."""
    name = quote(shown(report, file).encode("utf-8", "surrogateescape"))
    return f"file://{name}" if name.startswith("/") else name
