"""``setup.py`` to extensions: evaluated, never run."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path, PurePosixPath
from typing import Any

from porter.errors import Gap
from porter.tree.draft import Draft
from porter.tree.evaluate import Evaluation, evaluate_script
from porter.tree.evaluate.values import ExtensionValue, Ffi, OneOf, Unknown, describe
from porter.tree.model import Extension

LISTS = ("ext_modules", "rust_extensions")


def read_setup_py(root: Path, file: str) -> tuple[list[Extension], list[Gap]]:
    """The extensions of the setup script ``file`` (relative to ``root``), and what could not be told."""
    base = posixpath.dirname(file)
    evaluation = evaluate_script(root, file, base)
    gaps = list(evaluation.gaps)
    values = _declared(root, base, evaluation, gaps)
    extensions = []
    for value in values:
        draft = _draft(root, base, value, gaps)
        if draft:
            extension, missing = draft.finish()
            extensions.append(extension)
            gaps += missing
    return extensions, gaps


def _declared(root: Path, base: str, evaluation: Evaluation, gaps: list[Gap]) -> list[ExtensionValue]:
    """The extensions given to ``setup()``; without such a call, all that are made."""
    if not evaluation.setups:
        return evaluation.made
    found: list[ExtensionValue] = []
    for kwargs, script, node in evaluation.setups:
        unknown = [value for key in LISTS for value in _collect(kwargs.get(key), found)]
        unknown += [value for value in (kwargs.get("**"),) if value is not None]
        for value in unknown:
            gaps.append(Gap(script.file, script.line(node), "the extensions of setup()", _why(value)))
        for spec in _strings(kwargs.get("cffi_modules")):
            found += _cffi(root, base, spec, gaps)
    return found


def _collect(value: Any, found: list[ExtensionValue]) -> list[Any]:
    """Put the extensions in ``value`` into ``found``; give back what is none."""
    if isinstance(value, ExtensionValue):
        found += [] if value in found else [value]
        return []
    items = value.values if isinstance(value, OneOf) else value
    if isinstance(items, dict):
        items = list(items.values())
    if isinstance(items, (list, tuple)):
        return [left for item in items for left in _collect(item, found)]
    return [value] if isinstance(value, Unknown) else []


def _why(value: Any) -> str:
    return f"{describe(value)}: {value.reason}" if isinstance(value, Unknown) else f"{describe(value)} is not known"


def _strings(value: Any) -> list[str]:
    items = value if isinstance(value, (list, tuple)) else [value]
    return [item for item in items if isinstance(item, str)]


def _cffi(root: Path, base: str, spec: str, gaps: list[Gap]) -> list[ExtensionValue]:
    """The extension of a ``path/to/build.py:ffi`` entry."""
    path, _, name = spec.partition(":")
    script = posixpath.normpath(posixpath.join(base, path))
    evaluation = evaluate_script(root, script, base)
    ffi = evaluation.names.get(name)
    made = (
        [ffi.extension]
        if isinstance(ffi, Ffi) and ffi.extension
        else [v for v in evaluation.made if v.generator == "cffi"]
    )
    if not made:
        gaps += evaluation.gaps or [Gap(script, 0, "the cffi module", f"{spec} names no ffi that is known")]
    return made


def _draft(root: Path, base: str, value: ExtensionValue, gaps: list[Gap]) -> Draft | None:
    fields, line = value.fields, value.script.line(value.node)
    name = fields.get("name", fields.get("target"))
    names = list(name.values()) if isinstance(name, dict) else [name]
    if not names or not isinstance(names[0], str):
        gaps.append(Gap(value.script.file, line, "the name of an extension", _why(names[0] if names else name)))
        return None
    draft = Draft(root, value.script.file, base, names[0], line)
    draft.language, draft.generator = fields.get("language"), value.generator
    add_sources(draft, fields.get("sources", []))
    if value.generator == "mypyc":
        draft.sources = [s for s in draft.sources if not s.endswith(".py")] or draft.sources
    _add_details(draft, fields)
    if value.generator == "pyo3":
        draft.gaps.clear()
    return draft


def add_sources(draft: Draft, value: Any) -> None:
    """The sources of an extension as a script names them; what is not known is a gap."""
    if isinstance(value, (str, PurePosixPath)):
        draft.add_source(os.fspath(value))
    elif isinstance(value, OneOf):
        for each in value.values:
            add_sources(draft, each)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value if isinstance(value, (list, tuple)) else sorted(value, key=repr):
            add_sources(draft, each)
    elif value is not None:
        draft.gap(_why(value))


def _add_details(draft: Draft, fields: dict[str, Any]) -> None:
    """Include folders and macros as far as they are known: what is unknown among them is not of the tree."""
    for item in _items(fields.get("include_dirs")):
        if isinstance(item, (str, PurePosixPath)):
            draft.add_include(os.fspath(item))
    for item in _items(fields.get("define_macros")):
        if isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str):
            known = isinstance(item[1], (str, int))
            draft.add_macro(item[0], str(item[1]) if known else None)
    draft.add_flags(item for item in _items(fields.get("extra_compile_args")) if isinstance(item, str))


def _items(value: Any) -> list[Any]:
    if isinstance(value, OneOf):
        return [item for each in value.values for item in _items(each)]
    return list(value) if isinstance(value, (list, tuple)) else []
