"""A baseline: the findings a tree is known to have, keyed by file, symbol and rule, never by line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from porter.errors import UsageError
from porter.findings import Finding

SCHEMA = "porter/baseline/1"
KNOWN = "in the baseline"

Key = tuple[str, str, str]


def key_of(finding: Finding) -> Key:
    """What identifies a finding in a baseline."""
    return finding.place.file, finding.symbol, finding.rule


def write_baseline(findings: Iterable[Finding]) -> str:
    """The text of a baseline with every finding that is not suppressed in the source."""
    keys = sorted({key_of(finding) for finding in findings if finding.suppressed in (None, KNOWN)})
    rows = [{"file": file, "symbol": symbol, "rule": rule} for file, symbol, rule in keys]
    return json.dumps({"schema": SCHEMA, "findings": rows}, indent=1) + "\n"


def read_baseline(text: str, file: str) -> frozenset[Key]:
    """The keys in a baseline; ``file`` names it in messages. Raises UsageError when it is malformed."""
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise ValueError(f"schema {data['schema']!r} is not {SCHEMA!r}")
        return frozenset((str(row["file"]), str(row["symbol"]), str(row["rule"])) for row in data["findings"])
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise UsageError(
            f"{file}: malformed baseline: {type(problem).__name__}: {problem}",
            "write it again with --update-baseline",
        ) from problem


def apply_baseline(findings: Iterable[Finding], known: frozenset[Key]) -> tuple[tuple[Finding, ...], tuple[Key, ...]]:
    """``findings`` with the known ones suppressed, and the keys that met no finding any more, sorted."""
    findings = tuple(findings)
    marked = tuple(
        replace(finding, suppressed=KNOWN) if finding.suppressed is None and key_of(finding) in known else finding
        for finding in findings
    )
    return marked, tuple(sorted(known - {key_of(finding) for finding in findings}))
