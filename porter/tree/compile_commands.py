"""``compile_commands.json``: include folders and macros of each source, as the build used them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from porter.errors import Gap, PorterError
from porter.span import display
from porter.tree.draft import shell_words, split_flags
from porter.tree.files import read_source
from porter.tree.model import Extension
from porter.tree.naming import within

FILE = "compile_commands.json"
PLACES = ("", "build", "builddir", "_build")

Flags = tuple[tuple[str, ...], tuple[tuple[str, str | None], ...]]


def read_compile_commands(root: Path, build_dir: Path | None) -> tuple[Callable[[Extension], Extension], list[Gap]]:
    """A function that adds to an extension what the commands of its sources say, and what could not be read.

    Folders outside the tree stay absolute, whether they are there or not.
    Raises PorterError where ``build_dir`` has no such file.
    """
    folders = [build_dir] if build_dir else [root / place for place in PLACES]
    folder = next((f for f in folders if (f / FILE).is_file()), None)
    if folder is None and build_dir:
        hint = "give the folder of a build that wrote one: cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=1, meson, or bear"
        raise PorterError(f"{build_dir}: no {FILE} there", hint)
    if folder is None:
        return (lambda extension: extension), []
    text = read_source(folder, FILE)
    try:
        entries = json.loads(display(text)) if isinstance(text, str) else None
    except (ValueError, RecursionError) as problem:
        return (lambda extension: extension), [Gap(FILE, 0, "the compile commands", f"no valid JSON: {problem}")]
    if not isinstance(entries, list):
        why = text.why if isinstance(text, Gap) else "not a list of commands"
        return (lambda extension: extension), [Gap(FILE, 0, "the compile commands", why)]
    flags = dict(found for entry in entries if (found := _entry(root, entry)))
    return (lambda extension: _detailed(extension, flags)), []


def _entry(root: Path, entry: Any) -> tuple[str, Flags] | None:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("directory", "file")):
        return None
    root = Path(os.path.realpath(root))
    entry = {**entry, "directory": _real(entry["directory"])}
    source = within(root, entry["directory"], entry["file"])
    words = (
        entry["arguments"] if isinstance(entry.get("arguments"), list) else shell_words(str(entry.get("command", "")))
    )
    if source is None:
        return None
    includes, macros = [], []
    for kind, value in split_flags(word for word in words if isinstance(word, str)):
        if kind == "D":
            name, equals, text = value.partition("=")
            macros.append((name, text if equals else None))
        elif (include := _include(root, entry["directory"], value)) is not None:
            includes.append(include)
    return source, (tuple(includes), tuple(macros))


def _real(path: str) -> str:
    """A folder without links, as builds write it or not; of an impossible name, the name."""
    return path if "\0" in path else os.path.realpath(path)


def _include(root: Path, directory: str, path: str) -> str | None:
    """A folder of headers: in the tree, one that is there; outside, as it is given."""
    absolute = os.path.normpath(os.path.join(directory, path))
    inside = within(root, directory, path)
    if "\0" in absolute or (inside is not None and not os.path.isdir(absolute)):
        return None
    return absolute if inside is None else inside


def _detailed(extension: Extension, flags: dict[str, Flags]) -> Extension:
    """The extension as its build made it: its macros are those of the commands, where there are commands for it."""
    used = [flags[source] for source in extension.sources if source in flags]
    if not used:
        return extension
    includes = [folder for more, _ in used for folder in more] + list(extension.include_dirs)
    macros = {name: value for _, defined in reversed(used) for name, value in defined}
    return replace(extension, include_dirs=tuple(dict.fromkeys(includes)), macros=tuple(macros.items()))
