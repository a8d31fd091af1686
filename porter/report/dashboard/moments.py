"""The counts of all trees together over time."""

from __future__ import annotations

from collections.abc import Iterable

from porter.ledger.model import Totals
from porter.ledger.read import Point
from porter.report.dashboard.values import Moment
from porter.report.model import Counts


def moments_of(points: Iterable[Point], definition: str = "porter") -> tuple[Moment, ...]:
    """The sum over all trees, each as its latest run up to then, at every time a run was made; at least one moment.

    Runs that were counted by another definition are passed over.
    """
    latest: dict[str, Totals] = {}
    moments: dict[str, Moment] = {}
    for point in points:
        if point.definition != definition:
            continue
        latest[point.tree] = point.totals
        moments[point.time] = _sum(point.time, latest.values())
    return tuple(moments.values()) or (_sum("", ()),)


def _sum(time: str, totals: Iterable[Totals]) -> Moment:
    totals = list(totals)
    return Moment(
        time,
        Counts(sum(t.extensions_ported for t in totals), sum(t.extensions_total for t in totals)),
        Counts(sum(t.types_ported for t in totals), sum(t.types_total for t in totals)),
        sum(t.objects for t in totals),
        sum(t.caches for t in totals),
    )
