"""Work whose results come one after another, in processes: each result is there as soon as it is made."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Died(Exception):
    """A process ended in the middle of its work."""


def streamed(
    function: Callable[[Item], Iterable[Result]], items: Sequence[Item]
) -> Iterator[tuple[int, Result | Exception]]:
    """What ``function`` yields for each item, as (index of the item, result), each item in a process of its own.

    An exception of an item is its last result; so is Died, where its process is gone. ``function``, items and results
    must be picklable. Processes still at work end with the iterator.
    """
    running: dict[Connection, tuple[int, multiprocessing.Process]] = {}
    try:
        for index, item in enumerate(items):
            receiver, sender = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.Process(target=_work, args=(function, item, sender), daemon=True)
            process.start()
            sender.close()  # so that the end of the process is the end of the pipe
            running[receiver] = index, process
        while running:
            yield from _arrived(running)
    finally:
        for _, process in running.values():
            process.terminate()


def _arrived(running: dict[Connection, tuple[int, multiprocessing.Process]]) -> Iterator[tuple[int, object]]:
    for receiver in wait(list(running)):
        index, process = running[receiver]
        try:
            yield index, receiver.recv()
        except EOFError:
            process.join()
            del running[receiver]
            if process.exitcode:
                yield index, Died(f"its process ended with {process.exitcode}")


def _work(function: Callable[[Item], Iterable[Result]], item: Item, sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        for result in function(item):
            sender.send(result)
    except Exception as failure:
        sender.send(failure)
    sender.close()
