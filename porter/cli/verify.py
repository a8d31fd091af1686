"""``porter verify``: prove a port by building it and running it."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path

import click

from porter.cli.output import write_report
from porter.errors import Exit, UsageError
from porter.verify import VerifyOptions, render_series, render_text, verify, verify_series
from porter.verify import write_proof as write_proof_of
from porter.verify.model import TOP


class Progress:
    """Steps on standard error: one rewritten line with the seconds on a terminal, with -v a line for each, else
    nothing.
    """

    def __init__(self, verbosity: int) -> None:
        self.verbose = verbosity > 0
        self.live = verbosity == 0 and sys.stderr.isatty()
        self.step, self.since = "", time.monotonic()
        if self.live:
            threading.Thread(target=self._tick, daemon=True).start()

    def say(self, step: str) -> None:
        """Begin a step."""
        self.step, self.since = " ".join(step.split()), time.monotonic()
        if self.verbose:
            click.echo(f"porter: {self.step}", err=True)

    def end(self) -> None:
        """Take the line away."""
        if self.live:
            self.live = False
            click.echo("\r\x1b[K", nl=False, err=True)

    def _tick(self) -> None:
        while self.live:
            if self.step:
                line = f"{self.step[:100]} … {time.monotonic() - self.since:.0f} s"
                click.echo(f"\r\x1b[K{line}", nl=False, err=True)
            time.sleep(0.5)


FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("verify")
@click.argument("path", type=FOLDER)
@click.option(
    "--against",
    metavar="ORIGINAL",
    type=FOLDER,
    help="The tree before the port, to compare tests, behaviour and speed with.",
)
@click.option(
    "--tests",
    metavar="CMD",
    help="The command that runs the package's tests (default: what tox, nox or pytest settings say, else found where"
    " tests are kept).",
)
@click.option(
    "--test-requires", metavar="NAMES", default="", help="What the tests need installed, separated by spaces."
)
@click.option(
    "--python",
    "pythons",
    metavar="PY",
    multiple=True,
    help="A path, a version (3.13) or a command; repeat it to verify with several, or say all for one of each version"
    " with own-GIL interpreters (default: the best one found).",
)
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep builds, logs and the evidence of each rung in this new folder.",
)
@click.option(
    "--timeout",
    metavar="S",
    type=click.FloatRange(min=1),
    default=600.0,
    show_default=True,
    help="Seconds for each build, test run and load.",
)
@click.option(
    "--memory",
    metavar="MB",
    type=click.IntRange(min=64),
    default=4096,
    show_default=True,
    help="Memory for each of them.",
)
@click.option(
    "--rungs",
    metavar="N",
    type=click.IntRange(0, TOP),
    default=TOP,
    show_default=True,
    help="The highest rung to climb to.",
)
@click.option(
    "--workload",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A Python file that interpreters run at once on rung 4, under sanitizers and for the pay-off (default: calls"
    " of the public names that come back in the main interpreter).",
)
@click.option(
    "--sanitize",
    multiple=True,
    type=click.Choice(["address", "thread", "undefined"]),
    help="Build again with this sanitizer and run interpreters in threads under it; may be repeated.",
)
@click.option("--valgrind", is_flag=True, help="Run interpreters in threads under valgrind.")
@click.option("--speed", is_flag=True, help="Time the module's calls with pyperf, ORIGINAL against PATH.")
@click.option(
    "--pay-off",
    is_flag=True,
    help="Time the same work sequentially, in threads, processes and interpreters; --keep has the plot.",
)
@click.option(
    "--series",
    metavar="DIR",
    type=FOLDER,
    help="Apply the patches in DIR to PATH one after another: each state builds and passes its tests, the last climbs.",
)
@click.option("--write-proof", is_flag=True, help="With --series: say what was proven in the message of each patch.")
@click.option("--offline", is_flag=True, help="Install only what earlier runs have kept: no network.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write the report here."
)
@click.option("-v", "--verbose", count=True, help="Say each step on stderr.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but the report.")
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    series: Path | None,
    write_proof: bool,
    test_requires: str,
    form: str,
    output: Path | None,
    verbose: int,
    quiet: bool,
    **asked: object,
) -> None:
    """Build the extensions of PATH, run their tests, and load them in many interpreters: the proof of a port.

    This verb, and no other, runs code of the tree: its build back end, its tests and its extensions, in child
    processes with limits on time, memory and output. The tree itself is not written to.

    \b
    rung 0  builds
         1  own tests pass as before
         2  loads in own-GIL interpreters one after another
         3  two alive at once, one destroyed, the other used
         4  many in threads, created and destroyed in a loop, each doing the same work
         5  own tests pass inside an own-GIL interpreter
         6  no leak over create and destroy rounds

    Beside the ladder: types and objects left in the built files, behaviour against ORIGINAL, an init that fails
    midway, objects that outlive their module; and, where asked for, sanitizers, valgrind, speed and the pay-off.

    \b
    porter verify . --against ../before              the proof of a port
    porter verify . --python 3.12 --python 3.13      with both
    porter verify . --keep proof                     evidence in proof/evidence/, a file for each rung
    porter verify . --sanitize thread                look for data races
    porter verify . --series patches                 the steps that porter port --series wrote
    porter verify . --against ../before --speed --pay-off --keep proof

    Exit codes: 0 nothing failed, 1 a rung failed, 2 usage or error.
    """
    if write_proof and series is None:
        raise UsageError("--write-proof writes into the patches of a series", "name their folder with --series DIR")
    if not quiet:
        click.echo(
            f"porter: code of {click.format_filename(path)} will be built and run".encode("utf-8", "backslashreplace"),
            err=True,
        )
    options = VerifyOptions(test_requires=tuple(test_requires.split()), **asked)
    progress = Progress(-1 if quiet else verbose)
    signal.signal(signal.SIGTERM, _end)
    try:
        if series is not None:
            report, code = _series(path, series, write_proof, options, progress, form)
        else:
            proven = verify(path, options, progress.say)
            report, code = _report(proven.to_json(), render_text(proven), form), proven.exit_code
    finally:
        progress.end()
    write_report(report, output, "backslashreplace")
    ctx.exit(int(code))


def _series(
    path: Path, folder: Path, write: bool, options: VerifyOptions, progress: Progress, form: str
) -> tuple[str, Exit]:
    steps = verify_series(path, folder, options, progress.say)
    for step in steps if write else ():
        if step.proven is not None:
            write_proof_of(step)
    data = {"schema": "porter/verify-series/1", "steps": [step.to_json() for step in steps]}
    return _report(data, render_series(steps), form), Exit.FOUND if steps[-1].failed else Exit.OK


def _end(number: int, frame: object) -> None:
    """Leave as on an error, so that what was started is ended and what was written is removed."""
    raise SystemExit(128 + number)


def _report(data: dict[str, object], text: str, form: str) -> str:
    return json.dumps(data, indent=1) + "\n" if form == "json" else text
