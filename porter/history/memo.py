"""The facts of extensions along a history: gathered again only where a file they came from is another one."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from porter.errors import Gap
from porter.facts.gather import gather
from porter.facts.model import Facts
from porter.scanning import failed
from porter.settings import Settings
from porter.tree import read_source
from porter.tree.model import Extension


@dataclass(frozen=True)
class Gathered:
    """Facts, and the content (None: no such file) of each file that was asked for on the way."""

    facts: Facts
    asked: Mapping[str, str | None]

    def holds(self, files: Mapping[str, str]) -> bool:
        """Whether a revision with these files would give the same facts."""
        return all(files.get(path) == blob for path, blob in self.asked.items())


class Memo:
    """What was gathered last of each extension of the tree at ``root``."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root, self._settings = root, settings
        self._known: dict[Extension, Gathered] = {}

    def keep(self, extensions: tuple[Extension, ...], files: Mapping[str, str]) -> tuple[Facts, ...]:
        """The facts of all ``extensions`` of a revision, and of no others from now on."""
        self._known = {extension: self._gathered(extension, files) for extension in extensions}
        return tuple(self._known[extension].facts for extension in extensions)

    def _gathered(self, extension: Extension, files: Mapping[str, str]) -> Gathered:
        known = self._known.get(extension)
        return known if known and known.holds(files) else self._gather(extension, files)

    def _gather(self, extension: Extension, files: Mapping[str, str]) -> Gathered:
        asked: dict[str, str | None] = {}

        def read(path: str) -> str | Gap:
            normal = posixpath.normpath(path)
            asked[normal] = files.get(normal)
            return read_source(self._root, path)

        try:
            return Gathered(gather(extension, read, self._settings), asked)
        except Exception as failure:  # a defect on one extension must not lose the others, nor the revision
            return Gathered(failed(extension, failure), {**asked, "": "never"})
