"""Which revisions of many are counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from porter.history.git import Revision

PERIODS = ("day", "week", "month", "quarter", "year")


def last_of_each(period: str, revisions: Iterable[Revision]) -> list[Revision]:
    """The last revision of each ``day``, ``week``, ``month``, ``quarter`` or ``year`` in UTC, in their order."""
    last = {_period(period, revision.time): revision for revision in sorted(revisions, key=lambda r: r.time)}
    return list(last.values())


def _period(period: str, time: datetime) -> tuple[int, ...]:
    if period == "week":
        return tuple(time.isocalendar()[:2])
    length = {"day": 3, "month": 2, "year": 1}
    if period == "quarter":
        return time.year, (time.month - 1) // 3
    return time.timetuple()[: length[period]]


def runs_of(things: list, parts: int) -> list[list]:
    """``things`` cut into at most ``parts`` stretches of about one length: neighbours have most in common."""
    parts = max(1, min(parts, len(things)))
    edges = [round(i * len(things) / parts) for i in range(parts + 1)]
    return [things[start:end] for start, end in zip(edges, edges[1:], strict=False) if start < end]
