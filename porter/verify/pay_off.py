"""What many interpreters gain: the same work N times over, sequentially, in threads, in processes, in interpreters."""

from __future__ import annotations

import os

from porter.verify.climb import Climb
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, BuiltModule, Evidence, PayOff
from porter.verify.process import Limits
from porter.verify.workload import Workload, workload

TITLE = "pay-off of interpreters"
WAYS = ("sequential", "threads", "processes", "interpreters")
SHARE_SECONDS, TRIES, MOST = 0.4, 5, 8


def pay_off(climb: Climb) -> tuple[PayOff | None, Evidence]:
    """The figures for the module with the most to call, and the evidence."""
    works = {module: workload(climb, module) for module in climb.build.modules}
    chosen = max(works, key=lambda module: len(works[module].repeating()))
    work = works[chosen]
    if not (work.script or work.repeating()):
        why = work.problem or "no call can be repeated; give a workload with --workload"
        return None, climb.beside(TITLE, NOT_PROVEN, why)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found, problem = _measure(climb, chosen, work, cores)
    if found is None:
        return None, climb.beside(TITLE, NOT_PROVEN, problem)
    verdict = FAILED if "interpreters" in found.failed else PASSED
    return found, climb.beside(TITLE, verdict, _said(found), cores=cores, counts=found.counts)


def _measure(climb: Climb, module: BuiltModule, work: Workload, cores: int) -> tuple[PayOff | None, str]:
    counts = tuple(dict.fromkeys(n for n in (1, 2, 4, 8, cores) if n <= max(2, min(cores, MOST))))
    counts = tuple(sorted(counts))
    loops, problem = _once(climb, module, work, "sequential", 1, 0)[1:]
    if problem:
        return None, problem
    seconds, failed = {}, {}
    for way in WAYS:
        if way == "interpreters" and not climb.python.own_gil:
            failed[way] = "no Python with own-GIL interpreters"
            continue
        best = []
        for count in counts:
            climb.say(f"pay-off: {way}, {count} at once")
            tried = [_once(climb, module, work, way, count, loops) for _ in range(TRIES)]
            if problem := next((why for _, _, why in tried if why), ""):
                failed[way] = problem
                break
            best.append(min(took for took, _, _ in tried))
        else:
            seconds[way] = tuple(best)
    return PayOff(_named(module, work), cores, counts, seconds, failed), ""


def _named(module: BuiltModule, work: Workload) -> str:
    return f"{work.script}" if work.script else f"{len(work.repeating())} calls of {module.name}"


def _once(
    climb: Climb, module: BuiltModule, work: Workload, way: str, count: int, loops: int
) -> tuple[float, int, str]:
    """(seconds, loops of a share, why not)."""
    calls = [[call.setup, call.statement] for call in work.repeating()]
    how = climb.control(module).hows[-1]
    given = climb.given(module, how, way=way, count=count, loops=loops, seconds=SHARE_SECONDS)
    limits = Limits(climb.load_limits.seconds, climb.options.memory)
    outcome, answer = climb.driver("pay_off.py", given | {"calls": calls, "script": work.script}, limits)
    if answer is None:
        return 0.0, 0, outcome.ended
    return answer["seconds"] or 0.0, answer["loops"], answer["error"] or ""


def gains(found: PayOff, way: str) -> tuple[float, ...]:
    """How many times faster than one after another, for each count."""
    return tuple(one / other for one, other in zip(found.seconds["sequential"], found.seconds[way]))


def _said(found: PayOff) -> str:
    most = found.counts[-1]
    said = [f"{way} {gains(found, way)[-1]:.2f}" for way in WAYS[1:] if way in found.seconds]
    bad = [f"{way}: {why}" for way, why in found.failed.items()]
    return "; ".join([f"{most} at once on {found.cores} cores, times as fast as sequential: {', '.join(said)}", *bad])


def table(found: PayOff) -> list[str]:
    """The figures as lines of text: seconds, and how many times faster than sequential."""
    lines = [f"{'at once':<14}" + "".join(f"{count:>16}" for count in found.counts)]
    for way in WAYS:
        if way in found.seconds:
            cells = zip(found.seconds[way], gains(found, way))
            lines.append(f"{way:<14}" + "".join(f"{f'{s:.2f} s ({gain:.2f}x)':>16}" for s, gain in cells))
        else:
            lines.append(f"{way:<14}  {found.failed.get(way, '')}")
    return lines
