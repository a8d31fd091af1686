"""What interpreters do at once: calls of a module's public names that come back, or a script of the user's."""

from __future__ import annotations

from dataclasses import dataclass

from porter.verify.climb import DEVELOPMENT, Climb
from porter.verify.model import BuiltModule

CALL_SECONDS = 1.0


@dataclass(frozen=True)
class Call:
    """One call as Python text over ``m``, the module. ``kind``: ``call``, ``attribute`` (read) or ``create`` (and
    destroy); ``raises``: the exception's name, or None where it returns; ``repeats``: it returns again and again.
    """

    target: str
    setup: str
    statement: str
    raises: str | None = None
    repeats: bool = True
    kind: str = "call"

    def __str__(self) -> str:
        return f"{self.setup}; {self.statement}" if self.setup else self.statement


@dataclass(frozen=True)
class Workload:
    """``deadly``: calls that kill or hang even the main interpreter; ``spared``: names not called for what they may
    do; ``script``: the user's own file instead of calls; ``problem``: why there is none.
    """

    calls: tuple[Call, ...] = ()
    deadly: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    script: str | None = None
    problem: str = ""

    def repeating(self) -> tuple[Call, ...]:
        """Of each name the first call that can be made again and again."""
        first: dict[str, Call] = {}
        for call in self.calls:
            if call.repeats:
                first.setdefault(call.target, call)
        return tuple(first.values())

    @property
    def settings(self) -> dict[str, object]:
        """What drivers/use.py takes of it."""
        return {"calls": [[call.setup, call.statement] for call in self.calls], "script": self.script}

    def __str__(self) -> str:
        return f"{self.script}" if self.script else f"{len(self.calls)} calls" if self.calls else "no calls"


def workload(climb: Climb, module: BuiltModule) -> Workload:
    """The workload for one module, made once: the file asked for, else calls found by trying each in a fork."""
    if climb.options.workload:
        return Workload(script=str(climb.options.workload.resolve()))
    return surveyed(climb, module)


def surveyed(climb: Climb, module: BuiltModule) -> Workload:
    """The calls of one module that come back, whether or not a file is to be run instead of them."""
    return climb.once(("workload", module.name), lambda: _survey(climb, module))


def _survey(climb: Climb, module: BuiltModule) -> Workload:
    control = climb.control(module)
    if not control.hows:
        return Workload(problem=control.error)
    climb.say(f"looking for calls of {module.name} that come back")
    given = climb.given(module, control.hows[-1], seconds=CALL_SECONDS)
    outcome, answer = climb.driver("survey.py", given, climb.load_limits, flags=DEVELOPMENT)
    if answer is None:
        return Workload(problem=f"the survey of its calls {outcome.ended}")
    calls = tuple(Call(**call) for call in answer["calls"])
    return Workload(calls, tuple(answer["deadly"]), tuple(answer["spared"]))
