"""Which state of a tree a run saw: the commit git names, and a hash of the sources themselves."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

SECONDS = 10.0
_SOURCES = re.compile(r"\.(c|h|cc|cpp|cxx|hh|hpp|hxx|i|in|inc|pxd|py|pyi|pyx|toml|cfg|cmake|build|txt)", re.IGNORECASE)


def content(root: Path) -> str:
    """SHA-256 of the names and bytes of all sources under ``root``: it moves with edits before they are committed.

    Hidden folders are passed over, links not followed; a file that cannot be read counts with its name and the error.
    """
    total = hashlib.sha256()
    for path in _sources(root):
        try:
            data = path.read_bytes()
        except OSError as problem:
            data = str(problem.errno).encode()
        total.update(os.fsencode(path.relative_to(root).as_posix()) + b"\0" + hashlib.sha256(data).digest())
    return total.hexdigest()


def revision(root: Path, content_hash: str) -> str:
    """The commit checked out at ``root``, or the first 12 digits of ``content_hash`` where git names none.

    Only HEAD is asked for, with what a repository could make git execute switched off; git gets ten seconds.
    """
    safely = ("-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit")
    command = ["git", *safely, "rev-parse", "--verify", "HEAD"]
    try:
        answer = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return content_hash[:12]
    return answer.stdout.strip() if answer.returncode == 0 else content_hash[:12]


def _sources(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        for name in sorted(files):
            path = Path(folder, name)
            if _SOURCES.fullmatch(path.suffix) and path.is_file() and not path.is_symlink():
                yield path
