"""A series of patches proven step by step: each state of the tree builds and passes its tests, the last climbs the ladder."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from porter.errors import PorterError, UsageError
from porter.verify.build import copy_tree
from porter.verify.model import PASSED, SeriesStep, Verification, VerifyOptions
from porter.verify.process import Limits, run
from porter.verify.verification import Say, verify

_STEP = 1  # what every state has to reach: it builds, and its own tests pass as before
_SEPARATOR = "---\n"
_PROOF = "Proven by porter verify: "


def verify_series(
    root: Path, folder: Path, options: VerifyOptions, say: Say = lambda text: None
) -> tuple[SeriesStep, ...]:
    """Apply the patches in ``folder``, in the order of their names, to copies of ``root``, and verify each state.

    The tests are compared with those of ``root``. The first step that fails is the last of the answer. Nothing is
    written to ``root``. Raises UsageError for a folder without patches, PorterError where no git is there to apply them.
    """
    patches = sorted(folder.glob("*.patch"))
    if not patches:
        raise UsageError(f"{folder}: no patches are in it", f"porter port {root} --series {folder} writes them")
    if shutil.which("git") is None:
        raise PorterError(
            "git is needed to apply the patches", "install git, or apply them by hand and verify each state"
        )
    steps: list[SeriesStep] = []
    with tempfile.TemporaryDirectory(prefix="porter-series-", ignore_cleanup_errors=True) as place:
        tree, log = Path(place) / root.resolve().name, Path(place) / "log"
        copy_tree(root, tree)
        for patch in patches:
            say(f"applying {patch.name}")
            steps.append(_step(tree, patch, log, _options(root, options, patch, last=patch == patches[-1]), say))
            if steps[-1].failed:
                break
    return tuple(steps)


def _options(root: Path, options: VerifyOptions, patch: Path, last: bool) -> VerifyOptions:
    keep = options.keep / patch.stem if options.keep else None
    options = replace(options, against=options.against or root, keep=keep)
    if last:
        return options
    return replace(options, rungs=min(_STEP, options.rungs), sanitize=(), valgrind=False, speed=False, pay_off=False)


def _step(tree: Path, patch: Path, log: Path, options: VerifyOptions, say: Say) -> SeriesStep:
    command = ["git", "apply", "--whitespace=nowarn", str(patch.resolve())]
    # git looks for a repository around the folder: a copy that lies in none is patched as it is
    applied = run(
        command,
        log,
        Limits(options.timeout, options.memory),
        cwd=tree,
        env={"GIT_CEILING_DIRECTORIES": str(tree.parent)},
    )
    if not applied.ok:
        return SeriesStep(patch, None, applied.output.strip() or applied.ended)
    return SeriesStep(patch, verify(tree, options, say))


def proof(run: Verification) -> str:
    """One line for the message of a patch: what was proven, and with which Python."""
    passed = [entry for entry in run.evidence if entry.verdict == PASSED and entry.rung is not None]
    said = "; ".join(f"{e.title}" + (f" ({e.message})" if e.rung == _STEP and e.message else "") for e in passed)
    return f"{_PROOF}{said} [{run.python.label}]"


def write_proof(step: SeriesStep) -> None:
    """Put what was proven at the end of the message of a step's patch, in the place of what stood there from before."""
    assert step.proven is not None
    text = step.patch.read_bytes().decode("latin-1")
    message, separator, diff = text.partition(f"\n{_SEPARATOR}")
    kept = [line for line in message.split("\n") if not line.startswith(_PROOF)]
    lines = [proof(run).encode().decode("latin-1") for run in step.proven.runs if run.python]
    message = "\n".join(kept).rstrip("\n")
    step.patch.write_bytes(f"{message}\n\n{chr(10).join(lines)}{separator}{diff}".encode("latin-1"))
