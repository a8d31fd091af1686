"""The values of the evaluator: Python's own plain ones, and these for what is not plain or not known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

PLAIN = (str, bytes, int, float, bool, type(None), list, tuple, dict, set, frozenset, range, slice, PurePosixPath)


@dataclass(frozen=True)
class Unknown:
    """What cannot be told without running the code: ``name`` as the source spells it, ``reason`` in words."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class OneOf:
    """One of several values, by a condition that is not known."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Library:
    """A name of a module outside the tree, such as ``os.path.join``."""

    dotted: str

    @property
    def last(self) -> str:
        """The last part of the dotted name."""
        return self.dotted.rpartition(".")[2]


@dataclass(eq=False)
class ExtensionValue:
    """What ``Extension(...)`` returns: ``kind`` is the name of the class called, ``fields`` its arguments by name."""

    kind: str
    fields: dict[str, Any]
    script: Any
    node: Any
    generator: str | None = None
    cls: Class | None = None


@dataclass(eq=False)
class Ffi:
    """A cffi builder: ``extension`` once ``set_source`` was called."""

    extension: ExtensionValue | None = None


@dataclass(eq=False)
class Frame:
    """The names of a module, function or class body while it runs."""

    names: dict[str, Any]
    script: Any
    outer: Frame | None = None
    function: Function | None = None
    is_class: bool = False
    shared: set[str] = field(default_factory=set)
    returns: list[Any] = field(default_factory=list)
    yields: list[Any] = field(default_factory=list)
    may_break: bool = False

    def chain(self) -> Iterator[Frame]:
        """This frame and the ones around it, inside out."""
        frame: Frame | None = self
        while frame:
            yield frame
            frame = frame.outer

    def bind(self, name: str, value: Any) -> None:
        """Assign, where ``global`` and ``nonlocal`` say."""
        frame = self
        if name in self.shared:
            frame = next((f for f in list(self.chain())[1:] if name in f.names), list(self.chain())[-1])
        frame.names[name] = value


@dataclass(eq=False)
class Function:
    """A function or lambda of the tree. ``body``: its suite or expression; ``instance``: what it is bound to."""

    name: str
    params: Any
    body: Any
    frame: Frame
    defaults: dict[str, Any]
    owner: Class | None = None
    instance: Any = None


@dataclass(eq=False)
class Class:
    """A class of the tree."""

    name: str
    bases: tuple[Any, ...]
    names: dict[str, Any]

    def find(self, name: str) -> Any:
        """An attribute of the class or its bases, or None."""
        if name in self.names:
            return self.names[name]
        found = (base.find(name) for base in self.bases if isinstance(base, Class))
        return next((value for value in found if value is not None), None)

    def extension_base(self) -> Library | None:
        """The class outside the tree it derives from, if that is one for extensions."""
        for base in self.bases:
            if isinstance(base, Library) and base.last.endswith("Extension"):
                return base
            if isinstance(base, Class) and (found := base.extension_base()):
                return found
        return None


@dataclass(eq=False)
class Instance:
    """An object of a class of the tree."""

    cls: Class
    names: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Super:
    """``super()`` inside a method."""

    instance: Any
    owner: Class


@dataclass(frozen=True, eq=False)
class Bound:
    """A method of a value that is not of the tree: ``owner.name``."""

    owner: Any
    name: str


@dataclass(frozen=True, eq=False)
class Partial:
    """``functools.partial``."""

    function: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Raised(Exception):
    """An operation on known values fails, inside a ``try`` of the script."""


def is_known(value: Any) -> bool:
    """Whether a value can be computed with."""
    return not isinstance(value, (Unknown, OneOf))


def flatten(value: Any) -> list[Any]:
    """The possible values of a value."""
    return list(value.values) if isinstance(value, OneOf) else [value]


def describe(value: Any) -> str:
    """How to name a value to the user."""
    if isinstance(value, Unknown):
        return value.name
    if isinstance(value, Library):
        return value.dotted
    if isinstance(value, OneOf):
        return " or ".join(describe(v) for v in value.values[:3])
    return getattr(value, "name", None) or type(value).__name__


def merge(first: Any, second: Any) -> Any:
    """What a name holds after one of two arms ran: lists and dictionaries are joined, else it is one of both."""
    if same(first, second):
        return first
    if isinstance(first, (list, tuple)) and type(first) is type(second):
        return type(first)([*first, *(v for v in second if not any(same(v, w) for w in first))])
    if isinstance(first, dict) and isinstance(second, dict):
        return second | first | {key: merge(first[key], second[key]) for key in first.keys() & second.keys()}
    values: list[Any] = []
    for value in flatten(first) + flatten(second):
        if not any(same(value, known) for known in values):
            values.append(value)
    return OneOf(tuple(values))


def same(first: Any, second: Any) -> bool:
    """Whether two values are the same, without surprises such as ``1 == True``."""
    return first is second or (type(first) is type(second) and bool(first == second))


def weight(value: Any, limit: int) -> int:
    """How many parts a value has, counted up to ``limit``: the price of working with it."""
    count, waiting = 0, [value]
    while waiting and count < limit:
        item = waiting.pop()
        count += 1
        if isinstance(item, (list, tuple, set, frozenset)):
            waiting += item
        elif isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, (str, bytes)):
            count += len(item) // 1000
        elif isinstance(item, range):
            count += len(item) if item.stop < limit else limit
    return min(count, limit)
