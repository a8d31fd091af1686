"""The calls that make extensions: ``Extension``, ``setup``, ``cythonize``, ``mypycify`` and cffi's builder."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import Any

from porter.tree.evaluate.values import Class, ExtensionValue, Ffi, Frame, Library, Unknown, describe
from porter.tree.naming import qualified

PARAMETERS = ("name", "sources", "include_dirs", "define_macros")  # the order of setuptools' Extension
GENERATORS = {"Pybind11Extension": "pybind11", "RustExtension": "pyo3", "Nanobind": "nanobind"}


class Builders:
    """The part of the evaluator that knows the build tools' own calls.

    ``setups`` collects the keyword arguments of each ``setup()`` call, with its script and node; ``made`` every
    extension made, in order; ``touched`` counts what matters to the build; ``trying`` is the depth of ``try`` bodies.
    """

    setups: list[tuple[dict[str, Any], Any, Any]]
    made: list[ExtensionValue]
    listing: Any
    root: Any
    touched: int
    trying: int

    def new_extension(self, frame: Frame, kind: str, node: Any, cls: Class | None = None) -> ExtensionValue:
        """An extension with nothing known yet."""
        value = ExtensionValue(kind, {}, frame.script, node, GENERATORS.get(kind), cls)
        self.made.append(value)
        self.touched += 1
        return value

    @staticmethod
    def fill_extension(value: ExtensionValue, args: list[Any], kwargs: dict[str, Any]) -> None:
        """The arguments of ``Extension.__init__``."""
        value.fields |= dict(zip(PARAMETERS, args)) | kwargs

    def build(self, frame: Frame, callee: Library, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """The result of a call that builds, or NotImplemented."""
        owner, _, last = callee.dotted.rpartition(".")
        if last == "__init__" and owner.endswith("Extension") and args and isinstance(args[0], ExtensionValue):
            return self.fill_extension(args[0], args[1:], kwargs)
        if last.endswith("Extension"):
            value = self.new_extension(frame, last, node)
            self.fill_extension(value, args, kwargs)
            return value
        if last == "setup":
            self.setups.append((kwargs, frame.script, node))
            self.touched += 1
            return None
        if last == "cythonize":
            modules = args[0] if args else kwargs.get("module_list", [])
            return [found for item in _listed(modules) for found in self._cythonized(frame, item, node)]
        if last == "mypycify":
            return [found for item in _listed(args[0] if args else []) for found in self._compiled(frame, item, node)]
        return Ffi() if last == "FFI" else NotImplemented

    def _cythonized(self, frame: Frame, item: Any, node: Any) -> list[Any]:
        """An item of cythonize's list: a pattern of files, or an extension whose sources and name may be patterns."""
        if isinstance(item, ExtensionValue):
            return self._spread(frame, item)
        if not isinstance(item, (str, PurePosixPath)):
            return _listed(item) if isinstance(item, (list, tuple)) else [item]
        found = self.listing.glob(item, recursive=True)
        if not isinstance(found, list):
            return [found]
        return [self._module(frame, file, "cython", node) for file in found or [str(item)]]

    def _spread(self, frame: Frame, value: ExtensionValue) -> list[Any]:
        sources = value.fields.get("sources", ())
        first = str(sources[0]) if isinstance(sources, (list, tuple)) and sources else ""
        if "*" not in str(value.fields.get("name")) or "*" not in first:
            return [value]
        files = self.listing.glob(first, recursive=True)
        found = [self._module(frame, f, "cython", value.node) for f in files if not f.endswith(".py")]
        for each in found:
            each.fields = value.fields | each.fields
        return found

    def _compiled(self, frame: Frame, item: Any, node: Any) -> list[Any]:
        if not isinstance(item, str):
            return [Unknown(describe(item), "a module that is not known")]
        return [] if item.startswith("-") else [self._module(frame, item, "mypyc", node)]

    def _module(self, frame: Frame, file: str, generator: str, node: Any) -> ExtensionValue:
        """An extension of one file, named by where the file lies."""
        value = self.new_extension(frame, "Extension", node)
        value.generator = generator
        folder, name = posixpath.split(self.listing.absolute(file))
        leaf = posixpath.splitext(name)[0]
        value.fields = {"name": qualified(self.root, folder, leaf), "sources": [file]}
        return value

    def ffi_method(self, frame: Frame, ffi: Ffi, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """A method of cffi's builder: set_source names the module, distutils_extension returns it."""
        if name == "set_source" and args:
            ffi.extension = self.new_extension(frame, "FFI", node)
            ffi.extension.generator = "cffi"
            ffi.extension.fields = {"sources": []} | kwargs | {"name": args[0]}
        elif name == "distutils_extension" and ffi.extension:
            return ffi.extension
        return None


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
