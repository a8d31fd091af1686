"""File patterns, expanded in the tree: sorted, without following links to folders, never outside a root."""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path, PurePosixPath

from porter.tree.files import is_inside

MAGIC = frozenset("*?[")


def expand(root: Path, base: str, pattern: str, recursive: bool = False) -> list[str]:
    """What a pattern, absolute or relative to ``base``, matches; each result is spelled as the pattern begins."""
    top = os.path.abspath(root)
    start = os.path.normpath(os.path.join(top, base))
    if "\0" in pattern or not is_inside(top, os.path.normpath(os.path.join(start, pattern))):
        return []
    prefix = "./" if pattern.startswith("./") else ""
    found = _expand(start, "", list(PurePosixPath(pattern).parts), recursive)
    return [prefix + path for path in sorted(set(found))]


def _expand(start: str, found: str, parts: list[str], recursive: bool) -> list[str]:
    folder = os.path.normpath(os.path.join(start, found))
    if not parts:
        return [found] if os.path.lexists(folder) else []
    part, rest = parts[0], parts[1:]
    if part == "**" and recursive:
        folders = [os.path.relpath(each, folder) for each, _, _ in os.walk(folder)]
        starts = [found if each == "." else os.path.join(found, each) for each in folders]
        return [hit for each in starts for hit in _expand(start, each, rest or ["*"], False)]
    if not MAGIC & set(part):
        return _expand(start, os.path.join(found, part), rest, recursive)
    names = (n for n in names_of(folder) if fnmatch.fnmatchcase(n, part) and (part[0] == "." or n[0] != "."))
    return [hit for name in names for hit in _expand(start, os.path.join(found, name), rest, recursive)]


def names_of(folder: str) -> list[str]:
    """The sorted names in a folder; none where it cannot be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
