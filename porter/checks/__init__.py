"""One module per rule, named like it with ``_`` for ``-``; the rule's file in rules/ switches it on.

A module has one of two functions: ``find(facts)`` looks at one extension, ``find_in_suppressions(suppressions)`` at the
suppressions of all files once every other rule has spoken. Both yield :class:`porter.findings.Hit`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from types import ModuleType

from porter.errors import UsageError
from porter.facts.model import Facts
from porter.findings import Finding, Hit
from porter.rules import Rule, load_rules
from porter.settings import Settings, did_you_mean
from porter.span import display
from porter.suppressions import Suppression, suppress


def module_of(rule: str) -> ModuleType:
    """The module that finds what ``rule`` is about."""
    return import_module(f"{__name__}.{rule.replace('-', '_')}")


def selected(settings: Settings) -> dict[str, Rule]:
    """The rules that ``settings`` switch on, with their severities. An unknown name raises UsageError."""
    rules = load_rules()
    for name in (*settings.select, *settings.ignore, *(rule for rule, _ in settings.severity)):
        if name not in rules:
            raise UsageError(f"no rule {name!r}", did_you_mean(name, list(rules)))
    severity = dict(settings.severity)
    return {
        name: replace(rule, severity=severity.get(name, rule.severity))
        for name, rule in rules.items()
        if name in (settings.select or rules) and name not in settings.ignore
    }


def check(facts: Facts, settings: Settings = Settings()) -> tuple[Finding, ...]:
    """What the selected rules find in one extension, sorted by place."""
    name = facts.extension.name
    return tuple(
        sorted(
            (
                _finding(hit, rule, name)
                for rule in selected(settings).values()
                if hasattr(module_of(rule.name), "find") and _applies(rule, facts)
                for hit in module_of(rule.name).find(facts)
            ),
            key=order,
        )
    )


def check_suppressions(
    findings: Iterable[Finding], suppressions: Iterable[Suppression], settings: Settings = Settings()
) -> tuple[Finding, ...]:
    """All findings of a tree with the suppressed ones marked, and what is wrong with the suppressions themselves."""
    findings, suppressions = suppress(findings, suppressions)
    chosen, known = selected(settings), load_rules()
    judged = [s for s in suppressions if s.rule in chosen or s.rule not in known]
    own = (
        _finding(hit, rule, "")
        for rule in chosen.values()
        if hasattr(module_of(rule.name), "find_in_suppressions")
        for hit in module_of(rule.name).find_in_suppressions(judged)
    )
    return tuple(sorted((*findings, *own), key=order))


def order(finding: Finding) -> tuple:
    """Sort key: by place, then rule, symbol and extension."""
    return finding.place, finding.rule, finding.symbol, finding.extension


def _applies(rule: Rule, facts: Facts) -> bool:
    """Written code has all rules; of generated code only its generator can do something."""
    return facts.generator is None or rule.name == "generated-code"


def _finding(hit: Hit, rule: Rule, extension: str) -> Finding:
    return Finding(
        rule=rule.name,
        severity=rule.severity,
        place=hit.place,
        symbol=display(hit.symbol),
        extension=extension,
        message=display(hit.message),
        confidence=hit.confidence,
        related=hit.related,
        fix=hit.fix,
    )
