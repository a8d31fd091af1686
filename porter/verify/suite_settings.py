"""How a tree says that its tests are run: the settings of tox, nox, pytest and hatch, or the test files themselves."""

from __future__ import annotations

import ast
import configparser
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from porter.verify.suite import PYTEST, find_command, needs_pytest, understand

GROUPS = ("test", "tests", "testing", "dev")
COVERAGE = re.compile(r"\s--(no-cov|cov-(append|branch|reset)|cov(-\w+)*(=\S+|\s+[^-\s]\S*)?)(?=\s|$)")


@dataclass(frozen=True)
class Suite:
    """``command`` runs the tests; ``requires``: what they need installed; ``source``: the file that says so."""

    command: str
    requires: tuple[str, ...]
    source: str


def find_suite(tree: Path) -> Suite | None:
    """The tests of a tree as its settings describe them, else by their files; None where there are none.

    A command is taken from tox or nox only if it is one run of pytest or unittest with nothing left to fill in.
    """
    project = _toml(tree / "pyproject.toml")
    said = next(filter(None, (*_tox(tree, project), *_nox(tree), _pytest(tree, project))), None)
    command = said.command if said else find_command(tree)
    if command is None:
        return None
    requires = _requires(project) + (said.requires if said else ())
    if needs_pytest(command) and not any(re.match(r"pytest\b(?!-)", name) for name in requires):
        requires = (*requires, "pytest")
    return Suite(command, tuple(dict.fromkeys(requires)), said.source if said else "the tree's test files")


def _requires(project: dict) -> tuple[str, ...]:
    """What pyproject.toml lists for tests, as an extra or a dependency group."""
    extras = _table(project, "project", "optional-dependencies")
    groups = _table(project, "dependency-groups")
    names = [name for key in GROUPS[:3] for name in (*_list(extras, key), *_list(groups, key))]
    return tuple(name for name in names if isinstance(name, str) and "[" not in name)


def _pytest(tree: Path, project: dict) -> Suite | None:
    """pytest, where a file has settings for it: its own, whatever the files look like."""
    if _table(project, "tool", "pytest", "ini_options"):
        return Suite(PYTEST, (), "pyproject.toml")
    for name, section in (("pytest.ini", "pytest"), ("setup.cfg", "tool:pytest"), ("tox.ini", "pytest")):
        if _ini(tree / name).has_section(section):
            return Suite(PYTEST, (), name)
    return None


def _tox(tree: Path, project: dict) -> Iterator[Suite]:
    """The first command of tox's test environment that runs tests."""
    for name, section in (("tox.ini", "testenv"), ("setup.cfg", "testenv")):
        settings = _ini(tree / name)
        if settings.has_section(section):
            yield from _first(settings.get(section, "commands", fallback=""), settings, section, name)
    legacy = _table(project, "tool", "tox").get("legacy_tox_ini")
    if isinstance(legacy, str):
        settings = _ini_text(legacy)
        if settings.has_section("testenv"):
            yield from _first(settings.get("testenv", "commands", fallback=""), settings, "testenv", "pyproject.toml")
    environment = _table(project, "tool", "tox", "env_run_base")
    for words in _list(environment, "commands"):
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            requires = tuple(d for d in _list(environment, "deps") if isinstance(d, str))
            yield from _command(shlex.join(words), requires, "pyproject.toml")


def _first(commands: str, settings: configparser.ConfigParser, section: str, source: str) -> Iterator[Suite]:
    requires = tuple(
        line.strip()
        for line in settings.get(section, "deps", fallback="").splitlines()
        if re.match(r"\s*[A-Za-z0-9][\w.-]*\s*([=<>!~].*)?$", line)
    )
    for line in commands.replace("\\\n", " ").splitlines():
        yield from _command(line.strip(), requires, source)


def _command(line: str, requires: tuple[str, ...], source: str) -> Iterator[Suite]:
    line = re.sub(r"\{posargs(:[^}]*)?\}", "", line).lstrip("-").strip()
    line = re.sub(r"^coverage run( -p| --[\w-]+(=\S+)?)* -m ", "python -m ", line)
    line = COVERAGE.sub("", line).strip()
    if line and "{" not in line and understand(line):
        yield Suite(line, requires, source)


def _nox(tree: Path) -> Iterator[Suite]:
    """The first session.run of tests in noxfile.py, read and not executed; what the same function installs."""
    try:
        module = ast.parse((tree / "noxfile.py").read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for function in (node for node in module.body if isinstance(node, ast.FunctionDef)):
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        requires = tuple(
            word
            for call in calls
            if _method(call) == "install"
            for word in _words(call)
            if not word.startswith((".", "-"))
        )
        for call in calls:
            if _method(call) == "run":
                yield from _command(shlex.join(_words(call)), requires, "noxfile.py")


def _method(call: ast.Call) -> str | None:
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def _words(call: ast.Call) -> list[str]:
    return [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]


def _toml(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text("utf-8", "replace"))
    except (OSError, tomllib.TOMLDecodeError, RecursionError):
        return {}


def _ini(path: Path) -> configparser.ConfigParser:
    try:
        return _ini_text(path.read_text("utf-8", "replace"))
    except OSError:
        return configparser.ConfigParser()


def _ini_text(text: str) -> configparser.ConfigParser:
    settings = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        settings.read_string(text)
    except configparser.Error:
        return configparser.ConfigParser()
    return settings


def _table(document: object, *keys: str) -> dict:
    for key in keys:
        document = document.get(key, {}) if isinstance(document, dict) else {}
    return document if isinstance(document, dict) else {}


def _list(table: dict, key: str) -> list:
    value = table.get(key, [])
    return value if isinstance(value, list) else []
