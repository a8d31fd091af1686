"""Whether the types and modules behave as before the port."""

from __future__ import annotations

import re

from porter.verify.build import Build
from porter.verify.climb import Climb
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, Change, Evidence

TITLE = "behaviour"
ABSENT = "(absent)"
PICKLING = {"__reduce__", "__reduce_ex__", "__getstate__"}


def compare_behaviour(climb: Climb) -> tuple[tuple[Change, ...], Evidence]:
    """The differences between the original's build and the tree's, and the evidence: failed where one is not of a
    port's nature.
    """
    if climb.before is None:
        return (), Evidence(None, TITLE, NOT_PROVEN, "no original to compare with (--against)")
    climb.say("comparing behaviour with the original")
    before, why_before = _fingerprint(climb, climb.before)
    after, why_after = _fingerprint(climb, climb.build)
    again, _ = _fingerprint(climb, climb.before)
    if before is None or after is None:
        verdict = FAILED if after is None and before is not None else NOT_PROVEN
        return (), Evidence(None, TITLE, verdict, why_after or why_before)
    changes = tuple(c for c in differences(before, after) if _steady(before, again or before, c))
    wrong = [c for c in changes if c.expected is None]
    figures = {
        "compared": sum(map(len, before.values())),
        "expected": len(changes) - len(wrong),
        "unexpected": len(wrong),
    }
    message = (
        f"{len(wrong)} unexpected differences, the first: {render(wrong[0])}"
        if wrong
        else f"{len(changes)} expected differences"
    )
    return changes, Evidence(None, TITLE, FAILED if wrong else PASSED, message if changes else "", figures=figures)


def _fingerprint(climb: Climb, build: Build) -> tuple[dict | None, str]:
    given = {"modules": [m.name for m in build.modules]}
    outcome, answer = climb.driver("fingerprint.py", given, climb.load_limits, build)
    if answer is None:
        return None, f"reading the behaviour of {build.folder.name}: {outcome.ended}"
    return answer, ""


def _steady(before: dict, again: dict, change: Change) -> bool:
    """Whether the original said the same twice: what tells the time or draws at random says nothing."""
    first, second = (told.get(change.subject, {}).get(change.what, ABSENT) for told in (before, again))
    return _plain(first) == _plain(second)


def differences(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[Change]:
    """What differs, subject by subject, each difference with the reason it belongs to a port, if it does."""
    found = []
    for subject in sorted(before.keys() | after.keys()):
        old, new = before.get(subject, {}), after.get(subject, {})
        if not old or not new:
            found.append(Change(subject, "exists", str(bool(old)), str(bool(new))))
            continue
        became_heap = old.get("flag HEAPTYPE") == "False" and new.get("flag HEAPTYPE") == "True"
        for what in sorted(old.keys() | new.keys()):
            was, now = old.get(what, ABSENT), new.get(what, ABSENT)
            if _plain(was) != _plain(now):
                found.append(Change(subject, what, was, now, _expected(what, was, now, became_heap)))
    return found


def _plain(text: str) -> str:
    """Without addresses, which differ from run to run."""
    return re.sub(r"\b0x[0-9a-f]+\b", "0x…", text)


def _expected(what: str, was: str, now: str, became_heap: bool) -> str | None:
    """Why a difference belongs to the port of a static type to a heap type; None where it is one to mend."""
    if not became_heap:
        return None
    if what == "flag HEAPTYPE":
        return "a static type became a heap type"
    if what == "flag HAVE_GC" and now == "True":
        return "instances of a heap type own a reference to their type, so the collector must see it"
    if what == "__module__" and was == "builtins":
        return "a static type without a dot in its name says builtins"
    if what == "flag DISALLOW_INSTANTIATION" and now == "True":
        return "set by hand where the static type had it by inheriting no tp_new"
    if what == "own names" and set(now.split()) - set(was.split()) <= PICKLING and set(was.split()) <= set(now.split()):
        return "added to refuse pickling as before"
    return "another error message" if _same_error(was, now) else None


def _same_error(was: str, now: str) -> bool:
    """Both refuse, with the same exception; only the words differ."""
    kinds = [re.match(r"(\w*(?:Error|Exception)): ", text) for text in (was, now)]
    return all(kinds) and kinds[0][1] == kinds[1][1]


def render(change: Change) -> str:
    """One line for a person."""
    reason = f" ({change.expected})" if change.expected else ""
    return f"{change.subject}: {change.what}: {_short(change.before)} -> {_short(change.after)}{reason}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:77]}…"
