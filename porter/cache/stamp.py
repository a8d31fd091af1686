"""What of porter itself an entry depends on: another porter, or an edited one, never meets the entries of this one."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.util import find_spec

import porter
from porter.resources import PACKAGE

_ROOMS = ("errors.py", "span.py", "settings.py", "resources.py", "tree", "frontend", "facts", "cache")
_PARSERS = ("pycparser", "libcst")


@cache
def stamp() -> tuple:
    """The versions of porter and Python, and the files that make trees and facts, with their sizes and times."""
    specs = [spec for name in _PARSERS if (spec := find_spec(name)) and spec.origin]
    files = [each for room in _ROOMS for each in _files(os.path.join(PACKAGE, room))]
    return porter.__version__, sys.version_info[:3], [_state(path) for path in (*files, *(s.origin for s in specs))]


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    return [
        each for name in sorted(os.listdir(path)) if name != "__pycache__" for each in _files(os.path.join(path, name))
    ]


def _state(path: str) -> tuple[str, int, int]:
    status = os.stat(path)
    return path, status.st_size, status.st_mtime_ns
