"""CPython's own tree: its extension modules as ``Modules/Setup*`` list them."""

from __future__ import annotations

import re
from pathlib import Path

from porter.errors import Gap
from porter.tree.draft import Draft, shell_words
from porter.tree.files import C_SUFFIXES, CPP_SUFFIXES, read_source
from porter.tree.model import Extension

SETUPS = ("Modules/Setup.bootstrap.in", "Modules/Setup.bootstrap", "Modules/Setup.stdlib.in", "Modules/Setup")
CONDITION = re.compile(r"^@\w+@")
ASSIGNMENT = re.compile(r"^\s*(\w+)\s*=")
SOURCE_DIR = re.compile(r"\$\((?:srcdir|VPATH)\)/?")


def is_cpython(root: Path) -> bool:
    """Whether this is the source tree of CPython."""
    lists = any((root / name).is_file() for name in SETUPS)
    return lists and (root / "Include" / "Python.h").is_file()


def read_cpython(root: Path) -> tuple[list[Extension], list[Gap]]:
    """The modules of the Setup files; one that several list comes from the first."""
    extensions: dict[str, Extension] = {}
    gaps: list[Gap] = []
    for file in SETUPS:
        text = read_source(root, file) if (root / file).is_file() else ""
        if isinstance(text, Gap):
            gaps.append(text)
            continue
        for number, line in _lines(text):
            draft = _draft(root, file, number, line)
            if draft and draft.name not in extensions:
                extensions[draft.name], missing = draft.finish()
                gaps += missing
    return list(extensions.values()), gaps


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
