"""The file itself: several writers at once, a kill in the middle, migrations, and files that are no ledger."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from dataclasses import replace

import pytest

from ledger import scans
from ledger.conftest import run_of
from porter.errors import PorterError
from porter.ledger import schema, write
from porter.ledger.database import open_ledger
from porter.ledger.read import all_runs, points
from porter.ledger.write import record

SPAWN = multiprocessing.get_context("spawn")
WRITERS, RUNS = 4, 12


def _write_many(path, writer, start):
    start.wait()
    for i in range(RUNS):
        with open_ledger(path, create=True) as ledger:
            record(
                ledger,
                run_of(
                    scans.package(), tree=f"/src/{writer}", content=f"c{i}", time=f"2025-01-{i + 1:02d}T00:00:00.000Z"
                ),
            )


def _write_forever(path, ready):
    with open_ledger(path, create=True) as ledger:
        for i in range(10**6):
            record(ledger, run_of(scans.package(), content=f"c{i}", time=f"2025-01-01T00:00:{i:010d}Z"))
            ready.set()


def _stop_before_commit(path, ready):
    """Writes all rows of a second run and then hangs, its transaction open."""
    insert = write._insert

    def insert_and_hang(connection, run):
        insert(connection, run)
        ready.set()
        time.sleep(600)

    write._insert = insert_and_hang
    with open_ledger(path, create=True) as ledger:
        record(ledger, run_of(scans.package(), content="second", time="2025-02-01T00:00:00.000Z"))


def _kill_when_ready(target, path):
    ready = SPAWN.Event()
    process = SPAWN.Process(target=target, args=(path, ready))
    process.start()
    assert ready.wait(60), "the writer did not come so far"
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def test_writers_that_open_one_new_ledger_together_all_write(path):
    start = SPAWN.Event()
    writers = [SPAWN.Process(target=_write_many, args=(path, i, start)) for i in range(WRITERS)]
    for writer in writers:
        writer.start()
    start.set()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    with open_ledger(path) as ledger:
        assert len(points(ledger)) == WRITERS * RUNS
        assert ledger.execute("SELECT count(*) FROM extensions").fetchone()[0] == 5
        assert ledger.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_kill_in_the_middle_of_a_run_leaves_the_run_before_and_nothing_of_it(path, run):
    with open_ledger(path, create=True) as ledger:
        record(ledger, run)
    _kill_when_ready(_stop_before_commit, path)
    with open_ledger(path) as ledger:
        assert list(all_runs(ledger)) == [run]
        assert ledger.execute("SELECT count(*) FROM run_extensions").fetchone()[0] == 5
        assert record(ledger, replace(run, time="2025-03-01T00:00:00.000Z", content="third"))


def test_a_kill_while_writing_leaves_whole_runs(path):
    _kill_when_ready(_write_forever, path)
    with open_ledger(path) as ledger:
        runs = list(all_runs(ledger))
        assert runs and all(len(run.extensions) == 5 and run.gaps for run in runs)
        assert ledger.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert ledger.execute("PRAGMA foreign_key_check").fetchall() == []


def test_it_is_in_wal_mode_with_the_newest_schema(ledger):
    assert ledger.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert ledger.execute("PRAGMA user_version").fetchone()[0] == len(schema.MIGRATIONS)


def test_a_ledger_of_an_older_schema_is_migrated_and_keeps_its_runs(path, run, monkeypatch):
    with open_ledger(path, create=True) as ledger:
        record(ledger, run)
    later = (*schema.MIGRATIONS, "ALTER TABLE trees ADD COLUMN url TEXT; CREATE TABLE extra (id INTEGER)")
    monkeypatch.setattr("porter.ledger.database.MIGRATIONS", later)
    with open_ledger(path) as ledger:
        assert ledger.execute("PRAGMA user_version").fetchone()[0] == len(later)
        assert ledger.execute("SELECT url FROM trees").fetchall() == [(None,)]
        assert list(all_runs(ledger)) == [run]


def test_a_migration_that_fails_changes_nothing(path, run, monkeypatch):
    with open_ledger(path, create=True) as ledger:
        record(ledger, run)
    broken = (*schema.MIGRATIONS, "CREATE TABLE extra (id INTEGER); CREATE TABLE trees (id INTEGER)")
    with monkeypatch.context() as patch, pytest.raises(PorterError, match="already exists"):
        patch.setattr("porter.ledger.database.MIGRATIONS", broken)
        with open_ledger(path):
            pytest.fail("it opened")
    with open_ledger(path) as ledger:
        assert ledger.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchall() == []
        assert list(all_runs(ledger)) == [run]


def test_a_ledger_of_a_newer_porter_is_refused(path):
    with open_ledger(path, create=True) as ledger:
        ledger.execute("PRAGMA user_version = 99")
    with pytest.raises(PorterError, match="newer than this porter"), open_ledger(path):
        pass


def test_a_database_of_another_program_is_left_alone(tmp_path):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    before = other.read_bytes()
    with pytest.raises(PorterError, match="another program"), open_ledger(other, create=True):
        pass
    assert other.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all, but long enough to have a header" * 20, b"\0" * 4096])
def test_a_file_that_is_no_database_is_named(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(PorterError, match="notes.txt"), open_ledger(path, create=True):
        pass
    assert path.read_bytes() == content


def test_a_missing_ledger_says_how_to_make_one(tmp_path):
    with pytest.raises(PorterError) as failure, open_ledger(tmp_path / "none.db"):
        pass
    assert "porter record" in failure.value.hint
