"""``porter rules``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from porter.cli.output import write_report
from porter.rules import load_rules


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(form: str) -> None:
    """List the rules with their severities.

    'porter explain RULE' tells why one matters and how to fix what it finds.
    """
    rules = load_rules().values()
    if form == "json":
        rows = [{**asdict(rule), "references": [{"title": t, "url": u} for t, u in rule.references]} for rule in rules]
        write_report(json.dumps({"schema": "porter/rules/1", "rules": rows}, indent=1) + "\n", None)
        return
    width = max(len(rule.name) for rule in rules)
    write_report("".join(f"{rule.name:{width}}  {rule.severity:7}  {rule.title}\n" for rule in rules), None)
