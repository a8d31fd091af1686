"""Documents of other verbs read into values, and what is said of those that are none."""

from __future__ import annotations

import copy

import pytest

from ledger import scans
from porter.errors import PorterError
from porter.ledger.contract import clean, read_decisions, read_rungs, read_scan


def test_findings_go_to_their_extension_and_the_rest_stay_with_the_run():
    document = scans.scan(
        [scans.extension()], [scans.finding(), scans.finding(extension="", rule="unused-suppression")]
    )
    scan = read_scan(document)
    assert [f.rule for f in scan.extensions[0].findings] == ["static-type"]
    assert [f.rule for f in scan.findings] == ["unused-suppression"]


def test_objects_count_the_static_pointers_to_heap_types_too():
    variables = [scans.variable("a"), scans.variable("b", "type-pointer"), scans.variable("c", "cache")]
    totals = read_scan(scans.scan([scans.extension(variables=variables)])).totals
    assert (totals.objects, totals.caches, totals.c_state) == (2, 1, 0)


def test_keys_a_later_scan_adds_change_nothing():
    plain = scans.scan([scans.extension(types=[scans.type_()])])
    richer = copy.deepcopy(plain)
    richer["extensions"][0]["types"][0]["confidence"] = "parsed"
    richer["extensions"][0]["declared_in"] = "setup.py"
    assert read_scan(richer) == read_scan(plain)


@pytest.mark.parametrize("document", [None, [], {}, {"schema": "porter/scan/2"}, "text"])
def test_what_is_no_scan_is_named(document):
    with pytest.raises(PorterError, match="this is no scan"):
        read_scan(document)


@pytest.mark.parametrize(("key", "value"), [("extensions", 3), ("totals", {}), ("findings", [{}]), ("porter", None)])
def test_a_scan_with_a_wrong_key_is_a_message_not_a_traceback(key, value):
    with pytest.raises(PorterError, match="the scan"):
        read_scan({**scans.package(), key: value})


def test_bytes_of_odd_file_names_become_text_that_utf8_can_hold():
    cleaned = clean({"file": "src/\udcff\ud800.c", "names": ["\u202eevil", "é"]})
    assert cleaned == {"file": "src/\\xff\\ud800.c", "names": ["\u202eevil", "é"]}
    assert str(cleaned).encode("utf-8")


def test_decisions_of_all_three_scopes():
    item = {"name": "Foo_Type", "file": "a.c", "line": 3, "decision": "refused", "reason": "its address escapes"}
    found = read_decisions(
        {"types": [item], "variables": [{**item, "name": "x"}], "extensions": [{**item, "name": "m"}]}
    )
    assert [(d.scope, d.name) for d in found] == [("type", "Foo_Type"), ("variable", "x"), ("extension", "m")]


def test_an_unknown_decision_is_refused():
    with pytest.raises(PorterError, match="decision 'kept' is none of"):
        read_decisions({"types": [{"name": "a", "decision": "kept"}]})


def test_rungs_speak_of_the_modules_that_were_built():
    (rung,) = read_rungs({"reached": 4, "modules": ["pkg._mod"], "evidence": [{"rung": 0}]})
    assert rung.reached == 4 and rung.evidence == ('{"rung": 0}',)
    assert rung.speaks_of("pkg._mod") and rung.speaks_of("_mod") and not rung.speaks_of("pkg._other")
    assert read_rungs({"reached": -1})[0].speaks_of("anything")
