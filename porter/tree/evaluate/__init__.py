"""A small evaluator of build scripts: it never runs their code, and says what it cannot tell.

Input: a Python file of a tree. Output: an :class:`Evaluation` with the ``setup()`` calls, the extensions made and the
gaps met. Values that cannot be told are :class:`Unknown`; under a condition that cannot be told both arms are taken.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import libcst as cst

from porter.errors import Gap
from porter.tree.evaluate.library import PYTHON, constants
from porter.tree.evaluate.listing import Listing
from porter.tree.evaluate.script import Script, parse_script
from porter.tree.evaluate.statements import Statements
from porter.tree.evaluate.values import Class, ExtensionValue, Frame, Function, Instance, Library, weight

BUDGET = 300_000  # steps of one script and what it imports
LARGEST = 50_000  # parts of a value
SOURCE_LIKE = (".c", ".cc", ".cpp", ".cxx", ".pyx", ".i")


class Exhausted(Exception):
    """The budget is spent."""


@dataclass(frozen=True)
class Evaluation:
    """What a script would do. ``setups``: the keyword arguments of each ``setup()``, with its script and node."""

    names: dict[str, Any]
    setups: list[tuple[dict[str, Any], Script, Any]]
    made: list[ExtensionValue]
    gaps: list[Gap]


def evaluate_script(
    root: Path, file: str, base: str, python: tuple[int, int] = PYTHON, methods: str = ""
) -> Evaluation:
    """Evaluate ``file`` (relative to ``root``) as run in the folder ``base`` (relative too).

    ``methods``: a prefix; methods of the script's classes that begin with it, such as those of a build command, are
    called after it, each with a budget of its own.
    """
    machine = Machine(root, base, python)
    names: dict[str, Any] = {}
    try:
        frame = machine.run_file(file, "__main__")
        names = frame.names
        for method in _methods(frame, methods) if methods else ():
            machine.budget = BUDGET
            machine.apply(frame, method, [], {})
    except Exhausted:
        machine.gaps.append(Gap(file, 0, "the build script", "too long to follow; what was found before that is used"))
    except RecursionError:
        machine.gaps.append(Gap(file, 0, "the build script", "nested too deep"))
    return Evaluation(names, machine.setups, machine.made, machine.gaps)


def _methods(frame: Frame, prefix: str) -> list[Function]:
    """The methods of a module's classes whose names begin with ``prefix``, each bound to a new object."""
    classes = [value for value in frame.names.values() if isinstance(value, Class)]
    found = [(cls, name) for cls in classes for name, value in cls.names.items() if isinstance(value, Function)]
    return [replace(cls.names[name], instance=Instance(cls)) for cls, name in found if name.startswith(prefix)]


class Machine(Statements):
    """The evaluator with its memory: budget, modules read, what was found."""

    def __init__(self, root: Path, base: str, python: tuple[int, int]) -> None:
        self.root = root
        self.listing = Listing(root, base)
        self.constants = constants(python)
        self.constants["sys.path"] = [self.listing.base]
        self.setups = []
        self.made = []
        self.gaps: list[Gap] = []
        self.modules: dict[str, Frame] = {}
        self.budget = BUDGET
        self.depth = 0
        self.touched = self.trying = 0

    def spend(self, price: int) -> None:
        """Pay for a step. Raises Exhausted."""
        self.budget -= price
        if self.budget < 0:
            raise Exhausted

    def spend_on(self, value: Any) -> None:
        """Pay for working with a value, by its size. Raises Exhausted, at once for one of more than LARGEST parts."""
        parts = weight(value, LARGEST)
        self.spend(parts // 50 if parts < LARGEST else BUDGET)

    def note_literal(self, value: Any) -> None:
        """Remember that a source was named: a doubtful condition around it matters then."""
        if isinstance(value, str) and value.lower().endswith(SOURCE_LIKE):
            self.touched += 1

    def doubt(self, script: Script, node: Any, condition: Any) -> None:
        """Report that both arms of a condition were taken."""
        why = getattr(condition, "reason", "not known without running it")
        text = " ".join(script.module.code_for_node(node).split())
        what = f"the condition {text if len(text) <= 60 else text[:59] + '…'}"
        self._add(Gap(script.file, script.line(node), what, f"{why}; both arms are taken"))

    def _add(self, gap: Gap) -> None:
        if gap not in self.gaps:
            self.gaps.append(gap)

    @staticmethod
    def relative(path: str, start: str) -> str:
        """``os.path.relpath`` of normal absolute paths."""
        return posixpath.relpath(path, start)

    def run_file(self, file: str, name: str) -> Frame:
        """Run a file of the tree as a module called ``name``."""
        script = parse_script(self.root, file)
        if isinstance(script, Gap):
            self._add(script)
            return Frame({}, Script(file, cst.Module([])))
        path = os.path.join(self.listing.root, file)
        frame = Frame({"__name__": name, "__file__": path, "__doc__": None}, script)
        self.modules[file] = frame
        self.execute(frame, script.module.body)
        return frame

    def _import(self, frame: Frame, node: cst.Import) -> None:
        for alias in node.names:
            dotted = _dotted(alias.name)
            name = alias.asname.name.value if alias.asname else dotted.partition(".")[0]
            found = self._module_named(frame, dotted if alias.asname else name)
            frame.bind(name, found or Library(dotted if alias.asname else name))

    def _importfrom(self, frame: Frame, node: cst.ImportFrom) -> None:
        dotted = _dotted(node.module) if node.module else ""
        module = self._module_named(frame, dotted, len(node.relative))
        if isinstance(node.names, cst.ImportStar):
            frame.names |= module.names if module else {"*": Library(dotted)}
            return
        for alias in node.names:
            name = _dotted(alias.name)
            below = (
                None
                if module and name in module.names
                else self._module_named(frame, f"{dotted}.{name}", len(node.relative))
            )
            value = self.attribute(module if module else Library(dotted), name)
            bound = alias.asname.name.value if alias.asname else name
            frame.bind(bound, below or value)

    def _module_named(self, frame: Frame, dotted: str, dots: int = 0) -> Frame | None:
        """The module of the tree with this name, if there is one on the script's search path."""
        path = dotted.strip(".").replace(".", "/")
        if dots:
            folders = [posixpath.join(self.listing.root, posixpath.dirname(frame.script.file), *[".."] * (dots - 1))]
        else:
            folders = [os.fspath(each) for each in self.constants["sys.path"] if isinstance(each, (str, os.PathLike))]
        for folder in folders:
            for tail in (f"{path}.py", f"{path}/__init__.py"):
                found = self.listing.inside(posixpath.join(folder, tail))
                if found and path and os.path.isfile(found):
                    return self._loaded(os.path.relpath(found, self.listing.root), dotted)
        return None

    def _loaded(self, file: str, dotted: str) -> Frame:
        if file in self.modules:
            return self.modules[file]
        if self.depth > 20:
            return Frame({}, Script(file, cst.Module([])))
        self.depth += 1
        try:
            return self.run_file(file, dotted)
        finally:
            self.depth -= 1


def _dotted(node: Any) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value


__all__ = ["Evaluation", "evaluate_script"]
