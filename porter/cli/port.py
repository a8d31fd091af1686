"""``porter port PATH``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from porter.cli.options import reading_options, settings_of, verbosity_options
from porter.cli.output import Progress, remark, write_report
from porter.errors import Exit, UsageError
from porter.span import encode


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--diff", "mode", flag_value="diff", default=True, help="Print the port as a unified diff (the default).")
@click.option("--write", "mode", flag_value="write", help="Change the files of the tree, each replaced whole.")
@click.option("--check", "mode", flag_value="check", help="Change and print nothing; exit 1 if the port would change a file.")
@click.option("--explain", "everything", is_flag=True, help="Say the reason of every decision on stderr, not only of refusals.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="json: the decisions as data in place of the diff.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to stdout.")
@reading_options
@verbosity_options
def command(path, mode, everything, form, output, quiet, verbose, **reading) -> Exit:
    """Port static types to heap types, static state to module state, single-phase to multi-phase init.

    The port is a unified diff on stdout; what is left, and why, is on stderr. Nothing is written to the tree without
    --write, and nothing of the tree is run. What porter is not sure of stays as it is, and the module goes on declaring
    what is true of it. A second run changes nothing.

    \b
    porter port .                    read the port
    porter port . | git apply        apply it as a patch
    porter port . --write            or let porter change the files
    porter port . --explain >port.diff
    porter verify . --against OLD    prove it afterwards

    Exit codes: 0 all ported, 1 something is left (the reasons are said), 2 usage or error, 3 something could not be read.
    """
    from porter.pipeline import port
    from porter.report.port import explain, port_json

    if mode == "check" and output:
        raise UsageError("--check prints nothing, so -o has nothing to hold")
    with Progress(not quiet) as progress:
        report = port(path, settings_of(path, **reading), progress)
    if mode == "write":
        _write(path, report, quiet)
    if form == "json":
        write_report(json.dumps(port_json(report), indent=1) + "\n", output)
    elif mode == "diff":
        _print_diff(report, output)
    if not report.extensions and not quiet:
        remark(f"{path}: no C extension was found, there is nothing to port")
    if not quiet or everything:
        click.echo(explain(report, everything or verbose > 0).encode("utf-8", "surrogateescape"), nl=False, err=True)
    if mode == "check":
        return Exit.FOUND if report.after else Exit.OK
    return Exit.UNREAD if report.unanalysed else Exit.FOUND if report.refused else Exit.OK


def _write(path: Path, report, quiet: int) -> None:
    from porter.tree import write_files

    write_files(path, report.after)
    if not quiet:
        count = len(report.after)
        remark(f"{count} file{'s' * (count != 1)} written" if count else "nothing to change")


def _print_diff(report, output: Path | None) -> None:
    from porter.rewrite.patch import unified

    data = encode(unified(report.before, report.after))
    if output is None:
        click.echo(data, nl=False)
    else:
        write_report(data.decode("utf-8", "surrogateescape"), output)
