"""``porter dashboard -o DIR``."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

import porter
from porter.cli.inputs import DEFAULT_LEDGER, ledger_option
from porter.cli.output import remark, write_report
from porter.errors import Exit, PorterError, UsageError
from porter.ledger.database import open_ledger
from porter.ledger.read import points, states
from porter.report.dashboard.build import board_of
from porter.report.dashboard.site import site
from porter.report.dashboard.values import Board
from porter.resources import templates_folder
from porter.rules import load_rules

FILES = "files.json"
FOLDERS = ("assets", "badges", "extensions", "rules")
_OURS = re.compile(r"(extensions|rules)/[A-Za-z0-9_.-]+\.(html|json|diff)")


@click.command()
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="The folder of the site.")
@ledger_option
@click.option("--title", default="Isolation of C extensions", show_default=True, help="What the site is called.")
@click.option("--serve", "served", is_flag=True, help="Show it on 127.0.0.1 until Ctrl-C; pages follow the ledger.")
@click.option("--port", type=click.IntRange(0, 65535), help="For --serve; 0: any free one.  [default: 8000, or a free one]")
def command(output: Path | None, ledger: Path | None, title: str, served: bool, port: int | None) -> Exit:
    """Write the ledger as a site of static pages that open from disk.

    \b
    porter dashboard -o site             open site/index.html: no server and no network is needed
    porter dashboard --serve             on 127.0.0.1; a new run in the ledger shows at once
    porter dashboard --serve -o site     and keep the pages

    Beside each page is its data as JSON, in badges/ are two badges as SVG and for shields.io.

    Exit codes: 0 written, 2 usage or error.
    """
    ledger = ledger or DEFAULT_LEDGER
    if served:
        return _serve(output, ledger, title, port)
    if output is None:
        raise UsageError("where should the pages go?", "give -o DIR, or --serve")
    _make(output, ledger, title)
    return Exit.OK


def _make(output: Path, ledger: Path, title: str) -> None:
    board = _board(ledger, title)
    written = _write(output, board)
    things = "extension" if len(board.rows) == 1 else "extensions"
    remark(f"{len(board.rows)} {things} on {written} pages: {output / 'index.html'}")


def _serve(output: Path | None, ledger: Path, title: str, port: int | None) -> Exit:
    from porter.cli.serving import serve, server_of

    with tempfile.TemporaryDirectory(prefix="porter-dashboard-") as aside:
        folder = output or Path(aside)
        _make(folder, ledger, title)
        script = (templates_folder() / "html" / "dashboard" / "live.js").read_bytes()
        server = server_of(folder.resolve(), script, port)
        with suppress(KeyboardInterrupt):
            remark(f"{server.url} (Ctrl-C ends)")
            serve(server, partial(_stamp, ledger), partial(_make_again, folder, ledger, title))
    return Exit.OK


def _make_again(folder: Path, ledger: Path, title: str) -> None:
    try:
        _make(folder, ledger, title)
    except PorterError as problem:
        remark(f"the pages stay as they were: {problem.message}")


def _stamp(ledger: Path) -> list[tuple[int, int]]:
    """What is different after a run was recorded: a ledger writes beside itself first."""
    files = (ledger, ledger.with_name(f"{ledger.name}-wal"))
    found = [file.stat() for file in files if file.exists()]
    return [(each.st_mtime_ns, each.st_size) for each in found]


def _board(ledger: Path, title: str) -> Board:
    with open_ledger(ledger) as connection:
        found = states(connection)
        counts = points(connection)
    if not found:
        raise PorterError(f"{ledger} has no runs", "record a tree first: porter record PATH")
    return board_of(title, porter.__version__, found, counts, load_rules())


def _write(folder: Path, board: Board) -> int:
    """Write all files; how many of them are pages. Pages an earlier call wrote and this one did not are removed."""
    earlier, written = _earlier(folder), []
    _prepare(folder)
    for name, text in site(board):
        write_report(text, folder / name)
        written.append(name)
    for name in sorted(earlier - set(written)):
        (folder / name).unlink(missing_ok=True)
    write_report(json.dumps(written, indent=1) + "\n", folder / FILES)
    return _pages(written)


def _earlier(folder: Path) -> set[str]:
    """The pages of extensions and rules that an earlier call wrote; other names in its list are not believed."""
    try:
        names = json.loads((folder / FILES).read_text("utf-8"))
    except (OSError, ValueError):
        return set()
    listed = names if isinstance(names, list) else []
    return {name for name in listed if isinstance(name, str) and _OURS.fullmatch(name)}


def _prepare(folder: Path) -> None:
    target = folder / "assets"
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for asset in sorted((templates_folder() / "html" / "dashboard" / "assets").iterdir()):
            shutil.copyfile(asset, target / asset.name)
    except OSError as problem:
        raise PorterError(f"{target}: {problem.strerror or problem}") from problem


def _pages(names: Iterable[str]) -> int:
    return sum(name.endswith(".html") for name in names)
