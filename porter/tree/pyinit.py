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
INIT = re.compile(r"(\bextern\s+(?:\"\"\s*)?)?\b(?:PyMODINIT_FUNC|PyObject\s*\*)\s*(?:\w+\s+)*?PyInit_(\w+)\s*\(\s*(?:void)?\s*\)\s*(;?)")
OTHER_INIT = re.compile(r"\b(?P<macro>PYBIND11_MODULE|NB_MODULE|BOOST_PYTHON_MODULE)\s*\(\s*(?P<name>\w+)")
GENERATORS = {"PYBIND11_MODULE": "pybind11", "NB_MODULE": "nanobind", "BOOST_PYTHON_MODULE": "boost.python"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)
COMPILED = C_SUFFIXES + CPP_SUFFIXES + TEMPLATE_SUFFIXES


def init_names(text: str) -> list[tuple[str, str | None]]:
    """The modules a source defines the init function of, each with the binding library that its macro is of."""
    if "PyInit_" not in text and "_MODULE" not in text:
        return []
    code = COMMENT.sub(lambda found: '""' if found[0][0] in "\"'" else " ", text)
    found = [(match[2], None) for match in INIT.finditer(code) if not match[1] and not match[3]]
    found += [(match["name"], GENERATORS[match["macro"]]) for match in OTHER_INIT.finditer(code)]
    return list(dict.fromkeys(found))


def read_inits(root: Path, files: Iterable[str]) -> tuple[list[Extension], list[Gap]]:
    """An extension for each init function in ``files``, and a Gap for each file that cannot be read."""
    extensions, gaps = [], []
    for file in files:
        if not file.lower().endswith(COMPILED):
            continue
        text = read_source(root, file)
        if isinstance(text, Gap):
            gaps.append(text)
            continue
        extensions += [_extension(root, file, name, text, generator) for name, generator in init_names(text)]
    return extensions, gaps


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
    return Extension(qualified(root, folder, leaf), (file,), (folder or ".",), (), language_of((file,)), generator_of(root, (file,)), file)
