"""A folder to put files into, and a shorthand for what porter finds there."""

from __future__ import annotations

from pathlib import Path

import pytest

INIT = "#include <Python.h>\nPyMODINIT_FUNC\nPyInit_{}(void) {{ return 0; }}\n"


class Folder:
    """Files by relative name; ``init`` writes a C file that defines an init function."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **files: str) -> Folder:
        """Write files whose names are given with ``__`` for ``/`` and a last ``_`` for the dot: ``src__a_c``."""
        for name, text in files.items():
            self.put(name.replace("__", "/")[::-1].replace("_", ".", 1)[::-1], text)
        return self

    def put(self, name: str, text: str = "") -> Folder:
        """Write one file."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("latin-1"))
        return self

    def init(self, *names: str) -> Folder:
        """C files with the init function of a module called like the file."""
        for name in names:
            self.put(name, INIT.format(Path(name).stem))
        return self


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty tree."""
    return Folder(tmp_path)
