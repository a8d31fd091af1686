"""``CMakeLists.txt`` to extensions: the commands that add a Python module, with variables as far as they are told."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from porter.errors import Gap
from porter.tree.cmake_script import Scope, Script, commands
from porter.tree.draft import Draft
from porter.tree.files import C_SUFFIXES, CPP_SUFFIXES, read_source
from porter.tree.globbing import expand
from porter.tree.model import Extension
from porter.tree.pyinit import init_names
from porter.tree.pyproject import load, section

FILE = "CMakeLists.txt"
MODULES = {"python_add_library": None, "python3_add_library": None, "pybind11_add_module": "pybind11"} | {
    "nanobind_add_module": "nanobind", "cython_add_module": "cython", "add_library": None
}  # fmt: skip
FOLDERS = ("CMAKE_CURRENT_SOURCE_DIR", "CMAKE_CURRENT_LIST_DIR")
TOPS = ("CMAKE_SOURCE_DIR", "PROJECT_SOURCE_DIR")
NESTED = 20  # folders within folders
LINKED = 100  # libraries that lead to each other
KINDS = frozenset(("STATIC", "OBJECT", "INTERFACE", "SHARED", "MODULE", "EXCLUDE_FROM_ALL", "GLOBAL", "UNKNOWN", "IMPORTED"))
OBJECTS = re.compile(r"\$<TARGET_OBJECTS:([^>]+)>")
SCOPES = frozenset(("PRIVATE", "PUBLIC", "INTERFACE", "SYSTEM", "BEFORE", "AFTER", "LINK_PUBLIC", "LINK_PRIVATE"))


def read_cmake(root: Path) -> tuple[list[Extension], list[Gap]]:
    """The Python modules of the CMake project of the tree, if there is one."""
    data = load(root)
    data = data if isinstance(data, dict) else {}
    folder = section(data, "tool", "scikit-build", "cmake").get("source-dir", "")
    project = str(section(data, "project").get("name", "")).replace("-", "_")
    folder = posixpath.normpath(folder) if isinstance(folder, str) and folder else ""
    reader = _Reader(root, "" if folder == "." else folder, project)
    if (root / reader.top / FILE).is_file():
        reader.read(reader.top, Scope({}), 0)
    finished = [reader.linked(name).finish() for name in reader.drafts]
    return [e for e, _ in finished], reader.gaps + [gap for _, gaps in finished for gap in gaps]


class _Reader:
    """Runs the files of a project: the modules it adds, and the libraries these are linked with, as drafts by name."""

    def __init__(self, root: Path, top: str, project: str) -> None:
        self.root, self.top = root, top
        self.drafts: dict[str, Draft] = {}
        self.libraries: dict[str, Draft] = {}
        self.links: dict[str, list[str]] = {}
        self.project = [project] if project else []
        self.gaps: list[Gap] = []

    def read(self, folder: str, outer: Scope, depth: int) -> None:
        """One CMakeLists.txt and those below it."""
        file = posixpath.join(folder, FILE)
        text = read_source(self.root, file)
        if isinstance(text, Gap):
            self.gaps.append(text)
            return
        scope = outer.inner()
        scope.values |= {name: ["."] for name in FOLDERS}
        scope.values |= {"SKBUILD_PROJECT_NAME": self.project, "SKBUILD_PLATLIB_DIR": ["."]}
        scope.values |= {name: [posixpath.relpath(self.top or ".", folder or ".")] for name in TOPS}
        script = Script(lambda scope, name, words, line: self._do(_Place(file, folder, line, depth), scope, name, words))
        script.run(commands(text), scope)
        script.run_uncalled(scope)

    def linked(self, name: str) -> Draft:
        """A module with the sources, folders and macros of the libraries of the project it is linked with."""
        draft, seen = self.drafts[name], {name}
        waiting = list(self.links.get(name, ()))
        while waiting and len(seen) < LINKED:
            library = waiting.pop(0)
            if library in self.libraries and library not in seen:
                draft.take(self.libraries[library])
                waiting += self.links.get(library, ())
            seen.add(library)
        return draft

    def _do(self, place: _Place, scope: Scope, name: str, words: list[str]) -> None:
        handler = getattr(self, f"_{name}", None)
        if name in MODULES and words:
            self._module(name, place, words)
        elif name == "add_subdirectory" and words and place.depth < NESTED:
            below = posixpath.normpath(posixpath.join(place.folder, words[0]))
            if (self.root / below / FILE).is_file() and not below.startswith(".."):
                self.read(below, scope, place.depth + 1)
        elif handler and words:
            handler(place, scope, words)

    def _set(self, place: _Place, scope: Scope, words: list[str]) -> None:
        values = words[1:]
        target = scope.outer if "PARENT_SCOPE" in values and scope.outer else scope
        for end in ("CACHE", "PARENT_SCOPE"):
            values = values[: values.index(end)] if end in values else values
        target.set(words[0], values)

    def _option(self, place: _Place, scope: Scope, words: list[str]) -> None:
        if words[0] not in scope.values:
            scope.set(words[0], [words[2] if len(words) > 2 else "OFF"])

    def _list(self, place: _Place, scope: Scope, words: list[str]) -> None:
        if words[0] in ("APPEND", "PREPEND") and len(words) > 2:
            scope.set(words[1], scope.values.get(words[1], []) + words[2:])
        elif words[0] == "REMOVE_ITEM" and len(words) > 2 and scope.sure:
            scope.set(words[1], [each for each in scope.values.get(words[1], []) if each not in words[2:]])

    def _file(self, place: _Place, scope: Scope, words: list[str]) -> None:
        if words[0] in ("GLOB", "GLOB_RECURSE") and len(words) > 2:
            patterns = [word for word in words[2:] if word not in ("CONFIGURE_DEPENDS", "LIST_DIRECTORIES", "true", "false")]
            if words[0] == "GLOB_RECURSE":
                patterns = [posixpath.join(posixpath.dirname(p), "**", posixpath.basename(p)) for p in patterns]
            scope.set(words[1], [found for p in patterns for found in expand(self.root, place.folder, p, recursive=True)])

    def _target_sources(self, place: _Place, scope: Scope, words: list[str]) -> None:
        self._add_sources(words[0], words[1:])

    def _target_link_libraries(self, place: _Place, scope: Scope, words: list[str]) -> None:
        self.links.setdefault(words[0], []).extend(word for word in words[1:] if word not in SCOPES)

    def _target_include_directories(self, place: _Place, scope: Scope, words: list[str]) -> None:
        draft = self._target(words[0])
        for word in words[1:] if draft else []:
            if word not in SCOPES:
                draft.add_include(word)

    def _target_compile_definitions(self, place: _Place, scope: Scope, words: list[str]) -> None:
        draft = self._target(words[0])
        for word in words[1:] if draft else []:
            if word not in SCOPES:
                draft.add_flags(["-D" + word.removeprefix("-D")])

    def _install(self, place: _Place, scope: Scope, words: list[str]) -> None:
        """Where a module is installed is its package."""
        if words[0] != "TARGETS" or "DESTINATION" not in words[:-1]:
            return
        parts = posixpath.normpath(words[words.index("DESTINATION") + 1]).split("/")
        if all(part.isidentifier() for part in parts):
            for draft in (self.drafts[word] for word in words if word in self.drafts):
                draft.name = ".".join([*parts, draft.name.rpartition(".")[2]])

    def _module(self, command: str, place: _Place, words: list[str]) -> None:
        is_module = "MODULE" in words[1:] if command.startswith("python") else True
        if command == "add_library":
            is_module = bool({"MODULE", "SHARED"} & set(words[1:2])) and any(self._has_init(place.folder, word) for word in words[2:])
        if not is_module:
            self._library(place, words)
            return
        name = words[0]
        if "$" in name:
            self.gaps.append(Gap(place.file, place.line, "the name of an extension", f"{name} is not known without running the build"))
            return
        if name not in self.drafts:
            self.drafts[name] = Draft(self.root, place.file, place.folder, name, place.line)
            self.drafts[name].generator = MODULES[command]
        if "USE_SABI" in words[:-1]:
            self._limited(name, words[words.index("USE_SABI") + 1])
        self._add_sources(name, words[1:])

    def _library(self, place: _Place, words: list[str]) -> None:
        """A library that may be linked into modules; a shared one stays a file of its own."""
        name, kinds = words[0], KINDS & set(words[1:3])
        if words[1:2] == ["ALIAS"]:
            self.links.setdefault(name, []).extend(words[2:3])
        elif kinds & {"SHARED", "MODULE"}:
            return
        self.libraries.setdefault(name, Draft(self.root, place.file, place.folder, name, place.line))
        self._add_sources(name, words[1:])

    def _target(self, name: str) -> Draft | None:
        return self.drafts.get(name) or self.libraries.get(name)

    def _add_sources(self, name: str, words: list[str]) -> None:
        draft = self._target(name)
        for word in words if draft else []:
            if found := OBJECTS.fullmatch(word):
                self.links.setdefault(name, []).append(found[1])
            elif word.lower().endswith(C_SUFFIXES + CPP_SUFFIXES + (".pyx",)):
                if "$" in word:
                    draft.gap(f"{word} is a path of the build")
                else:
                    draft.add_source(word)

    def _limited(self, name: str, version: str) -> None:
        """``USE_SABI 3.11`` builds for the limited API of 3.11: CMake defines Py_LIMITED_API."""
        parts = version.split(".")
        if len(parts) >= 2 and all(part.isdigit() for part in parts[:2]):
            self.drafts[name].macros.append(("Py_LIMITED_API", f"0x{int(parts[0]):02X}{int(parts[1]):02X}0000"))

    def _has_init(self, folder: str, word: str) -> bool:
        if not word.lower().endswith(C_SUFFIXES + CPP_SUFFIXES):
            return False
        text = read_source(self.root, posixpath.join(folder, word))
        return isinstance(text, str) and bool(init_names(text))


@dataclass(frozen=True)
class _Place:
    """The file of a command, its folder, its line, and how many folders above led to it."""

    file: str
    folder: str
    line: int
    depth: int
