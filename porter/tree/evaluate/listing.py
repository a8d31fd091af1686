"""The folders of the tree as the evaluator may see them: existence, listings and patterns, nothing outside the root."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from porter.tree.evaluate.values import Unknown
from porter.tree.files import is_inside
from porter.tree.globbing import expand, names_of


class Listing:
    """Looks into ``root``; relative paths are relative to ``base``, the folder the build runs in."""

    def __init__(self, root: Path, base: str) -> None:
        self.root = os.path.abspath(root)
        self.base = os.path.normpath(os.path.join(self.root, base))

    def absolute(self, path: Any) -> str:
        """The normal absolute path."""
        return os.path.normpath(os.path.join(self.base, os.fspath(path)))

    def inside(self, path: Any) -> str | None:
        """The absolute path if it lies in the root."""
        absolute = self.absolute(path)
        return absolute if is_inside(self.root, absolute) and "\0" not in absolute else None

    def test(self, path: Any, kind: str) -> Any:
        """Whether something of a kind (``exists``, ``isfile``, ``isdir``) is there; unknown outside the root."""
        absolute = self.inside(path)
        if absolute is None:
            return Unknown(f"os.path.{kind}({os.fspath(path)!r})", "it lies outside the tree")
        return bool(getattr(os.path, kind)(absolute))

    def names(self, path: Any) -> Any:
        """``os.listdir``, sorted."""
        absolute = self.inside(path)
        if absolute is None or not os.path.isdir(absolute):
            return Unknown(f"the listing of {os.fspath(path)!r}", "no folder of the tree")
        return names_of(absolute)

    def walk(self, path: Any) -> Any:
        """``os.walk`` as a list."""
        absolute = self.inside(path)
        if absolute is None:
            return Unknown(f"the listing of {os.fspath(path)!r}", "no folder of the tree")
        start, found = os.fspath(path), []
        for folder, folders, names in os.walk(absolute):
            folders.sort()
            tail = os.path.relpath(folder, absolute)
            found.append((start if tail == "." else os.path.join(start, tail), list(folders), sorted(names)))
        return found

    def glob(self, pattern: Any, recursive: bool = False) -> Any:
        """``glob.glob``, sorted; each result is spelled as the pattern begins."""
        pattern = os.fspath(pattern)
        if self.inside(pattern) is None:
            return Unknown(f"glob({pattern!r})", "it lies outside the tree")
        return expand(Path(self.root), os.path.relpath(self.base, self.root), pattern, recursive)
