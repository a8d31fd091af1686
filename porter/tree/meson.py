"""``meson.build`` to extensions: ``extension_module`` calls, with the values that simple statements give."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from porter.errors import Gap
from porter.tree.draft import Draft
from porter.tree.files import C_SUFFIXES, CPP_SUFFIXES, GENERATOR_SUFFIXES, HEADER_SUFFIXES, read_source
from porter.tree.meson_syntax import Node, Statement, parse_meson
from porter.tree.model import Extension

FILE = "meson.build"
OPEN = None  # a value that is not known
NESTED = 20  # folders within folders
BUDGET = 20_000  # statements, over all files
MANY = 10_000  # items of a list, characters of a text


@dataclass(frozen=True)
class File:
    """A file of the tree, relative to the root."""

    path: str


@dataclass(frozen=True)
class Includes:
    """The folders of an ``include_directories`` call, relative to the root."""

    folders: tuple[str, ...]


def read_meson(root: Path) -> tuple[list[Extension], list[Gap]]:
    """The extension modules of the Meson project of the tree, if there is one."""
    reader = _Reader(root)
    if (root / FILE).is_file():
        reader.read("", 0)
    finished = [draft.finish() for draft in reader.drafts]
    return [e for e, _ in finished], reader.gaps + [gap for _, gaps in finished for gap in gaps]


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.drafts: list[Draft] = []
        self.gaps: list[Gap] = []
        self.names: dict[str, Any] = {}
        self.folder, self.nested, self.budget = "", 0, BUDGET

    def read(self, folder: str, nested: int) -> None:
        """The meson.build of a folder and, by ``subdir``, those below it."""
        text = read_source(self.root, posixpath.join(folder, FILE))
        if isinstance(text, Gap):
            self.gaps.append(text)
            return
        saved, self.folder, self.nested = (self.folder, self.nested), folder, nested
        self.run(parse_meson(text))
        self.folder, self.nested = saved

    def run(self, statements: Any) -> None:
        """Run statements; both arms of every ``if`` count."""
        for statement in statements:
            self.budget -= 1
            if self.budget < 0:
                return
            self.step(statement)

    def step(self, statement: Statement) -> None:
        value = self.value(statement.value)
        if statement.kind == "set":
            self.names[statement.names[0]] = value
        elif statement.kind == "append":
            self.names[statement.names[0]] = _added(self.names.get(statement.names[0]), value)
        elif statement.kind == "if":
            self.run(statement.body)
        elif statement.kind == "foreach":
            for item in _items(value):
                parts = item if len(statement.names) > 1 and isinstance(item, (list, tuple)) else [item]
                self.names |= dict(zip(statement.names, parts))
                self.run(statement.body)

    def value(self, node: Node) -> Any:
        """The value of an expression: text, list, dictionary, File, Includes, or OPEN."""
        if node.kind == "text":
            return node.value
        if node.kind == "list":
            return [self.value(part) for part in node.parts]
        if node.kind == "dict":
            return {name: self.value(part) for name, part in node.named}
        if node.kind == "name":
            return self.names.get(node.value, OPEN)
        if node.kind == "call":
            return self.call(node)
        if node.kind == "method":
            return self.method(node)
        left, right = ([self.value(part) for part in node.parts] + [OPEN, OPEN])[:2]
        if node.kind == "add":
            return _added(left, right)
        if node.kind == "join" and isinstance(left, str) and isinstance(right, str):
            return posixpath.join(left, right)
        if node.kind == "pick":
            return left if left is not OPEN else right
        return _indexed(left, node.parts[1]) if node.kind == "index" else OPEN

    def call(self, node: Node) -> Any:
        args = [self.value(part) for part in node.parts]
        texts = [text for arg in args for text in _flat(arg) if isinstance(text, str)]
        if node.value == "files":
            return [self._file(text) for text in texts]
        if node.value == "include_directories":
            return Includes(tuple(self._file(text).path for text in texts))
        if node.value == "subdir" and texts and self.nested < NESTED:
            below = posixpath.normpath(posixpath.join(self.folder, texts[0]))
            if (self.root / below / FILE).is_file() and not below.startswith(".."):
                self.read(below, self.nested + 1)
        if node.value == "join_paths" and len(texts) == len(args):
            return posixpath.join("", *texts)
        return OPEN

    def method(self, node: Node) -> Any:
        owner, *args = [self.value(part) for part in node.parts]
        if node.value == "extension_module" and args:
            self._module(args, {name: self.value(part) for name, part in node.named}, node.line)
        elif node.value == "format" and isinstance(owner, str):
            for number, arg in enumerate(args):
                if not isinstance(arg, str) or len(owner) > MANY:
                    return OPEN
                owner = owner.replace(f"@{number}@", arg)
            return owner
        elif node.value == "get" and isinstance(owner, dict) and args and isinstance(args[0], str):
            return owner.get(args[0], args[1] if len(args) > 1 else OPEN)
        elif node.value == "current_source_dir":
            return "."
        return OPEN

    def _file(self, text: str) -> File:
        return File(posixpath.normpath(posixpath.join(self.folder, text)))

    def _module(self, args: list[Any], kwargs: dict[str, Any], line: int) -> None:
        file = posixpath.join(self.folder, FILE)
        if not isinstance(args[0], str):
            self.gaps.append(Gap(file, line, "the name of an extension", "not known without running the build"))
            return
        draft = Draft(self.root, file, "", _module_name(args[0], kwargs.get("subdir")), line)
        for item in (item for value in [*args[1:], kwargs.get("sources", [])] for item in _flat(value)):
            self._source(draft, item)
        for item in _flat(kwargs.get("include_directories", [])):
            for folder in (
                item.folders if isinstance(item, Includes) else [self._file(item).path] if isinstance(item, str) else []
            ):
                draft.add_include(folder)
        flags = [f for key in ("c_args", "cpp_args") for f in _flat(kwargs.get(key, [])) if isinstance(f, str)]
        draft.add_flags(flags)
        self.drafts.append(draft)

    def _source(self, draft: Draft, item: Any) -> None:
        path = self._file(item).path if isinstance(item, str) else item.path if isinstance(item, File) else None
        if path is None:
            draft.gap("a value that is not known without running the build")
        elif path.lower().endswith(C_SUFFIXES + CPP_SUFFIXES + GENERATOR_SUFFIXES):
            draft.add_source(path)
        elif not path.lower().endswith(HEADER_SUFFIXES):
            draft.gap(f"{path} is no C or C++ file")


def _module_name(name: str, subdir: Any) -> str:
    package = subdir.strip("/").replace("/", ".") if isinstance(subdir, str) else ""
    return f"{package}.{name}" if package else name


def _added(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) < MANY else OPEN
    if isinstance(left, dict) and isinstance(right, dict):
        return left | right
    if isinstance(left, list):
        joined = [*left, *(right if isinstance(right, list) else [right])]
        return joined if len(joined) < MANY else OPEN
    return OPEN


def _indexed(value: Any, index: Node) -> Any:
    if isinstance(value, list) and index.kind == "name" and index.value.isdecimal() and len(index.value) < 6:
        return value[int(index.value)] if int(index.value) < len(value) else OPEN
    return value.get(index.value, OPEN) if isinstance(value, dict) and index.kind == "text" else OPEN


def _items(value: Any) -> list[Any]:
    return list(value.items()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _flat(value: Any) -> list[Any]:
    return [each for item in value for each in _flat(item)] if isinstance(value, list) else [value]
