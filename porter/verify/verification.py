"""The whole verification: build, climb, look beside the ladder."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from porter.errors import UsageError
from porter.verify.behaviour import compare_behaviour
from porter.verify.beside import midway, outlive
from porter.verify.build import Build, build
from porter.verify.climb import Climb
from porter.verify.install import Shop, kept_wheels
from porter.verify.keep import keep_evidence
from porter.verify.loading import declares_own_gil, load_rung
from porter.verify.measure import measured
from porter.verify.memory import no_leak
from porter.verify.model import (
    FAILED,
    NOT_PROVEN,
    PASSED,
    SKIPPED,
    TITLES,
    TOP,
    Evidence,
    Python,
    Residue,
    Verification,
    Verifications,
    VerifyOptions,
)
from porter.verify.process import Limits
from porter.verify.pythons import ADVICE, find_pythons
from porter.verify.residue import find_residue, verdict_on
from porter.verify.sanitize import instrumented
from porter.verify.suite_rungs import inside_tests, own_tests
from porter.verify.suite_settings import Suite, find_suite

Say = Callable[[str], None]


def verify(root: Path, options: VerifyOptions, say: Say = lambda text: None) -> Verifications:
    """Build ``root`` and prove what can be proven of it, with each Python asked for. This runs code of the tree.

    ``say`` is told each step. Raises PorterError for a folder that is none, no usable Python, or a copy that fails;
    whatever the tree's code does is evidence, never an exception.
    """
    for folder in filter(None, (root, options.against)):
        if not folder.is_dir():
            raise UsageError(f"{folder}: not a folder", "give the root of the package's source tree")
    pythons = find_pythons(options.pythons)
    runs = []
    with _workspace(options.keep) as folder:
        places = _places(folder, pythons)
        for python, place in zip(pythons, places):
            say(f"using {python.label}")
            runs.append(_verify(root, options, python, place, say))
        proven = Verifications(tuple(runs))
        if options.keep:
            keep_evidence(proven, folder, places)
    return proven


def _places(folder: Path, pythons: tuple[Python, ...]) -> list[Path]:
    """A folder for each Python: ``folder`` itself for one, else named after its version, numbered if two share it."""
    if len(pythons) == 1:
        return [folder]
    names = [python.short for python in pythons]
    return [
        folder / (name if names.count(name) == 1 else f"{name}-{names[: at + 1].count(name)}")
        for at, name in enumerate(names)
    ]


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
    suite = Suite(options.tests, (), "--tests") if options.tests else find_suite(root)
    requires = tuple(dict.fromkeys((*options.test_requires, *(suite.requires if suite else ()))))
    limits = Limits(options.timeout, options.memory)
    shop = Shop(python, limits, kept_wheels(python), options.offline, say)
    started = time.monotonic()
    before = build(options.against, folder / "before", shop, requires) if options.against else None
    after = build(root, folder / "after", shop, requires)
    climb = Climb(python, after, before, options, say)
    proven = prove(climb, str(root), suite.command if suite else None, time.monotonic() - started)
    told = (f"tests found in {suite.source}: {suite.command}",) if suite and not options.tests else ()
    more = instrumented(climb, root, folder, shop) if after.ok else ()
    proven = replace(proven, evidence=(*proven.evidence, *more), notes=(*told, *proven.notes))
    if after.ok and (options.speed or options.pay_off):
        proven = measured(climb, proven, folder, shop)
    return proven


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
    residue, left = _residue(climb)
    changes, behaviour = compare_behaviour(climb)
    names = tuple(m.name for m in climb.build.modules)
    notes = _notes(climb.before, climb.build)
    evidence = (*ladder, left, behaviour, *_harm(climb, ladder))
    return Verification(root, against, climb.python, names, evidence, residue, changes, notes)


def _harm(climb: Climb, ladder: tuple[Evidence, ...]) -> Iterator[Evidence]:
    """What is tried beside the ladder where all rungs are: an init that fails midway, objects that outlive it."""
    if climb.options.rungs < TOP:
        return
    yield _timed(partial(midway, climb))
    if any(e.rung == 2 and e.verdict == PASSED for e in ladder):
        yield _timed(partial(outlive, climb))


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


def _residue(climb: Climb) -> tuple[Residue, Evidence]:
    climb.say("reading the built files")
    residue = find_residue(climb.build.modules)
    return residue, verdict_on(residue, {m.name: declares_own_gil(climb, m) for m in climb.build.modules})
