"""A verification as text for a terminal."""

from __future__ import annotations

from porter.verify.behaviour import render
from porter.verify.model import TOP, Evidence, Left, SeriesStep, Verification, Verifications
from porter.verify.pay_off import table
from porter.verify.residue import place
from porter.verify.suite_rungs import account

MARKS = {"passed": "ok  ", "failed": "FAIL", "not proven": "?   ", "skipped": "-   "}


def render_text(proven: Verifications) -> str:
    """Each run: the ladder, what stands beside it, and the sum of it; with several Pythons a last line for each."""
    if len(proven.runs) == 1:
        return "\n".join(_run(proven.runs[0])) + "\n"
    lines = [line for run in proven.runs for line in (*_run(run), "")]
    return "\n".join([*lines, *(f"{_version(run)}: {_sum(run)}" for run in proven.runs)]) + "\n"


def render_series(steps: tuple[SeriesStep, ...]) -> str:
    """Each patch with what was proven of the tree under it, or why it does not apply."""
    parts = []
    for step in steps:
        body = render_text(step.proven) if step.proven else f"FAIL  does not apply: {step.error}\n"
        parts.append(f"{step.patch.name}\n" + "".join(f"  {line}\n" for line in body.splitlines()))
    return "\n".join(parts)


def _version(run: Verification) -> str:
    return run.python.short.replace("-", " ").capitalize() if run.python else "no Python"


def _run(run: Verification) -> list[str]:
    lines = [run.python.label if run.python else "no Python"]
    lines += [_rung(e) for e in run.evidence]
    lines += [f"note: {note}" for note in run.notes]
    lines += _section("left in the built files:", [_left(v) for v in run.residue.left])
    lines += _section("C variables that interpreters share, right only if the same for all or locked:", _other(run))
    inside = next((e for e in run.evidence if e.rung == 5), None)
    lines += _section("tests that cannot run inside an isolated interpreter:", account(inside.figures) if inside else [])
    wrong = [c for c in run.behaviour if c.expected is None]
    lines += _section("behaviour that changed and should not have:", [render(c) for c in wrong])
    lines += _section("behaviour that changed as a port changes it:", [render(c) for c in run.behaviour if c.expected])
    lines += _section("time of a call, after/before with the 95 % interval:", _speed(run))
    lines += _section(f"the same work at once ({run.pay_off.work}):", table(run.pay_off)) if run.pay_off else []
    return [*lines, _sum(run)]


def _left(v: Left) -> str:
    return f"{v.kind} {v.name} ({v.ctype + ', ' if v.ctype else ''}{place(v)}) in {v.module}"


def _other(run: Verification) -> list[str]:
    return [_left(v).removeprefix("other ") for v in run.residue.other]


def _speed(run: Verification) -> list[str]:
    return [
        f"{r.ratio:5.2f} ({r.low:.2f} to {r.high:.2f})  {_time(r.before)} -> {_time(r.after)}  {r.call}" for r in run.speed
    ]


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-9:.1f} ns"


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
