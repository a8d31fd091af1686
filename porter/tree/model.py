"""What a folder holds: the extensions and how each is built."""

from __future__ import annotations

from dataclasses import dataclass

from porter.errors import Gap
from porter.tree.banner import by_name


@dataclass(frozen=True)
class Extension:
    """One extension module of a tree; every path is relative to the root, with POSIX separators."""

    name: str
    sources: tuple[str, ...]
    include_dirs: tuple[str, ...] = ()
    macros: tuple[tuple[str, str | None], ...] = ()
    language: str = "c"  # "c" or "c++"
    generator: str | None = (
        None  # "cython", "pybind11", "swig", "cffi", "mypyc", …: the sources are not written by hand
    )
    declared_in: str = ""  # the file that says so: "setup.py", "pyproject.toml", or the source with PyInit_
    core: bool = False  # no module that is loaded, but the interpreter itself

    @property
    def leaf(self) -> str:
        """The last part of the dotted name, as in ``PyInit_<leaf>``."""
        return self.name.rpartition(".")[2]

    @property
    def compiled(self) -> tuple[str, ...]:
        """The sources that are C or C++ as they are: neither templates nor what a generator reads."""
        return tuple(source for source in self.sources if by_name(source) is None)


@dataclass(frozen=True)
class Tree:
    """A scanned folder: its extensions in a stable order, and what could not be read."""

    root: str
    extensions: tuple[Extension, ...]
    gaps: tuple[Gap, ...] = ()
