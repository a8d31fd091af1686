"""Run the sessions shown in the documents and compare: ``python docs/sessions.py [FILE...]`` (needs PyPI and gcc).

A session is the ``console`` blocks of one document, run in order in one new folder. Lines with ``$`` are commands; the
lines below one must come out of it in this order; a command with none below it only runs. ``…`` alone on a line
stands for any lines, inside of a line for any text.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "docs/tutorial.md", "docs/howto-ci.md")
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One command and the lines the document shows below it."""

    command: str
    shown: tuple[str, ...]


def steps(document: str) -> list[Step]:
    """The steps of all sessions in the text of a document; blocks without a prompt show no session."""
    found = []
    for block in _BLOCK.findall(document):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.rstrip("\n").split("\n")
            found.append(Step(command, tuple(shown)))
    return found


def missing(shown: tuple[str, ...], said: str) -> str | None:
    """The first shown line that does not come out in its place; None where all do."""
    lines, at, free = said.splitlines(), 0, False
    for line in shown:
        if line.strip() == "…":
            free = True
            continue
        pattern = re.compile(".*".join(map(re.escape, line.rstrip().split("…"))))
        while free and at < len(lines) and not pattern.fullmatch(lines[at].rstrip()):
            at += 1
        if at >= len(lines) or not pattern.fullmatch(lines[at].rstrip()):
            return line
        at, free = at + 1, False
    return None if free or at == len(lines) else f"(more comes out: {lines[at]})"


def differences(document: Path) -> int:
    """How many steps of a document say something else than it shows; each is told on stderr."""
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        for step in steps(document.read_text("utf-8")):
            done = subprocess.run(["sh", "-c", step.command], cwd=folder, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, env={**os.environ, "PATH": path})  # fmt: skip
            line = missing(step.shown, done.stdout) if step.shown else None
            if line is not None:
                count += 1
                print(f"{document.name}: $ {step.command}\n  shown and not said: {line}", file=sys.stderr)
    return count


if __name__ == "__main__":
    sys.exit(min(1, sum(differences(ROOT / each) for each in sys.argv[1:] or DOCUMENTS)))
