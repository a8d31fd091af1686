"""``porter new-rule NAME``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from porter.cli.output import write_report
from porter.errors import PorterError, UsageError
from porter.report.rule import rule_page
from porter.resources import PACKAGE
from porter.rules import SEVERITIES, read_rule

_RULE = '''title = "{title}"
severity = "{severity}"
since = "3.12"
why = """
What goes wrong, and for whom.
"""
fix = """
What to do instead.
"""
bad = \'\'\'
static int bad;
\'\'\'
good = \'\'\'
static const int good = 1;
\'\'\'

[[references]]
title = "Isolating Extension Modules"
url = "https://docs.python.org/3/howto/isolating-extensions.html"
'''

_CHECK = '''"""{title}."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.model import Facts
from porter.findings import Hit


def find(facts: Facts) -> Iterator[Hit]:
    """Every variable that the rule speaks of."""
    for variable in facts.variables:
        if variable.kind == "{name}":
            yield Hit(variable.place, variable.name, f"{{variable.name}}: {title}", variable.confidence)
'''

_FIXTURE = """#include <Python.h>

static {declaration}{mark}

static PyModuleDef_Slot example_slots[] = {{
    {{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}},
    {{0, NULL}},
}};

static struct PyModuleDef example_module = {{
    PyModuleDef_HEAD_INIT,
    .m_name = "example",
    .m_size = 0,
    .m_slots = example_slots,
}};

PyMODINIT_FUNC
PyInit_example(void)
{{
    (void)value;
    return PyModuleDef_Init(&example_module);
}}
"""


@click.command()
@click.argument("name")
@click.option("--title", help="What it finds, in a few words.  [default: from NAME]")
@click.option("--severity", type=click.Choice(SEVERITIES), default="warning", show_default=True)
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=PACKAGE.parent,
    help="The checkout.  [default: the one porter runs from]",
)
def command(name: str, title: str | None, severity: str, into: Path) -> None:
    """Write the skeleton of a rule into a checkout: rule file, check, fixture pair and page.

    Its tests fail until the check finds what the fixture marks: that is where the work begins. 'make docs' writes the
    page again when the rule file has changed.

    \b
    porter new-rule static-lock --title "Lock in a static variable" --severity note
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise UsageError(f"{name!r} is no name for a rule", "lower case words joined by -, like static-type")
    files = {into / path: text for path, text in _files(name, title or _title(name), severity).items()}
    if not (into / "fixtures" / "rules").is_dir():
        raise UsageError(f"{into} is no checkout of porter", "give one with --into DIR")
    if '"' in (title or "") or "\\" in (title or ""):
        raise UsageError("a title has no quotes and no backslashes")
    there = [path for path in files if path.exists()]
    if there:
        raise PorterError(f"{there[0]} is there already", "nothing was written")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_report(text, path)
        click.echo(path)


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _files(name: str, title: str, severity: str) -> dict[str, str]:
    mark = f" /* finds: {name} */"
    rule = _RULE.format(title=title, severity=severity)
    return {
        f"rules/{name}.toml": rule,
        f"docs/rules/{name}.md": rule_page(read_rule(name, rule)),
        f"porter/checks/{name.replace('-', '_')}.py": _CHECK.format(name=name, title=title),
        f"fixtures/rules/{name}/bad.c": _FIXTURE.format(declaration="int value;", mark=mark),
        f"fixtures/rules/{name}/good.c": _FIXTURE.format(declaration="const int value = 1;", mark=""),
    }
