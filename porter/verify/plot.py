"""The pay-off as a picture: how many times faster than one after another, for each number at once."""

from __future__ import annotations

from porter.render import render_svg
from porter.verify.model import PayOff
from porter.verify.pay_off import WAYS, gains

LEFT, TOP, WIDE, HIGH = 56, 48, 420, 240
COLOURS = {"sequential": "#6b7280", "threads": "#b45309", "processes": "#1d4ed8", "interpreters": "#047857"}


def pay_off_plot(found: PayOff) -> str:
    """An SVG document."""
    most = max([1.0, *(gain for way in found.seconds for gain in gains(found, way))])
    scale = range(int(most) + 2)
    high = scale[-1]

    def at(count: int, gain: float) -> tuple[float, float]:
        steps = max(1, len(found.counts) - 1)
        return LEFT + WIDE * found.counts.index(count) / steps, TOP + HIGH * (1 - gain / high)

    lines = []
    for way in (w for w in WAYS if w in found.seconds):
        points = [at(count, gain) for count, gain in zip(found.counts, gains(found, way))]
        lines.append({"way": way, "colour": COLOURS[way], "points": points, "last": gains(found, way)[-1]})
    return render_svg(
        "pay_off",
        work=found.work,
        cores=found.cores,
        lines=lines,
        columns=[(at(count, 0)[0], count) for count in found.counts],
        rows=[(at(found.counts[0], step)[1], step) for step in scale],
        box={"left": LEFT, "top": TOP, "right": LEFT + WIDE, "bottom": TOP + HIGH},
    )
