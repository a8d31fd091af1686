"""A rule as text for a terminal and as its page in the documentation."""

from __future__ import annotations

from textwrap import fill, indent

from porter.rules import Rule

_WIDTH = 80


def rule_text(rule: Rule) -> str:
    """The rule as ``porter explain`` prints it."""
    references = [f"  {title}\n    {url}" for title, url in rule.references]
    parts = [
        f"{rule.name}: {rule.title}",
        f"{rule.severity}, matters since Python {rule.since}",
        "Why\n\n" + _paragraphs(rule.why),
        "Fix\n\n" + _paragraphs(rule.fix),
        "Bad\n\n" + indent(rule.bad.strip("\n"), "    "),
        "Good\n\n" + indent(rule.good.strip("\n"), "    "),
        "References\n\n" + "\n".join(references),
    ]
    return "\n\n".join(parts) + "\n"


def rule_page(rule: Rule) -> str:
    """The page docs/rules/NAME.md."""
    references = [f"- [{title}]({url})" for title, url in rule.references]
    parts = [
        f"# {rule.name}",
        f"**{rule.title}** · {rule.severity} · matters since Python {rule.since}",
        f"## Why\n\n{rule.why.strip()}",
        f"## Fix\n\n{rule.fix.strip()}",
        f"## Bad\n\n```c\n{rule.bad.strip()}\n```",
        f"## Good\n\n```c\n{rule.good.strip()}\n```",
        "## References\n\n" + "\n".join(references),
    ]
    return "\n\n".join(parts) + "\n"


def rules_page(rules: dict[str, Rule]) -> str:
    """The page docs/rules/README.md: all rules in a table."""
    rows = [f"| [{rule.name}]({rule.name}.md) | {rule.severity} | {rule.title} |" for rule in rules.values()]
    table = "\n".join(["| rule | severity | finds |", "|---|---|---|", *rows])
    intro = "What `porter scan` looks for; `porter explain RULE` prints the same on the command line."
    return f"# Rules\n\n{intro}\n\n{table}\n"


def _paragraphs(text: str) -> str:
    said = (" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
    lines = (fill(each, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False) for each in said)
    return "\n\n".join(lines)
