"""The rules, read from rules/*.toml: the file name is the rule's identity."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from porter.errors import PorterError
from porter.resources import rule_texts

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Rule:
    """One rule as its file states it.

    ``since``: the Python version from which it matters; ``references``: (title, address).
    """

    name: str
    title: str
    severity: str
    since: str
    why: str
    fix: str
    references: tuple[tuple[str, str], ...]
    bad: str
    good: str


@cache
def load_rules() -> dict[str, Rule]:
    """All rules by name, in the order of their names. A malformed rule file raises PorterError."""
    return {name: read_rule(name, text) for name, text in rule_texts().items()}


def read_rule(name: str, text: str) -> Rule:
    """The rule in the text of its file. Raises PorterError when the text is malformed."""
    try:
        data = tomllib.loads(text)
        references = tuple((r["title"], r["url"]) for r in data.pop("references"))
        rule = Rule(name=name, references=references, **data)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as problem:
        raise PorterError(f"rules/{name}.toml: {problem}") from problem
    if rule.severity not in SEVERITIES:
        raise PorterError(f"rules/{name}.toml: severity {rule.severity!r} is none of {', '.join(SEVERITIES)}")
    return rule
