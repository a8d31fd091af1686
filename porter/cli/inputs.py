"""Where the verbs that track a tree get their documents: a scan of the tree, or a file that another verb wrote."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from porter.cli.options import settings_of
from porter.cli.output import Progress, read_given
from porter.errors import PorterError, UsageError
from porter.ledger.contract import Scan, read_scan

TREE = click.Path(exists=True, file_okay=False, path_type=Path)
DOCUMENT = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
DEFAULT_LEDGER = Path(".porter/ledger.db")

definition_option = click.option(
    "--definition",
    type=click.Choice(["porter", "lines"]),
    default="porter",
    show_default=True,
    help="What is counted: isolated extensions and heap types as porter finds them, or lines of C.",
)
ledger_option = click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="PORTER_LEDGER",
    help=f"The ledger.  [default: $PORTER_LEDGER or {DEFAULT_LEDGER}]",
)


def scan_of(tree: Path, document: Path | None, reading: dict[str, object]) -> Scan:
    """The scan in ``document``, or a fresh one of ``tree``; ``reading`` are the options of how it is read."""
    return read_scan(read_json(document) if document else _scan(tree, reading))


def read_json(path: Path) -> object:
    """The JSON of a file, or of stdin for ``-``. Raises UsageError where it is none."""
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{path}: no JSON: {problem}", "write it with --format json") from problem


def read_text(path: Path) -> str:
    """The text of a file, or of stdin for ``-``."""
    if str(path) != "-":
        return read_given(path)
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as problem:
        raise PorterError(f"stdin: {problem}") from problem


def _scan(tree: Path, reading: dict[str, object]) -> dict:
    from porter.scanning import scan
    from porter.report.json import to_json

    with Progress() as progress:
        return to_json(scan(tree, settings_of(tree, **reading), progress))
