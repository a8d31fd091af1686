"""A folder to its extensions, and its files as text; the only room that reads and writes the tree."""

from porter.tree.discover import discover
from porter.tree.files import read_source, source_files, write_files
from porter.tree.model import Extension, Tree

__all__ = ["Extension", "Tree", "discover", "read_source", "source_files", "write_files"]
