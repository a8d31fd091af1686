"""Rungs 2, 3 and 4: every extension loaded in own-GIL interpreters, alone from its file and through its package."""

from __future__ import annotations

from porter.verify.climb import REFUSAL, Climb, Control
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, BuiltModule, Evidence
from porter.verify.process import Outcome

THREADS = 4
MODES = {
    2: ("sequential", {"rounds": 5}),
    3: ("together", {}),
    4: ("concurrent", {"rounds": 8, "threads": THREADS}),
}
CONTROL_TRIES = 3


def load_rung(climb: Climb, rung: int) -> Evidence:
    """Evidence for rung 2, 3 or 4. A module passes when every way that works in the main interpreter works here;
    what its dependencies refuse, or this Python cannot do with nothing loaded, is not proven."""
    outcome, results, verdicts, messages, interpreters = None, {}, [], [], 0
    for module in climb.build.modules:
        control, said = climb.control(module), []
        if not control.hows:
            said = [(FAILED, f"cannot be loaded even in the main interpreter: {control.error}")]
        for how in control.hows:
            climb.say(f"rung {rung}: {module.name} ({how})")
            verdict, message, outcome, made = _attempt(climb, module, how, rung, control)
            interpreters += made
            said.append((verdict, f"{module.name} ({_WORDS[how]}): {message}" if message else ""))
        results[module.name] = _together([verdict for verdict, _ in said])
        verdicts.append(results[module.name])
        messages += [message for _, message in said if message]
    return climb.evidence(
        rung, _all(verdicts), "; ".join(messages), outcome, modules=results, interpreters=interpreters
    )


_WORDS = {"alone": "loaded alone", "package": "through its package"}


def _together(verdicts: list[str]) -> str:
    """One module: proven through one way is enough where another could not be tried."""
    return FAILED if FAILED in verdicts else PASSED if PASSED in verdicts else NOT_PROVEN


def _all(verdicts: list[str]) -> str:
    """All modules: one that is not proven leaves the rung not proven."""
    return FAILED if FAILED in verdicts else NOT_PROVEN if NOT_PROVEN in verdicts or not verdicts else PASSED


def _attempt(climb: Climb, module: BuiltModule, how: str, rung: int, control: Control) -> tuple[str, str, Outcome, int]:
    mode, settings = MODES[rung]
    outcome, answer = climb.load(module, how, mode, call=control.call, **settings)
    if answer is None:
        if _python_itself_dies(climb, mode, settings, control):
            return (
                NOT_PROVEN,
                f"{climb.python.label} itself dies here with nothing but standard modules loaded",
                outcome,
                0,
            )
        return FAILED, f"the interpreter {outcome.ended}", outcome, 0
    error, made = answer["error"], answer.get("interpreters", 0)
    if error is None:
        return PASSED, "", outcome, made
    refused = REFUSAL.search(error)
    if refused and not climb.owns(refused[1]):
        return NOT_PROVEN, f"{error} (a dependency, not of this tree)", outcome, made
    return FAILED, error, outcome, made


def _python_itself_dies(climb: Climb, mode: str, settings: dict, control: Control) -> bool:
    """Whether the same dance with the same standard modules and no extension kills this Python as well."""
    for _ in range(CONTROL_TRIES):
        if climb.load(None, "nothing", mode, imports=list(control.imports), **settings)[1] is None:
            return True
    return False
