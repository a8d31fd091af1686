"""Work in processes: results in the order of the work, failures as values."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_processes(function: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result | Exception]:
    """``function`` of each item, in order; an exception of one item is its result and never stops the others.

    ``jobs`` counts processes, 0 means one for each core; one job or one item needs no process. ``function`` and the
    items must be picklable. With PORTER_DEBUG in the environment the first exception is raised.
    """
    workers = min(jobs or os.cpu_count() or 1, len(items))
    results = _pooled(function, items, workers) if workers > 1 else (_value(function, item) for item in items)
    for result in results:
        if isinstance(result, Exception) and os.environ.get("PORTER_DEBUG"):
            raise result
        yield result


def _pooled(function: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Iterator[Result | Exception]:
    from concurrent.futures import ProcessPoolExecutor  # not needed, and slow to load, where one process does all
    from concurrent.futures.process import BrokenProcessPool

    with ProcessPoolExecutor(workers, initializer=_die_quietly) as pool:
        futures = [pool.submit(function, item) for item in items]
        for item, future in zip(items, futures, strict=True):
            result = _outcome(future)
            yield _alone(function, item) if isinstance(result, BrokenProcessPool) else result


def _alone(function: Callable[[Item], Result], item: Item) -> Result | Exception:
    """A process that dies takes the pool with it: the rest runs one by one, so that only the culprit fails."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1, initializer=_die_quietly) as pool:
        return _outcome(pool.submit(function, item))


def _die_quietly() -> None:
    """An interrupt from the keyboard reaches every process: only the first one has something to say about it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _outcome(future: Future) -> Result | Exception:
    try:
        return future.result()
    except Exception as failure:
        return failure


def _value(function: Callable[[Item], Result], item: Item) -> Result | Exception:
    try:
        return function(item)
    except Exception as failure:
        return failure
