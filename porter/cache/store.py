"""A folder of entries by key: written whole or not at all, checked when read, and never larger than it may be."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path

from porter.cache.codec import dumps, loads

LARGEST_ENTRY = 16_000_000  # bytes
LARGEST_STORE = 256_000_000  # bytes
_CHECK = 32  # characters of the digest an entry begins with
_ENTRY = re.compile(r"[0-9a-f]{38}|\.new-\w+")  # the second is what a process that was ended left
_FOLDER = re.compile(r"[0-9a-f]{2}")


def default_folder() -> Path:
    """Where entries lie: ``PORTER_CACHE_DIR``, else ``porter`` in the cache folder of the user."""
    given = os.environ.get("PORTER_CACHE_DIR")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "porter"


def key_of(*parts: object) -> str:
    """The key of what is made from ``parts``, by their ``repr``."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()


class Store:
    """Entries in ``folder``, for any number of processes at once. A failure of the disk is a miss, never an error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> object | None:
        """The value kept under ``key``; None where there is none, or none that is whole."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            if _digest(data[_CHECK:]) != data[:_CHECK]:
                return None
            value = loads(data[_CHECK:])
            os.utime(path)
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None
        return value

    def put(self, key: str, value: object) -> None:
        """Keep ``value``, which is no None, under ``key``, in the place of what was there."""
        data = dumps(value)
        if len(data) > LARGEST_ENTRY:
            return
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, _digest(data) + data)
            if key.startswith("00"):  # now and then, whoever writes it
                self.shrink(LARGEST_STORE)

    def shrink(self, most: int) -> int:
        """Take out what was not used for longest until the rest has at most ``most`` bytes; answers how many went."""
        entries = sorted(self._entries(), reverse=True)
        total = removed = 0
        for _, size, path in entries:
            total += size
            if total > most:
                with contextlib.suppress(OSError):
                    os.unlink(path)
                    removed += 1
        return removed

    def _entries(self) -> list[tuple[float, int, str]]:
        """When last used, size and path of each file of the store; what else lies in the folder is left alone."""
        found = []
        for folder in _listed(self.folder, _FOLDER):
            for entry in _listed(folder.path, _ENTRY):
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime, status.st_size, entry.path))
        return found

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]


def _listed(folder: str | Path, pattern: re.Pattern) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if pattern.fullmatch(entry.name)]
    except OSError:
        return []


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECK // 2).hexdigest().encode("ascii")


def _replace(path: Path, data: bytes) -> None:
    import tempfile  # slow to load, and what is kept needs no writing

    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
