"""Several reports as one, with every path from their common root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from posixpath import join, normpath

from porter.errors import Gap
from porter.facts.model import Place
from porter.report.model import Report
from porter.span import Span
from porter.tree.model import Extension


def merge(root: str, reports: Sequence[tuple[str, Report]]) -> Report:
    """One report for ``root`` out of (folder below the root, report of that folder)."""
    moved = [_moved(report, folder) for folder, report in reports]
    return Report(
        root=root,
        target_python=moved[0].target_python,
        facts=tuple(facts for report in moved for facts in report.facts),
        findings=tuple(finding for report in moved for finding in report.findings),
        unanalysed=tuple(gap for report in moved for gap in report.unanalysed),
        sources={file: text for report in moved for file, text in report.sources.items()},
    )


def _moved(report: Report, folder: str) -> Report:
    sources = {_below(folder, file): text for file, text in report.sources.items()}
    return replace(
        report,
        facts=_relocated(report.facts, folder),
        findings=_relocated(report.findings, folder),
        unanalysed=_relocated(report.unanalysed, folder),
        sources=sources,
    )


def _relocated(value: object, folder: str) -> object:
    """``value`` with the files of all places in it below ``folder``."""
    if isinstance(value, Place | Gap | Span):
        return replace(value, file=_below(folder, value.file))
    if isinstance(value, Extension):
        sources = tuple(_below(folder, source) for source in value.sources)
        return replace(value, sources=sources, declared_in=_below(folder, value.declared_in))
    if isinstance(value, tuple):
        return tuple(_relocated(item, folder) for item in value)
    if is_dataclass(value):
        return replace(value, **{f.name: _relocated(getattr(value, f.name), folder) for f in fields(value)})
    return value


def _below(folder: str, file: str) -> str:
    return normpath(join(folder, file)) if file else file
