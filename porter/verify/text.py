"""A verification as text for a terminal."""

from __future__ import annotations

from porter.verify.behaviour import render
from porter.verify.model import TOP, Evidence, Verification
from porter.verify.residue import place

MARKS = {"passed": "ok  ", "failed": "FAIL", "not proven": "?   ", "skipped": "-   "}


def render_text(verification: Verification) -> str:
    """The ladder, what stands beside it, and the sum of it."""
    lines = [verification.python.label if verification.python else "no Python"]
    lines += [_rung(e) for e in verification.evidence]
    lines += [f"note: {note}" for note in verification.notes]
    lines += _section(
        "left in the built files:",
        [
            f"{v.kind} {v.name} ({v.ctype + ', ' if v.ctype else ''}{place(v)}) in {v.module}"
            for v in verification.residue.left
        ],
    )
    wrong = [c for c in verification.behaviour if c.expected is None]
    lines += _section("behaviour that changed and should not have:", [render(c) for c in wrong])
    lines += _section(
        "behaviour that changed as a port changes it:", [render(c) for c in verification.behaviour if c.expected]
    )
    return "\n".join([*lines, _sum(verification)]) + "\n"


def _rung(entry: Evidence) -> str:
    number = f"rung {entry.rung}" if entry.rung is not None else "      "
    seconds = f" [{entry.seconds:.1f} s]" if entry.seconds else ""
    message = f": {entry.message}" if entry.message else ""
    log = f"\n                  log: {entry.log}" if entry.log and entry.verdict == "failed" else ""
    return f"{MARKS[entry.verdict]}  {number}  {entry.title}: {entry.verdict}{message}{seconds}{log}"


def _section(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines)] if lines else []


def _sum(verification: Verification) -> str:
    failed = [e for e in verification.evidence if e.verdict == "failed"]
    reached = verification.reached
    sum_ = f"reached rung {reached} of {TOP}" if reached >= 0 else "does not build"
    return f"{sum_}; {'failed: ' + ', '.join(e.title for e in failed) if failed else 'nothing failed'}"
