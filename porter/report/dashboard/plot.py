"""A trend as an SVG that the page's own style sheet paints: no style, script or colour of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from porter.report.dashboard.values import Moment

MOST = 200  # moments in a plot: more would be less than two units apart
WIDTH, HEIGHT = 640, 260
EDGE = 34  # so that the last date is not cut off
DATES = 4
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Plot:
    """The SVG as text, what it shows in words, and the name and last percentage of each of its lines."""

    svg: str
    text: str
    lines: tuple[tuple[str, int], ...]


def thinned(moments: tuple[Moment, ...], most: int = MOST) -> tuple[Moment, ...]:
    """At most ``most`` of the moments, evenly, the first and the last among them."""
    if len(moments) <= most:
        return moments
    return tuple(moments[round(i * (len(moments) - 1) / (most - 1))] for i in range(most))


def plot_of(moments: tuple[Moment, ...]) -> Plot | None:
    """The plot of both percentages, or None while there is no line to draw."""
    if len(moments) < 2:
        return None
    import pygal  # only for pages, and slow to load

    moments = thinned(moments)
    times = [datetime.fromisoformat(moment.time).astimezone(UTC) for moment in moments]
    lines = {"extensions": [m.extensions.percent for m in moments], "types": [m.types.percent for m in moments]}
    last = tuple((name, int(values[-1])) for name, values in lines.items())
    chart = pygal.DateTimeLine(
        width=WIDTH, height=HEIGHT, margin=4, margin_left=EDGE // 2, margin_right=EDGE, margin_bottom=0, spacing=8, range=(0, 100), css=[], js=[],
        show_legend=False, show_dots=False, no_prefix=True, disable_xml_declaration=True, show_x_guides=False,
        y_labels=[0, 25, 50, 75, 100], x_labels=_dates(times), value_formatter="{:g}%".format, x_value_formatter=_date,
    )  # fmt: skip
    for name, values in lines.items():
        chart.add(name, _steps(times, values))
    now = ", ".join(f"{name} at {percent}%" for name, percent in last)
    text = f"Percentage ported from {_date(times[0])} to {_date(times[-1])}: now {now}."
    chart.add_xml_filter(lambda root: _bare(root, text))
    return Plot(chart.render(is_unicode=True), text, last)


def _steps(times: list[datetime], values: list[float]) -> list[tuple[datetime, float]]:
    """A share holds until the next run says another one."""
    held = [(after, value) for after, value in zip(times[1:], values, strict=False)]
    steps = [(times[0], values[0])]
    for before, now in zip(held, zip(times[1:], values[1:], strict=True), strict=True):
        steps += [before, now]
    return steps


def _dates(times: list[datetime]) -> list[datetime]:
    """Some days evenly over the whole time, fewer where it is short."""
    whole = times[-1] - times[0]
    parts = max(1, min(DATES, whole // timedelta(days=1)))
    return [times[0] + whole * i / parts for i in range(parts + 1)]


def _date(time: datetime) -> str:
    return time.strftime("%Y-%m-%d")


def _bare(root: Element, text: str) -> Element:
    """The chart without styles, scripts, comments, hover titles and ids, named for a screen reader."""
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", text)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in ("defs", "title", f"{_SVG}defs", f"{_SVG}title") or not isinstance(child.tag, str):
                parent.remove(child)
            elif "overlay" in child.get("class", ""):
                parent.remove(child)
    return root
