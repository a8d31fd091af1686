"""Behaviour before against after."""

from __future__ import annotations

from porter.verify.behaviour import _fingerprint, _steady, compare_behaviour, differences

PICKLING = {f"pickle protocol {n}" for n in (0, 1)}


def test_a_faithful_port_shows_only_what_a_port_changes(workshop, climb_of):
    changes, evidence = compare_behaviour(climb_of(workshop("clean"), workshop("before/clean")))
    assert evidence.verdict == "passed", changes
    assert {c.what for c in changes} == {"flag HEAPTYPE", "flag HAVE_GC", "own names", "delete item"} | PICKLING
    assert all(c.subject == "clean.Thing" and c.expected for c in changes)


def test_a_type_that_became_mutable_is_a_failure(workshop, climb_of):
    careless = workshop("clean", "-DMUTABLE")
    changes, evidence = compare_behaviour(climb_of(careless, workshop("before/clean")))
    assert evidence.verdict == "failed"
    assert {c.what for c in changes if c.expected is None} == {"flag IMMUTABLETYPE", "attribute set on the type"}


def test_a_type_that_became_picklable_is_a_failure(workshop, climb_of):
    careless = workshop("clean", "-DPICKLABLE")
    changes, _ = compare_behaviour(climb_of(careless, workshop("before/clean")))
    refused = "TypeError: clean.Thing() takes no arguments"
    assert {c.what: c.after for c in changes if c.expected is None} == dict.fromkeys(PICKLING, "Thing") | {
        "own names": "",
        "called with an unknown keyword": refused,
        "called with too many arguments": refused,
    }


def test_a_type_that_is_gone_is_a_difference():
    changes = differences({"m": {"x": "1"}, "m.T": {"x": "1"}}, {"m": {"x": "1"}})
    assert [(c.subject, c.what, c.before, c.after) for c in changes] == [("m.T", "exists", "True", "False")]


def test_addresses_are_no_difference():
    assert differences({"m": {"r": "<f at 0x7f01>"}}, {"m": {"r": "<f at 0x7f02>"}}) == []


def test_wrong_calls_slots_and_values_are_part_of_the_fingerprint(workshop, climb_of):
    climb = climb_of(workshop("before/clean"))
    told, _ = _fingerprint(climb, climb.build)
    thing = told["clean.Thing"]
    assert thing["add a number"] == "TypeError: unsupported operand type(s) for +: 'clean.Thing' and 'int'"
    assert thing["copy"] == "TypeError: cannot pickle 'clean.Thing' object"
    assert thing["missing attribute"] == "AttributeError: 'clean.Thing' object has no attribute 'porter_missing'"
    assert thing["subclassed"] == "works" and thing["call"].startswith("TypeError")


def test_what_differs_from_run_to_run_is_no_difference(workshop, climb_of):
    changes, evidence = compare_behaviour(climb_of(workshop("buffered"), workshop("buffered")))
    assert (changes, evidence.verdict) == ((), "passed")
    first, again = ({"m": {"f": str(n)}} for n in (1, 2))
    assert not _steady(first, again, differences(first, {"m": {"f": "3"}})[0])


def test_what_kills_is_a_text_and_the_next_is_asked_all_the_same(workshop, climb_of):
    climb = climb_of(workshop("buffered"))
    told, why = _fingerprint(climb, climb.build)
    assert why == ""
    assert told["buffered"]["add with an unknown keyword"] == "TypeError: add() takes no keyword arguments"
    assert "reboot with too many arguments" not in told["buffered"]
