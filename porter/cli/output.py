"""What verbs say: reports to stdout or a file, progress and remarks to stderr."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from porter.errors import PorterError

_LARGEST_SUMMARY = 1_000_000  # bytes; the limit of a step is 1 MiB
BAR = 24  # columns


def wants_colour(choice: str, output: Path | None) -> bool:
    """Whether a report is coloured: as chosen, or on a terminal unless NO_COLOR is set."""
    if choice == "auto":
        return output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return choice == "always"


def write_report(text: str, output: Path | None, odd: str = "surrogateescape") -> None:
    """``text`` to stdout, or to the file ``output``, which is replaced whole.

    ``odd``: how characters that are no UTF-8 are written; by default odd file names keep their bytes.
    """
    data = text.encode("utf-8", odd)
    if output is None:
        click.echo(data, nl=False)
        return
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(output)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise PorterError(f"{output}: {problem.strerror or problem}", "nothing was written") from problem


def append_summary(text: str, file: Path) -> None:
    """``text`` behind what the summary of a workflow's step says already, cut where GitHub would refuse the whole.

    A summary that cannot be written is said and no failure: the report itself is out.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > _LARGEST_SUMMARY:
        data = data[:_LARGEST_SUMMARY].rpartition(b"\n")[0] + b"\n\nThe rest is too long for a summary.\n"
    try:
        with file.open("ab") as there:
            there.write(data)
    except OSError as problem:
        remark(f"{file}: {problem.strerror or problem}: the step has no summary")


def read_given(path: Path) -> str:
    """The text of a file named on the command line. Raises PorterError when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise PorterError(f"{path}: {getattr(problem, 'strerror', None) or problem}") from problem


def remark(text: str) -> None:
    """One line on stderr."""
    click.echo(f"porter: {text}".encode("utf-8", "surrogateescape"), err=True)


class Progress:
    """A bar on stderr that says how far the work is: only on a terminal, gone when the work is done."""

    def __init__(self, wanted: bool = True) -> None:
        self.shown = wanted and sys.stderr.isatty()

    def __call__(self, done: int, total: int, name: str) -> None:
        if self.shown:
            bar = "#" * (BAR * done // max(total, 1))
            line = f"[{bar:{BAR}}] {done}/{total} {name}".encode("ascii", "replace").decode()[:76]
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *failure: object) -> None:
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True)
