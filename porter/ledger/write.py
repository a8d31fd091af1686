"""Writing runs: one transaction each, so that a run is in the ledger whole or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple

from porter.ledger.database import transaction
from porter.ledger.model import Extension, Finding, Run


def record(connection: sqlite3.Connection, run: Run) -> bool:
    """Keep ``run`` unless it says nothing new; whether it was kept.

    Nothing new is: the run itself is known, or the latest run of its tree saw the same and ``run`` brings no decision
    and no evidence that one does not have.
    """
    with transaction(connection):
        if _known(connection, run.id) or _repeats_latest(connection, run):
            return False
        _insert(connection, run)
        return True


def import_runs(connection: sqlite3.Connection, runs: Iterable[Run]) -> int:
    """Keep all runs not known by their id, in one transaction; how many those were."""
    added = 0
    with transaction(connection):
        for run in runs:
            if not _known(connection, run.id):
                _insert(connection, run)
                added += 1
    return added


def _known(connection: sqlite3.Connection, run_id: str) -> bool:
    return connection.execute("SELECT 1 FROM runs WHERE id = ?", (run_id,)).fetchone() is not None


def _repeats_latest(connection: sqlite3.Connection, run: Run) -> bool:
    query = """SELECT runs.number, scan FROM runs JOIN trees ON trees.id = runs.tree
               WHERE trees.key = ? AND definition = ? AND time <= ? ORDER BY time DESC, number DESC LIMIT 1"""
    latest = connection.execute(query, (run.tree, run.definition, run.time)).fetchone()
    if latest is None or latest[1] != run.scan_digest:
        return False
    brought = {"decisions": _decision_rows(run), "rungs": _rung_rows(run), "patches": map(astuple, run.patches)}
    return all(_holds(connection, table, latest[0], rows) for table, rows in brought.items())


def _holds(connection: sqlite3.Connection, table: str, number: int, rows: Iterable[tuple]) -> bool:
    kept = connection.execute(f"SELECT * FROM {table} WHERE run = ?", (number,)).fetchall()
    return {row[2:] for row in kept} >= set(rows)


def _insert(connection: sqlite3.Connection, run: Run) -> None:
    number = _insert_run(connection, run)
    extensions = [(number, i, _extension(connection, e)) for i, e in enumerate(run.extensions)]
    connection.executemany("INSERT INTO run_extensions VALUES (?, ?, ?)", extensions)
    _insert_rows(connection, "gaps", number, map(astuple, run.gaps))
    _insert_rows(connection, "decisions", number, _decision_rows(run))
    _insert_rows(connection, "rungs", number, _rung_rows(run))
    _insert_rows(connection, "patches", number, map(astuple, run.patches))
    _insert_findings(connection, run.findings, run=number)


def _insert_run(connection: sqlite3.Connection, run: Run) -> int:
    connection.execute("INSERT OR IGNORE INTO trees (key, name) VALUES (?, ?)", (run.tree, run.name))
    (tree,) = connection.execute("SELECT id FROM trees WHERE key = ?", (run.tree,)).fetchone()
    values = (run.id, run.scan_digest, tree, run.revision, run.content, run.time, run.porter, run.target_python)
    row = values + astuple(run.totals) + (run.definition,)
    return connection.execute(f"INSERT INTO runs VALUES (NULL{', ?' * len(row)})", row).lastrowid


def _extension(connection: sqlite3.Connection, extension: Extension) -> int:
    """The row of an extension, made when no run had it so far."""
    digest = extension.digest
    known = connection.execute("SELECT id FROM extensions WHERE digest = ?", (digest,)).fetchone()
    if known:
        return known[0]
    e = extension
    row = (digest, e.name, json.dumps(e.sources), e.language, e.generator, e.init, e.declares, e.isolated)
    number = connection.execute("INSERT INTO extensions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid
    _insert_rows(connection, "types", number, map(astuple, e.types))
    _insert_rows(connection, "variables", number, map(astuple, e.variables))
    _insert_findings(connection, e.findings, extension=number)
    return number


def _insert_rows(connection: sqlite3.Connection, table: str, owner: int, rows: Iterable[tuple]) -> None:
    numbered = [(owner, position, *row) for position, row in enumerate(rows)]
    if numbered:
        connection.executemany(f"INSERT INTO {table} VALUES (?{', ?' * (len(numbered[0]) - 1)})", numbered)


def _insert_findings(
    connection: sqlite3.Connection, findings: tuple[Finding, ...], extension: int | None = None, run: int | None = None
) -> None:
    rows = [(extension, run, i, *astuple(f)[:-1], json.dumps(f.related)) for i, f in enumerate(findings)]
    connection.executemany(f"INSERT INTO findings VALUES (?{', ?' * 14})", rows)


def _decision_rows(run: Run) -> list[tuple]:
    return [astuple(decision) for decision in run.decisions]


def _rung_rows(run: Run) -> list[tuple]:
    return [(json.dumps(rung.modules), rung.reached, json.dumps(rung.evidence)) for rung in run.rungs]
