"""``porter record PATH...``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from porter.cli.inputs import DEFAULT_LEDGER, DOCUMENT, TREE, ledger_option, read_json, read_text, scan_of
from porter.cli.options import reading_options, settings_of
from porter.cli.output import Progress, remark, write_report
from porter.errors import Exit, UsageError
from porter.ledger.contract import clean, read_decisions, read_patches, read_rungs, run_of
from porter.ledger.database import open_ledger
from porter.ledger.exchange import export_runs, parse_runs
from porter.ledger.model import Run
from porter.ledger.read import all_runs
from porter.ledger.revision import content, revision
from porter.ledger.write import import_runs, record


@dataclass(frozen=True)
class Source:
    """What is told on the command line of one run, beside its tree."""

    scan: Path | None
    port: Path | None
    decide: bool
    verify: Path | None
    name: str | None
    revision: str | None
    time: str
    reading: dict[str, object]


@click.command()
@click.argument("paths", nargs=-1, type=TREE)
@ledger_option
@click.option("--scan", type=DOCUMENT, help="The JSON of a scan instead of a new one; - is stdin.")
@click.option("--port", type=DOCUMENT, help="The JSON of a port: its decisions and patches are kept with the run.")
@click.option("--decide", is_flag=True, help="Work out the port too and keep its decisions and patches; nothing is written to the tree.")
@click.option("--verify", type=DOCUMENT, help="The JSON of a verify: its evidence is kept with the run.")
@click.option("--tree", "name", help="The name the tree goes by, wherever it lies.  [default: its folder]")
@click.option("--revision", "commit", help="The state of the tree.  [default: what git says, or a hash of the sources]")
@click.option("--time", "when", help="When that was, in ISO 8601.  [default: now]")
@click.option(
    "--export",
    "target",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write all runs as JSON.",
)
@click.option("--import", "origin", type=DOCUMENT, help="Add the runs of an export.")
@reading_options
def command(paths, ledger, scan, port, decide, verify, name, commit, when, target, origin, **reading) -> Exit:
    """Record where trees stand; a run that says nothing new is kept once.

    \b
    porter record .                                a scan of the tree, now
    porter record . --decide                       with what a port would do: reasons and patches for the pages
    porter record . --verify verify.json           with the proof: porter verify . --format json
    porter record --scan scan.json --tree NAME     a scan that was made elsewhere
    porter record --export runs.json               everything in the ledger as JSON
    porter record --import runs.json               and back; what is known already is not added again

    A run is written whole or not at all, and several may write to one ledger at once.

    Exit codes: 0 recorded, 2 usage or error, 3 something could not be read (what could is recorded).
    """
    if port and decide:
        raise UsageError("--port and --decide both say what a port does", "give one of them")
    ledger = ledger or DEFAULT_LEDGER
    source = Source(scan, port, decide, verify, name, commit, _time(when), reading)
    trees = _trees(paths, source, bool(target or origin))
    if origin:
        _import(ledger, origin)
    codes = [_record(ledger, tree, source) for tree in trees]
    if target:
        _export(ledger, target)
    return max(codes, default=Exit.OK)


def _trees(paths: tuple[Path, ...], source: Source, exchanges: bool) -> tuple[Path, ...]:
    alone = [option for option in ("scan", "port", "verify", "name", "revision") if getattr(source, option)]
    if alone and len(paths) > 1:
        option = "tree" if alone[0] == "name" else alone[0]
        raise UsageError(f"--{option} speaks of one tree, but {len(paths)} are given")
    if not paths and not source.scan and not exchanges:
        raise UsageError("no tree is given", "porter record PATH")
    return paths or ((Path("."),) if source.scan else ())


def _record(ledger: Path, tree: Path, source: Source) -> Exit:
    run = _run(tree, source)
    with open_ledger(ledger, create=True) as connection:
        kept = record(connection, run)
    remark(f"{run.name}: {'recorded' if kept else 'nothing new at'} {run.revision[:12]}")
    return Exit.UNREAD if run.gaps else Exit.OK


def _run(tree: Path, source: Source) -> Run:
    scan = scan_of(tree, source.scan, source.reading)
    folder, sources = tree.resolve(), content(tree)
    port = _port(tree, source)
    return run_of(
        scan,
        tree=clean(source.name or os.fspath(folder)),
        name=clean(source.name or folder.name or os.fspath(folder)),
        revision=clean(source.revision or revision(tree, sources)),
        content=sources,
        time=source.time,
        decisions=read_decisions(port),
        patches=read_patches(port),
        rungs=read_rungs(read_json(source.verify)) if source.verify else (),
    )


def _port(tree: Path, source: Source) -> object:
    """The report of a port as plain data: from a file, worked out now, or empty."""
    if source.port:
        return read_json(source.port)
    if not source.decide:
        return {}
    from porter.pipeline import port
    from porter.report.port import port_json

    with Progress() as progress:
        return port_json(port(tree, settings_of(tree, **source.reading), progress))


def _time(text: str | None) -> str:
    """UTC to the millisecond; a time without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError as problem:
        raise UsageError(f"--time: {problem}", "write it as 2025-01-31T12:00:00Z") from problem
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _import(ledger: Path, origin: Path) -> None:
    runs = parse_runs(read_text(origin))
    with open_ledger(ledger, create=True) as connection:
        added = import_runs(connection, runs)
    remark(f"imported {added} of {len(runs)} runs")


def _export(ledger: Path, target: Path) -> None:
    with open_ledger(ledger) as connection:
        text = export_runs(all_runs(connection))
    write_report(text, None if str(target) == "-" else target)
