"""Micro-benchmarks of a module's own calls, before the port against after it, by pyperf.

The two builds are measured in turns, a process of each at a time, by the processor's time, so that a machine that is
busy slows both alike. Of a process the best value counts, which other work has disturbed least. The ratio is that of
the medians of the processes; its interval is found by drawing from them again and again (bootstrap).
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from statistics import geometric_mean, median

from porter.verify.build import Build
from porter.verify.climb import Climb, environment
from porter.verify.model import NOT_PROVEN, PASSED, BuiltModule, Evidence, Ratio
from porter.verify.process import run
from porter.verify.workload import Call, surveyed

PYPERF = "pyperf>=2.6"
TITLE = "speed"
BENCH = Path(__file__).parent / "drivers" / "bench.py"
MOST_CALLS, TURNS, VALUES = 12, 5, 4
KINDS = ("call", "attribute", "create")
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
    kinds = {kind: geometric_mean(found) for kind in KINDS if (found := [r.ratio for r in ratios if r.kind == kind])}
    message = f"{len(ratios)} calls, after/before {overall:.2f} on the whole"
    message += f" ({', '.join(f'{kind} {ratio:.2f}' for kind, ratio in kinds.items())})"
    message += f"; slower for certain: {', '.join(f'{r.call} {r.ratio:.2f}' for r in slower)}" if slower else ""
    entry = climb.beside(TITLE, NOT_PROVEN if problems else PASSED, "; ".join([message, *problems]), overall=overall, kinds=kinds)
    return tuple(ratios), entry


def _module(climb: Climb, module: BuiltModule, folder: Path) -> tuple[list[Ratio], str]:
    old = next((m for m in climb.before.modules if m.name == module.name), None)
    calls = _chosen(surveyed(climb, module).repeating())
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
    kinds = {str(call): call.kind for call in calls}
    both = [name for name in before if name in after]
    return [replace(ratio_of(name, before[name], after[name]), kind=kinds[name]) for name in both], ""


def _chosen(calls: tuple[Call, ...]) -> list[Call]:
    """The first calls, as many of each kind as there are and room is for."""
    by_kind = [[call for call in calls if call.kind == kind] for kind in KINDS]
    return [call for row in zip_longest(*by_kind) for call in row if call is not None][:MOST_CALLS]


def _bench(climb: Climb, build: Build, module: BuiltModule, calls: list[Call], target: Path) -> str:
    """One more process of every benchmark, appended to ``target``; why not, if not."""
    how = climb.control(module).hows[-1]
    named = [{"name": str(c), "setup": c.setup, "statement": c.statement} for c in calls]
    ask = build.folder / "run" / "calls.json"
    ask.parent.mkdir(exist_ok=True)
    ask.write_text(json.dumps(climb.given(module, how, calls=named)), "utf-8")
    options = ["--processes=1", f"--values={VALUES}", "--warmups=1", "--append", str(target), "-q"]
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
    """The ratio of processes, after over before, with its 95 % interval. Same input, same output."""
    old, new = list(map(min, before)), list(map(min, after))
    draw = random.Random(call)
    drawn = sorted(median(draw.choices(new, k=len(new))) / median(draw.choices(old, k=len(old))) for _ in range(DRAWS))
    low, high = drawn[int(DRAWS * TAIL)], drawn[-1 - int(DRAWS * TAIL)]
    return Ratio(call, median(old), median(new), median(new) / median(old), low, high)
