"""A Python file of the tree, parsed."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

from porter.errors import Gap
from porter.span import display, encode
from porter.tree.files import read_source

DEEPEST = 120  # the evaluator calls itself for each level


class Script:
    """A parsed file; ``file`` is relative to the root, ``text`` what was parsed."""

    def __init__(self, file: str, text: str, module: ast.Module) -> None:
        self.file, self.text, self.module = file, text, module

    @staticmethod
    def line(node: ast.AST | None) -> int:
        """The line of a node of this file; 0 for none."""
        return getattr(node, "lineno", 0)

    def code(self, node: ast.AST) -> str:
        """A node as it is written."""
        return ast.get_source_segment(display(self.text), node) or ""


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
        return Script(file, text, tree)
    except SyntaxError as problem:
        return Gap(file, problem.lineno or 0, what, f"no valid Python 3: {problem.msg}")
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
