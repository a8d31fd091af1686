"""``porter history REPO``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

import porter
from porter.cli.inputs import DEFAULT_LEDGER, TREE, definition_option, ledger_option
from porter.cli.options import reading_options, settings_of
from porter.cli.output import Progress, remark, write_report
from porter.errors import Exit, UsageError
from porter.history.choose import PERIODS, last_of_each
from porter.history.git import Repository, Revision
from porter.ledger.contract import clean, read_scan, run_of
from porter.ledger.database import open_ledger
from porter.ledger.model import Run, Totals
from porter.ledger.read import points_of, revisions_of
from porter.ledger.write import import_runs
from porter.report.history import RevisionCounts, history_json, history_text

RENDERERS = {"text": history_text, "json": history_json}


@dataclass(frozen=True)
class Tree:
    """Whose history it is, as the ledger names it, and how it is counted."""

    key: str
    name: str
    definition: str
    target_python: str


@click.command()
@click.argument("repo", type=TREE, default=".")
@click.option("--revisions", "span", metavar="A..B", help="The first-parent commits after A up to B.  [default: HEAD]")
@click.option("--tags", metavar="PATTERN", help="The commits of the tags that fit a shell pattern, as 'v3.*'.")
@click.option("--every", type=click.Choice(PERIODS), help="Only the last revision of each.")
@click.option("--path", "folder", default="", metavar="DIR", help="The folder of the repository that is the tree.")
@definition_option
@ledger_option
@click.option("--tree", "name", help="The name the tree goes by in the ledger.  [default: the folder]")
@click.option("--format", "form", type=click.Choice(list(RENDERERS)), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to stdout.")
@reading_options
def command(repo, span, tags, every, folder, definition, ledger, name, form, output, **reading) -> Exit:
    """Count the revisions of a git repository: how much was ported when.

    Revisions are read out of git's object store; the work tree is neither read nor written, and nothing of the
    repository is run. Each is kept in the ledger as soon as it is counted, so a call that was stopped goes on where it
    was, and only files that differ from the revision before are read again.

    \b
    porter history .                                     every commit on the first-parent line
    porter history . --every month                       the last of each month
    porter history . --revisions v1.0..main              a range
    porter history . --tags 'v3.*'                       releases
    porter history cpython --every month --definition lines
    porter dashboard -o site                             the trend as a plot

    Exit codes: 0 all counted, 2 usage or error, 3 a revision could not be counted or not be read whole.
    """
    from porter.history.walk import Plan, walk

    if span and tags:
        raise UsageError("--revisions and --tags both say which revisions", "give one of them")
    settings = settings_of(repo, **reading)
    where = os.path.normpath(os.path.join(repo.resolve(), folder))
    tree = Tree(clean(name or where), clean(name or os.path.basename(where)), definition, settings.target_python)
    repository = Repository(repo)
    revisions = repository.tags(tags) if tags else repository.revisions(span or "HEAD")
    revisions = last_of_each(every, revisions) if every else revisions
    ledger = ledger or DEFAULT_LEDGER
    missing = _missing(ledger, tree, revisions)
    plan = Plan(repository, folder.strip("/"), settings, definition == "lines")
    with Progress() as progress:
        failures = _keep(ledger, tree, walk(plan, missing), len(missing), progress)
    write_report(RENDERERS[form](_rows(ledger, tree, revisions), definition), output)
    for failure in failures:
        remark(failure)
    return Exit.UNREAD if failures else Exit.OK


def _missing(ledger: Path, tree: Tree, revisions: list[Revision]) -> list[Revision]:
    with open_ledger(ledger, create=True) as connection:
        known = revisions_of(connection, tree.key, tree.definition, porter.__version__, tree.target_python)
    return list({r.commit: r for r in revisions if r.commit not in known}.values())


def _keep(ledger: Path, tree: Tree, counted: Iterator, total: int, progress: Progress) -> list[str]:
    """Record what is counted, each revision at once; what could not be, in words."""
    failures = []
    with open_ledger(ledger, create=True) as connection:
        for done, each in enumerate(counted, 1):
            progress(done, total, each.revision.name[:20])
            if each.failure:
                failures.append(f"{each.revision.name}: could not be counted: {each.failure}")
                continue
            run = _run(tree, each)
            import_runs(connection, [run])
            if run.gaps:
                places = f"{len(run.gaps)} place{'s' * (len(run.gaps) != 1)}"
                failures.append(f"{each.revision.name}: {places} could not be read, the first is {run.gaps[0].file}")
    return failures


def _run(tree: Tree, counted) -> Run:
    values = {
        "tree": tree.key,
        "name": tree.name,
        "revision": counted.revision.commit,
        "content": counted.revision.commit,
        "time": counted.revision.stamp,
        "definition": tree.definition,
    }
    if counted.scan is not None:
        return run_of(read_scan(counted.scan), **values)
    lines = counted.lines
    totals = Totals(lines.multi_phase, lines.modules, lines.heap_types, lines.types, 0, 0, 0)
    return Run(porter=porter.__version__, target_python=tree.target_python, totals=totals, **values)


def _rows(ledger: Path, tree: Tree, revisions: list[Revision]) -> list[RevisionCounts]:
    with open_ledger(ledger) as connection:
        found = {point.revision: point for point in points_of(connection, tree.key, tree.definition)}
    return [
        RevisionCounts(r.stamp, clean(r.name), r.commit, found[r.commit].totals) for r in revisions if r.commit in found
    ]
