"""The report of a scan as JSON, schema ``porter/scan/1``: keys may be added, none is renamed."""

from __future__ import annotations

import json

import porter
from porter.errors import Gap
from porter.facts.model import Facts, Parser, Place, TypeFact, Variable
from porter.findings import Finding, Fix
from porter.report.model import BLOCKING, Counts, Report, isolated
from porter.span import display

SCHEMA = "porter/scan/1"


def render_json(report: Report) -> str:
    """The document as text, ASCII only, the same bytes for the same report."""
    return json.dumps(to_json(report), indent=1) + "\n"


def to_json(report: Report) -> dict:
    """The document as plain values, everything in a stable order."""
    return {
        "schema": SCHEMA,
        "porter": porter.__version__,
        "root": report.root,
        "target_python": report.target_python,
        "extensions": [_extension(facts) for facts in report.facts],
        "findings": [_finding(finding) for finding in report.findings],
        "unanalysed": [_gap(gap) for gap in report.unanalysed],
        "totals": _totals(report),
    }


def _extension(facts: Facts) -> dict:
    module = facts.module
    return {
        "name": facts.extension.name,
        "sources": list(facts.extension.sources),
        "language": facts.extension.language,
        "generator": facts.generator or facts.extension.generator,
        "declared_in": facts.extension.declared_in,
        "init": module.init if module else None,
        "declares": module.declares if module else None,
        "isolated": isolated(facts),
        "core": facts.extension.core,
        "types": [_type(fact) for fact in sorted(facts.types, key=_place)],
        "globals": [_global(variable) for variable in sorted(facts.variables, key=_place)],
        "parsers": [_parser(parser) for parser in sorted(facts.parsers, key=_place)],
    }


def _place(fact: TypeFact | Variable | Parser) -> tuple[Place, str]:
    return fact.place, fact.name


def _type(fact: TypeFact) -> dict:
    return {
        "name": display(fact.name),
        "kind": fact.kind,
        "file": fact.place.file,
        "line": fact.place.line,
        "ported": fact.kind not in BLOCKING,
        "confidence": fact.confidence,
    }


def _global(variable: Variable) -> dict:
    return {
        "name": display(variable.name),
        "ctype": display(variable.ctype),
        "kind": variable.kind,
        "function": variable.function,
        "file": variable.place.file,
        "line": variable.place.line,
        "confidence": variable.confidence,
        "writes": [{"file": place.file, "line": place.line} for place in variable.writes],
    }


def _parser(parser: Parser) -> dict:
    return {"name": display(parser.name), "kind": parser.kind, "file": parser.place.file, "line": parser.place.line}


def _finding(finding: Finding) -> dict:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        **_position(finding.place),
        "symbol": finding.symbol,
        "extension": finding.extension,
        "message": finding.message,
        "related": [{**_position(related.place), "message": display(related.message)} for related in finding.related],
        "fingerprint": finding.fingerprint,
        "suppressed": finding.suppressed,
        "fix": _fix(finding.fix),
    }


def _fix(fix: Fix | None) -> dict | None:
    """A fix with its edits as offsets in bytes."""
    if fix is None:
        return None
    edits = [{"file": e.span.file, "start": e.span.start, "end": e.span.end, "text": display(e.text)} for e in fix.edits]
    return {"description": fix.description, "edits": edits}


def _position(place: Place) -> dict:
    return {"file": place.file, "line": place.line, "column": place.column}


def _gap(gap: Gap) -> dict:
    return {"file": gap.file, "line": gap.line, "what": display(gap.what), "why": display(gap.why)}


def _totals(report: Report) -> dict:
    kinds = ("object", "type-pointer", "cache", "c-state", "never-written", "thread-local")
    return {
        "extensions": _counts(report.extensions),
        "types": _counts(report.types),
        "globals": {kind: report.variables(kind) for kind in kinds},
    }


def _counts(counts: Counts) -> dict:
    return {"ported": counts.ported, "total": counts.total}
