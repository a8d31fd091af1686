"""What is asked of a scan of a damaged file: it ends, in time, without an exception, and loses nothing in silence."""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from porter.errors import Gap
from porter.facts.gather import gather
from porter.settings import Settings
from porter.tree.model import Extension
from tests.fuzz.mutants import CANARY

LIMIT = 20  # seconds of processor time for one file; a good one of this size needs a hundredth of one


class TooLong(BaseException):
    """A scan that does not come back; no ``Exception``, so that nothing takes it for one of its own."""


def complaint(file: str, text: str) -> str | None:
    """What is wrong with the scan of ``text``, or None."""
    extension = Extension("t", (file,), language="c++" if file.endswith("c") and file != "t.c" else "c")
    try:
        with _limited(LIMIT):
            facts = gather(extension, lambda name: text if name == file else Gap(name, 0, name, "not there"), Settings())
    except TooLong:
        return f"not done after {LIMIT} s"
    except Exception:
        return traceback.format_exc(limit=-6)
    if not facts.gaps and CANARY not in {variable.name for variable in facts.variables}:
        return "what stands behind the damage is lost, and no gap says so"
    return None


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def timed(file: str, text: str) -> tuple[float, str | None]:
    """Seconds of processor time, and the complaint."""
    started = time.process_time()
    said = complaint(file, text)
    return time.process_time() - started, said
