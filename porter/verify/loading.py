"""Rungs 2, 3 and 4: every extension loaded in own-GIL interpreters, alone from its file and through its package."""

from __future__ import annotations

from porter.verify.climb import DEVELOPMENT, REFUSAL, Climb, Control
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, BuiltModule, Evidence
from porter.verify.process import Outcome
from porter.verify.workload import Workload, workload

THREADS = 4
CONCURRENT = 4
MODES = {
    2: ("sequential", {"rounds": 5}),
    3: ("together", {}),
    CONCURRENT: ("concurrent", {"rounds": 8, "threads": THREADS}),
}
CONTROL_TRIES = 3


def load_rung(climb: Climb, rung: int) -> Evidence:
    """Evidence for rung 2, 3 or 4. A module passes when every way that works in the main interpreter works here;
    what its dependencies refuse, or this Python cannot do with nothing loaded, is not proven."""
    outcome, results, verdicts, messages, interpreters = None, {}, [], [], 0
    work = {}
    for module in climb.build.modules:
        control, said = climb.control(module), []
        if not control.hows:
            said = [(FAILED, f"cannot be loaded even in the main interpreter: {control.error}")]
        for how in control.hows:
            climb.say(f"rung {rung}: {module.name} ({how})")
            verdict, message, outcome, made = _attempt(climb, module, how, rung, control)
            interpreters += made.get("interpreters", 0)
            if rung == CONCURRENT:
                work[module.name] = _worked(workload(climb, module), made)
            said.append((verdict, f"{module.name} ({_WORDS[how]}): {message}" if message else ""))
        results[module.name] = _together([verdict for verdict, _ in said])
        verdicts.append(results[module.name])
        messages += [message for _, message in said if message]
    figures = {"modules": results, "interpreters": interpreters} | ({"work": work} if work else {})
    return climb.evidence(rung, _all(verdicts), "; ".join(messages), outcome, **figures)


def _worked(work: Workload, made: dict) -> dict[str, object]:
    """The figures of a workload: what was called, and how many results could be compared."""
    return {
        "calls": [str(call) for call in work.calls],
        "script": work.script,
        "compared": made.get("compared", 0),
        "deadly_in_main": list(work.deadly),
        "not_called": list(work.spared),
    } | ({"problem": work.problem} if work.problem else {})


_WORDS = {"alone": "loaded alone", "package": "through its package"}


def _together(verdicts: list[str]) -> str:
    """One module: proven through one way is enough where another could not be tried."""
    return FAILED if FAILED in verdicts else PASSED if PASSED in verdicts else NOT_PROVEN


def _all(verdicts: list[str]) -> str:
    """All modules: one that is not proven leaves the rung not proven."""
    return FAILED if FAILED in verdicts else NOT_PROVEN if NOT_PROVEN in verdicts or not verdicts else PASSED


def _attempt(
    climb: Climb, module: BuiltModule, how: str, rung: int, control: Control
) -> tuple[str, str, Outcome, dict]:
    mode, settings = MODES[rung]
    work = workload(climb, module).settings if rung == CONCURRENT else {}
    outcome, answer = climb.load(module, how, mode, call=control.call, **settings, **work)
    if answer is None:
        if _python_itself_dies(climb, mode, settings, control):
            message = f"{climb.python.label} itself dies here with nothing but standard modules loaded"
            return NOT_PROVEN, message, outcome, {}
        if _original_dies(climb, module, how, mode, settings | work):
            return NOT_PROVEN, f"the interpreter {outcome.ended} (with the original as well)", outcome, {}
        return FAILED, f"the interpreter {outcome.ended}", outcome, {}
    if (error := answer["error"]) is None:
        return PASSED, "", outcome, answer
    refused = REFUSAL.search(error)
    if refused and not climb.owns(refused[1]):
        return NOT_PROVEN, f"{error} (a dependency, not of this tree)", outcome, answer
    return FAILED, error, outcome, answer


def _python_itself_dies(climb: Climb, mode: str, settings: dict, control: Control) -> bool:
    """Whether the same dance with the same standard modules and no extension kills this Python as well."""
    for _ in range(CONTROL_TRIES):
        if climb.load(None, "nothing", mode, imports=list(control.imports), **settings)[1] is None:
            return True
    return False


def _original_dies(climb: Climb, module: BuiltModule, how: str, mode: str, settings: dict) -> bool:
    """Whether the original, if there is one, does not survive the same: one that is refused does."""
    found = [m for m in climb.before.modules if m.name == module.name] if climb.before else []
    given = [climb.given(m, how, mode=mode, call=climb.control(module).call, **settings) for m in found]
    answers = [climb.driver("load.py", g, climb.load_limits, climb.before, flags=DEVELOPMENT)[1] for g in given]
    return None in answers


def declares_own_gil(climb: Climb, module: BuiltModule) -> bool | None:
    """Whether ``module`` lets an interpreter with its own GIL load it; None where no such interpreter could ask."""
    control = climb.control(module)
    if not climb.python.own_gil or not control.hows:
        return None
    _, answer = climb.load(module, control.hows[0], "sequential", call=False)
    if answer is None or not answer["error"]:
        return True  # what dies has begun to initialise
    refused = REFUSAL.search(answer["error"])
    return True if refused is None else False if climb.owns(refused[1]) else None
