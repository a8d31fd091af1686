"""Behaviour before against after."""

from __future__ import annotations

from porter.verify.behaviour import compare_behaviour, differences

PICKLING = {f"pickle protocol {n}" for n in (0, 1)}


def test_a_faithful_port_shows_only_what_a_port_changes(workshop, climb_of):
    changes, evidence = compare_behaviour(climb_of(workshop("clean"), workshop("before/clean")))
    assert evidence.verdict == "passed", changes
    assert {c.what for c in changes} == {"flag HEAPTYPE", "flag HAVE_GC", "own names"} | PICKLING
    assert all(c.subject == "clean.Thing" and c.expected for c in changes)


def test_a_type_that_became_mutable_is_a_failure(workshop, climb_of):
    careless = workshop("clean", "-DMUTABLE")
    changes, evidence = compare_behaviour(climb_of(careless, workshop("before/clean")))
    assert evidence.verdict == "failed"
    assert {c.what for c in changes if c.expected is None} == {"flag IMMUTABLETYPE", "attribute set on the type"}


def test_a_type_that_became_picklable_is_a_failure(workshop, climb_of):
    careless = workshop("clean", "-DPICKLABLE")
    changes, _ = compare_behaviour(climb_of(careless, workshop("before/clean")))
    assert {c.what: c.after for c in changes if c.expected is None} == dict.fromkeys(PICKLING, "works") | {
        "own names": ""
    }


def test_a_type_that_is_gone_is_a_difference():
    changes = differences({"m": {"x": "1"}, "m.T": {"x": "1"}}, {"m": {"x": "1"}})
    assert [(c.subject, c.what, c.before, c.after) for c in changes] == [("m.T", "exists", "True", "False")]


def test_addresses_are_no_difference():
    assert differences({"m": {"r": "<f at 0x7f01>"}}, {"m": {"r": "<f at 0x7f02>"}}) == []
