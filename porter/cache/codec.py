"""Facts and trees as JSON and back. JSON, because reading an entry must never run anything, whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache

from porter import errors
from porter.facts import model as facts_model
from porter.tree import model as tree_model


def dumps(value: object) -> bytes:
    """``value`` as JSON: plain values, tuples, frozensets, dictionaries and the dataclasses of the facts and the tree.

    Raises TypeError for anything else.
    """
    return json.dumps(_plain(value), separators=(",", ":")).encode("ascii")


def loads(data: bytes) -> object:
    """The inverse of :func:`dumps`. Raises ValueError, TypeError or KeyError for what it did not make."""
    return _tuples(json.loads(data, object_hook=_made))


def _plain(value: object) -> object:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return {"frozenset": [_plain(item) for item in sorted(value)]}
    if isinstance(value, dict):
        return {"dict": [[_plain(key), _plain(item)] for key, item in value.items()]}
    name = type(value).__name__
    if _makers().get(name) is not type(value):
        raise TypeError(f"{name} has no form in a cache")
    return {name: [_plain(getattr(value, field.name)) for field in fields(value)]}


def _made(entry: dict[str, list]) -> object:
    ((name, values),) = entry.items()
    items = [_tuples(value) if type(value) is list else value for value in values]
    if name == "frozenset":
        return frozenset(items)
    return dict(items) if name == "dict" else _makers()[name](*items)


def _tuples(value: object) -> object:
    return tuple([_tuples(item) for item in value]) if type(value) is list else value


@cache
def _makers() -> dict[str, Callable]:
    """The dataclasses that may be kept, by name."""
    classes = [each for module in (errors, facts_model, tree_model) for each in vars(module).values()]
    return {each.__name__: each for each in classes if isinstance(each, type) and is_dataclass(each)}
