"""Child processes with limits: whatever they do, hang, die or eat memory, is a result."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """``seconds`` of wall clock and ``memory`` in MiB, over the child and everything in its process group."""

    seconds: float
    memory: int


@dataclass(frozen=True)
class Outcome:
    """How a child ended. ``exceeded``: ``time``, ``memory`` or None; ``output``: stdout and stderr, as written to
    ``log``.
    """

    command: str
    code: int
    exceeded: str | None
    limits: Limits
    seconds: float
    output: str
    log: Path

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with exit code 0."""
        return self.code == 0 and self.exceeded is None

    @property
    def died(self) -> bool:
        """Whether a signal, ours or its own, ended it."""
        return self.code < 0 or self.exceeded is not None

    @property
    def ended(self) -> str:
        """How it ended, in words."""
        if self.exceeded == "time":
            return f"no answer in {self.limits.seconds:g} s"
        if self.exceeded == "memory":
            return f"took more than {self.limits.memory} MiB of memory"
        if self.code < 0:
            return f"died with {_signal_name(-self.code)}"
        return f"ended with exit code {self.code}"


def run(
    command: Sequence[str], log: Path, limits: Limits, *, cwd: Path, env: Mapping[str, str] | None = None
) -> Outcome:
    """Run ``command`` to its end, its output appended to ``log``; ``env`` is added to porter's own environment.

    A command that cannot be started ends with code 127, as in a shell.
    """
    shown = shlex.join(command)
    started = time.monotonic()
    with open(log, "ab") as out:
        out.write(f"$ {shown}\n".encode("utf-8", "surrogateescape"))
        out.flush()
        offset = out.tell()
        try:
            code, exceeded = _supervise(command, out, limits, cwd, {**os.environ, **(env or {})})
        except OSError as problem:
            out.write(f"cannot be started: {problem}\n".encode("utf-8", "surrogateescape"))
            code, exceeded = 127, None
    output = log.read_bytes()[offset:].decode("utf-8", "replace")
    return Outcome(shown, code, exceeded, limits, round(time.monotonic() - started, 2), output, log)


def run_driver(
    python: Path,
    driver: str,
    given: object,
    log: Path,
    limits: Limits,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
) -> tuple[Outcome, dict | None]:
    """Run ``drivers/<driver>`` under ``python`` with ``given`` as JSON; its JSON answer, or None if it gave none."""
    ask, answer = cwd / "given.json", cwd / "result.json"
    ask.write_text(json.dumps(given), "utf-8")
    answer.unlink(missing_ok=True)
    script = Path(__file__).parent / "drivers" / driver
    outcome = run([str(python), "-B", str(script), str(ask), str(answer)], log, limits, cwd=cwd, env=env)
    if outcome.died or not answer.is_file():
        return outcome, None
    return outcome, json.loads(answer.read_text("utf-8"))


def _supervise(command, out, limits: Limits, cwd: Path, env: dict[str, str]) -> tuple[int, str | None]:
    """Watch one child in a process group of its own; the group is gone when this returns."""
    child = subprocess.Popen(
        command,
        stdout=out,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env=env,
        start_new_session=True,
    )
    deadline, pause, exceeded = time.monotonic() + limits.seconds, 0.005, None
    try:
        while child.poll() is None:
            if time.monotonic() > deadline:
                exceeded = "time"
                break
            if _resident(child.pid) > limits.memory * MIB:
                exceeded = "memory"
                break
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)
    finally:
        _kill_group(child.pid)
        child.wait()
    return child.returncode, exceeded


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # all of it has ended


def _resident(group: int) -> int:
    """Bytes of memory of a process group; 0 where the system has no /proc."""
    page, total = os.sysconf("SC_PAGE_SIZE"), 0
    for entry in _processes():
        try:
            fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        if len(fields) > 21 and int(fields[2]) == group:
            total += int(fields[21]) * page
    return total


def _processes() -> list[Path]:
    proc = Path("/proc")
    return [p for p in proc.iterdir() if p.name.isdigit()] if (proc / "self" / "stat").is_file() else []


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
