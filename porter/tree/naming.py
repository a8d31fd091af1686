"""Names of modules from where their files lie, and paths of a build description made relative to the root."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from porter.tree.files import is_inside

HIGHEST = 20  # packages within packages


def package_of(root: Path, folder: str) -> str:
    """The dotted package of a folder (relative to ``root``), by its ``__init__.py`` files; "" outside any package.

    The packages may begin above the root: a folder inside a package can be scanned alone.
    """
    path, parts = os.path.abspath(os.path.join(root, folder)), []
    while len(parts) < HIGHEST and any(
        os.path.isfile(os.path.join(path, f"__init__.{e}")) for e in ("py", "pyi", "pyx")
    ):
        path, part = os.path.split(path)
        parts.insert(0, part)
    return ".".join(parts)


def qualified(root: Path, folder: str, leaf: str) -> str:
    """The dotted name of a module ``leaf`` in a folder."""
    package = package_of(root, folder)
    return f"{package}.{leaf}" if package else leaf


def within(root: Path, base: str, path: str) -> str | None:
    """``path``, absolute or relative to ``base`` (itself relative to ``root``), seen from ``root``; None outside it."""
    top = os.path.abspath(root)
    absolute = os.path.normpath(os.path.join(top, base, path))
    if "\0" in path or not is_inside(top, absolute):
        return None
    return posixpath.normpath(os.path.relpath(absolute, top).replace(os.sep, "/"))
