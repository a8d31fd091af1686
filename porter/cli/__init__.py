"""The command line: ``porter VERB …``.

Each module of this package that defines ``command`` is a verb, named like the module with ``-`` for ``_``. Names and
short helps are read from the modules' source, so that one verb never pays for the imports of the others.
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import click

import porter
from porter.errors import Exit, PorterError, UsageError
from porter.settings import did_you_mean

_INTERRUPTED = 128 + 2
_BROKEN_PIPE = 128 + 13
_VERB = re.compile(r"[a-z][a-z-]*")


@cache
def verbs() -> dict[str, str]:
    """Each verb with its short help: the first paragraph of its function ``command``."""
    import ast
    import pkgutil

    found = {}
    for module in pkgutil.iter_modules(__path__):
        source = find_spec(f"{__name__}.{module.name}").loader.get_source(f"{__name__}.{module.name}")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name == "command":
                paragraph = (ast.get_docstring(node) or "").partition("\n\n")[0]
                found[module.name.replace("_", "-")] = " ".join(paragraph.split())
    return dict(sorted(found.items()))


def _command(name: str) -> click.Command | None:
    """The command of a verb, loaded; None where there is no such verb."""
    module = f"{__name__}.{name.replace('-', '_')}"
    if not _VERB.fullmatch(name) or find_spec(module) is None:
        return None
    return getattr(import_module(module), "command", None)


class _ClosedPipe(Exception):
    """Nobody reads stdout any more; click would end with 1, which here means findings."""


class Verbs(click.Group):
    """The group of all verbs; it loads the one that is called and turns failures into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(verbs())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return _command(name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple:
        if args and not args[0].startswith("-") and _command(args[0]) is None:
            raise UsageError(f"no verb {args[0]!r}", did_you_mean(args[0], list(verbs())))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(verbs().items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as failure:
            raise _ClosedPipe from failure
        return result

    def main(self, *args, standalone_mode: bool = True, **extra) -> object:
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **extra)
        try:
            code = super().main(*args, standalone_mode=False, **extra)
        except Exception as failure:
            _fail(failure)
        sys.exit(int(code or Exit.OK))


def _fail(failure: Exception) -> NoReturn:
    """One line about ``failure`` on stderr, and the exit code that belongs to it."""
    if isinstance(failure, click.exceptions.Abort):
        sys.exit(_INTERRUPTED)
    if isinstance(failure, _ClosedPipe):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_BROKEN_PIPE)
    if os.environ.get("PORTER_DEBUG"):
        raise failure
    if isinstance(failure, click.exceptions.NoArgsIsHelpError):
        failure.show()
        sys.exit(Exit.ERROR)
    if isinstance(failure, click.ClickException):
        path = failure.ctx.command_path if isinstance(failure, click.UsageError) and failure.ctx else "porter"
        _say(failure.format_message(), f"'{path} --help' tells how it is called")
        sys.exit(Exit.ERROR)
    if isinstance(failure, PorterError):
        _say(failure.message, failure.hint)
        sys.exit(failure.exit_code)
    _say(
        f"internal error: {type(failure).__name__}: {failure}",
        "this is a defect of porter: please report it with the output of the same call under PORTER_DEBUG=1",
    )
    sys.exit(Exit.ERROR)


def _say(message: str, hint: str) -> None:
    click.echo(f"porter: {message}".encode("utf-8", "backslashreplace"), err=True)
    if hint:
        click.echo(f"hint: {hint}".encode("utf-8", "backslashreplace"), err=True)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(porter.__version__, "--version", message="porter %(version)s")
def main() -> None:
    """Make C extensions of Python safe to load in many interpreters of one process.

    \b
    porter scan .                       what is not isolated, and where
    porter port . > port.patch          the port as a patch; nothing is written
    porter port . --write               the port, made
    porter verify . --against ORIGINAL  the port, proven
    porter status .                     how much is ported

    'porter VERB --help' explains each verb; 'porter explain RULE' each finding.

    Exit codes: 0 nothing to do, 1 something found or left, 2 usage or error, 3 something could not be read.
    """
