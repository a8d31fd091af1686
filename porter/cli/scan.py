"""``porter scan PATH...``."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import click

from porter.baseline import apply_baseline, read_baseline, write_baseline
from porter.cli.options import colour_option, reading_options, rule_options, settings_of, verbosity_options
from porter.cli.output import Progress, append_summary, read_given, remark, wants_colour, write_report
from porter.errors import Exit, UsageError
from porter.facts.collector import paused
from porter.report.model import Report
from porter.rules import SEVERITIES

FORMATS = ("text", "json", "sarif", "github", "markdown")


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to stdout.")
@rule_options
@reading_options
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="note",
    show_default=True,
    help="Exit 1 from findings of this severity on.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Findings that are known: they do not count.",
)
@click.option("--update-baseline", is_flag=True, help="Write what is found now into the --baseline FILE.")
@verbosity_options
@colour_option
@paused()
def command(paths, form, output, fail_on, baseline, update_baseline, quiet, verbose, color, **reading) -> Exit:
    """Say what in a tree is not isolated: types, objects and state that interpreters share.

    Nothing of the tree is run, no compiler is needed, nothing is written to it. Several PATHs give one report with
    paths from their common folder.

    \b
    porter scan .                                      findings with the lines they stand on
    porter scan . --select static-type,static-object   only these rules
    porter scan . --format sarif -o porter.sarif       for code scanning
    porter scan . --format github                      annotations in a workflow, and the summary of the step
    porter scan . --baseline known.json --update-baseline
    porter scan . --baseline known.json                only what is new from now on

    A comment /* porter: ignore[RULE] reason */ on the line of a finding, or alone on the line above it, suppresses
    it. Settings lie in [tool.porter] of the tree's pyproject.toml.

    What files said is kept in $PORTER_CACHE_DIR, or in 'porter' in the cache folder of the user ($XDG_CACHE_HOME,
    ~/.cache), and used again while they stay as they are. It never changes a result; 'porter clean' removes it.

    Exit codes: 0 clean, 1 findings, 2 usage or error, 3 something could not be read. 3 wins over 1: a tree that was
    not read whole is not known to be as good as its findings.
    """
    if update_baseline and not baseline:
        raise UsageError("--update-baseline needs a --baseline FILE to write")
    report = _scan(paths, quiet, reading)
    if update_baseline:
        write_report(write_baseline(report.findings), baseline)
        remark(f"{baseline}: written")
    if baseline:
        report = _without_known(report, baseline)
    write_report(_render(form, report, wants_colour(color, output), verbose - quiet), output)
    if form == "github" and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        append_summary(_render("markdown", report, False, 0), Path(summary))
    return _exit(report, fail_on)


def _scan(paths: tuple[Path, ...], quiet: int, reading: dict[str, object]) -> Report:
    from porter.scanning import scan
    from porter.report.merge import merge

    with Progress(not quiet) as progress:
        reports = [scan(path, settings_of(path, **reading), progress) for path in paths]
    if len(reports) == 1:
        return reports[0]
    common = os.path.commonpath([path.resolve() for path in paths])
    folders = [Path(os.path.relpath(path.resolve(), common)).as_posix() for path in paths]
    return merge(Path(os.path.relpath(common)).as_posix(), list(zip(folders, reports, strict=True)))


def _without_known(report: Report, baseline: Path) -> Report:
    findings, stale = apply_baseline(report.findings, read_baseline(read_given(baseline), str(baseline)))
    for file, symbol, rule in stale:
        remark(f"{baseline}: stale: {rule} no longer finds {symbol} in {file}")
    return replace(report, findings=findings)


def _render(form: str, report: Report, colour: bool, verbosity: int) -> str:
    if form == "text":
        return import_module("porter.report.text").render_text(report, colour, verbosity)
    return getattr(import_module(f"porter.report.{form}"), f"render_{form}")(report)


def _exit(report: Report, fail_on: str) -> Exit:
    if report.unanalysed:
        return Exit.UNREAD
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
    found = any(finding.suppressed is None and finding.severity in failing for finding in report.findings)
    return Exit.FOUND if found else Exit.OK
