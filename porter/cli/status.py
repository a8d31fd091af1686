"""``porter status PATH``."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.core import ParameterSource

from porter.cli.inputs import DEFAULT_LEDGER, DOCUMENT, TREE, ledger_option, scan_of
from porter.cli.options import reading_options
from porter.cli.output import remark, write_report
from porter.errors import Exit, UsageError
from porter.facts.lines import count_lines
from porter.ledger.contract import clean
from porter.ledger.database import open_ledger
from porter.ledger.model import Decision, Rung
from porter.ledger.read import known_of_tree
from porter.ledger.revision import content
from porter.report.overview import Overview, overview, overview_json, overview_of_lines, overview_text
from porter.tree import read_source, source_files

RENDERERS = {"text": overview_text, "json": overview_json}


@click.command()
@click.argument("path", type=TREE, default=".")
@click.option("--scan", "document", type=DOCUMENT, help="The JSON of a scan instead of a new one; - is stdin.")
@ledger_option
@click.option("--tree", "name", help="The name the tree was recorded under.  [default: its folder]")
@click.option("--format", "form", type=click.Choice(list(RENDERERS)), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to stdout.")
@click.option(
    "--definition",
    type=click.Choice(["porter", "lines"]),
    default="porter",
    show_default=True,
    help="What is counted: isolated extensions and heap types as porter finds them, or lines of C.",
)
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit 1 when less is ported.")
@reading_options
def command(
    path: Path,
    document: Path | None,
    ledger: Path | None,
    name: str | None,
    form: str,
    output: Path | None,
    definition: str,
    fail_under: float | None,
    **reading: object,
) -> Exit:
    """Say how much of a tree is ported and what is next.

    Where the tree is in the ledger, the decisions of a port and the proof of a verify that it holds are told too.

    With --definition lines the tree is counted by lines of its .c files, as CPython's progress was published: modules
    with PyModuleDef_Init against PyModule_Create, lines with PyType_Spec against static PyTypeObject.
    """
    if definition == "lines":
        found = _by_lines(path, document)
    else:
        found = overview(scan_of(path, document, reading), *_known(path, name, ledger))
    write_report(RENDERERS[form](found), output)
    return _exit(found, fail_under)


def _by_lines(path: Path, document: Path | None) -> Overview:
    if document:
        raise UsageError("--definition lines counts lines of a tree, which --scan does not have")
    files, unread = source_files(path)
    read = {file: read_source(path, file) for file in files if file.endswith(".c")}
    texts = {file: text for file, text in read.items() if isinstance(text, str)}
    return overview_of_lines(count_lines(texts), len(unread) + len(read) - len(texts))


def _known(path: Path, name: str | None, ledger: Path | None) -> tuple[tuple[Decision, ...], tuple[Rung, ...]]:
    """What the ledger knows; only one that was asked for on the command line must be there."""
    asked = click.get_current_context().get_parameter_source("ledger") is ParameterSource.COMMANDLINE
    ledger = ledger or DEFAULT_LEDGER
    if not asked and not ledger.is_file():
        return (), ()
    with open_ledger(ledger) as connection:
        return known_of_tree(connection, clean(name or os.fspath(path.resolve())), content(path))


def _exit(found: Overview, fail_under: float | None) -> Exit:
    """What was not read wins, as in a scan: the counts are then not known to be whole."""
    below = fail_under is not None and not found.reaches(fail_under)
    if below:
        done = f"extensions {found.extensions.percent:.1f}%, types {found.types.percent:.1f}%"
        remark(f"ported less than {fail_under:g}%: {done}")
    if found.unread:
        return Exit.UNREAD
    return Exit.FOUND if below else Exit.OK
