"""What became of a package: one word from what ``port`` did and ``verify`` saw, and the reasons it stopped."""

from __future__ import annotations

import re
from collections import Counter

FULL, PARTIAL, UNTOUCHED, BROKEN, ISOLATED = "full", "partial", "untouched", "broken", "isolated before"
VERDICTS = (FULL, PARTIAL, UNTOUCHED, ISOLATED, BROKEN)
MEANING = {
    FULL: "builds, tests pass as before, each extension loads in own-GIL interpreters one after another, together and in "
    "threads, nothing failed above that, and no type or object is left in the built files",
    PARTIAL: "builds and tests pass as before; something is left, and own-GIL interpreters still refuse a module of it",
    UNTOUCHED: "nothing was changed",
    ISOLATED: "nothing to do: every extension of it is isolated as it was published",
    BROKEN: "does not build, tests fail that passed, an interpreter died, memory leaked, or it loads in own-GIL "
    "interpreters with types or objects they share; this must not happen",
}
REFUSED_TO_LOAD = "does not support loading in subinterpreters"
GENERAL = (
    (re.compile(r" \([^()\s]+:\d+\)$"), ""),
    (re.compile(r"(?<![\w/])[\w./-]+\.(?:c|h|cc|cpp|cxx|hpp|in|src)\b"), "a file"),
    (re.compile(r"\b[A-Za-z_]\w*\(\)"), "f()"),
    (re.compile(r"&\s*\w+"), "&T"),
    (re.compile(r"\b\w*(?:Object|_t|Type|Error)\b(?=:| too)"), "X"),
)


def verdict(proof: dict | None, isolated: bool) -> str:
    """``proof``: the JSON of a verification, None where nothing was changed; ``isolated``: as published. See MEANING."""
    if proof is None:
        return ISOLATED if isolated else UNTOUCHED
    failed = [entry for entry in proof["evidence"] if entry["verdict"] == "failed"]
    if not all(map(_is_refusal, failed)):
        return BROKEN
    beside = {entry["title"]: entry["verdict"] for entry in proof["evidence"] if entry["rung"] is None}
    return FULL if not failed and proof["reached"] >= 4 and beside.get("residue") == "passed" else PARTIAL


def _is_refusal(entry: dict) -> bool:
    """A failed load that is only the refusal of modules that declare they are not isolated."""
    messages = [part for part in entry["message"].split("; ") if part]
    return entry["rung"] in (2, 3, 4) and bool(messages) and all(REFUSED_TO_LOAD in part for part in messages)


def reasons(decisions: dict) -> Counter[str]:
    """The reasons of everything refused in a report of schema porter/port/1, without the names that stand in them."""
    rows = [row for kind in ("types", "variables", "extensions") for row in decisions.get(kind, ())]
    return Counter(general(row["reason"]) for row in rows if row["decision"] == "refused")


def general(reason: str) -> str:
    """A reason that is the same for every symbol and package it is given for."""
    for pattern, instead in GENERAL:
        reason = pattern.sub(instead, reason)
    return reason
