"""What git knows of a repository, asked without touching its work tree and without running anything it configures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from porter.errors import PorterError

_SAFELY = ("--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false")
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
_FILES = ("100644", "100755", "100664")  # modes of regular files: links and submodules are not followed


@dataclass(frozen=True)
class Revision:
    """A commit: ``name`` is the tag it was asked by, or the commit; ``time`` is that of the committer, in UTC."""

    commit: str
    time: datetime
    name: str

    @property
    def stamp(self) -> str:
        """The time as a ledger writes it."""
        return self.time.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass(frozen=True)
class Repository:
    """A git repository, bare or with a work tree."""

    path: Path

    def revisions(self, span: str) -> list[Revision]:
        """The commits of ``A..B`` (or all up to ``B``) along first parents, oldest first.

        Raises PorterError where git knows no such revision.
        """
        asked = ("rev-list", "--first-parent", "--reverse", "--timestamp", "--end-of-options", span, "--")
        lines = (line.split() for line in self._ask(*asked).splitlines())
        return [Revision(commit, _utc(seconds), commit) for seconds, commit in lines]

    def tags(self, pattern: str) -> list[Revision]:
        """The commits of all tags that fit a shell pattern, oldest first."""
        form = "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
        rows = (line.split("\0") for line in self._ask("for-each-ref", f"--format={form}", "refs/tags").splitlines())
        commits = {name: own if kind == "commit" else inner for name, kind, own, of, inner in rows if "commit" in (kind, of)}
        names = [name for name in commits if fnmatchcase(name, pattern)]
        times = self._times([commits[name] for name in names])
        found = [Revision(commits[name], times[commits[name]], name) for name in names]
        return sorted(found, key=lambda revision: (revision.time, revision.name))

    def files(self, commit: str) -> dict[str, str]:
        """The regular files of a revision: path and the id of its content."""
        found = {}
        for entry in self._ask("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit).split("\0")[:-1]:
            told, _, path = entry.partition("\t")
            mode, _, blob = told.split()
            if mode in _FILES:
                found[path] = blob
        return found

    @contextmanager
    def contents(self) -> Iterator[Contents]:
        """One process of git that hands out contents, until the end of the block."""
        with self._start("cat-file", "--batch", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            yield Contents(process)
            process.stdin.close()

    def _times(self, commits: list[str]) -> dict[str, datetime]:
        if not commits:
            return {}
        shown = self._ask("rev-list", "--no-walk", "--timestamp", "--stdin", given="\n".join(commits)).splitlines()
        return {commit: _utc(seconds) for seconds, commit in (line.split() for line in shown)}

    def _ask(self, *words: str, given: str = "") -> str:
        with self._start(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            out, complaint = process.communicate(given.encode("utf-8", "surrogateescape"))
        if process.returncode:
            said = complaint.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
            raise PorterError(f"{self.path}: {said[0].removeprefix('fatal: ')}", "is this a git repository that has it?")
        return os.fsdecode(out)

    def _start(self, *words: str, **streams: int) -> subprocess.Popen:
        call = ["git", "-C", os.fspath(self.path), *_SAFELY, *words]
        try:
            return subprocess.Popen(call, env={**os.environ, **_QUIET}, **streams)
        except OSError as problem:
            raise PorterError(f"git cannot be run: {problem.strerror or problem}", "install git") from problem


class Contents:
    """Reads contents by their ids from one running git."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def read(self, blob: str) -> bytes | None:
        """The bytes of a content, or None where the repository does not have it (a shallow or partial clone)."""
        self._process.stdin.write(f"{blob}\n".encode("ascii"))
        self._process.stdin.flush()
        *_, size = (self._process.stdout.readline() or b"missing").split()
        if size == b"missing":
            return None
        data = self._process.stdout.read(int(size))
        self._process.stdout.read(1)
        return data


def _utc(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
