"""``pyproject.toml`` to extensions: setuptools' ``ext-modules`` and maturin's module."""

from __future__ import annotations

import posixpath
import tomllib
from pathlib import Path
from typing import Any

from porter.errors import Gap
from porter.span import display
from porter.tree.draft import Draft
from porter.tree.files import read_source
from porter.tree.model import Extension

FILE = "pyproject.toml"


def read_pyproject(root: Path) -> tuple[list[Extension], list[Gap]]:
    """The extensions of ``pyproject.toml``, if there is one."""
    data = load(root)
    if isinstance(data, Gap):
        return [], [data]
    setuptools = section(data, "tool", "setuptools")
    entries = setuptools.get("ext-modules", setuptools.get("ext_modules", []))
    drafts = [_draft(root, entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    finished = [draft.finish() for draft in drafts if draft]
    return [e for e, _ in finished] + _maturin(data), [gap for _, gaps in finished for gap in gaps]


def load(root: Path) -> dict[str, Any] | Gap:
    """The parsed file; an empty one where there is none."""
    if not (root / FILE).is_file():
        return {}
    text = read_source(root, FILE)
    if isinstance(text, Gap):
        return text
    try:
        return tomllib.loads(display(text))
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        return Gap(FILE, 0, "the project file", f"no valid TOML: {problem}")


def section(data: dict[str, Any], *path: str) -> dict[str, Any]:
    """A table of the file, empty where it is not there."""
    for part in path:
        found = data.get(part)
        data = found if isinstance(found, dict) else {}
    return data


def _draft(root: Path, entry: dict[str, Any]) -> Draft | None:
    name = entry.get("name")
    if not isinstance(name, str):
        return None
    draft = Draft(root, FILE, "", name)
    draft.language = entry.get("language")
    for source in _strings(entry.get("sources")):
        draft.add_source(source)
    for folder in _strings(entry.get("include-dirs")):
        draft.add_include(folder)
    macros = entry.get("define-macros")
    for macro in macros if isinstance(macros, list) else []:
        if isinstance(macro, list) and macro and isinstance(macro[0], str):
            draft.add_macro(macro[0], str(macro[1]) if len(macro) > 1 else None)
    draft.add_flags(_strings(entry.get("extra-compile-args")))
    return draft


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _maturin(data: dict[str, Any]) -> list[Extension]:
    """The one module of a project built by maturin, written in Rust."""
    if section(data, "build-system").get("build-backend") != "maturin":
        return []
    settings, project = section(data, "tool", "maturin"), section(data, "project")
    name = settings.get("module-name", project.get("name"))
    if settings.get("bindings", "pyo3") in ("bin", "uniffi") or not isinstance(name, str):
        return []
    generator = "cffi" if settings.get("bindings") == "cffi" else "pyo3"
    return [Extension(posixpath.normpath(name).replace("-", "_"), (), generator=generator, declared_in=FILE)]
