"""``porter explain RULE``."""

from __future__ import annotations

import click

from porter.cli.output import write_report
from porter.errors import UsageError
from porter.report.rule import rule_page, rule_text
from porter.rules import load_rules
from porter.settings import did_you_mean


@click.command()
@click.argument("rule")
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
def command(rule: str, form: str) -> None:
    """Tell why a rule matters, with an example, the fix and where to read on.

    \b
    porter explain static-type
    """
    rules = load_rules()
    if rule not in rules:
        raise UsageError(f"no rule {rule!r}", did_you_mean(rule, list(rules)))
    write_report((rule_page if form == "markdown" else rule_text)(rules[rule]), None)
