"""Rung 6: what 100 interpreters leave behind, the interpreter's own leavings subtracted.

Every destroyed interpreter leaves some memory of its own. So the rounds are run three times: with only the standard modules the
extension needs, with the extension loaded once in each interpreter, and with it loaded many times in each. What the second leaves
over the first is the extension's, names kept by the interpreter included; what the third leaves over the second is lost by each load,
and that is exact to a fraction of a block.
"""

from __future__ import annotations

from statistics import median

from porter.verify.climb import Climb, Control
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, BuiltModule, Evidence
from porter.verify.process import Outcome

ROUNDS = 100
WARM = 20
LOADS = 11
ONE_BLOCK = 0.5  # blocks a load: a round varies by one or two, a load by a tenth of that
SLACK = 64 * 1024  # bytes a round: what the allocators of C and Python move by themselves, measured at up to half of this
Growth = tuple[float, float]


def no_leak(climb: Climb) -> Evidence:
    """Evidence for rung 6. ``figures``: for each module bytes and blocks, for each interpreter and for each load."""
    figures, verdicts, messages, outcome = {}, [], [], None
    empty: dict[tuple[str, ...], Growth | None] = {}
    for module in climb.build.modules:
        control = climb.control(module)
        climb.say(f"rung 6: {module.name}")
        if control.imports not in empty:
            empty[control.imports] = _growth(climb, None, control, 1)[0]
        verdict, message, outcome, figures[module.name] = _measure(climb, module, control, empty[control.imports])
        verdicts.append(verdict)
        messages += [f"{module.name}: {message}"] if message else []
    verdict = FAILED if FAILED in verdicts else NOT_PROVEN if NOT_PROVEN in verdicts or not verdicts else PASSED
    return climb.evidence(6, verdict, "; ".join(messages), outcome, rounds=ROUNDS, modules=figures)


def _measure(climb: Climb, module: BuiltModule, control: Control, empty: Growth | None) -> tuple[str, str, Outcome | None, dict]:
    if empty is None:
        return NOT_PROVEN, "this Python cannot do the rounds with nothing loaded", None, {}
    once, error, outcome = _growth(climb, module, control, 1)
    if once is None:
        return FAILED, error, outcome, {}
    figures = {"bytes_each_empty_interpreter": round(empty[0]), "bytes_each_interpreter": round(once[0] - empty[0])}
    message = _lost("interpreter", once[0] - empty[0], 0.0)
    often, _, _ = _growth(climb, module, control, LOADS) if control.hows[0] == "alone" else (None, "", None)
    if often is not None:
        size, blocks = ((b - a) / (LOADS - 1) for a, b in zip(once, often))
        figures |= {"bytes_each_load": round(size), "blocks_each_load": round(blocks, 2)}
        message = _lost("load", size, blocks) or message
    return (FAILED if message else PASSED), message, outcome, figures


def _lost(each: str, size: float, blocks: float) -> str:
    if size <= SLACK and blocks < ONE_BLOCK:
        return ""
    counted = f"{blocks:.1f} blocks and " if blocks >= ONE_BLOCK else ""
    return f"{counted}{max(size, 0) / 1024:.0f} KiB lost with each {each}"


def _growth(climb: Climb, module: BuiltModule | None, control: Control, loads: int) -> tuple[Growth | None, str, Outcome]:
    """Bytes and blocks left by each round after the first ones; None and why where the rounds could not be done."""
    how = control.hows[0] if module else "nothing"
    settings = {"rounds": ROUNDS, "loads": loads, "imports": list(control.imports), "call": control.call}
    outcome, answer = climb.load(module, how, "rounds", **settings)
    if answer is None:
        return None, f"the interpreter {outcome.ended}", outcome
    if answer["error"]:
        return None, answer["error"], outcome
    memory, blocks = answer["memory"][WARM:], answer["blocks"][WARM:]
    steps = [b - a for a, b in zip(blocks, blocks[1:])]
    return ((memory[-1] - memory[0]) / (len(memory) - 1), float(median(steps))), "", outcome
