"""Reading runs back, whole or as the counts of a tree over time."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields

from porter.errors import Gap
from porter.ledger.model import Decision, Extension, Finding, Patch, Run, Rung, Totals, Type, Variable

_FINDING = """rule, severity, confidence, file, line, "column", symbol, extension_name, message, fingerprint,
              suppressed, related"""
_RUNS_OF = "SELECT number, scan, content FROM runs"
_NEWEST = "AND definition = 'porter' ORDER BY time DESC, number DESC"
_AT_ONCE = 500  # keys in one query: older SQLite takes 999
_SHARED = """SELECT DISTINCT extensions.name, variables.name, variables.function, variables.kind = 'cache'
             FROM variables JOIN extensions ON extensions.id = variables.extension
             WHERE variables.kind IN ('object', 'type-pointer', 'cache') AND variables.extension IN (
                 SELECT DISTINCT extension FROM run_extensions WHERE run IN (
                     SELECT number FROM runs WHERE tree = (SELECT tree FROM runs WHERE number = ?)))"""
_LOOSE_FINDINGS = f"SELECT {_FINDING} FROM findings WHERE run = ? ORDER BY position"


@dataclass(frozen=True)
class Point:
    """The counts of one run of one tree; ``tree`` is its key."""

    tree: str
    time: str
    revision: str
    totals: Totals
    definition: str = "porter"


@dataclass(frozen=True)
class Shared:
    """A static object or cache that some run saw: in which extension, its name, the function it is in."""

    extension: str
    name: str
    function: str | None
    cache: bool


@dataclass(frozen=True)
class Past:
    """What all runs of a tree say together.

    ``decisions`` and ``patches`` are those of the latest run that brought decisions; ``rungs`` only what was proven of
    these very sources; ``shared`` are the variables that were static in any run.
    """

    decisions: tuple[Decision, ...] = ()
    rungs: tuple[Rung, ...] = ()
    patches: tuple[Patch, ...] = ()
    shared: frozenset[Shared] = frozenset()


@dataclass(frozen=True)
class TreeState:
    """Where a tree stands: its latest run, the one before that saw something else, and what is known from all runs."""

    latest: Run
    previous: Run | None
    past: Past


def states(connection: sqlite3.Connection) -> tuple[TreeState, ...]:
    """Where each tree of the ledger stands, by the name of the trees; one that was counted only by lines is left out."""
    connection.execute("BEGIN")
    try:
        trees = connection.execute("SELECT id FROM trees ORDER BY name, key").fetchall()
        found = [_state(connection, tree) for (tree,) in trees]
        return tuple(state for state in found if state)
    finally:
        connection.execute("COMMIT")


def past_of(connection: sqlite3.Connection, key: str, content: str) -> Past:
    """What the ledger knows of a tree whose sources have this hash now; nothing of an unknown one."""
    runs = connection.execute(f"{_RUNS_OF} JOIN trees ON trees.id = tree WHERE key = ? {_NEWEST}", (key,)).fetchall()
    return _past(connection, runs, content)


def latest_of(connection: sqlite3.Connection, key: str) -> Run | None:
    """The latest run of a tree, if there is one."""
    query = f"{_RUNS_OF} JOIN trees ON trees.id = tree WHERE key = ? {_NEWEST} LIMIT 1"
    row = connection.execute(query, (key,)).fetchone()
    return read_run(connection, row[0]) if row else None


def revisions_of(
    connection: sqlite3.Connection, key: str, definition: str, porter: str, target_python: str
) -> frozenset[str]:
    """The revisions of a tree that were counted in the same way by the same porter."""
    query = """SELECT revision FROM runs JOIN trees ON trees.id = tree
               WHERE key = ? AND definition = ? AND porter = ? AND target_python = ?"""
    return frozenset(row[0] for row in connection.execute(query, (key, definition, porter, target_python)))


def points(connection: sqlite3.Connection) -> tuple[Point, ...]:
    """The counts of all runs, oldest first."""
    return tuple(_points(connection, "", ()))


def points_of(connection: sqlite3.Connection, key: str, definition: str) -> tuple[Point, ...]:
    """The counts of the runs of one tree by one definition, oldest first."""
    return tuple(_points(connection, "WHERE key = ? AND definition = ?", (key, definition)))


def _points(connection: sqlite3.Connection, which: str, values: tuple) -> Iterator[Point]:
    names = ", ".join(field.name for field in fields(Totals))
    query = f"""SELECT trees.key, time, revision, {names}, definition FROM runs JOIN trees ON trees.id = runs.tree
                {which} ORDER BY time, number"""
    for row in connection.execute(query, values):
        yield Point(*row[:3], Totals(*row[3:-1]), row[-1])


def all_runs(connection: sqlite3.Connection) -> Iterator[Run]:
    """Every run, oldest first; an extension many of them share is read once."""
    known: dict[int, Extension] = {}
    for (number,) in connection.execute("SELECT number FROM runs ORDER BY time, number").fetchall():
        yield read_run(connection, number, known)


def read_run(connection: sqlite3.Connection, number: int, known: dict[int, Extension] | None = None) -> Run:
    """The run of one row, as it was recorded; ``known`` holds extensions that were read before, and gets the others."""
    names = ", ".join(field.name for field in fields(Totals))
    query = f"""SELECT trees.key, trees.name, revision, content, time, porter, target_python, {names}, definition
                FROM runs JOIN trees ON trees.id = runs.tree WHERE number = ?"""
    row = connection.execute(query, (number,)).fetchone()
    return Run(
        *row[:7],
        totals=Totals(*row[7:-1]),
        extensions=_extensions(connection, number, {} if known is None else known),
        findings=tuple(_finding(r) for r in connection.execute(_LOOSE_FINDINGS, (number,))),
        gaps=tuple(Gap(*row[2:]) for row in _rows(connection, "gaps", number)),
        decisions=_decisions(connection, number),
        rungs=_rungs(connection, number),
        definition=row[-1],
        patches=_patches(connection, number),
    )


def _state(connection: sqlite3.Connection, tree: int) -> TreeState | None:
    runs = connection.execute(f"{_RUNS_OF} WHERE tree = ? {_NEWEST}", (tree,)).fetchall()
    if not runs:
        return None
    (latest, scan, content), *earlier = runs
    before = next((number for number, other, _ in earlier if other != scan), None)
    known: dict[int, Extension] = {}
    return TreeState(
        read_run(connection, latest, known),
        None if before is None else read_run(connection, before, known),
        _past(connection, runs, content),
    )


def _past(connection: sqlite3.Connection, runs: list[tuple], content: str) -> Past:
    decided = next((number for number, _, _ in runs if _any(connection, "decisions", number)), None)
    proven = next((number for number, _, of in runs if of == content and _any(connection, "rungs", number)), None)
    return Past(
        () if decided is None else _decisions(connection, decided),
        () if proven is None else _rungs(connection, proven),
        () if decided is None else _patches(connection, decided),
        frozenset(Shared(*row) for row in connection.execute(_SHARED, (runs[0][0],))) if runs else frozenset(),
    )


def _any(connection: sqlite3.Connection, table: str, number: int) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} WHERE run = ? LIMIT 1", (number,)).fetchone() is not None


def _rows(connection: sqlite3.Connection, table: str, number: int) -> list[tuple]:
    return connection.execute(f"SELECT * FROM {table} WHERE run = ? ORDER BY position", (number,)).fetchall()


def _decisions(connection: sqlite3.Connection, number: int) -> tuple[Decision, ...]:
    return tuple(Decision(*row[2:]) for row in _rows(connection, "decisions", number))


def _rungs(connection: sqlite3.Connection, number: int) -> tuple[Rung, ...]:
    rows = _rows(connection, "rungs", number)
    return tuple(Rung(tuple(json.loads(m)), reached, tuple(json.loads(e))) for _, _, m, reached, e in rows)


def _patches(connection: sqlite3.Connection, number: int) -> tuple[Patch, ...]:
    return tuple(Patch(*row[2:]) for row in _rows(connection, "patches", number))


def _extensions(connection: sqlite3.Connection, number: int, known: dict[int, Extension]) -> tuple[Extension, ...]:
    query = "SELECT extension FROM run_extensions WHERE run = ? ORDER BY position"
    keys = [key for (key,) in connection.execute(query, (number,))]
    missing = [key for key in dict.fromkeys(keys) if key not in known]
    for start in range(0, len(missing), _AT_ONCE):
        known |= _read_extensions(connection, missing[start : start + _AT_ONCE])
    return tuple(known[key] for key in keys)


def _read_extensions(connection: sqlite3.Connection, keys: list[int]) -> dict[int, Extension]:
    types = _parts(connection, "types", "extension, name, kind, file, line, ported", keys)
    variables = _parts(connection, "variables", "extension, name, ctype, kind, function, file, line", keys)
    findings = _parts(connection, "findings", f"extension, {_FINDING}", keys)
    found = {}
    for key, digest, name, sources, *rest, isolated in _select(connection, "extensions", "*", "id", keys):
        found[key] = Extension(
            name,
            tuple(json.loads(sources)),
            *rest,
            bool(isolated),
            types=tuple(Type(*row[:-1], bool(row[-1])) for row in types[key]),
            variables=tuple(Variable(*row) for row in variables[key]),
            findings=tuple(_finding(row) for row in findings[key]),
        )
        vars(found[key])["digest"] = digest  # the ledger has it: working it out again takes longest
    return found


def _parts(connection: sqlite3.Connection, table: str, columns: str, keys: list[int]) -> dict[int, list[tuple]]:
    """The rows of a table that belong to these extensions, by extension, in order."""
    parts: dict[int, list[tuple]] = defaultdict(list)
    for extension, *row in _select(connection, table, columns, "extension", keys, "ORDER BY extension, position"):
        parts[extension].append(tuple(row))
    return parts


def _select(
    connection: sqlite3.Connection, table: str, columns: str, column: str, keys: list[int], order: str = ""
) -> sqlite3.Cursor:
    marks = ", ".join("?" * len(keys))
    return connection.execute(f"SELECT {columns} FROM {table} WHERE {column} IN ({marks}) {order}", keys)


def _finding(row: tuple) -> Finding:
    *values, related = row
    return Finding(*values, related=tuple(tuple(each) for each in json.loads(related)))
