"""CPython's own tree: extension modules as ``Modules/Setup*`` and the ``setup.py`` of 3.11 and older name them, and the core.

A module is taken whether or not the machine that builds has what it needs, as far as its sources are built on the
platform at all: a condition of the lists (``@MODULE_X_TRUE@``) or of ``setup.py`` is no gap. The modules that the core
has in its own files (``sys``, ``marshal``, ``gc``, …) belong to the core. In a tree that was configured, what
``pyconfig.h`` defines holds for all.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from porter.errors import Gap
from porter.tree.draft import Draft, shell_words
from porter.tree.files import C_SUFFIXES, CPP_SUFFIXES, read_source
from porter.tree.model import Extension

SETUPS = ("Modules/Setup.bootstrap.in", "Modules/Setup.bootstrap", "Modules/Setup.stdlib.in", "Modules/Setup")
SCRIPT, METHODS = "setup.py", "detect_"
MAKEFILE, CONFIGURED = "Makefile.pre.in", "pyconfig.h"
HEADERS = "Include/internal"
CORE = "python"
DEFINED = re.compile(r"^#[ \t]*define[ \t]+(\w+)(?:[ \t]+(.*\S))?[ \t]*$", re.MULTILINE)
CONDITION = re.compile(r"^@\w+@")
ASSIGNMENT = re.compile(r"^\s*(\w+)\s*=")
SOURCE_DIR = re.compile(r"\$\((?:srcdir|VPATH)\)/?")
LIBRARY = "LIBRARY_OBJS"  # of the makefile: what the interpreter is made of
OBJECTS = re.compile(r"^(\w*OBJS\w*)\s*\+?=((?:[^\\\n]|\\.|\\\n)*)", re.MULTILINE)
VARIABLE = re.compile(r"\$\((\w+)\)")


def is_cpython(root: Path) -> bool:
    """Whether this is the source tree of CPython."""
    lists = any((root / name).is_file() for name in SETUPS)
    return lists and (root / "Include" / "Python.h").is_file()


def read_cpython(root: Path) -> tuple[list[Extension], list[Gap]]:
    """The modules, each from the first list that names it, and the core."""
    extensions: dict[str, Extension] = {}
    gaps: list[Gap] = []
    drafts = [draft for file in SETUPS if (root / file).is_file() for draft in _listed(root, file, gaps)]
    for draft in drafts + _scripted(root):
        if draft.name not in extensions:
            draft.add_include(f"../{HEADERS}")
            extensions[draft.name], missing = draft.finish()
            gaps += missing
    claimed = {source for extension in extensions.values() for source in extension.sources}
    configured = _configured(root)
    found = [*extensions.values(), *_core(root, claimed)]
    return [replace(each, macros=(*configured, *each.macros)) for each in found], gaps


def _configured(root: Path) -> tuple[tuple[str, str | None], ...]:
    """The macros of ``pyconfig.h``, if the tree has one."""
    text = read_source(root, CONFIGURED) if (root / CONFIGURED).is_file() else ""
    return () if isinstance(text, Gap) else tuple((name, value or None) for name, value in DEFINED.findall(text))


def _listed(root: Path, file: str, gaps: list[Gap]) -> list[Draft]:
    """The modules of one of the lists."""
    text = read_source(root, file)
    if isinstance(text, Gap):
        gaps.append(text)
        return []
    drafts = [_draft(root, file, number, line) for number, line in _lines(text)]
    return [draft for draft in drafts if draft]


def _lines(text: str) -> list[tuple[int, str]]:
    """The logical lines that declare a module, with their line numbers."""
    found, start, waiting = [], 1, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start if waiting else number
        waiting += line.split("#", 1)[0].rstrip()
        if waiting.endswith("\\"):
            waiting = waiting[:-1] + " "
            continue
        line, waiting = CONDITION.sub("", waiting.strip()), ""
        if line and not line.startswith(("*", "@")) and not ASSIGNMENT.match(line):
            found.append((start, line))
    return found


def _draft(root: Path, file: str, number: int, line: str) -> Draft | None:
    name, *words = shell_words(line)
    sources = [word for word in words if word.endswith(C_SUFFIXES + CPP_SUFFIXES)]
    if not sources:
        return None
    draft = Draft(root, file, "Modules", name, number)
    for source in sources:
        if "$" not in (path := _expanded(source)):
            draft.add_source(path)
    draft.add_flags(_expanded(word) for word in words if word.startswith(("-I", "-D")))
    return draft


def _expanded(word: str) -> str:
    return SOURCE_DIR.sub("../", word)


def _scripted(root: Path) -> list[Draft]:
    """The modules that the build command of ``setup.py`` adds in its methods, with paths relative to ``Modules``."""
    if not (root / SCRIPT).is_file():
        return []
    from porter.tree.evaluate import evaluate_script  # slow to load, and few trees are CPython's
    from porter.tree.setup_py import add_sources

    drafts: dict[str, Draft] = {}
    for value in evaluate_script(root, SCRIPT, "", methods=METHODS).made:
        name, sources = value.fields.get("name"), value.fields.get("sources")
        if not isinstance(name, str) or not _in_modules(root, sources):
            continue
        draft = drafts.setdefault(name, Draft(root, SCRIPT, "Modules", name, value.script.line(value.node)))
        if not draft.sources:
            add_sources(draft, sources)
    return list(drafts.values())


def _in_modules(root: Path, sources: object) -> bool:
    """Whether a list of sources begins with a file of ``Modules``: others are placeholders of the script."""
    first = sources[0] if isinstance(sources, list) and sources else None
    return isinstance(first, str) and (root / "Modules" / first).is_file()


def _core(root: Path, claimed: set[str]) -> list[Extension]:
    """The interpreter itself: the sources of what its makefile links into it, but for those of modules."""
    text = read_source(root, MAKEFILE) if (root / MAKEFILE).is_file() else ""
    if isinstance(text, Gap):
        return []
    named = {f"{word.removesuffix('.o')}.c" for word in _words(text) if word.endswith(".o")}
    sources = sorted(file for file in named - claimed if (root / file).is_file())
    includes = (HEADERS,) if (root / HEADERS).is_dir() else ()
    macros = (("Py_BUILD_CORE", "1"),)
    return [Extension(CORE, tuple(sources), includes, macros, declared_in=MAKEFILE, core=True)] if sources else []


def _words(makefile: str) -> list[str]:
    """The words of the makefile's list of objects, those of the variables in it included."""
    values = {name: value.replace("\\\n", " ") for name, value in OBJECTS.findall(makefile)}
    found, waiting, seen = [], [LIBRARY], set()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in values:
            seen.add(name)
            waiting += VARIABLE.findall(values[name])
            found += VARIABLE.sub(" ", values[name]).split()
    return found
