"""A Python file of the tree, parsed."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from porter.errors import Gap
from porter.span import encode
from porter.tree.files import read_source

DEEPEST = 120  # libcst's parser runs out of stack, and takes the process with it, on source nested some thousand deep


class _Positioned(MetadataWrapper):
    """libcst walks the whole tree for no visitors at all, which takes as long as the positions themselves."""

    def visit_batched(self, visitors: Any, *hooks: Any) -> cst.Module:
        """As that of libcst, done only where there is somebody to visit."""
        return super().visit_batched(visitors, *hooks) if visitors else self.module


class Script:
    """A parsed file; ``file`` is relative to the root."""

    def __init__(self, file: str, module: cst.Module) -> None:
        self.file = file
        self.module = module
        self._positions: Any = None

    def line(self, node: Any) -> int:
        """The line of a node of this file; 0 for none."""
        if self._positions is None:
            self._positions = _Positioned(self.module, unsafe_skip_copy=True).resolve(PositionProvider)
        place = self._positions.get(node)
        return place.start.line if place else 0


def parse_script(root: Path, file: str) -> Script | Gap:
    """Parse a file of the tree, or say why not."""
    text = read_source(root, file)
    if isinstance(text, Gap):
        return text
    what = "the build script"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(encode(text))
        if _depth(tree) > DEEPEST:
            return Gap(file, 0, what, "nested too deep")
        return Script(file, cst.parse_module(encode(text)))
    except SyntaxError as problem:
        return Gap(file, problem.lineno or 0, what, f"no valid Python 3: {problem.msg}")
    except cst.ParserSyntaxError as problem:
        return Gap(file, problem.raw_line, what, "not understood by the parser")
    except (RecursionError, MemoryError):
        return Gap(file, 0, what, "nested too deep")
    except (ValueError, LookupError) as problem:
        return Gap(file, 0, what, f"no valid Python 3: {problem}")


def _depth(tree: ast.AST) -> int:
    level, depth = [tree], 0
    while level and depth <= DEEPEST:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth
