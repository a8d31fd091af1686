"""Extensions by their init functions, for trees whose build description says nothing, or not all."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from porter.errors import Gap
from porter.tree.banner import generator_of, language_of
from porter.tree.files import C_SUFFIXES, CPP_SUFFIXES, TEMPLATE_SUFFIXES, read_source
from porter.tree.model import Extension
from porter.tree.naming import qualified

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
INIT = re.compile(r"\b(?:PyMODINIT_FUNC|PyObject\s*\*)\s*(?:\w+\s+)*?PyInit_(\w+)\s*\(\s*(?:void)?\s*\)(?!\s*;)")
INIT_MACRO = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)\([ \t]*(\w+)[ \t]*\)(?:[^\n]|\\\n)*?\bPyInit_[ \t]*##[ \t]*\2\b", re.MULTILINE
)
OTHER_INIT = re.compile(r"\b(?P<macro>PYBIND11_MODULE|NB_MODULE|BOOST_PYTHON_MODULE)\s*\(\s*(?P<name>\w+)")
GENERATORS = {"PYBIND11_MODULE": "pybind11", "NB_MODULE": "nanobind", "BOOST_PYTHON_MODULE": "boost.python"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)
COMPILED = C_SUFFIXES + CPP_SUFFIXES + TEMPLATE_SUFFIXES


def init_names(text: str, macros: Iterable[str] = ()) -> list[tuple[str, str | None]]:
    """The modules a source defines the init function of, each with the binding library that its macro is of.

    ``macros``: names of macros that write an init function for their argument, besides those of the text.
    """
    own = {*macros, *init_macros(text)}
    if "PyInit_" not in text and "_MODULE" not in text and not any(name in text for name in own):
        return []
    code = COMMENT.sub(lambda found: '""' if found[0][0] in "\"'" else " ", text)
    found = [(name, None) for name in INIT.findall(code)]
    for macro in sorted(own):
        found += [
            (name, None)
            for name in re.findall(rf"^[ \t]*{macro}[ \t]*\([ \t]*(\w+)[ \t]*\)(?!\s*;)", code, re.MULTILINE)
        ]
    found += [(match["name"], GENERATORS[match["macro"]]) for match in OTHER_INIT.finditer(code)]
    return list(dict.fromkeys(found))


def init_macros(text: str) -> list[str]:
    """The macros of a file that write an init function: ``#define INIT(name) … PyInit_##name …``."""
    return [match[1] for match in INIT_MACRO.finditer(text)] if "PyInit_" in text else []


def read_inits(root: Path, files: Iterable[str]) -> tuple[list[Extension], list[Gap]]:
    """An extension for each init function in ``files``, and a Gap for each file that cannot be read."""
    extensions, gaps = [], []
    headers: dict[str, list[str]] = {}
    for file in files:
        if not file.lower().endswith(COMPILED):
            continue
        text = read_source(root, file)
        if isinstance(text, Gap):
            gaps.append(text)
            continue
        names = init_names(text, _included_macros(root, file, text, headers))
        extensions += [_extension(root, file, name, text, generator) for name, generator in names]
    return extensions, gaps


def _included_macros(root: Path, file: str, text: str, headers: dict[str, list[str]]) -> list[str]:
    """The init macros of the headers a file includes from beside it; ``headers`` remembers those read."""
    found = []
    for name in INCLUDE.findall(text):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), name))
        if path not in headers:
            header = read_source(root, path) if not path.startswith("..") else ""
            headers[path] = init_macros(header) if isinstance(header, str) else []
        found += headers[path]
    return found


def _extension(root: Path, file: str, leaf: str, text: str, generator: str | None) -> Extension:
    folder = posixpath.dirname(file)
    sources = (file, *(other for other in _companions(root, folder, text) if other != file))
    return Extension(
        qualified(root, folder, leaf),
        sources,
        (folder or ".",),
        (),
        language_of(sources),
        generator or generator_of(root, (file,)),
        file,
    )


def _companions(root: Path, folder: str, text: str) -> list[str]:
    """Sources of the folder that define what the headers included declare: same stem, own init function not."""
    found = []
    for header in INCLUDE.findall(text):
        stem = posixpath.join(folder, posixpath.splitext(posixpath.basename(header))[0])
        for name in (f"{stem}{suffix}" for suffix in C_SUFFIXES + CPP_SUFFIXES):
            if name in found or header.endswith(C_SUFFIXES) or "\0" in name or not (root / name).is_file():
                continue
            other = read_source(root, name)
            if isinstance(other, str) and not init_names(other):
                found.append(name)
    return found


def single_file(root: Path, file: str) -> Extension:
    """The extension of one file scanned alone: named by its init function, else by the file."""
    found, _ = read_inits(root, [file])
    if found:
        return Extension(**vars(found[0]) | {"sources": (file,)})
    folder, name = posixpath.split(file)
    leaf = name.partition(".")[0] or name
    return Extension(
        qualified(root, folder, leaf),
        (file,),
        (folder or ".",),
        (),
        language_of((file,)),
        generator_of(root, (file,)),
        file,
    )
