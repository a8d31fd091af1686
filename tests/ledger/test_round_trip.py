"""What goes into a ledger comes out of it: read back, exported and imported."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import scans
from ledger.conftest import run_of
from porter.errors import PorterError
from porter.ledger.contract import clean
from porter.ledger.database import open_ledger
from porter.ledger.exchange import export_runs, parse_runs
from porter.ledger.model import Decision, Patch, Rung
from porter.ledger.read import all_runs, points, states
from porter.ledger.write import import_runs, record

REFUSED = Decision("type", "Foo1_Type", "src/mod.c", 11, "refused", "its address escapes")
PROOF = Rung((), 4, ('{"rung": 4}',))


def rows(connection):
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def test_a_run_comes_back_as_it_was(ledger, run):
    run = replace(run, decisions=(REFUSED,), rungs=(PROOF,))
    assert record(ledger, run)
    assert list(all_runs(ledger)) == [run]


def test_what_a_later_porter_added_comes_back_and_leaves_older_ids_alone(ledger, run):
    assert run.id == "1d544bc6c4cbf04aa24af7d32f4500219f511a3cbe8a46217ed4a2c30d41e35a"
    richer = replace(run, definition="lines", patches=(Patch("pkg._mod", "--- a\n+++ b\n"),))
    assert richer.id != run.id
    assert record(ledger, richer) and record(ledger, run)
    assert sorted(all_runs(ledger), key=lambda each: each.definition) == [richer, run]
    assert parse_runs(export_runs([richer])) == (richer,)


def test_runs_counted_by_lines_are_points_and_no_state(ledger, run):
    record(ledger, replace(run, definition="lines", extensions=()))
    assert states(ledger) == () and points(ledger)[0].definition == "lines"


def test_the_same_run_twice_changes_nothing(ledger, run):
    record(ledger, run)
    before = rows(ledger)
    assert not record(ledger, run)
    assert not record(ledger, replace(run, time="2025-02-01T00:00:00.000Z"))
    assert import_runs(ledger, [run]) == 0
    assert rows(ledger) == before


def test_a_state_that_comes_back_is_a_run_of_its_own(ledger, run):
    other = run_of(scans.scan([scans.extension()]), time="2025-01-02T00:00:00.000Z", content="c1")
    again = replace(run, time="2025-01-03T00:00:00.000Z")
    assert [record(ledger, each) for each in (run, other, again)] == [True, True, True]
    assert len(points(ledger)) == 3


def test_evidence_makes_a_known_state_worth_recording_once(ledger, run):
    record(ledger, run)
    proven = replace(run, time="2025-01-02T00:00:00.000Z", rungs=(PROOF,))
    assert record(ledger, proven)
    assert not record(ledger, replace(proven, time="2025-01-03T00:00:00.000Z"))
    assert not record(ledger, replace(run, time="2025-01-04T00:00:00.000Z"))
    assert states(ledger)[0].past.rungs == (PROOF,)


def test_an_extension_that_did_not_change_is_kept_once(ledger, run):
    record(ledger, run)
    before = rows(ledger)
    record(ledger, replace(run, time="2025-01-02T00:00:00.000Z", content="c1", revision="c1"))
    after = rows(ledger)
    assert after["runs"] == before["runs"] + 1
    assert all(after[table] == before[table] for table in ("extensions", "types", "variables", "findings"))


def test_proof_is_of_these_sources_only_and_reasons_stay(ledger, run):
    record(ledger, replace(run, decisions=(REFUSED,), rungs=(PROOF,)))
    record(ledger, replace(run, time="2025-01-02T00:00:00.000Z", content="edited", revision="edited"))
    (state,) = states(ledger)
    assert (state.past.decisions, state.past.rungs) == ((REFUSED,), ())


def test_an_export_imports_into_the_same_ledger(ledger, run, tmp_path):
    other = run_of(scans.scan([scans.extension()], [scans.finding(extension="")]), tree="/src/other")
    record(ledger, replace(run, decisions=(REFUSED,), rungs=(PROOF,)))
    record(ledger, other)
    text = export_runs(all_runs(ledger))
    with open_ledger(tmp_path / "second.db", create=True) as second:
        assert import_runs(second, parse_runs(text)) == 2
        assert import_runs(second, parse_runs(text)) == 0
        assert export_runs(all_runs(second)) == text


def test_an_export_that_was_changed_by_hand_is_refused(ledger, run):
    record(ledger, run)
    document = json.loads(export_runs(all_runs(ledger)))
    document["runs"][0]["totals"]["types_ported"] = 15
    with pytest.raises(PorterError, match="was changed"):
        parse_runs(json.dumps(document))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": "porter/scan/1"}', '{"schema": "porter/ledger/1", "extensions": [], "runs": 1}'],
)
def test_what_is_no_export_is_named(text):
    with pytest.raises(PorterError, match="no export of a ledger"):
        parse_runs(text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters()), st.text(st.characters()))
def test_any_name_and_reason_survives(tmp_path, name, reason):
    document = clean(scans.scan([scans.extension(name, [scans.type_(name)])], [scans.finding(suppressed=reason)]))
    run = run_of(document)
    with open_ledger(tmp_path / f"{run.id}.db", create=True) as ledger:
        record(ledger, run)
        assert list(all_runs(ledger)) == [run] == list(parse_runs(export_runs([run])))
