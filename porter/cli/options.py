"""Options that several verbs share, and the settings they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from porter.errors import PorterError, UsageError
from porter.settings import Settings, macro, settings_from_toml

_READING = (
    click.option("--target-python", metavar="3.X", help="The Python whose #if arms are taken.  [default: 3.13]"),
    click.option("--min-python", metavar="3.X", help="Arms for older Pythons are dead.  [default: 3.9]"),
    click.option(
        "-I", "include_dirs", metavar="DIR", multiple=True, help="Read headers in DIR too, also outside; may be repeated."
    ),
    click.option("-D", "macros", metavar="NAME[=VALUE]", multiple=True, help="Define a macro; may be repeated."),
    click.option(
        "-p", "build_dir", metavar="DIR", help="Take flags from DIR/compile_commands.json, as a build left it."
    ),
    click.option("-j", "--jobs", metavar="N", type=click.IntRange(min=0), help="Processes; 0: one for each core."),
    click.option(
        "--cache/--no-cache", default=None, help="Whether to use and keep what scans find out.  [default: yes]"
    ),
)
_RULES = (
    click.option("--select", metavar="RULE,...", multiple=True, help="Only these rules; may be repeated."),
    click.option("--ignore", metavar="RULE,...", multiple=True, help="Not these rules; may be repeated."),
)


def reading_options(command: Callable) -> Callable:
    """How the tree is read: the parameters ``target_python min_python include_dirs macros build_dir jobs cache``."""
    return _with(command, _READING)


def rule_options(command: Callable) -> Callable:
    """Which rules speak: the parameters ``select ignore``."""
    return _with(command, _RULES)


def colour_option(command: Callable) -> Callable:
    """When to use colours: the parameter ``color``."""
    choice = click.Choice(["auto", "always", "never"])
    return click.option("--color", type=choice, default="auto", help="Colours.  [default: on a terminal]")(command)


def verbosity_options(command: Callable) -> Callable:
    """How much to say: the parameters ``quiet`` and ``verbose``, both counts."""
    quiet = click.option("-q", "--quiet", count=True, help="Say less.")
    return quiet(click.option("-v", "--verbose", count=True, help="Say more.")(command))


def _with(command: Callable, options: tuple[Callable, ...]) -> Callable:
    for option in reversed(options):
        command = option(command)
    return command


def settings_of(root: Path, **given: object) -> Settings:
    """The settings of the tree at ``root``: its own ``[tool.porter]``, with each option that was given in its place.

    ``given`` are the parameters of :func:`reading_options` and :func:`rule_options`; None and () leave the setting
    as it is. Raises UsageError for a setting or option that is wrong.
    """
    changes = {name: value for name, value in given.items() if value not in (None, ())}
    if "macros" in changes:
        changes["macros"] = tuple(macro(text) for text in changes["macros"])
    if "include_dirs" in changes:
        changes["include_dirs"] = tuple(_from_root(root, folder) for folder in changes["include_dirs"])
    if "build_dir" in changes:
        changes["build_dir"] = _from_root(root, changes["build_dir"])
    for name in ("select", "ignore"):
        if name in changes:
            changes[name] = tuple(rule for text in changes[name] for rule in text.replace(",", " ").split())
    return replace(_of_tree(root), **changes)


def _of_tree(root: Path) -> Settings:
    file = root / "pyproject.toml"
    try:
        found = settings_from_toml(file.read_bytes().decode("utf-8-sig"), str(file)) if file.is_file() else Settings()
        return replace(found, include_dirs=tuple(_from_root(root, str(root / folder)) for folder in found.include_dirs))
    except UnicodeDecodeError as problem:
        raise UsageError(f"{file}: not UTF-8: {problem.reason} at byte {problem.start}") from problem
    except OSError as problem:
        raise PorterError(f"{file}: {problem.strerror or problem}") from problem


def _from_root(root: Path, folder: str) -> str:
    """``folder``, given from where porter was called, as the settings hold it: from the root, or absolute outside."""
    inside = os.path.relpath(folder, root)
    return Path(folder).resolve().as_posix() if inside.startswith(os.pardir) else Path(inside).as_posix()
