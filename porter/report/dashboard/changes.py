"""What changed in a tree since the run before."""

from __future__ import annotations

from collections.abc import Iterator

from porter.ledger.read import TreeState
from porter.report.compare import findings, paired, standing
from porter.report.dashboard.values import Change, Row
from porter.report.status import Decisions, Known


def changes_of(state: TreeState, rows: tuple[Row, ...]) -> Iterator[Change]:
    """All changes of one tree, in the order of its extensions; none for a first run."""
    if state.previous is None:
        return
    known = Known(Decisions(state.past.decisions))
    standings = [(row.page, row.status) for row in rows]
    gone = (None, None)
    for index, (old, new) in enumerate(paired(state.previous.extensions, state.latest.extensions)):
        page, status = standings[index] if new else gone
        for found in (*standing(old, new, status, known), *findings(old, new)):
            yield Change(state.latest.name, found.extension, page, found.what, found.better)
