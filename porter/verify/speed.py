"""Micro-benchmarks of a module's own calls, before the port against after it, by pyperf.

The two builds are measured in turns, a process of each at a time, so that a machine that grows slower slows both. The
ratio is that of the means; its interval is found by drawing from the processes again and again (bootstrap), since the
values of one process are not independent of each other.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from statistics import geometric_mean, mean

from porter.verify.build import Build
from porter.verify.climb import Climb, environment
from porter.verify.model import NOT_PROVEN, PASSED, BuiltModule, Evidence, Ratio
from porter.verify.process import run
from porter.verify.workload import Call, surveyed

PYPERF = "pyperf>=2.6"
TITLE = "speed"
BENCH = Path(__file__).parent / "drivers" / "bench.py"
MOST_CALLS, TURNS, VALUES = 12, 6, 4
DRAWS, TAIL = 2000, 0.025
SLOWER = 1.25  # a call whose whole interval lies above this is told as slower


def compare_speed(climb: Climb, folder: Path) -> tuple[tuple[Ratio, ...], Evidence]:
    """The ratio for each call, and the evidence: it fails nothing, it says what is slower."""
    if climb.before is None:
        return (), climb.beside(TITLE, NOT_PROVEN, "no original to compare with (--against)")
    ratios, problems = [], []
    for module in climb.build.modules:
        found, problem = _module(climb, module, folder)
        ratios += found
        problems += [f"{module.name}: {problem}"] if problem else []
    if not ratios:
        return (), climb.beside(TITLE, NOT_PROVEN, "; ".join(problems) or "no call to measure")
    slower = [r for r in ratios if r.low > SLOWER]
    overall = geometric_mean(r.ratio for r in ratios)
    message = f"{len(ratios)} calls, after/before {overall:.2f} on the whole"
    message += f"; slower for certain: {', '.join(f'{r.call} {r.ratio:.2f}' for r in slower)}" if slower else ""
    entry = climb.beside(TITLE, NOT_PROVEN if problems else PASSED, "; ".join([message, *problems]), overall=overall)
    return tuple(ratios), entry


def _module(climb: Climb, module: BuiltModule, folder: Path) -> tuple[list[Ratio], str]:
    old = next((m for m in climb.before.modules if m.name == module.name), None)
    calls = surveyed(climb, module).repeating()[:MOST_CALLS]
    if old is None or not calls:
        return [], "no call of it can be repeated" if old else "the original has no such module"
    sides = {"before": (climb.before, old), "after": (climb.build, module)}
    files = {side: folder / f"speed-{module.name}-{side}.json" for side in sides}
    for turn in range(TURNS):
        for side, (build, which) in sides.items():
            climb.say(f"speed: {module.name}, turn {turn + 1} of {TURNS}, {side}")
            if problem := _bench(climb, build, which, calls, files[side]):
                return [], problem
    before, after = _values(files["before"]), _values(files["after"])
    return [ratio_of(name, before[name], after[name]) for name in before if name in after], ""


def _bench(climb: Climb, build: Build, module: BuiltModule, calls: tuple[Call, ...], target: Path) -> str:
    """One more process of every benchmark, appended to ``target``; why not, if not."""
    how = climb.control(module).hows[-1]
    named = [{"name": str(c), "setup": c.setup, "statement": c.statement} for c in calls]
    ask = build.folder / "run" / "calls.json"
    ask.parent.mkdir(exist_ok=True)
    ask.write_text(json.dumps(climb.given(module, how, calls=named)), "utf-8")
    options = ["--processes=1", f"--values={VALUES}", "--warmups=1", "--min-time=0.02", "--append", str(target), "-q"]
    command = [str(build.python), str(BENCH), str(ask), *options]
    env = {**environment(build), "PYTHONHASHSEED": "0"}
    outcome = run(command, build.log, climb.limits, cwd=ask.parent, env=env)
    said = outcome.output.strip().splitlines()
    return "" if outcome.ok else f"pyperf {outcome.ended}: {said[-1] if said else 'nothing said'}"


def _values(file: Path) -> dict[str, list[list[float]]]:
    """Benchmark -> for each process the seconds of its values, from pyperf's file."""
    document = json.loads(file.read_text("utf-8"))
    found = {}
    for each in document["benchmarks"]:
        name = each.get("metadata", {}).get("name") or document["metadata"]["name"]
        found[name] = [run["values"] for run in each["runs"] if run.get("values")]
    return found


def ratio_of(call: str, before: list[list[float]], after: list[list[float]]) -> Ratio:
    """The ratio of the means of processes, after over before, with its 95 % interval. Same input, same output."""
    old, new = [mean(values) for values in before], [mean(values) for values in after]
    draw = random.Random(call)
    drawn = sorted(mean(draw.choices(new, k=len(new))) / mean(draw.choices(old, k=len(old))) for _ in range(DRAWS))
    low, high = drawn[int(DRAWS * TAIL)], drawn[-1 - int(DRAWS * TAIL)]
    return Ratio(call, mean(old), mean(new), mean(new) / mean(old), low, high)
