"""Badges: a percentage as a small SVG, and as the JSON that shields.io reads from an endpoint."""

from __future__ import annotations

import json

from porter.render import render_html
from porter.report.model import Counts

LETTER, MARGIN = 6.6, 8.0
# (from which percentage, name for shields, colour of the SVG: white text on it has a contrast of 4.5 or more)
COLOURS = (
    (100, "brightgreen", "#1a7f37"),
    (75, "green", "#3d7a1d"),
    (40, "yellow", "#8a6100"),
    (0, "orange", "#b3470f"),
)


def badge_svg(label: str, counts: Counts) -> str:
    """The badge as an SVG image that names itself to a screen reader."""
    message = _message(counts)
    left, right = _width(label), _width(message)
    return render_html("badge", label=label, message=message, left=left, right=right, colour=_colour(counts)[2])


def badge_json(label: str, counts: Counts) -> str:
    """The badge for a shields.io endpoint."""
    document = {"schemaVersion": 1, "label": label, "message": _message(counts), "color": _colour(counts)[1]}
    return json.dumps(document, indent=1) + "\n"


def _message(counts: Counts) -> str:
    if not counts.total:
        return "none"
    return f"{counts.ported} of {counts.total} ({int(counts.percent)}%)"


def _colour(counts: Counts) -> tuple[int, str, str]:
    return next(colour for colour in COLOURS if counts.percent >= colour[0])


def _width(text: str) -> float:
    return round(len(text) * LETTER + 2 * MARGIN, 1)
