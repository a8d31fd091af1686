"""A folder that holds what a scan reads of one revision after another, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from porter.errors import Gap
from porter.history.git import Contents
from porter.tree.files import LARGEST, SOURCE_SUFFIXES

DESCRIBING = (".py", ".pyx", ".pxd", ".pxi", ".toml", ".cfg", ".cmake", ".build", ".txt", ".in", ".inc", ".def", ".json")
NAMED = ("Setup", "Setup.local", "Setup.bootstrap", "Setup.stdlib", "VERSION", "meson.options", "meson_options.txt")


class Shadow:
    """The files under ``folder``, made those of a revision by :meth:`become`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, str] = {}

    def become(self, files: Mapping[str, str], contents: Contents) -> tuple[Gap, ...]:
        """Write what is new or different and remove what is gone; a Gap for each content that is not there."""
        wanted = {path: blob for path, blob in files.items() if _matters(path)}
        for path in self.files.keys() - wanted.keys():
            (self.folder / path).unlink(missing_ok=True)
        changed = [path for path, blob in wanted.items() if self.files.get(path) != blob]
        lost = [path for path in changed if not self._write(path, contents.read(wanted[path]))]
        self.files = {path: blob for path, blob in wanted.items() if path not in lost}
        return tuple(Gap(path, 0, "the file", "its content is not in this clone") for path in lost)

    def _write(self, path: str, data: bytes | None) -> bool:
        target = self.folder / path
        if data is None:
            target.unlink(missing_ok=True)
            return False
        if target.is_dir():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data[: LARGEST + 1])
        return True


def _matters(path: str) -> bool:
    """Whether a scan may read ``path``. Names that would lead out of the folder are none that git itself writes."""
    parts = path.split("/")
    if {"", ".", ".."} & set(parts) or parts[0].lower() == ".git" or os.path.isabs(path):
        return False
    return path.lower().endswith(SOURCE_SUFFIXES + DESCRIBING) or parts[-1] in NAMED
