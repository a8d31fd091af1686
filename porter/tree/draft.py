"""From what a build description says to an :class:`Extension`: normal paths, files there, generator, language."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from porter.errors import Gap
from porter.tree.banner import generator_of, language_of, template_of, twin
from porter.tree.model import Extension
from porter.tree.naming import within


NOT_C = (".s", ".asm", ".o", ".obj", ".a", ".lib", ".so", ".res", ".rc", ".def", ".h", ".hh", ".hpp", ".txt")


class Draft:
    """An extension while it is read from ``file``, whose paths are relative to ``base`` (relative to ``root``)."""

    def __init__(self, root: Path, file: str, base: str, name: str, line: int = 0) -> None:
        self.root, self.file, self.base, self.name, self.line = root, file, base, name, line
        self.sources: list[str] = []
        self.include_dirs: list[str] = []
        self.macros: list[tuple[str, str | None]] = []
        self.language: object = None
        self.generator: str | None = None
        self.gaps: list[Gap] = []

    def gap(self, why: str) -> None:
        """The sources are not all known."""
        self.gaps.append(Gap(self.file, self.line, f"the sources of extension {self.name}", why))

    def add_source(self, path: str) -> None:
        """One source as the description spells it; a generated one brings its twin. What is no source of a compiler of C
        (assembly, objects, resources) has no variables to find."""
        if path.lower().endswith(NOT_C):
            return
        found = within(self.root, self.base, path)
        if found is None:
            self.gap(f"{path} lies outside the tree")
        elif not (self.root / found).is_file():
            other = twin(self.root, found) or template_of(self.root, found)
            if other is None:
                self.gap(f"{found} is not in the tree; a step of the build may make it")
            self._add(other)
        else:
            self._add(found)
            self._add(twin(self.root, found))

    def _add(self, source: str | None) -> None:
        if source is not None and source not in self.sources:
            self.sources.append(source)

    def take(self, library: Draft) -> None:
        """Add what a library brings that is linked in."""
        for source in library.sources:
            self._add(source)
        self.include_dirs += [folder for folder in library.include_dirs if folder not in self.include_dirs]
        for name, value in library.macros:
            self.add_macro(name, value)
        self.gaps += library.gaps

    def add_include(self, path: str) -> None:
        """A folder of headers; one that is not in the tree is not of interest."""
        found = within(self.root, self.base, path)
        if found is not None and found not in self.include_dirs and (self.root / found).is_dir():
            self.include_dirs.append(found)

    def add_macro(self, name: str, value: str | None) -> None:
        """A macro as ``-D`` would give it: no value means defined as 1."""
        if (name, value) not in self.macros:
            self.macros.append((name, value))

    def add_flags(self, flags: Iterable[str]) -> None:
        """Compiler flags: ``-I`` and ``-D`` count."""
        for kind, value in split_flags(flags):
            if kind == "I":
                self.add_include(value)
            else:
                name, equals, text = value.partition("=")
                self.add_macro(name, text if equals else None)

    def finish(self) -> tuple[Extension, list[Gap]]:
        """The extension and what could not be told of it."""
        handwritten = tuple(self.sources)
        generator = self.generator or generator_of(self.root, handwritten)
        if not self.sources and not self.gaps and generator is None:
            self.gap("it names none")
        language = "c++" if self.generator == "pybind11" else language_of(handwritten, self.language)
        includes, macros = tuple(self.include_dirs), tuple(self.macros)
        return Extension(self.name.replace("/", "."), handwritten, includes, macros, language, generator, self.file), self.gaps


def split_flags(flags: Iterable[str]) -> list[tuple[str, str]]:
    """The ``("I", folder)`` and ``("D", macro)`` of compiler flags, joined or in two words."""
    found, waiting = [], ""
    for flag in flags:
        if waiting:
            found.append((waiting, flag))
            waiting = ""
        elif match := re.fullmatch(r"[-/]([ID])(.*)", flag, re.DOTALL):
            waiting = "" if match[2] else match[1]
            found += [(match[1], match[2])] if match[2] else []
        elif flag in ("-isystem", "-iquote"):
            waiting = "I"
    return found


def shell_words(text: str) -> list[str]:
    """The words of a command line; of a broken one, what spaces part."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
