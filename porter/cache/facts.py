"""The facts of an extension, kept with the contents of every file that was asked for on the way to them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from porter.cache.stamp import stamp
from porter.cache.store import Store, key_of
from porter.errors import Gap
from porter.facts.model import Facts
from porter.settings import Settings
from porter.tree.model import Extension

Read = Callable[[str], str | Gap]


class Reads:
    """``read``, each file once; ``contents`` has a digest for each that was asked for, also for those that are not there."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._found: dict[str, tuple[str | Gap, str]] = {}
        self.asked: dict[str, str] = {}

    def __call__(self, path: str) -> str | Gap:
        return self._known(path)[0]

    def digest(self, path: str) -> str:
        """The digest of a file's text, or of the reason why it has none."""
        return self._known(path)[1]

    def _known(self, path: str) -> tuple[str | Gap, str]:
        if path not in self._found:
            text = self._read(path)
            self._found[path] = text, content_digest(text)
        found = self._found[path]
        self.asked[path] = found[1]
        return found


def content_digest(text: str | Gap) -> str:
    """A digest of a text, or of the reason why there is none."""
    data = repr(text).encode() if isinstance(text, Gap) else text.encode("latin-1")
    return hashlib.blake2b(data, digest_size=16, person=b"gap" if isinstance(text, Gap) else b"text").hexdigest()


def kept_facts(store: Store, extension: Extension, read: Reads, settings: Settings) -> Facts | None:
    """What :func:`keep_facts` kept, if every file it came from is as it was; else None."""
    entry = store.get(_key(extension, read, settings))
    if (
        not isinstance(entry, tuple)
        or len(entry) != 2
        or not isinstance(entry[0], dict)
        or not isinstance(entry[1], Facts)
    ):
        return None
    asked, facts = entry
    return facts if all(read.digest(path) == digest for path, digest in asked.items()) else None


def keep_facts(store: Store, facts: Facts, read: Reads, settings: Settings) -> None:
    """Keep the facts that were made with ``read`` and ``settings``."""
    store.put(_key(facts.extension, read, settings), (dict(read.asked), facts))


def _key(extension: Extension, read: Reads, settings: Settings) -> str:
    reading = replace(settings, jobs=0, select=(), ignore=(), severity=())
    return key_of("facts", stamp(), extension, [read.digest(source) for source in extension.sources], reading)
