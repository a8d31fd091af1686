"""``CMakeLists.txt`` to extensions: the commands that add a Python module, with variables as far as they are told."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from porter.errors import Gap
from porter.tree.draft import Draft
from porter.tree.files import C_SUFFIXES, CPP_SUFFIXES, read_source
from porter.tree.globbing import expand
from porter.tree.model import Extension
from porter.tree.pyinit import init_names
from porter.tree.pyproject import load, section

FILE = "CMakeLists.txt"
TOKEN = re.compile(
    r"#\[(?P<level>=*)\[.*?\](?P=level)\]|#[^\n]*|\[(?P<bracket>=*)\[(?P<raw>.*?)\](?P=bracket)\]"
    r'|"(?P<text>(?:\\.|[^"\\])*)"|(?P<mark>[()])|(?P<word>(?:\\.|[^\s()#"\\])+)',
    re.DOTALL,
)
VARIABLE = re.compile(r"\$\{([\w.+/-]*)\}")
MODULES = {"python_add_library": None, "python3_add_library": None, "pybind11_add_module": "pybind11"} | {
    "nanobind_add_module": "nanobind", "cython_add_module": "cython", "add_library": None
}  # fmt: skip
FOLDERS = ("CMAKE_CURRENT_SOURCE_DIR", "CMAKE_CURRENT_LIST_DIR")
TOPS = ("CMAKE_SOURCE_DIR", "PROJECT_SOURCE_DIR")
NESTED = 20  # folders within folders
MANY = 100_000  # characters an expansion may reach


def read_cmake(root: Path) -> tuple[list[Extension], list[Gap]]:
    """The Python modules of the CMake project of the tree, if there is one."""
    data = load(root)
    data = data if isinstance(data, dict) else {}
    folder = section(data, "tool", "scikit-build", "cmake").get("source-dir", "")
    project = str(section(data, "project").get("name", "")).replace("-", "_")
    folder = posixpath.normpath(folder) if isinstance(folder, str) and folder else ""
    reader = _Reader(root, "" if folder == "." else folder, project)
    if (root / reader.top / FILE).is_file():
        reader.read(reader.top, {}, 0)
    finished = [draft.finish() for draft in reader.drafts.values() if draft]
    return [e for e, _ in finished], reader.gaps + [gap for _, gaps in finished for gap in gaps]


def commands(text: str) -> list[tuple[str, list[str], int]]:
    """The commands of a CMake file: name in lower case, arguments, line."""
    found: list[tuple[str, list[str], int]] = []
    name, depth, line, position = "", 0, 1, 0
    for match in TOKEN.finditer(text):
        word = match["word"] or match["text"] or match["raw"]
        if match["mark"] == "(":
            depth += 1
            if depth == 1:
                line += text.count("\n", position, match.start())
                position = match.start()
                found.append((name.lower(), [], line))
        elif match["mark"] == ")":
            depth = max(depth - 1, 0)
        elif word is not None and depth:
            found[-1][1].append(word)
        elif word is not None:
            name = word
    return found


class _Reader:
    def __init__(self, root: Path, top: str, project: str) -> None:
        self.root, self.top = root, top
        self.drafts: dict[str, Draft] = {}
        self.project = [project] if project else []
        self.gaps: list[Gap] = []

    def read(self, folder: str, variables: dict[str, list[str]], depth: int) -> None:
        """One CMakeLists.txt and those below it."""
        file = posixpath.join(folder, FILE)
        text = read_source(self.root, file)
        if isinstance(text, Gap):
            self.gaps.append(text)
            return
        variables = variables | {name: ["."] for name in FOLDERS}
        variables |= {"SKBUILD_PROJECT_NAME": self.project, "SKBUILD_PLATLIB_DIR": ["."]}
        variables |= {name: [posixpath.relpath(self.top or ".", folder or ".")] for name in TOPS}
        for name, arguments, line in commands(text):
            words = [word for argument in arguments for word in _expanded(argument, variables)]
            handler = getattr(self, f"_{name}", None)
            if name in MODULES and words:
                self._module(name, file, folder, words, line)
            elif name == "add_subdirectory" and words and depth < NESTED:
                below = posixpath.normpath(posixpath.join(folder, words[0]))
                if (self.root / below / FILE).is_file() and not below.startswith(".."):
                    self.read(below, variables, depth + 1)
            elif handler and words:
                handler(folder, variables, words)

    def _set(self, folder: str, variables: dict[str, list[str]], words: list[str]) -> None:
        values = words[1:]
        for end in ("CACHE", "PARENT_SCOPE"):
            values = values[: values.index(end)] if end in values else values
        variables[words[0]] = values

    def _list(self, folder: str, variables: dict[str, list[str]], words: list[str]) -> None:
        if words[0] == "APPEND" and len(words) > 2:
            variables[words[1]] = variables.get(words[1], []) + words[2:]

    def _file(self, folder: str, variables: dict[str, list[str]], words: list[str]) -> None:
        if words[0] in ("GLOB", "GLOB_RECURSE") and len(words) > 2:
            patterns = [
                word for word in words[2:] if word not in ("CONFIGURE_DEPENDS", "LIST_DIRECTORIES", "true", "false")
            ]
            if words[0] == "GLOB_RECURSE":
                patterns = [posixpath.join(posixpath.dirname(p), "**", posixpath.basename(p)) for p in patterns]
            variables[words[1]] = [found for p in patterns for found in expand(self.root, folder, p, recursive=True)]

    def _target_sources(self, folder: str, variables: dict[str, list[str]], words: list[str]) -> None:
        self._add_sources(words[0], words[1:])

    def _target_include_directories(self, folder: str, variables: dict[str, list[str]], words: list[str]) -> None:
        for word in words[1:] if words[0] in self.drafts else []:
            if word not in ("PRIVATE", "PUBLIC", "INTERFACE", "SYSTEM", "BEFORE"):
                self.drafts[words[0]].add_include(word)

    def _target_compile_definitions(self, folder: str, variables: dict[str, list[str]], words: list[str]) -> None:
        for word in words[1:] if words[0] in self.drafts else []:
            if word not in ("PRIVATE", "PUBLIC", "INTERFACE"):
                self.drafts[words[0]].add_flags(["-D" + word.removeprefix("-D")])

    def _install(self, folder: str, variables: dict[str, list[str]], words: list[str]) -> None:
        """Where a module is installed is its package."""
        if words[0] != "TARGETS" or "DESTINATION" not in words[:-1]:
            return
        parts = posixpath.normpath(words[words.index("DESTINATION") + 1]).split("/")
        if all(part.isidentifier() for part in parts):
            for draft in (self.drafts[word] for word in words if word in self.drafts):
                draft.name = ".".join([*parts, draft.name.rpartition(".")[2]])

    def _module(self, command: str, file: str, folder: str, words: list[str], line: int) -> None:
        if command == "add_library" and not {"MODULE", "SHARED"} & set(words[1:2]):
            return
        if command.startswith("python") and "MODULE" not in words:
            return
        if command == "add_library" and not any(self._has_init(folder, word) for word in words[2:]):
            return
        name = words[0]
        if "$" in name:
            self.gaps.append(
                Gap(file, line, "the name of an extension", f"{name} is not known without running the build")
            )
            return
        fresh = name not in self.drafts
        if fresh:
            self.drafts[name] = Draft(self.root, file, folder, name, line)
            self.drafts[name].generator = MODULES[command]
        if "USE_SABI" in words[:-1]:
            self._limited(name, words[words.index("USE_SABI") + 1])
        self._add_sources(name, words[1:])

    def _add_sources(self, name: str, words: list[str]) -> None:
        for word in words if name in self.drafts else []:
            if word.lower().endswith(C_SUFFIXES + CPP_SUFFIXES + (".pyx",)):
                if "$" in word:
                    self.drafts[name].gap(f"{word} is a path of the build")
                else:
                    self.drafts[name].add_source(word)

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


def _expanded(argument: str, variables: dict[str, list[str]]) -> list[str]:
    """An argument with its variables put in; one that is a list gives several words."""

    def value(match: Any) -> str:
        return ";".join(variables[match[1]]) if match[1] in variables else match[0]

    for _ in range(3):
        if "${" not in argument or len(argument) > MANY:
            break
        argument = VARIABLE.sub(value, argument)
    return [word for word in argument.split(";") if word]
