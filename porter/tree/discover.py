"""A folder to its extensions: build descriptions first, init functions for what they leave open."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from porter.errors import Gap, PorterError
from porter.tree.banner import by_name
from porter.tree.files import read_source, source_files
from porter.tree.included import included_sources
from porter.tree.model import Extension, Tree
from porter.tree.naming import qualified
from porter.tree.pyinit import read_inits, single_file

Found = tuple[list[Extension], list[Gap]]
ASIDE = frozenset(
    {"test", "tests", "testing", "doc", "docs", "example", "examples", "bench", "benchmark", "benchmarks"}
)
DESCRIPTIONS = ("setup.py", "pyproject.toml", "meson.build", "CMakeLists.txt")


def discover(root: Path, build_dir: Path | None = None) -> Tree:
    """The extensions of a folder or of a single C or C++ file, sorted by name; no code of the tree is run.

    ``build_dir``: where a ``compile_commands.json`` lies, if not in the tree itself. What could not be read is in the
    tree's gaps. Raises PorterError if ``root`` does not exist or cannot be read at all.
    """
    root = Path(os.path.abspath(root))
    _check(root)
    if root.is_file():
        text = read_source(root.parent, root.name)
        if isinstance(text, Gap):
            return Tree(str(root.parent), (), (text,))
        return Tree(str(root.parent), (single_file(root.parent, root.name),))
    from porter.tree.compile_commands import read_compile_commands

    extensions, gaps = _describe(root)
    details, more = read_compile_commands(root, build_dir)
    extensions = [details(extension) for extension in extensions]
    return Tree(
        str(root), tuple(sorted(extensions, key=lambda e: (e.name, e.sources))), tuple(dict.fromkeys(gaps + more))
    )


def _check(root: Path) -> None:
    try:
        if root.is_dir():
            os.listdir(root)
        else:
            root.stat()
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "no valid path"
        raise PorterError(f"{root}: {why}", "give a folder, or a C or C++ file, that exists and can be read") from None


def _describe(root: Path) -> Found:
    """What the build descriptions say. Their readers are loaded here: a tree that was discovered before needs none."""
    from porter.tree.cmake import read_cmake
    from porter.tree.cpython import is_cpython, read_cpython
    from porter.tree.meson import read_meson
    from porter.tree.pyproject import read_pyproject

    if is_cpython(root):
        return read_cpython(root)
    extensions: list[Extension] = []
    gaps: list[Gap] = []
    for reader in (_setup_scripts, read_pyproject, read_meson, read_cmake):
        found, missing = reader(root)
        extensions, gaps = _joined(extensions, found), gaps + missing
    if not extensions:
        extensions, missing = _scripts(root, _by_another_name(root))
        gaps += missing if extensions else []
    return _completed(root, extensions, gaps)


def _setup_scripts(root: Path) -> Found:
    """``setup.py`` of the root, else the nested ones. libcst takes its time to load: only if there is one."""
    return _scripts(root, ["setup.py"] if (root / "setup.py").is_file() else _nested(root))


def _scripts(root: Path, files: list[str]) -> Found:
    """What scripts for setuptools say, those of each file."""
    if not files:
        return [], []
    from porter.tree.setup_py import read_setup_py

    extensions: list[Extension] = []
    gaps: list[Gap] = []
    for file in files:
        found, missing = read_setup_py(root, file)
        extensions, gaps = _joined(extensions, found), gaps + missing
    return extensions, gaps


def _by_another_name(root: Path) -> list[str]:
    """The scripts of the root that make extensions and are not called setup.py: a hook of the build runs them."""
    names = sorted(path.name for path in root.glob("*.py") if path.name != "setup.py")
    return [name for name in names if isinstance(text := read_source(root, name), str) and "Extension(" in text]


def _nested(root: Path) -> list[str]:
    files, _ = source_files(root)
    folders = {str(parent) for file in files for parent in Path(file).parents}
    found = sorted(posixpath.join(f, "setup.py") for f in folders if f != "." and (root / f / "setup.py").is_file())
    return [file for file in found if not ASIDE & set(file.split("/"))]


def _joined(known: list[Extension], found: Iterable[Extension]) -> list[Extension]:
    """Both lists, with what is described twice once: under its longest name, with the fuller description."""
    joined = list(known)
    for extension in found:
        twin = next((e for e in joined if _same(e, extension)), None)
        if twin is None:
            joined.append(extension)
        else:
            name = max((twin.name, extension.name), key=lambda n: n.count("."))
            joined[joined.index(twin)] = replace(max((twin, extension), key=_detail), name=name)
    return joined


def _same(first: Extension, second: Extension) -> bool:
    if first.name == second.name:
        return True
    qualified = "." in first.name and "." in second.name
    shared = set(first.sources) & set(second.sources) or not (first.sources and second.sources)
    return first.leaf == second.leaf and not qualified and bool(shared)


def _detail(extension: Extension) -> tuple[int, int]:
    return len(extension.sources), len(extension.macros) + len(extension.include_dirs)


def _completed(root: Path, extensions: list[Extension], gaps: list[Gap]) -> Found:
    """Sources with an init function that no description claims make extensions; empty ones get theirs."""
    files, unread = source_files(root)
    claimed = {source for e in extensions for source in e.sources} | included_sources(root, extensions)
    inits, broken = read_inits(root, (file for file in files if file not in claimed))
    if not extensions:
        inits += _cython(root, files, inits)
    gaps = gaps + unread + broken
    unclear = {gap.what for gap in gaps}
    for index, extension in enumerate(extensions):
        if not extension.sources or f"the sources of extension {extension.name}" in unclear:
            match = next((init for init in inits if init.leaf == extension.leaf), None)
            if match:
                inits.remove(match)
                extensions[index] = replace(extension, sources=tuple(dict.fromkeys(match.sources + extension.sources)))
    keep = _left_out(root, {e.declared_in for e in extensions}) if extensions else lambda extension: True
    return _joined(extensions, (init for init in inits if keep(init))), gaps


def _cython(root: Path, files: list[str], inits: list[Extension]) -> list[Extension]:
    """An extension for each Cython source, or template of one, whose C is not in the tree."""
    known = {posixpath.splitext(source)[0] for init in inits for source in init.sources}
    sources = {file.partition(".pyx")[0]: file for file in reversed(files) if by_name(file) == "cython"}
    names = [(stem, *posixpath.split(stem)) for stem in sorted(sources) if stem not in known]
    return [
        Extension(qualified(root, folder, leaf), (sources[stem],), generator="cython", declared_in=sources[stem])
        for stem, folder, leaf in names
    ]


def _left_out(root: Path, declared_in: set[str]) -> Callable[[Extension], bool]:
    """Whether a source was just forgotten by the description: it is neither named there, for another platform or a
    choice not made, nor lies among tests, examples or documents."""
    texts = [read_source(root, name) for name in {*DESCRIPTIONS, *declared_in} if (root / name).is_file()]
    described = "\n".join(text for text in texts if isinstance(text, str))

    def keep(extension: Extension) -> bool:
        parts = extension.sources[0].split("/")
        return parts[-1] not in described and not ASIDE & set(parts[:-1])

    return keep
