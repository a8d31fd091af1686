"""Board -> the files of a static site, one after another; each page has its data as JSON beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from porter.render import render_html
from porter.report.badge import badge_json, badge_svg
from porter.report.dashboard.moments import plot_of
from porter.report.dashboard.names import page_name
from porter.report.dashboard.values import Board
from porter.report.model import Counts
from porter.report.plain import printable
from porter.report.status import SYMBOL_WORDS
from porter.report.summary import port_line

CHANGES_ON_OVERVIEW = 8
RULES_ON_OVERVIEW = 6


def site(board: Board) -> Iterator[tuple[str, str]]:
    """The files of the site as (path relative to its folder, text)."""
    render = _renderer(board)
    yield from _overview(board, render)
    yield from _lists(board, render)
    for row in board.rows:
        yield f"extensions/{row.page}.html", render("extension", "../", row=row)
        yield f"extensions/{row.page}.json", _json("extension", row)
    for rule in board.rules:
        yield f"rules/{rule.page}.html", render("rule", "../", rule=rule)
        yield f"rules/{rule.page}.json", _json("rule", rule)
    yield from _badges(board)


def _renderer(board: Board) -> Callable[..., str]:
    common = {
        "board": board,
        "visible": printable,
        "percent": _percent,
        "order": SYMBOL_WORDS.index,
        "rule_page": page_name,
    }

    def render(template: str, root: str, **values: object) -> str:
        return render_html(f"dashboard/{template}", current=template, root=root, **common, **values)

    return render


def _percent(counts: Counts) -> int:
    """Whole percent, rounded down: 100 is said only when all are ported."""
    return int(counts.percent)


def _overview(board: Board, render: Callable[..., str]) -> Iterator[tuple[str, str]]:
    lines = (port_line("extensions", board.now.extensions), port_line("types to heap types", board.now.types))
    changes, rules = board.changes[:CHANGES_ON_OVERVIEW], board.rules[:RULES_ON_OVERVIEW]
    plot = plot_of(board.moments)
    yield "index.html", render("index", "", lines=lines, plot=plot, changes=changes, rules=rules)
    rows = [asdict(replace(row, type_rows=(), variable_rows=(), findings=(), evidence=())) for row in board.rows]
    yield (
        "index.json",
        _json(
            "overview",
            {
                "title": board.title,
                "porter": board.porter,
                "lines": lines,
                "now": board.now,
                "c_state": board.c_state,
                "words": dict(board.words),
                "trees": board.trees,
                "moments": board.moments,
                "extensions": rows,
            },
        ),
    )


def _lists(board: Board, render: Callable[..., str]) -> Iterator[tuple[str, str]]:
    types = [(row, each) for row in board.rows for each in row.type_rows]
    yield "types.html", render("types", "", types=types)
    yield (
        "types.json",
        _json(
            "types",
            [{"tree": row.tree, "extension": row.name, "page": row.page, **asdict(each)} for row, each in types],
        ),
    )
    yield "rules.html", render("rules", "")
    yield "rules.json", _json("rules", [{**asdict(rule), "places": len(rule.places)} for rule in board.rules])
    yield "changes.html", render("changes", "")
    yield "changes.json", _json("changes", board.changes)
    yield "unread.html", render("unread", "")
    yield "unread.json", _json("unread", [{"tree": t.name, **asdict(gap)} for t in board.trees for gap in t.gaps])


def _badges(board: Board) -> Iterator[tuple[str, str]]:
    for name, label, counts in (
        ("extensions", "extensions ported", board.now.extensions),
        ("types", "heap types", board.now.types),
    ):
        yield f"badges/{name}.svg", badge_svg(label, counts)
        yield f"badges/{name}.json", badge_json(label, counts)


def _json(what: str, value: object) -> str:
    """A document of the dashboard; characters beyond ASCII are escaped, so any name can be written."""
    document = {"schema": f"porter/dashboard/{what}/1", what: value}
    return json.dumps(document, indent=1, default=asdict) + "\n"
