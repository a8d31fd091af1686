"""Opening a ledger: a SQLite file in WAL mode, brought to the newest schema, safe for several writers at once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from porter.errors import PorterError
from porter.ledger.schema import MIGRATIONS

PATIENCE = 30.0  # seconds a writer waits for another one
_BUSY = ("locked", "busy")


@contextmanager
def open_ledger(path: Path, create: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection to the ledger at ``path``, closed at the end; ``create`` makes a missing one and its folder.

    Raises PorterError for a missing file, for one that is no ledger, and for one a newer porter wrote.
    """
    if not create and not path.is_file():
        raise PorterError(f"there is no ledger at {path}", "record a tree first: porter record PATH")
    connection = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        _prepare(connection, path)
        yield connection
    except (sqlite3.Error, OSError) as problem:
        raise PorterError(f"{path}: {problem}", "is this a ledger, and is its folder writable?") from problem
    finally:
        if connection is not None:
            connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, with the write lock from the start: what is read inside is still true when it is written."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _refuse_strangers(connection, path)
    _use_wal(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    if _version(connection) < len(MIGRATIONS):
        with transaction(connection):
            _migrate(connection)


def _refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise PorterError(
            f"{path}: schema {version} is newer than this porter knows ({len(MIGRATIONS)})", "upgrade porter"
        )
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if version == 0 and tables and not _version(connection):  # asked again: another opener may just have made them
        raise PorterError(f"{path} is a database of another program", "give another file with --ledger")


def _use_wal(connection: sqlite3.Connection) -> None:
    """SQLite runs no busy handler while it converts a file to WAL, so first openers must try again themselves."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            if time.monotonic() > deadline or not any(word in str(problem) for word in _BUSY):
                raise
            time.sleep(0.05)


def _migrate(connection: sqlite3.Connection) -> None:
    for number, script in enumerate(MIGRATIONS[_version(connection) :], start=_version(connection) + 1):
        for statement in filter(str.strip, script.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]
