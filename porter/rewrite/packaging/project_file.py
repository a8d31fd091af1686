"""``pyproject.toml`` edited through tomlkit, which keeps its comments and layout (PEP 621 and Poetry's tables)."""

from __future__ import annotations

import tomlkit
from tomlkit.exceptions import TOMLKitError

from porter.plan.model import Decision
from porter.rewrite.packaging.by_hand import by_hand
from porter.rewrite.packaging.versions import outdated, raised

REQUIRES = "requires-python"


def states_python(source: bytes) -> bool:
    """Whether ``pyproject.toml`` is where the project says which Pythons it serves."""
    data = _parsed(source)
    if data is None:
        return False
    project = data.get("project", {})
    return ("project" in data and REQUIRES not in project.get("dynamic", ())) or "python" in _poetry(data)


def raise_project_file(file: str, source: bytes, minimum: str) -> tuple[bytes, list[Decision]]:
    """``pyproject.toml`` that asks for ``minimum`` at least, and what a person has to change there."""
    data = _parsed(source)
    if data is None:
        return source, [by_hand(file, REQUIRES, "no TOML that can be read", minimum)]
    left: list[Decision] = []
    project = data.get("project")
    if project is not None and REQUIRES not in project.get("dynamic", ()):
        _raise(project, REQUIRES, minimum, file, left)
        _classifiers(project, minimum)
    if "python" in _poetry(data):
        _raise(_poetry(data), "python", minimum, file, left)
        _classifiers(data["tool"]["poetry"], minimum)
    return tomlkit.dumps(data).encode(), left


def _parsed(source: bytes) -> tomlkit.TOMLDocument | None:
    try:
        return tomlkit.parse(source.decode())
    except (UnicodeDecodeError, TOMLKitError, RecursionError):
        return None


def _poetry(data: tomlkit.TOMLDocument) -> dict:
    return data.get("tool", {}).get("poetry", {}).get("dependencies", {})


def _raise(table: dict, key: str, minimum: str, file: str, left: list[Decision]) -> None:
    old = table.get(key)
    try:
        new = raised(old, minimum) if isinstance(old, str) else f">={minimum}" if old is None else None
    except ValueError as problem:
        left.append(by_hand(file, key, str(problem), minimum))
        return
    if new is not None:
        table[key] = new


def _classifiers(table: dict, minimum: str) -> None:
    entries = table.get("classifiers")
    if not isinstance(entries, list):
        return
    for at in reversed(range(len(entries))):
        if outdated(str(entries[at]), minimum):
            del entries[at]
