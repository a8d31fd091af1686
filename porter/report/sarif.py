"""The report of a scan as SARIF 2.1.0, for code scanning services."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

import porter
from porter.baseline import KNOWN
from porter.errors import Gap
from porter.facts.model import Place
from porter.findings import Finding
from porter.report.model import Report
from porter.report.places import column, shown
from porter.rules import Rule, load_rules
from porter.span import display

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_sarif(report: Report) -> str:
    """The log as text, ASCII only, the same bytes for the same report."""
    return json.dumps(to_sarif(report), indent=1) + "\n"


def to_sarif(report: Report) -> dict:
    """A log of one run: rules that spoke, their results with fingerprints and suppressions, gaps as notifications."""
    rules = sorted({finding.rule for finding in report.findings})
    run = {
        "tool": {"driver": {"name": "porter", "version": porter.__version__, "rules": _rules(rules)}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(report, gap) for gap in report.unanalysed],
            }
        ],
        "results": [_result(report, finding, rules.index(finding.rule)) for finding in report.findings],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(names: Iterable[str]) -> list[dict]:
    return [_rule(load_rules()[name]) for name in names]


def _rule(rule: Rule) -> dict:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": " ".join(rule.why.split())},
        "help": {"text": " ".join(rule.fix.split())},
        "helpUri": rule.references[0][1],
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(report: Report, finding: Finding, index: int) -> dict:
    result = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [_location(report, finding.place)],
        "partialFingerprints": {"porter/v1": finding.fingerprint},
        "properties": {
            "symbol": finding.symbol,
            "extension": finding.extension,
            "confidence": finding.confidence,
        },
    }
    if finding.related:
        result["relatedLocations"] = [
            {**_location(report, each.place), "message": {"text": display(each.message)}} for each in finding.related
        ]
    if finding.suppressed is not None:
        kind = "external" if finding.suppressed == KNOWN else "inSource"
        result["suppressions"] = [{"kind": kind, "justification": finding.suppressed}]
    return result


def _location(report: Report, place: Place) -> dict:
    region = {"startLine": place.line, "startColumn": column(report, place)} if place.line else None
    physical = {"artifactLocation": {"uri": _uri(report, place.file)}, **({"region": region} if region else {})}
    return {"physicalLocation": physical}


def _notification(report: Report, gap: Gap) -> dict:
    return {
        "level": "warning",
        "message": {"text": display(f"{gap.what}: {gap.why}")},
        "locations": [_location(report, Place(gap.file, gap.line))],
    }


def _uri(report: Report, file: str) -> str:
    return quote(shown(report, file).encode("utf-8", "surrogateescape"))
