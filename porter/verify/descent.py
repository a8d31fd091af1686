"""What a child process started, all the way down: how much memory it has, and its end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PARENT, GROUP, PAGES = 1, 2, 21  # fields of /proc/PID/stat behind the name


@dataclass(frozen=True)
class Process:
    """One process of the machine; ``pages``: of memory in use."""

    pid: int
    parent: int
    group: int
    pages: int


def resident(child: int) -> int:
    """Bytes of memory of ``child``, its process group and their descendants; 0 where the system has no /proc."""
    return sum(process.pages for process in _family(child)) * os.sysconf("SC_PAGE_SIZE")


def end_all(child: int, mark: str) -> None:
    """Kill the process group of ``child`` and whatever it left elsewhere.

    A daemon has another group and another parent, but the environment it was started with: ``mark`` is a
    ``NAME=value`` in it.
    """
    family = {process.pid for process in _family(child)}
    _kill(os.killpg, child)
    for pid in family | set(_marked(mark.encode())):
        if pid != child:
            _kill(os.kill, pid)


def _kill(how, target: int) -> None:
    try:
        how(target, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended


def _family(child: int) -> list[Process]:
    """``child``, its group, and the descendants of any of them."""
    everyone = list(_processes())
    family = {p.pid: p for p in everyone if child in (p.pid, p.group)}
    while more := {p.pid: p for p in everyone if p.parent in family and p.pid not in family}:
        family |= more
    return list(family.values())


def _processes() -> Iterator[Process]:
    for folder in _folders():
        try:
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            yield Process(int(folder.name), int(fields[PARENT]), int(fields[GROUP]), int(fields[PAGES]))
        except (OSError, IndexError):
            continue  # it has ended


def _marked(mark: bytes) -> Iterator[int]:
    for folder in _folders():
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)
        except OSError:
            continue  # it has ended, or is another user's


def _folders() -> list[Path]:
    return [p for p in PROC.iterdir() if p.name.isdigit()] if (PROC / "self" / "stat").is_file() else []
