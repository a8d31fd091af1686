"""The files of one extension, read and preprocessed as a compiler for the target would, each file lexed once."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial

from porter.errors import Gap
from porter.frontend.branches import Branch, branches
from porter.frontend.lexer import NEWLINE, PUNCT, Token, tokenize
from porter.frontend.macros import Macro
from porter.frontend.outside import LARGEST, header, included
from porter.frontend.preprocess import Preprocessor, Unit
from porter.frontend.source import Source
from porter.resources import stand_in
from porter.tree.files import NOT_THERE

_PYTHON = frozenset(("Python.h", "object.h", "pyport.h", "pymem.h", "modsupport.h", "import.h", "pythread.h", "frameobject.h", "longintrepr.h",
                     "unicodeobject.h", "bytesobject.h", "pystate.h", "pyconfig.h", "patchlevel.h", "pymacro.h"))  # fmt: skip
_LEXED = 40  # files of one size or another: some megabytes of tokens each at most
_OWN = frozenset(("structmember.h", "datetime.h"))
_BELOW = ("cpython/", "internal/")


def version_macros(python: str) -> dict[str, str]:
    """The macros that say the version of Python, as in patchlevel.h; ``python`` is ``"3.13"``."""
    major, minor = (int(part) for part in python.split(".")[:2])
    return {
        "PY_MAJOR_VERSION": str(major),
        "PY_MINOR_VERSION": str(minor),
        "PY_VERSION_HEX": f"0x{major:02X}{minor:02X}00F0",
        "PY_VERSION": f'"{major}.{minor}.0"',
    }


_PLATFORM = {
    "__linux__": "1", "__linux": "1", "linux": "1", "__unix__": "1", "__unix": "1", "unix": "1", "__gnu_linux__": "1", "__ELF__": "1",
    "__x86_64__": "1", "__x86_64": "1", "__amd64__": "1", "__LP64__": "1", "_LP64": "1", "__GNUC__": "12", "__GNUC_MINOR__": "2", "__GLIBC__": "2", "__GLIBC_MINOR__": "36",
    "__LONG_WIDTH__": "64", "__INT_WIDTH__": "32", "__SIZE_WIDTH__": "64",
    "__STDC__": "1", "__STDC_VERSION__": "201710L", "__STDC_HOSTED__": "1", "__CHAR_BIT__": "8", "__SIZEOF_POINTER__": "8", "__SIZEOF_LONG__": "8", "__SIZEOF_INT__": "4", "__SIZEOF_SIZE_T__": "8", "__SSE2__": "1", "__SSE__": "1",
    "__BYTE_ORDER__": "1234", "__ORDER_LITTLE_ENDIAN__": "1234", "__ORDER_BIG_ENDIAN__": "4321", "__BYTE_ORDER": "1234", "__LITTLE_ENDIAN": "1234", "__BIG_ENDIAN": "4321", "__OPTIMIZE__": "1", "NDEBUG": "1",
}  # fmt: skip


class Reader:
    """Reads, lexes and preprocesses the files of one extension. ``read`` answers with the text of a file, or a Gap.

    ``include_dirs`` outside of the tree, absolute or above it, have headers of third libraries: C is read with them, for
    their macros and types. For Python's own headers and those of the C library the stand-ins serve.
    """

    def __init__(self, read: Callable[[str], str | Gap], include_dirs: Iterable[str], macros: Iterable[tuple[str, str | None]], python: str) -> None:
        self.read, self.include_dirs, self.python = read, tuple(include_dirs), python
        self.given = tuple(macros)
        self._files: dict[str, Source | Gap] = {}
        self._pythons: dict[str, frozenset[str]] = {}

    def unit(self, file: str, forced: Mapping[tuple[str, int], int] = {}, **changed: str) -> Unit | Gap:
        """The unit ``file`` makes; ``changed`` replaces predefined macros (a value of ``""`` removes one).

        ``forced``: the arm to take of a conditional whatever it asks: its file and start, and the start of the arm.
        """
        loaded = self._load(file)
        if isinstance(loaded, Gap):
            return loaded
        table = {**_PLATFORM, **version_macros(self.python), "__FILE__": f'"{file}"', "__LINE__": "1", "__COUNTER__": "0",
                 "__DATE__": '"Jan 1 2000"', "__TIME__": '"00:00:00"'}  # fmt: skip
        table |= {name: "1" if value is None else value for name, value in self.given}
        table |= changed
        find = partial(self._find, outside="__cplusplus" not in changed)  # C++ has its facts from tokens, without types
        return Preprocessor(find, {n: _macro(n, v) for n, v in table.items() if v != ""}, forced).run(loaded)

    def tokens(self, file: str) -> list[Token]:
        """All tokens of a file as it is written, in every arm; [] where it cannot be read."""
        loaded = self._load(file)
        return [] if isinstance(loaded, Gap) else loaded.tokens

    def branches(self, file: str) -> list[Branch]:
        """Every arm of every conditional of a file; [] where it cannot be read."""
        loaded = self._load(file)
        return [] if isinstance(loaded, Gap) else branches(loaded)

    def _load(self, file: str) -> Source | Gap:
        if file not in self._files:
            text = self.read(file)
            self._files[file] = text if isinstance(text, Gap) else _lexed(file, text)
        return self._files[file]

    def _find(self, name: str, including: str, quoted: bool, outside: bool) -> Source | Gap | None:
        folders = ([posixpath.dirname(including)] if quoted else []) + list(self.include_dirs)
        unread = None
        for folder in folders:
            path = posixpath.normpath(posixpath.join(folder, name))
            if not _beyond(path):
                loaded = self._load(path)
                if not isinstance(loaded, Gap):
                    return loaded
            elif outside and _beyond(folder) and not name.startswith("/") and not self._stands_in(folder, name, including):
                loaded = self._header(path)
                if not isinstance(loaded, Gap):
                    return loaded
                unread = unread or (loaded if loaded.why != NOT_THERE else None)
        return _stand_in_for(name) or (self._above(name, including) if quoted else None) or unread

    def _above(self, name: str, including: str) -> Source | None:
        """A header named from a folder above, as builds that add folders while they run let code do."""
        folder = posixpath.dirname(including)
        while folder and not _beyond(folder):
            folder = posixpath.dirname(folder)
            path = posixpath.normpath(posixpath.join(folder, name))
            loaded = None if _beyond(path) else self._load(path)
            if isinstance(loaded, Source):
                return loaded
        return None

    def _header(self, path: str) -> Source | Gap:
        """A header outside of the tree."""
        if path not in self._files:
            text = self.read(path)
            if not isinstance(text, Gap) and len(text) > LARGEST:
                text = Gap(path, 0, "the file", f"is larger than {LARGEST // 1_000_000} MB")
            self._files[path] = text if isinstance(text, Gap) else header(path, text, standard_macros())
        return self._files[path]

    def _stands_in(self, folder: str, name: str, including: str) -> bool:
        """Whether a stand-in serves for what ``folder`` outside of the tree may have under ``name``."""
        if name in standard_headers() or (name in _PYTHON | _OWN and not _beyond(including)):
            return True
        return name in self._of_python(folder) or (bool(self._of_python(folder)) and name.startswith(_BELOW))

    def _of_python(self, folder: str) -> frozenset[str]:
        """The headers of Python in a folder outside of the tree: none where it has no Python.h."""
        if folder not in self._pythons:
            text = self.read(posixpath.join(folder, "Python.h"))
            self._pythons[folder] = frozenset() if isinstance(text, Gap) else included(text) | _PYTHON | _OWN
        return self._pythons[folder]


def _beyond(path: str) -> bool:
    """Whether a path leads out of the tree."""
    return path.startswith("/") or path == ".." or path.startswith("../")


def _stand_in_for(name: str) -> Source | None:
    base = posixpath.basename(name)
    if base in _PYTHON:
        return _stand_in("libc.h", "Python.h")
    if base in _OWN:
        return _stand_in(base)
    return _stand_in("libc.h") if name in standard_headers() else None


@lru_cache(maxsize=_LEXED)
def _lexed(file: str, text: str) -> Source:
    """A file lexed; extensions of one tree share headers and templates."""
    return Source(file, text, tokenize(text, file))


@cache
def _macro(name: str, value: str) -> Macro:
    made = [_unspelled(t) for t in tokenize(value, "")]
    return Macro(Token(0, name, "", -1, -1, False), None, False, tuple(made))


def _unspelled(token: Token) -> Token:
    token.start = token.end = -1
    return token


@cache
def _stand_in(*names: str) -> Source:
    """The directives of stand-in headers; their type names are known anyway (:func:`standard_types`)."""
    kept, line = [], []
    for token in (token for name in names for token in tokenize(stand_in(name), name)):
        line.append(_unspelled(token))
        if token.kind == NEWLINE:
            if line[0].kind == PUNCT and line[0].text == "#":
                kept += line
            line = []
    return Source("", "", kept)


@cache
def standard_types() -> frozenset[str]:
    """The names of types that Python.h and the C library define."""
    names = set()
    for header in ("Python.h", "libc.h"):
        for statement in stand_in(header).split(";"):
            words = statement.replace("*", " ").split()
            if "typedef" in words:
                names.add(words[-1])
    return frozenset(names | {"bool"})


@cache
def standard_macros() -> frozenset[str]:
    """The macros that the stand-ins define."""
    words = (line.split() for name in ("Python.h", "libc.h", *_OWN) for line in stand_in(name).splitlines())
    return frozenset(each[1].partition("(")[0] for each in words if each[:1] == ["#define"])


@cache
def standard_headers() -> frozenset[str]:
    """The headers of the C library and of POSIX that need no reading."""
    return frozenset(stand_in("standard.txt").split())
