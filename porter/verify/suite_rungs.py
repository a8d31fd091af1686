"""Rungs 1 and 5: the package's own tests, as they are run everywhere, and inside an interpreter with its own GIL."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from porter.verify.build import Build
from porter.verify.climb import REFUSAL, Climb, environment
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, Evidence
from porter.verify.process import Outcome, run
from porter.verify.suite import Counts, Runner, copy_tests, count, keep_settings, needs_pytest, understand

CONTROL = Path(__file__).parent / "drivers" / "control"
NO_TESTS_COLLECTED = 5
NOT_RUN = "not run"
SHOWN = 8
NO_FAULTHANDLER = ("-p", "no:faulthandler")  # the module is for the main interpreter only
# What no isolated interpreter may do, and the words of Python that say so.
IMPOSSIBLE = {
    "it starts a process by fork or exec": (
        r"(?:fork|exec)\w* (?:is )?not supported|not supported for isolated subinterpreters"
    ),
    "it starts a daemon thread": r"daemon threads are disabled in this",
    "it sets a signal handler": r"signal only works in main thread of the main interpreter|not in main interpreter",
    "it needs a module that is not isolated itself": r"does not support loading in subinterpreters",
}
CANNOT = re.compile("|".join(IMPOSSIBLE.values()), re.IGNORECASE)


def own_tests(climb: Climb, command: str | None) -> Evidence:
    """Rung 1. With an original, as many pass as there and it ends the same way; without, all pass."""
    if command is None:
        return climb.evidence(1, NOT_PROVEN, "no tests given (--tests) and none found")
    before = _run_tests(climb, climb.before, command) if climb.before else None
    after = _run_tests(climb, climb.build, command)
    if not _holds(before, after):  # a test that looks at the clock may fail once
        after = _run_tests(climb, climb.build, command)
    outcome, counts = after
    if outcome.died:
        return climb.evidence(1, FAILED, f"the tests: {outcome.ended}", outcome)
    verdict = PASSED if _holds(before, after) else FAILED
    message = f"{counts}" + (f" (before: {before[1]})" if before else "")
    if verdict == PASSED and not counts.passed and not outcome.ok:
        verdict, message = NOT_PROVEN, f"{message}; no test passes in the original either: {_last_line(outcome)}"
    elif counts.ran == 0 or (needs_pytest(command) and outcome.code == NO_TESTS_COLLECTED):
        verdict, message = NOT_PROVEN, "no test was run"
    elif verdict == FAILED:
        message += f"; {outcome.ended}: {_last_line(outcome)}"
    return climb.evidence(1, verdict, message, outcome, **_figures(counts, before))


def _figures(counts: Counts, before: tuple[Outcome, Counts] | None) -> dict[str, object]:
    figures = {
        "passed": counts.passed,
        "failed": counts.failed,
        "skipped": counts.skipped,
        "counted": counts.ran is not None,
    }
    return figures | ({"passed_before": before[1].passed, "failed_before": before[1].failed} if before else {})


def _run_tests(climb: Climb, build: Build, command: str) -> tuple[Outcome, Counts]:
    climb.say(f"rung 1: {command}")
    folder = _fresh_copy(build, "tests")
    outcome = run(["/bin/sh", "-c", command], build.log, climb.limits, cwd=folder, env=environment(build))
    return outcome, count(outcome.output)


def _fresh_copy(build: Build, name: str) -> Path:
    folder = build.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    copy_tests(build.source, build.site, folder)
    for place in (folder, build.folder / "venv"):
        keep_settings(place)
    return folder


def _holds(before: tuple[Outcome, Counts] | None, after: tuple[Outcome, Counts]) -> bool:
    outcome, counts = after
    if before is None:
        return outcome.ok
    return not outcome.died and outcome.code in (0, before[0].code) and counts.passed >= before[1].passed


def _last_line(outcome: Outcome) -> str:
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "nothing said"


def inside_tests(climb: Climb, command: str | None) -> Evidence:
    """Rung 5. Every test that passes in the main interpreter passes inside, but for what no isolated interpreter may
    do. The tree's own modules load there, as the rungs below have shown: a module that refuses is another's.
    """
    if command is None:
        return climb.evidence(5, NOT_PROVEN, "no tests given (--tests) and none found")
    runner = understand(command)
    if runner is None:
        return climb.evidence(5, NOT_PROVEN, f"only pytest and unittest can be run inside, not: {command}")
    climb.say(f"rung 5: {command}")
    outcome, answer = _run_inside(climb, runner, "own-gil")
    if answer is None or answer["error"]:
        return _not_finished(climb, runner, outcome, answer)
    inside = answer["outcomes"]
    passed = _passed(inside)
    there, main = _run_inside(climb, runner, "main")
    if main is None or main["error"] or not _passed(main["outcomes"]):
        why = main["error"] if main and main["error"] else _last_line(there)
        return climb.evidence(5, NOT_PROVEN, f"no test passes this way, even in the main interpreter: {why}", outcome)
    return _compare(climb, outcome, passed, inside, main["outcomes"])


def _compare(climb: Climb, outcome: Outcome, passed: set[str], inside: dict, main: dict) -> Evidence:
    lost = {
        name: inside.get(name, ["missing", _collection(name, inside)])[1] for name in sorted(_passed(main) - passed)
    }
    lost = {name: why for name, why in lost.items() if why != NOT_RUN or not by_other_names(name, inside, main)}
    cannot = {name: why for name, why in lost.items() if CANNOT.search(why)}
    wrong = {name: why for name, why in lost.items() if name not in cannot}
    figures = {"passed": len(passed), "passed_in_main": len(_passed(main)), "cannot_run": cannot, "wrong": wrong}
    if wrong:
        name, why = next(iter(wrong.items()))
        message = f"{len(wrong)} of {len(_passed(main))} tests fail only there; {name}: {why[-200:] or NOT_RUN}"
        return climb.evidence(5, FAILED, message, outcome, **figures)
    message = f"{len(passed)} passed" + (f", {len(cannot)} cannot run there: {_reasons(cannot)}" if cannot else "")
    return climb.evidence(5, PASSED if passed else NOT_PROVEN, message, outcome, **figures)


def _passed(outcomes: dict) -> set[str]:
    return {name for name, (outcome, _) in outcomes.items() if outcome == "passed"}


def _collection(name: str, inside: dict) -> str:
    """Why a test is missing: what kept its own file or module from being collected, else any other, if anything did."""
    failed = {at: why for at, (outcome, why) in inside.items() if outcome == "failed" and REFUSAL.search(why)}
    own = [
        why for at, why in failed.items() if name.startswith(at) or at.rpartition(".")[2] in re.split(r"[./:]", name)
    ]
    return next(iter([*own, *failed.values()]), NOT_RUN)


def by_other_names(name: str, inside: dict, main: dict) -> bool:
    """Whether a test has as many parameters there, whose names are drawn by lot or hold an address."""
    function = name.partition("[")[0]
    mine, its = ({n for n in _passed(each) if n.partition("[")[0] == function} for each in (main, inside))
    return "[" in name and len(mine) == len(its)


def _reasons(cannot: dict[str, str]) -> str:
    return "; ".join(sorted({_reason(why) for why in cannot.values()}))


def _reason(why: str) -> str:
    """In plain words, with the module that a refusal names."""
    words = next(words for words, said in IMPOSSIBLE.items() if re.search(said, why, re.IGNORECASE))
    refused = REFUSAL.search(why)
    return f"{words} ({refused[1]})" if refused else words


def account(figures: dict[str, object]) -> list[str]:
    """The tests that cannot run inside, by reason, from the figures of rung 5."""
    by_reason: dict[str, list[str]] = {}
    for name, why in figures.get("cannot_run", {}).items():
        by_reason.setdefault(_reason(why), []).append(name)
    return [f"{words}: {_some(names)}" for words, names in sorted(by_reason.items())]


def _some(names: list[str]) -> str:
    """The first of them, and how many more there are; the figures have all."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _not_finished(climb: Climb, runner: Runner, outcome: Outcome, answer: dict | None) -> Evidence:
    """It died or did not start: not the extension's fault where an empty suite does the same."""
    why = answer["error"] if answer else f"the interpreter {outcome.ended}{_under_way(climb)}"
    empty = Runner(runner.name, ("discover",) if runner.name == "unittest" else (), folder=str(CONTROL))
    _, control = _run_inside(climb, empty, "own-gil")
    if control is None or control["error"]:
        return climb.evidence(5, NOT_PROVEN, f"{runner.name} itself cannot run there: {why}", outcome)
    verdict = FAILED if answer is None or not CANNOT.search(why) else NOT_PROVEN
    return climb.evidence(5, verdict, why, outcome)


def _under_way(climb: Climb) -> str:
    now = climb.build.folder / "run" / "result.json.now"
    return f" in {now.read_text('utf-8', 'replace')}" if now.is_file() else ""


def _run_inside(climb: Climb, runner: Runner, where: str) -> tuple[Outcome, dict | None]:
    folder = _fresh_copy(climb.build, f"tests-{where}") / runner.folder
    given = {
        "where": where,
        "runner": runner.name,
        "arguments": [*NO_FAULTHANDLER, *runner.arguments] if runner.name == "pytest" else list(runner.arguments),
        "environ": dict(runner.environ),
        "folder": str(folder),
        "path": runner.path,
    }
    (climb.build.folder / "run" / "result.json.now").unlink(missing_ok=True)
    return climb.driver("suite.py", given, climb.limits)
