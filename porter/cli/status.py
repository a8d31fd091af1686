"""``porter status PATH``."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.core import ParameterSource

from porter.cli.inputs import DEFAULT_LEDGER, DOCUMENT, TREE, definition_option, ledger_option, read_json, scan_of
from porter.cli.options import reading_options
from porter.cli.output import remark, write_report
from porter.errors import Exit, UsageError
from porter.facts.lines import count_lines
from porter.ledger.contract import clean, read_scan
from porter.ledger.database import open_ledger
from porter.ledger.model import Extension
from porter.ledger.read import Past, latest_of, past_of
from porter.ledger.revision import content
from porter.report.compare import worse
from porter.report.overview import Overview, overview, overview_json, overview_of_lines, overview_text
from porter.tree import read_source, source_files

FORMATS = ("text", "json")
LEDGER = "ledger"


@click.command()
@click.argument("path", type=TREE, default=".")
@click.option("--scan", "document", type=DOCUMENT, help="The JSON of a scan instead of a new one; - is stdin.")
@ledger_option
@click.option("--tree", "name", help="The name the tree was recorded under.  [default: its folder]")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to stdout.")
@definition_option
@click.option("--symbols", is_flag=True, help="List the types and variables of each extension too.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit 1 when less is ported.")
@click.option(
    "--against",
    "base",
    metavar="SCAN.json|ledger",
    help="Exit 1 when something stands worse than in that scan, or than in the tree's latest run in the ledger.",
)
@reading_options
def command(
    path: Path,
    document: Path | None,
    ledger: Path | None,
    name: str | None,
    form: str,
    output: Path | None,
    definition: str,
    symbols: bool,
    fail_under: float | None,
    base: str | None,
    **reading: object,
) -> Exit:
    """Say how much of a tree is ported and what is next.

    Where the tree is in the ledger, the decisions of a port and the proof of a verify that it holds are told too.

    \b
    porter status .                       the counts, and what is next for each extension
    porter status . --symbols             and for each type and variable
    porter status . --fail-under 80       a gate on the share that is ported
    porter status . --against base.json   a gate on what got worse since a scan: porter scan . --format json
    porter status . --against ledger      the same since the latest run of the tree in the ledger

    Worse is: an extension that is isolated no more, a new one that is not, a type that is static, more static objects
    or caches. With --definition lines the tree is counted by lines of its .c files, as CPython's progress was
    published: modules with PyModuleDef_Init against PyModule_Create, lines with PyType_Spec against static
    PyTypeObject.

    Exit codes: 0 as good as asked, 1 less than --fail-under or worse than --against, 2 usage or error, 3 something
    could not be read.
    """
    if definition == "lines":
        if document or base:
            option = "--scan" if document else "--against"
            raise UsageError(f"--definition lines counts lines of a tree, which {option} does not have")
        found, below = _by_lines(path), ()
    else:
        scan, key = scan_of(path, document, reading), clean(name or os.fspath(path.resolve()))
        found = overview(scan, _past(path, key, ledger))
        below = worse(_base(base, key, ledger), scan.extensions) if base else ()
    write_report(overview_json(found) if form == "json" else overview_text(found, symbols), output)
    for difference in below:
        remark(f"worse: {difference.extension}: {difference.what}")
    return _exit(found, fail_under, bool(below))


def _by_lines(path: Path) -> Overview:
    files, unread = source_files(path)
    read = {file: read_source(path, file) for file in files if file.endswith(".c")}
    texts = {file: text for file, text in read.items() if isinstance(text, str)}
    return overview_of_lines(count_lines(texts), len(unread) + len(read) - len(texts))


def _past(path: Path, key: str, ledger: Path | None) -> Past:
    """What the ledger knows; only one that was asked for on the command line must be there."""
    asked = click.get_current_context().get_parameter_source("ledger") is ParameterSource.COMMANDLINE
    ledger = ledger or DEFAULT_LEDGER
    if not asked and not ledger.is_file():
        return Past()
    with open_ledger(ledger) as connection:
        return past_of(connection, key, content(path))


def _base(base: str, key: str, ledger: Path | None) -> tuple[Extension, ...]:
    """The extensions to compare with."""
    if base != LEDGER:
        return read_scan(read_json(Path(base))).extensions
    with open_ledger(ledger or DEFAULT_LEDGER) as connection:
        run = latest_of(connection, key)
    if run is None:
        raise UsageError(f"the ledger has no run of {key}", "record one first, or name the tree with --tree")
    return run.extensions


def _exit(found: Overview, fail_under: float | None, worse: bool) -> Exit:
    """What was not read wins, as in a scan: the counts are then not known to be whole."""
    below = fail_under is not None and not found.reaches(fail_under)
    if below:
        done = f"extensions {found.extensions.percent:.1f}%, types {found.types.percent:.1f}%"
        remark(f"ported less than {fail_under:g}%: {done}")
    if found.unread:
        return Exit.UNREAD
    return Exit.FOUND if below or worse else Exit.OK
