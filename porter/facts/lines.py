"""Counts by lines, as CPython's own progress was published: one match of a pattern on a line is one module or one type.

What is counted, and the pages that say so, are in docs/counting.md. A file is a ``.c`` file, whatever builds it:

- heap types: lines with ``PyType_Spec``, text and `` =``;
- static types: lines with ``static PyTypeObject``, text and `` =``, outside folders called ``Doc``;
- multi-phase modules: lines with ``PyModuleDef_Init(``;
- single-phase modules: lines with ``PyModule_Create(``.

In CPython's own tree only files in ``Modules/`` have modules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Each takes the rest of its line along, so that a line counts once.
_HEAP = re.compile(r"PyType_Spec .* =.*")
_STATIC = re.compile(r"static PyTypeObject .* =.*")
_MULTI = re.compile(r"PyModuleDef_Init\(.*")
_SINGLE = re.compile(r"PyModule_Create\(.*")
_CORE = "Objects/typeobject.c"  # only CPython's own tree has it


@dataclass(frozen=True)
class LineCounts:
    """How many lines of each kind; counts of several files add up."""

    multi_phase: int = 0
    single_phase: int = 0
    heap_types: int = 0
    static_types: int = 0

    @property
    def modules(self) -> int:
        """All modules, of either kind."""
        return self.multi_phase + self.single_phase

    @property
    def types(self) -> int:
        """All types, of either kind."""
        return self.heap_types + self.static_types

    def __add__(self, other: LineCounts) -> LineCounts:
        return LineCounts(
            self.multi_phase + other.multi_phase,
            self.single_phase + other.single_phase,
            self.heap_types + other.heap_types,
            self.static_types + other.static_types,
        )


def count_lines(texts: Mapping[str, str]) -> LineCounts:
    """The counts of a tree, given as path from its root (with ``/``) -> text; files that are no ``.c`` do not count."""
    modules = folder_of_modules(texts)
    return sum((count_file(path, text, modules) for path, text in texts.items()), LineCounts())


def folder_of_modules(paths: Iterable[str]) -> str:
    """Where a tree with these files has modules: ``Modules/`` in CPython's own, anywhere ("") in all others."""
    return "Modules/" if _CORE in paths else ""


def count_file(path: str, text: str, modules: str = "") -> LineCounts:
    """The counts of one file; ``modules`` is the folder, with its ``/``, outside of which a file has no modules.

    They depend on nothing else, so a history has to count each version of a file only once.
    """
    if not path.endswith(".c"):
        return LineCounts()
    has_modules = path.startswith(modules)
    documents = path.startswith("Doc/") or "/Doc/" in path
    return LineCounts(
        len(_MULTI.findall(text)) if has_modules else 0,
        len(_SINGLE.findall(text)) if has_modules else 0,
        len(_HEAP.findall(text)),
        0 if documents else len(_STATIC.findall(text)),
    )
