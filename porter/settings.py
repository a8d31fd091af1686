"""Settings: ``[tool.porter]`` of a pyproject.toml as a frozen value; options of the call replace single fields."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from difflib import get_close_matches

from porter.errors import UsageError

_VERSION = re.compile(r"3\.\d{1,2}")
_MACRO = re.compile(r"([A-Za-z_]\w*)(?:=(.*))?", re.DOTALL)
_SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Settings:
    """How a tree is read and judged.

    ``target_python`` and ``min_python`` are versions as ``3.13``; ``include_dirs`` are relative to the root or
    absolute; ``macros`` are (name, value or None); ``select`` and ``ignore`` are rule names, an empty ``select``
    means all; ``severity`` holds (rule, severity); ``jobs`` counts processes, 0 means one for each core; ``cache`` says
    whether results of earlier scans are used and kept; ``build_dir`` is the folder with the ``compile_commands.json`` of
    a build, relative to the root or absolute, "" for one in a usual place of the tree; ``guard`` holds patterns, as
    ``png_*``, of functions of a C library around whose calls a port holds a lock.
    """

    target_python: str = "3.13"
    min_python: str = "3.9"
    include_dirs: tuple[str, ...] = ()
    macros: tuple[tuple[str, str | None], ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    jobs: int = 0
    cache: bool = True
    build_dir: str = ""
    guard: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, value in (("target-python", self.target_python), ("min-python", self.min_python)):
            if not _VERSION.fullmatch(value):
                raise UsageError(f"{name}: {value!r} is no version of Python 3", 'write it as "3.13"')
        if version(self.min_python) > version(self.target_python):
            raise UsageError(f"min-python {self.min_python} is newer than target-python {self.target_python}")
        if self.jobs < 0:
            raise UsageError(f"jobs: {self.jobs} is less than 0", "0 means one process for each core")


def version(text: str) -> tuple[int, int]:
    """``"3.13"`` as ``(3, 13)``, to compare versions by number."""
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def macro(text: str) -> tuple[str, str | None]:
    """``NAME`` or ``NAME=VALUE`` as (name, value or None). Raises UsageError for what is no macro."""
    match = _MACRO.fullmatch(text)
    if not match:
        raise UsageError(f"{text!r} is no macro", "write NAME or NAME=VALUE")
    return match[1], match[2]


def settings_from_toml(text: str, file: str) -> Settings:
    """The settings in the text of a pyproject.toml; ``file`` names it in messages.

    A text without a ``[tool.porter]`` table gives the defaults. Raises UsageError for malformed TOML, an unknown key
    (with the nearest known one as a hint) or a value of the wrong type.
    """
    if "porter" not in text:
        return Settings()
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(f"{file}: {problem}", "[tool.porter] cannot be read: no valid TOML") from problem
    table = data.get("tool", {})
    table = table.get("porter", {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{file}: tool.porter is no table")
    try:
        return Settings(**{_field(key): _READERS[_field(key)](key, value) for key, value in table.items()})
    except UsageError as problem:
        raise UsageError(f"{file}: [tool.porter]: {problem.message}", problem.hint) from problem


def _field(key: str) -> str:
    known = [field.name.replace("_", "-") for field in fields(Settings)]
    if key not in known:
        raise UsageError(f"unknown key {key!r}", did_you_mean(key, known))
    return key.replace("-", "_")


def did_you_mean(name: str, known: list[str]) -> str:
    """A hint with the nearest of ``known``, or with all of them where none is near."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{key} must be a string, not {_kind(value)}")
    return value


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"{key} must be an array of strings, not {_kind(value)}")
    return tuple(value)


def _count(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"{key} must be an integer, not {_kind(value)}")
    return value


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{key} must be true or false, not {_kind(value)}")
    return value


def _macros(key: str, value: object) -> tuple[tuple[str, str | None], ...]:
    return tuple(macro(text) for text in _texts(key, value))


def _severities(key: str, value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise UsageError(f"{key} must be a table of rule = severity, not {_kind(value)}")
    for rule, severity in value.items():
        if severity not in _SEVERITIES:
            raise UsageError(f"{key}: {rule} = {severity!r} is none of {', '.join(_SEVERITIES)}")
    return tuple(sorted(value.items()))


def _kind(value: object) -> str:
    names = {str: "a string", bool: "a boolean", int: "an integer", float: "a float", list: "an array of mixed values"}
    return names.get(type(value), "a table" if isinstance(value, dict) else f"a {type(value).__name__}")


_READERS: dict[str, Callable] = {
    "target_python": _text,
    "min_python": _text,
    "include_dirs": _texts,
    "build_dir": _text,
    "macros": _macros,
    "select": _texts,
    "ignore": _texts,
    "severity": _severities,
    "jobs": _count,
    "cache": _flag,
    "guard": _texts,
}
