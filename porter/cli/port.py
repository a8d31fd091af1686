"""``porter port PATH``."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from pathlib import Path

import click

from porter.cli.options import reading_options, settings_of, verbosity_options
from porter.cli.output import Progress, remark, write_report
from porter.errors import Exit, UsageError
from porter.plan.stages import DECLARE, OPERATIONS, SPLITS, STAGES
from porter.span import encode

_AUTHOR = re.compile(r"[^<>\n]+ <[^<>\s]+>")


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--diff", "mode", flag_value="diff", default=True, help="Print the port as a unified diff (the default).")
@click.option("--write", "mode", flag_value="write", help="Change the files of the tree, each replaced whole.")
@click.option("--check", "mode", flag_value="check", help="Change and print nothing; exit 1 if the port would change a file.")
@click.option("--series", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Write the port as patches for git am into DIR, one for each stage.")
@click.option("--split", type=click.Choice(SPLITS), default="stage", show_default=True,
              help="With --series: finer steps, for each type moved or each file moved from.")
@click.option("--author", metavar="'NAME <MAIL>'", help="With --series: who the patches are from.")
@click.option("--stage", type=click.Choice(STAGES), default=DECLARE, show_default=True,
              help="Stop after this stage.")
@click.option("--select", "symbols", metavar="SYMBOL,...", multiple=True,
              help="Move only these types and variables; may be repeated.")
@click.option("--unsafe", is_flag=True, help="Make what is unsafe too: a person has to look at it.")
@click.option("--include", type=click.Choice(OPERATIONS), multiple=True,
              help="Make this unsafe operation, and no other; may be repeated.")
@click.option("--gc/--no-gc", default=True, show_default=True,
              help="Give GC support to types of which the module keeps an instance, or leave them static.")
@click.option("--with-test", is_flag=True,
              help="Add a test to the package that loads what is isolated in many interpreters.")
@click.option("--explain", "everything", is_flag=True, help="Say the reason of every decision on stderr, not only of refusals.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="json: the decisions as data in place of the diff.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to stdout.")
@reading_options
@verbosity_options
def command(
    path, mode, series, split, author, stage, symbols, unsafe, include, gc, with_test, everything, form, output, quiet, verbose,
    **reading,
) -> Exit:
    """Port static types to heap types, static state to module state, single-phase to multi-phase init.

    The port is a unified diff on stdout; what is left, and why, is on stderr. Nothing is written to the tree without
    --write, and nothing of the tree is run. What porter is not sure of stays as it is, and the module goes on declaring
    what is true of it. A second run changes nothing.

    Each thing porter could do is one of three; the report, as text and as JSON, says which:

    \b
    safe      made: types to heap types, variables to the module state, private argument parsers and identifiers
              to public functions, the init, what the module declares
    unsafe    made with --unsafe, or one by one with --include:
                public-type-address   Py_TYPE(o) == &PyLong_Type becomes PyLong_CheckExact(o), and so on
                singleton-address     &_Py_NoneStruct becomes Py_None; constants that hold it go
                library-global-state  a lock around calls into a C library that keeps state for the process
    refused   left to a person, with the reason

    \b
    porter port .                    read the port
    porter port . | git apply        apply it as a patch
    porter port . --write            or let porter change the files
    porter port . --explain >port.diff
    porter port . --stage types      heap types, and no more yet
    porter port . --series patches   a patch for each stage; then: git am patches/*.patch
    porter verify . --against OLD    prove it afterwards

    Exit codes: 0 all ported, 1 something is left (the reasons are said), 2 usage or error, 3 something could not be read.
    """
    from porter.pipeline import port, port_in_steps
    from porter.plan.scope import Scope
    from porter.report.port import explain, port_json

    _check_usage(mode, output, series, split, author)
    scope = Scope(stage, _names(symbols), frozenset(OPERATIONS if unsafe else include), with_test, gc)
    settings, steps = settings_of(path, **reading), []
    with Progress(not quiet) as progress:
        if series is None:
            report = port(path, settings, progress, scope)
        else:
            report, steps = port_in_steps(path, settings, progress, scope, split)
    _check_selected(scope, report)
    if series is not None:
        _write_series(report, steps, series, author, quiet)
    if mode == "write":
        _write(path, report, quiet)
    if form == "json":
        write_report(json.dumps(port_json(report), indent=1) + "\n", output)
    elif mode == "diff" and series is None:
        _print_diff(report, output)
    if not report.extensions and not quiet:
        remark(f"{path}: no C extension was found, there is nothing to port")
    if not quiet or everything:
        click.echo(explain(report, everything or verbose > 0).encode("utf-8", "surrogateescape"), nl=False, err=True)
    if mode == "check":
        return Exit.UNREAD if report.unanalysed else Exit.FOUND if report.after else Exit.OK
    return Exit.UNREAD if report.unanalysed else Exit.FOUND if report.refused else Exit.OK


def _names(given: tuple[str, ...]) -> frozenset[str]:
    """The names in the values of an option that may be repeated."""
    return frozenset(name for text in given for name in text.replace(",", " ").split())


def _check_usage(mode: str, output: Path | None, series: Path | None, split: str, author: str | None) -> None:
    if mode == "check" and output:
        raise UsageError("--check prints nothing, so -o has nothing to hold")
    if series is not None and (mode != "diff" or output):
        raise UsageError("--series writes the patches and nothing else", "leave --write, --check and -o away")
    if series is None and (split != "stage" or author):
        raise UsageError("--split and --author say how a series is written", "name its folder with --series DIR")
    if series is not None and series.is_dir() and any(series.glob("*.patch")):
        raise UsageError(f"{series} holds patches already", "remove them, or name another folder")
    if author is not None and not _AUTHOR.fullmatch(author):
        raise UsageError(f"{author!r} is no author", "write it as 'Name <mail>'")


def _check_selected(scope, report) -> None:
    unknown = sorted(scope.symbols - {d.symbol for d in report.decisions if d.kind in ("type", "variable")})
    if unknown:
        names = sorted({d.symbol for d in report.decisions if d.kind in ("type", "variable")})
        near = get_close_matches(unknown[0], names, 1)
        hint = f"did you mean {near[0]}?" if near else "porter scan lists the types and variables"
        raise UsageError(f"--select: no type or variable of the tree is called {unknown[0]}", hint)


def _write_series(report, steps, folder: Path, author: str | None, quiet: int) -> None:
    from porter.rewrite.series import AUTHOR, patches

    made = patches(report.before, steps, author or AUTHOR)
    if made:
        folder.mkdir(parents=True, exist_ok=True)
    for patch in made:
        (folder / patch.name).write_bytes(encode(patch.text))
    if not quiet:
        remark(f"{len(made)} patch{'es' * (len(made) != 1)} written to {folder}" if made else "nothing to change, no patch written")
        if any("\r\n" in patch.text for patch in made):
            remark("some lines end in CR LF: call git am with --keep-cr")


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
