"""What every rung needs: the builds, the limits, and one child that loads an extension in a given way."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from porter.verify.build import Build
from porter.verify.model import TITLES, BuiltModule, Evidence, Python, VerifyOptions
from porter.verify.process import Limits, Outcome, run_driver

REFUSAL = re.compile(r"module (\S+) does not support loading in subinterpreters")
LOAD_SECONDS = 120.0
DEVELOPMENT = ("-X", "dev")  # the debug hooks of the allocators, and a traceback when it dies


@dataclass(frozen=True)
class Control:
    """How an extension loads in the main interpreter. ``hows``: the ways that work there; ``imports``: standard
    modules loaded with it; ``call``: whether its types survive being called there; ``error``: why it loads in no
    way.
    """

    hows: tuple[str, ...]
    imports: tuple[str, ...] = ()
    call: bool = True
    error: str = ""


@dataclass(frozen=True)
class Climb:
    """One verification under way. ``before`` is the build of the original, if any; ``say`` shows progress."""

    python: Python
    build: Build
    before: Build | None
    options: VerifyOptions
    say: Callable[[str], None]
    controls: dict[str, Control] = field(default_factory=dict)
    remembered: dict[object, object] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        """For builds and tests."""
        return Limits(self.options.timeout, self.options.memory)

    @property
    def load_limits(self) -> Limits:
        """For one child that loads something."""
        return Limits(min(self.options.timeout, LOAD_SECONDS), self.options.memory)

    def owns(self, name: str) -> bool:
        """Whether a module that was refused is one of the tree's own; a refusal names the leaf or the dotted name."""
        return name.rpartition(".")[2] in {module.name.rpartition(".")[2] for module in self.build.modules}

    def once(self, key: object, work: Callable[[], object]) -> object:
        """``work()``, done the first time that ``key`` is asked for."""
        if key not in self.remembered:
            self.remembered[key] = work()
        return self.remembered[key]

    def load(
        self, module: BuiltModule | None, how: str, mode: str, *, patient: bool = False, **settings: object
    ) -> tuple[Outcome, dict | None]:
        """Run drivers/load.py; its answer, or None if the child died. ``patient``: for as long as a build may take."""
        given = self.given(module, how, mode=mode) | settings
        development = mode in ("sequential", "together", "concurrent")
        return self.driver(
            "load.py",
            given,
            self.limits if patient else self.load_limits,
            flags=DEVELOPMENT if development else (),
        )

    def given(self, module: BuiltModule | None, how: str, **settings: object) -> dict:
        """What drivers/use.py takes, with nothing but the load asked for; ``settings`` over it."""
        return {
            "name": module.name if module else "",
            "path": str(module.path) if module else "",
            "how": how,
            "imports": [],
            "call": True,
            "loads": 1,
            "calls": [],
            "script": None,
            "expected": None,
            "results_to": None,
            "modules_to": None,
            "rounds": 1,
            "threads": 1,
            "patience": self.load_limits.seconds,
        } | settings

    def driver(
        self,
        script: str,
        given: dict,
        limits: Limits,
        build: Build | None = None,
        *,
        flags: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        through: Sequence[str] = (),
    ) -> tuple[Outcome, dict | None]:
        """Run a driver in the environment of ``build`` (default: the tree's), in a folder of its own."""
        build = build or self.build
        folder = build.folder / "run"
        folder.mkdir(exist_ok=True)
        env = {**environment(build), "PYTHONHASHSEED": "0", **(env or {})}
        return run_driver(
            build.python, script, given, build.log, limits, cwd=folder, env=env, flags=flags, through=through
        )

    def control(self, module: BuiltModule) -> Control:
        """How ``module`` loads in the main interpreter, asked once."""
        if module.name not in self.controls:
            self.controls[module.name] = self._control(module)
        return self.controls[module.name]

    def _control(self, module: BuiltModule) -> Control:
        hows, imports, errors, call = [], set(), [], True
        for how in ("alone", "package"):
            outcome, answer = self.load(module, how, "main", call=call)
            if outcome.died and call:
                call = False
                outcome, answer = self.load(module, how, "main", call=call)
            error = answer["error"] if answer else outcome.ended
            if error:
                errors.append(f"{module.name} ({how}): {error}")
            else:
                hows.append(how)
                imports.update(answer["imports"])
        return Control(tuple(hows), tuple(sorted(imports)), call, "; ".join(dict.fromkeys(errors)))

    def evidence(
        self, rung: int, verdict: str, message: str, outcome: Outcome | None = None, **figures: object
    ) -> Evidence:
        """Evidence for one rung; the log is named only when it is kept."""
        return self.beside(TITLES[rung], verdict, message, outcome, rung=rung, **figures)

    def beside(
        self,
        title: str,
        verdict: str,
        message: str,
        outcome: Outcome | None = None,
        *,
        rung: int | None = None,
        **figures: object,
    ) -> Evidence:
        """Evidence for what stands beside the ladder."""
        log = str(outcome.log) if outcome and self.options.keep else None
        command = outcome.command if outcome else ""
        return Evidence(rung, title, verdict, message, command=command, log=log, figures=figures)


def environment(build: Build) -> Mapping[str, str]:
    """The environment's programs first on PATH, no byte code written."""
    programs = str(build.folder / "venv" / "bin")
    path = os.pathsep.join(filter(None, (programs, os.environ.get("PATH", ""))))
    return {"PATH": path, "VIRTUAL_ENV": str(Path(programs).parent), "PYTHONDONTWRITEBYTECODE": "1"}
