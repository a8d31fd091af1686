"""``porter record PATH...``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from porter.cli.inputs import DEFAULT_LEDGER, DOCUMENT, TREE, ledger_option, read_json, read_text, scan_of
from porter.cli.options import reading_options
from porter.cli.output import remark, write_report
from porter.errors import Exit, UsageError
from porter.ledger.contract import clean, read_decisions, read_rungs
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
    verify: Path | None
    name: str | None
    revision: str | None
    time: str
    reading: dict[str, object]


@click.command()
@click.argument("paths", nargs=-1, type=TREE)
@ledger_option
@click.option("--scan", type=DOCUMENT, help="The JSON of a scan instead of a new one; - is stdin.")
@click.option("--port", type=DOCUMENT, help="The JSON of a port: its decisions are kept with the run.")
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
def command(paths, ledger, scan, port, verify, name, commit, when, target, origin, **reading) -> Exit:
    """Record where trees stand; a run that says nothing new is kept once."""
    ledger = ledger or DEFAULT_LEDGER
    source = Source(scan, port, verify, name, commit, _time(when), reading)
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
    return Run(
        tree=clean(source.name or os.fspath(folder)),
        name=clean(source.name or folder.name or os.fspath(folder)),
        revision=clean(source.revision or revision(tree, sources)),
        content=sources,
        time=source.time,
        porter=scan.porter,
        target_python=scan.target_python,
        totals=scan.totals,
        extensions=scan.extensions,
        findings=scan.findings,
        gaps=scan.gaps,
        decisions=read_decisions(read_json(source.port)) if source.port else (),
        rungs=read_rungs(read_json(source.verify)) if source.verify else (),
    )


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
