"""Child processes with limits: whatever they do, hang, die, flood or eat memory, is a result."""

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
from uuid import uuid4

from porter.verify.descent import end_all, resident

MIB = 1 << 20
MARK = "PORTER_CHILD"


@dataclass(frozen=True)
class Limits:
    """``seconds`` of wall clock, ``memory`` in MiB over the child and all it started, ``output`` in MiB."""

    seconds: float
    memory: int
    output: int = 64


@dataclass(frozen=True)
class Outcome:
    """How a child ended. ``exceeded``: ``time``, ``memory``, ``output`` or None; ``output``: stdout and stderr, as
    written to ``log``.
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
        if self.exceeded == "output":
            return f"wrote more than {self.limits.output} MiB of output"
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
    output = _read(log, offset, limits.output * MIB)
    return Outcome(shown, code, exceeded, limits, round(time.monotonic() - started, 2), output, log)


def _read(log: Path, offset: int, most: int) -> str:
    with open(log, "rb") as handle:
        handle.seek(offset)
        return handle.read(most).decode("utf-8", "replace")


def run_driver(
    python: Path,
    driver: str,
    given: object,
    log: Path,
    limits: Limits,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    flags: Sequence[str] = (),
    through: Sequence[str] = (),
) -> tuple[Outcome, dict | None]:
    """Run ``drivers/<driver>`` under ``python`` with ``given`` as JSON; its JSON answer, or None if it gave none.

    ``flags`` are Python's own; ``through`` is a program that runs the whole command, such as valgrind.
    """
    ask, answer = cwd / "given.json", cwd / "result.json"
    ask.write_text(json.dumps(given), "utf-8")
    answer.unlink(missing_ok=True)
    script = Path(__file__).parent / "drivers" / driver
    command = [*through, str(python), "-B", *flags, str(script), str(ask), str(answer)]
    outcome = run(command, log, limits, cwd=cwd, env=env)
    if outcome.died or not answer.is_file():
        return outcome, None
    return outcome, json.loads(answer.read_text("utf-8"))


def _supervise(command, out, limits: Limits, cwd: Path, env: dict[str, str]) -> tuple[int, str | None]:
    """Watch one child in a session of its own; it and all it started are gone when this returns."""
    mark = f"{MARK}={uuid4().hex}"
    before = os.fstat(out.fileno()).st_size
    child = subprocess.Popen(
        command,
        stdout=out,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env=env | dict([mark.split("=")]),
        start_new_session=True,
    )
    deadline, pause, exceeded = time.monotonic() + limits.seconds, 0.005, None
    try:
        while child.poll() is None and exceeded is None:
            if time.monotonic() > deadline:
                exceeded = "time"
            elif resident(child.pid) > limits.memory * MIB:
                exceeded = "memory"
            elif os.fstat(out.fileno()).st_size - before > limits.output * MIB:
                exceeded = "output"
            else:
                time.sleep(pause)
                pause = min(pause * 1.5, 0.1)
    finally:
        end_all(child.pid, mark)
        child.wait()
        _cut(out, before + limits.output * MIB)
    return child.returncode, exceeded


def _cut(out, most: int) -> None:
    """What was written past the limit before the child was ended is not kept."""
    if os.fstat(out.fileno()).st_size > most:
        os.ftruncate(out.fileno(), most)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
