"""Board -> the files of a static site, one after another; each page has its data as JSON beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import groupby

from porter.render import render_html
from porter.report.badge import badge_json, badge_svg
from porter.report.dashboard.plot import plot_of
from porter.report.dashboard.names import page_name
from porter.report.dashboard.values import Board, Change
from porter.report.model import Counts
from porter.report.overview import seed_lines
from porter.report.plain import printable
from porter.report.status import SYMBOL_WORDS

CHANGED_ON_OVERVIEW, CHANGES_OF_EACH = 4, 2
RULES_ON_OVERVIEW = 6
_NAMES = ("--- a/", "--- /dev/null", "+++ b/")


def site(board: Board) -> Iterator[tuple[str, str]]:
    """The files of the site as (path relative to its folder, text)."""
    render = _renderer(board)
    yield from _overview(board, render)
    yield from _lists(board, render)
    for row in board.rows:
        yield f"extensions/{row.page}.html", render("extension", "../", row=row, diff=_diff(row.patch))
        if row.patch:
            yield f"extensions/{row.page}.diff", row.patch
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
    lines = seed_lines(board.now.extensions, board.now.types, board.objects, board.caches, board.justified)
    changes, rules = _grouped(board)[:CHANGED_ON_OVERVIEW], board.rules[:RULES_ON_OVERVIEW]
    plots = {"plot": plot_of(board.moments), "line_plot": plot_of(board.by_lines)}
    yield "index.html", render(
        "index", "", lines=lines, changes=changes, shown_changes=CHANGES_OF_EACH, rules=rules, **plots
    )
    rows = [asdict(replace(row, type_rows=(), variable_rows=(), findings=(), evidence=(), patch="")) for row in board.rows]
    yield (
        "index.json",
        _json(
            "overview",
            {
                "title": board.title,
                "porter": board.porter,
                "lines": lines,
                "now": board.now,
                "objects": board.objects,
                "caches": board.caches,
                "justified": board.justified,
                "c_state": board.c_state,
                "words": dict(board.words),
                "trees": board.trees,
                "moments": board.moments,
                "by_lines": board.by_lines,
                "extensions": rows,
            },
        ),
    )


def _grouped(board: Board) -> list[list[Change]]:
    """The changes extension by extension, those with something worse first."""
    groups = [list(found) for _, found in groupby(board.changes, key=lambda c: (c.tree, c.extension, c.page))]
    return sorted(groups, key=lambda group: all(change.better is not False for change in group))


def _diff(patch: str) -> list[tuple[str, str]]:
    """Each line of a patch with its kind; what cannot be seen in it is written as escapes."""
    kinds = {"+": "add", "-": "remove", "@": "place"}
    lines = patch.split("\n")[:-1]
    return [("file" if line.startswith(_NAMES) else kinds.get(line[:1], "same"), _shown(line)) for line in lines]


def _shown(line: str) -> str:
    return "\t".join(map(printable, line.rstrip("\r").split("\t"))) + "\n"


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
    yield "changes.html", render("changes", "", groups=_grouped(board))
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
