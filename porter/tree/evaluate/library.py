"""What the evaluator knows of modules outside the tree, as data: values of a Linux x86-64 build, and pure functions.

Only functions without effects are here; what is not here is unknown.
"""

from __future__ import annotations

import copy
import fnmatch
import os
import posixpath
import shlex
import struct
import textwrap
from pathlib import PurePosixPath
from typing import Any

from porter.tree.evaluate.operators import as_text, is_wide, iterate, truth
from porter.tree.evaluate.values import Unknown

PYTHON = (3, 13)
PATHLIB = ("Path", "PurePath", "PosixPath", "PurePosixPath")


def constants(python: tuple[int, int]) -> dict[str, Any]:
    """Fresh values of the names that are no functions, for a build with ``python``."""
    major, minor = python
    return {
        "os.name": "posix",
        "os.sep": "/",
        "os.path.sep": "/",
        "os.pathsep": ":",
        "os.extsep": ".",
        "os.linesep": "\n",
        "os.curdir": ".",
        "os.pardir": "..",
        "os.environ": {},
        "sys.argv": ["setup.py", "build_ext"],
        "sys.path": [],
        "sys.platform": "linux",
        "sys.version_info": (major, minor, 0, "final", 0),
        "sys.version_info.major": major,
        "sys.version_info.minor": minor,
        "sys.version_info.micro": 0,
        "sys.hexversion": major << 24 | minor << 16 | 0xF0,
        "sys.version": f"{major}.{minor}.0 (main) [GCC]",
        "sys.maxsize": 2**63 - 1,
        "sys.byteorder": "little",
        "sys.implementation.name": "cpython",
        "sys.flags.debug": 0,
        "typing.TYPE_CHECKING": False,
        "sys.builtin_module_names": ("sys", "builtins"),
    }


ANSWERS = {
    "platform.system": "Linux",
    "platform.machine": "x86_64",
    "platform.processor": "x86_64",
    "platform.architecture": ("64bit", "ELF"),
    "platform.python_implementation": "CPython",
    "sysconfig.get_platform": "linux-x86_64",
    "distutils.util.get_platform": "linux-x86_64",
    "print": None,
}
CONFIG_VARS = {"Py_GIL_DISABLED": None, "Py_DEBUG": 0, "EXT_SUFFIX": ".so", "WITH_PYMALLOC": 1, "SIZEOF_VOID_P": 8}


def canonical(dotted: str) -> str:
    """One name for each function, however it was imported."""
    for alias, name in (("posixpath.", "os.path."), ("builtins.", ""), ("pathlib2.", "pathlib.")):
        if dotted.startswith(alias):
            return name + dotted.removeprefix(alias)
    return dotted


def _strtobool(text: str) -> int:
    if text.lower() in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if text.lower() in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise ValueError(text)


def _path(*parts: Any) -> PurePosixPath:
    return PurePosixPath(*parts)


def _config_var(name: str) -> Any:
    if name in CONFIG_VARS:
        return CONFIG_VARS[name]
    return Unknown(f"sysconfig.get_config_var({name!r})", "a property of the Python that builds")


def _calcsize(code: str) -> Any:
    return struct.calcsize(code) if len(code) < 8 and not is_wide(code) else Unknown("struct.calcsize()", "too large")


def _chain(*lists: Any) -> list[Any]:
    return [item for each in lists for item in _items(each)]


def _items(value: Any) -> list[Any]:
    found = iterate(value)
    return [Unknown("items", "not known without running it")] if found is None else found


def _truths(value: Any) -> list[Any]:
    return [truth(item) for item in _items(value)]


def _all(value: Any) -> Any:
    found = _truths(value)
    return False if False in found else Unknown("all()", "depends on something not known") if None in found else True


def _any(value: Any) -> Any:
    found = _truths(value)
    return True if True in found else Unknown("any()", "depends on something not known") if None in found else False


def _dict(*args: Any, **kwargs: Any) -> dict[Any, Any]:
    return dict(*args, **kwargs)


def _getenv(name: str, default: Any = None) -> Any:
    return default


FUNCTIONS: dict[str, Any] = {
    **{f"os.path.{name}": getattr(posixpath, name) for name in ("join", "dirname", "basename", "split", "splitext")},
    **{f"os.path.{name}": getattr(posixpath, name) for name in ("normpath", "isabs", "commonprefix", "commonpath")},
    **{f"pathlib.{name}": _path for name in PATHLIB},
    "os.path.normcase": posixpath.normcase,
    "os.fspath": os.fspath,
    "os.getenv": _getenv,
    "fnmatch.filter": fnmatch.filter,
    "fnmatch.fnmatch": fnmatch.fnmatchcase,
    "fnmatch.fnmatchcase": fnmatch.fnmatchcase,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": lambda lists: _chain(*_items(lists)),
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.copy,
    "collections.OrderedDict": _dict,
    "distutils.util.strtobool": _strtobool,
    "distutils.util.convert_path": lambda path: path,
    "setuptools._distutils.util.strtobool": _strtobool,
    "shlex.split": shlex.split,
    "shlex.quote": shlex.quote,
    "textwrap.dedent": textwrap.dedent,
    "struct.calcsize": _calcsize,
    "sysconfig.get_config_var": _config_var,
    "distutils.sysconfig.get_config_var": _config_var,
    "len": len,
    "bool": lambda value=False: Unknown("bool()", "not known") if truth(value) is None else truth(value),
    "str": lambda value="": as_text(value),
    "repr": repr,
    "int": int,
    "float": float,
    "abs": abs,
    "ord": ord,
    "chr": chr,
    "hex": hex,
    "list": lambda value=(): _items(value),
    "tuple": lambda value=(): tuple(_items(value)),
    "iter": _items,
    "set": lambda value=(): set(_items(value)),
    "frozenset": lambda value=(): frozenset(_items(value)),
    "dict": _dict,
    "range": range,
    "zip": lambda *lists, strict=False: list(zip(*map(_items, lists))),
    "enumerate": lambda value, start=0: list(enumerate(_items(value), start)),
    "reversed": lambda value: _items(value)[::-1],
    "sum": lambda value, start=0: _sum(_items(value), start),
    "min": min,
    "max": max,
    "any": _any,
    "all": _all,
    "next": lambda value, *default: _items(value)[0] if _items(value) else default[0],
}
LENIENT = frozenset(
    {"list", "tuple", "iter", "zip", "enumerate", "reversed", "sum", "any", "all", "dict", "bool", "str", "next", "len"}
    | {"itertools.chain", "itertools.chain.from_iterable", "copy.copy", "copy.deepcopy", "collections.OrderedDict"}
)  # these take lists with unknown items
LISTS = frozenset({"list", "tuple", "zip", "itertools.chain"})  # and these something unknown for a list
ABSENT = frozenset(
    f"sys.{name}"
    for name in ("pypy_version_info", "pypy_translation_info", "gettotalrefcount", "getwindowsversion", "real_prefix")
)
CALLBACKS = frozenset({"map", "filter", "sorted", "functools.partial"})
BUILTINS = frozenset(name for name in FUNCTIONS if "." not in name) | {
    *(
        "print",
        "open",
        "map",
        "filter",
        "sorted",
        "isinstance",
        "getattr",
        "hasattr",
        "super",
        "exec",
        "eval",
        "__import__",
    ),
    *("globals", "locals", "vars", "type", "object", "property", "staticmethod", "classmethod", "compile", "input"),
    *("Exception", "ImportError", "ModuleNotFoundError", "ValueError", "RuntimeError", "KeyError", "AttributeError"),
    *("OSError", "IOError", "FileNotFoundError", "SystemExit", "TypeError", "BaseException", "NotImplementedError"),
}

METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        "startswith endswith split rsplit splitlines strip lstrip rstrip lower upper title capitalize replace join "
        "format partition rpartition find rfind index count isdigit isnumeric isalpha isalnum isspace isidentifier "
        "swapcase removeprefix removesuffix casefold".split()
    ),
    list: frozenset("append extend insert pop remove sort reverse index count copy clear".split()),
    tuple: frozenset(("index", "count")),
    dict: frozenset("get keys values items update setdefault pop copy clear".split()),
    set: frozenset("add update discard remove union intersection difference copy issubset issuperset".split()),
    frozenset: frozenset("union intersection difference copy issubset issuperset".split()),
    PurePosixPath: frozenset(
        "joinpath as_posix with_suffix with_name with_stem relative_to is_absolute match is_relative_to "
        "resolve absolute expanduser glob rglob iterdir exists is_file is_dir".split()
    ),
}
PATH_ATTRIBUTES = frozenset(("parent", "name", "stem", "suffix", "suffixes", "parts", "parents"))


def _sum(items: list[Any], start: Any) -> Any:
    if isinstance(start, list):
        return start + _chain(*items)
    return sum(items, start)
