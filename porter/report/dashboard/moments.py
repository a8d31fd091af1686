"""The counts of all trees together over time, and the plot of them as coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from porter.ledger.model import Totals
from porter.ledger.read import Point
from porter.report.dashboard.values import Moment
from porter.report.model import Counts

MOST = 200  # moments in a plot: more would be less than two units apart
WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 138, 12, 28
APART = 17  # the least distance of two labels


@dataclass(frozen=True)
class Series:
    """One line of the plot: its points as an SVG path, its end, and what is written there."""

    name: str
    path: str
    x: float
    y: float
    label_y: float
    percent: int


@dataclass(frozen=True)
class Plot:
    """The plot of a trend; ``grid`` and ``dates`` hold (position, label)."""

    width: int
    height: int
    left: int
    right: float
    bottom: float
    grid: tuple[tuple[float, str], ...]
    dates: tuple[tuple[float, str, str], ...]
    series: tuple[Series, ...]


def moments_of(points: Iterable[Point]) -> tuple[Moment, ...]:
    """The sum over all trees, each as its latest run up to then, at every time a run was made; at least one moment."""
    latest: dict[str, Totals] = {}
    moments: dict[str, Moment] = {}
    for point in points:
        latest[point.tree] = point.totals
        moments[point.time] = _sum(point.time, latest.values())
    return tuple(moments.values()) or (_sum("", ()),)


def thinned(moments: tuple[Moment, ...], most: int = MOST) -> tuple[Moment, ...]:
    """At most ``most`` of the moments, evenly, the first and the last among them."""
    if len(moments) <= most:
        return moments
    return tuple(moments[round(i * (len(moments) - 1) / (most - 1))] for i in range(most))


def plot_of(moments: tuple[Moment, ...]) -> Plot | None:
    """The plot of both percentages, or None while there is no line to draw."""
    if len(moments) < 2:
        return None
    moments = thinned(moments)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    xs = _spread([datetime.fromisoformat(m.time).timestamp() for m in moments], LEFT, right)
    grid = tuple((_y(percent), f"{percent}%") for percent in (0, 25, 50, 75, 100))
    dates = ((xs[0], moments[0].time[:10], "start"), (xs[-1], moments[-1].time[:10], "end"))
    extensions = _series("extensions", xs, [m.extensions for m in moments], 0)
    types = _series("types", xs, [m.types for m in moments], extensions.label_y)
    return Plot(WIDTH, HEIGHT, LEFT, right, bottom, grid, dates, (extensions, types))


def _sum(time: str, totals: Iterable[Totals]) -> Moment:
    totals = list(totals)
    return Moment(
        time,
        Counts(sum(t.extensions_ported for t in totals), sum(t.extensions_total for t in totals)),
        Counts(sum(t.types_ported for t in totals), sum(t.types_total for t in totals)),
        sum(t.objects for t in totals),
        sum(t.caches for t in totals),
    )


def _spread(values: list[float], start: float, end: float) -> list[float]:
    span = values[-1] - values[0] or 1.0
    return [round(start + (value - values[0]) / span * (end - start), 1) for value in values]


def _y(percent: float) -> float:
    return round(TOP + (100 - percent) / 100 * (HEIGHT - TOP - BOTTOM), 1)


def _series(name: str, xs: list[float], counts: list[Counts], taken: float) -> Series:
    ys = [_y(count.percent) for count in counts]
    steps = "".join(f"H{x}V{y}" for x, y in zip(xs[1:], ys[1:], strict=True))
    return Series(name, f"M{xs[0]} {ys[0]}{steps}", xs[-1], ys[-1], _clear_of(ys[-1], taken), int(counts[-1].percent))


def _clear_of(y: float, taken: float) -> float:
    """Where a label at ``y`` goes so that it does not cover the one at ``taken``."""
    if not taken or abs(y - taken) >= APART:
        return y
    below = taken + APART
    return below if below <= HEIGHT - BOTTOM and y >= taken else max(taken - APART, TOP)
