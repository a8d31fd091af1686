"""The whole verification: build, climb, look beside the ladder."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from porter.errors import PorterError, UsageError
from porter.verify.behaviour import compare_behaviour
from porter.verify.build import Build, build
from porter.verify.climb import Climb
from porter.verify.loading import load_rung
from porter.verify.memory import no_leak
from porter.verify.model import (
    FAILED,
    NOT_PROVEN,
    PASSED,
    SKIPPED,
    TITLES,
    Evidence,
    Python,
    Residue,
    Verification,
    VerifyOptions,
)
from porter.verify.process import Limits
from porter.verify.pythons import ADVICE, find_python
from porter.verify.residue import find_residue, verdict_on
from porter.verify.suite import find_command, needs_pytest
from porter.verify.suite_rungs import inside_tests, own_tests

Say = Callable[[str], None]


def verify(root: Path, options: VerifyOptions, say: Say = lambda text: None) -> Verification:
    """Build ``root`` and prove what can be proven of it. This runs code of the tree.

    ``say`` is told each step. Raises PorterError for a folder that is none, no usable Python, or a copy that fails;
    whatever the tree's code does is evidence, never an exception.
    """
    for folder in filter(None, (root, options.against)):
        if not folder.is_dir():
            raise UsageError(f"{folder}: not a folder", "give the root of the package's source tree")
    python = find_python(options.pythons).python
    if python is None:
        raise PorterError("no Python that can make virtual environments was found", ADVICE)
    say(f"using {python.label}")
    with _workspace(options.keep) as folder:
        return _verify(root, options, python, folder, say)


@contextlib.contextmanager
def _workspace(keep: Path | None) -> Iterator[Path]:
    """The folder all is built in: ``keep``, which must be empty or new, or a temporary one."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="porter-verify-", ignore_cleanup_errors=True) as folder:
            yield Path(folder).resolve()
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        used = any(keep.iterdir())
    except OSError as problem:
        raise UsageError(f"--keep {keep}: {problem.strerror}") from problem
    if used:
        raise UsageError(f"--keep {keep}: the folder is not empty", "name a new folder")
    yield keep.resolve()


def _verify(root: Path, options: VerifyOptions, python: Python, folder: Path, say: Say) -> Verification:
    command = options.tests or find_command(root)
    requires = options.test_requires
    if options.tests is None and command and needs_pytest(command) and "pytest" not in requires:
        requires = (*requires, "pytest")
    limits = Limits(options.timeout, options.memory)
    started = time.monotonic()
    before = build(options.against, folder / "before", python, limits, requires, say) if options.against else None
    after = build(root, folder / "after", python, limits, requires, say)
    climb = Climb(python, after, before, options, say)
    return prove(climb, str(root), command, time.monotonic() - started)


def prove(climb: Climb, root: str, command: str | None, seconds: float = 0.0) -> Verification:
    """The verification of a tree that has been built, or not, in ``seconds``; ``command`` runs its tests, if it has
    any.
    """
    against = _text(climb.options.against)
    first = replace(_builds(climb), seconds=round(seconds, 1))
    if first.verdict == FAILED:
        rest = _skip(range(1, climb.options.rungs + 1), "it does not build")
        return Verification(root, against, climb.python, (), (first, *rest), notes=climb.build.notes)
    ladder = (first, *_climb(climb, command))
    residue, beside = _residue(climb, ladder)
    changes, behaviour = compare_behaviour(climb)
    names = tuple(m.name for m in climb.build.modules)
    notes = _notes(climb.before, climb.build)
    return Verification(root, against, climb.python, names, (*ladder, beside, behaviour), residue, changes, notes)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _notes(before: Build | None, after: Build) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(before.notes if before else ()), *after.notes)))


def _builds(climb: Climb) -> Evidence:
    """Rung 0: the tree builds, and so does the original."""
    for built, what in ((climb.before, "the original: "), (climb.build, "")):
        if built is not None and not built.ok:
            return climb.evidence(0, FAILED, what + "; ".join(built.error), built.outcome)
    names = [m.name for m in climb.build.modules]
    if not names:
        return climb.evidence(0, FAILED, "it builds and installs, but no extension module with it", climb.build.outcome)
    if climb.before and (missing := {m.name for m in climb.before.modules} - set(names)):
        return climb.evidence(
            0, FAILED, f"built from the original only: {', '.join(sorted(missing))}", climb.build.outcome
        )
    return climb.evidence(0, PASSED, ", ".join(names), climb.build.outcome, modules=names)


def _climb(climb: Climb, command: str | None) -> Iterator[Evidence]:
    """Rungs 1 to the highest asked for; above a failed load nothing that loads is tried."""
    rungs = {1: lambda: own_tests(climb, command), 5: lambda: inside_tests(climb, command), 6: lambda: no_leak(climb)}
    stopped = None
    for rung in range(1, climb.options.rungs + 1):
        if rung > 1 and not climb.python.own_gil:
            yield climb.evidence(rung, NOT_PROVEN, f"no Python with own-GIL interpreters found; {ADVICE}")
        elif stopped is not None:
            yield from _skip([rung], f"rung {stopped} is not passed")
        else:
            entry = _timed(rungs.get(rung) or partial(load_rung, climb, rung))
            stopped = rung if rung in (2, 3, 4) and entry.verdict != PASSED else None
            yield entry


def _timed(make: Callable[[], Evidence]) -> Evidence:
    started = time.monotonic()
    entry = make()
    return replace(entry, seconds=round(time.monotonic() - started, 1))


def _skip(rungs: Iterable[int], why: str) -> list[Evidence]:
    return [Evidence(rung, TITLES[rung], SKIPPED, why) for rung in rungs]


def _residue(climb: Climb, ladder: tuple[Evidence, ...]) -> tuple[Residue, Evidence]:
    climb.say("reading the built files")
    residue = find_residue(climb.build.modules)
    loaded = next((e.figures.get("modules", {}) for e in ladder if e.rung == 2), {})
    return residue, verdict_on(residue, loaded)
