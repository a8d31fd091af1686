"""C files that others include as text: they belong to the extension that includes them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import Path

from porter.tree.files import C_SUFFIXES, CPP_SUFFIXES, read_source
from porter.tree.model import Extension
from porter.tree.pyinit import INCLUDE


def included_sources(root: Path, extensions: Iterable[Extension]) -> set[str]:
    """The C and C++ files under ``root`` that the sources of ``extensions`` include, one through another too."""
    found: set[str] = set()
    for extension in extensions:
        todo = list(extension.sources)
        while todo:
            file = todo.pop()
            text = read_source(root, file)
            for name in INCLUDE.findall(text) if isinstance(text, str) else ():
                path = _path(root, (posixpath.dirname(file), *extension.include_dirs), name)
                if path is not None and path not in found:
                    found.add(path)
                    todo.append(path)
    return found


def _path(root: Path, folders: Iterable[str], name: str) -> str | None:
    """Where an included C file lies; None for a header, and for what is not there."""
    if not name.endswith(C_SUFFIXES + CPP_SUFFIXES):
        return None
    paths = (posixpath.normpath(posixpath.join(folder, name)) for folder in folders)
    return next((path for path in paths if not path.startswith(("..", "/")) and (root / path).is_file()), None)
