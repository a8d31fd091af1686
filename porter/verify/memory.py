"""Rung 6: what 100 interpreters leave behind, the interpreter's own leavings subtracted.

Every destroyed interpreter leaves memory of its own: at worst all of its arenas, so that what a module used while
it was alive looks lost. Therefore the rounds are run three times: with the extension loaded once in each
interpreter, with it loaded, used and let go many times in each, and with only the standard modules it imports. What
the second leaves over the first is lost by each load, exact to a fraction of a block: that decides. What the first
leaves over the third is told, and decides only where the extension cannot be loaded twice. A debug build of Python
counts references too: one that each load keeps decides like a block.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from statistics import median

from porter.verify.climb import Climb, Control
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, BuiltModule, Evidence
from porter.verify.process import Outcome

ROUNDS = 100
WARM = 20
LOADS = 11
ONE = 0.5  # blocks a load: a round varies by one or two, a load by a tenth of that; references too
SLACK = 64 * 1024  # bytes: what the allocators of C and Python move by themselves, measured at up to half of this


@dataclass(frozen=True)
class Growth:
    """What each round left: ``size`` in bytes, ``blocks`` of Python's allocator, ``references`` where this Python
    counts them; ``error``: why the rounds could not be done.
    """

    outcome: Outcome
    size: float = 0.0
    blocks: float = 0.0
    references: float | None = None
    imports: tuple[str, ...] = ()
    error: str | None = None


def no_leak(climb: Climb) -> Evidence:
    """Evidence for rung 6. ``figures``: for each module bytes and blocks, for each interpreter and for each load."""
    figures, verdicts, messages, outcome = {}, [], [], None
    empty: dict[tuple[str, ...], Growth] = {}
    for module in climb.build.modules:
        climb.say(f"rung 6: {module.name}")
        verdict, message, outcome, figures[module.name] = _measure(climb, module, empty)
        verdicts.append(verdict)
        messages += [f"{module.name}: {message}"] if message else []
    verdict = FAILED if FAILED in verdicts else NOT_PROVEN if NOT_PROVEN in verdicts or not verdicts else PASSED
    return climb.evidence(6, verdict, "; ".join(messages), outcome, rounds=ROUNDS, modules=figures)


def _measure(climb: Climb, module: BuiltModule, empty: dict[tuple[str, ...], Growth]) -> tuple[str, str, Outcome, dict]:
    control = climb.control(module)
    once = _grow(climb, module, control, 1)
    if once.error:
        return FAILED, once.error, once.outcome, {}
    if once.imports not in empty:
        empty[once.imports] = _grow(climb, None, control, 1, once.imports)
    base = empty[once.imports]
    figures = {"bytes_each_interpreter": round(once.size)}
    if not base.error:
        figures["bytes_each_empty_interpreter"] = round(base.size)
    often = _grow(climb, module, control, LOADS)
    if often.error:
        return *_without_loads(once, base, often.error), often.outcome, figures
    size, blocks = (often.size - once.size) / (LOADS - 1), (often.blocks - once.blocks) / (LOADS - 1)
    figures |= {"bytes_each_load": round(size), "blocks_each_load": round(blocks, 2)}
    counted = [f"{blocks:.1f} blocks"] if blocks >= ONE else []
    if often.references is not None and once.references is not None:
        references = (often.references - once.references) / (LOADS - 1)
        figures |= {"references_each_load": round(references, 2)}
        counted += [f"{references:.1f} references"] if references >= ONE else []
    if size <= SLACK and not counted:
        return PASSED, _said(figures), often.outcome, figures
    lost = ", ".join([*counted, f"{max(size, 0) / 1024:.0f} KiB"])
    return FAILED, f"{lost} lost with each load", often.outcome, figures


def _said(figures: dict) -> str:
    """The interpreter's own growth and the extension's, apart."""
    empty = figures.get("bytes_each_empty_interpreter")
    own = f" (the interpreter's own: {empty / 1024:.0f} KiB each)" if empty is not None else ""
    return f"{figures['blocks_each_load']:.2f} blocks and {figures['bytes_each_load'] / 1024:.1f} KiB each load{own}"


def _without_loads(once: Growth, base: Growth, why: str) -> tuple[str, str]:
    """The verdict where an interpreter cannot load it twice: flat is flat, but growth may be the interpreter's own."""
    if not base.error and once.size - base.size <= SLACK:
        return PASSED, ""
    more = (
        f"{(once.size - base.size) / 1024:.0f} KiB more left by each interpreter than by one without it, and "
        if not base.error
        else ""
    )
    return NOT_PROVEN, f"{more}an interpreter cannot load it again: {why}"


def _grow(
    climb: Climb, module: BuiltModule | None, control: Control, loads: int, imports: tuple[str, ...] = ()
) -> Growth:
    how = control.hows[0] if module else "nothing"
    settings = {"rounds": ROUNDS, "loads": loads, "imports": list(imports), "call": control.call}
    outcome, answer = climb.load(module, how, "rounds", patient=True, **settings)
    if answer is None or answer["error"]:
        return Growth(outcome, error=answer["error"] if answer else f"the interpreter {outcome.ended}")
    memory = answer["memory"][WARM:]
    size = (memory[-1] - memory[0]) / (len(memory) - 1)
    references = answer["references"][WARM:]
    counted = _step(references) if references else None
    return Growth(outcome, size, _step(answer["blocks"][WARM:]), counted, tuple(answer["imports"]))


def _step(values: list[int]) -> float:
    """By how much the values grow from one to the next, usually."""
    return float(median(after - before for before, after in itertools.pairwise(values)))
