"""Where the verbs that track a tree get their documents: a scan of the tree, or a file that another verb wrote."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from porter.errors import PorterError, UsageError
from porter.ledger.contract import Scan, read_scan

TREE = click.Path(exists=True, file_okay=False, path_type=Path)
DOCUMENT = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
DEFAULT_LEDGER = Path(".porter/ledger.db")

ledger_option = click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="PORTER_LEDGER",
    help=f"The ledger.  [default: $PORTER_LEDGER or {DEFAULT_LEDGER}]",
)


def scan_of(tree: Path, document: Path | None) -> Scan:
    """The scan in ``document``, or a fresh one of ``tree``."""
    return read_scan(read_json(document) if document else _scan(tree))


def read_json(path: Path) -> object:
    """The JSON of a file, or of stdin for ``-``. Raises UsageError where it is none."""
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{path}: no JSON: {problem}", "write it with --format json") from problem


def read_text(path: Path) -> str:
    """The text of a file, or of stdin for ``-``."""
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise PorterError(f"{path}: {problem}") from problem


def write_text(path: Path | None, text: str) -> None:
    """Write to a file whole or not at all, or to stdout without one."""
    if path is None:
        click.echo(text, nl=False)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text, "utf-8", newline="\n")
        beside.replace(path)
    except OSError as problem:
        raise PorterError(f"{path}: {problem.strerror or problem}") from problem


def _scan(tree: Path) -> dict:
    from porter.pipeline import scan
    from porter.report.json import to_json
    from porter.settings import Settings, settings_from_toml

    file = tree / "pyproject.toml"
    settings = settings_from_toml(read_text(file), str(file)) if file.is_file() else Settings()
    return to_json(scan(tree, settings))
