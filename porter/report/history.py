"""What ``porter history`` says: the counts of each revision, oldest first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import porter
from porter.ledger.model import Totals
from porter.report.model import Counts
from porter.report.plain import columns, printable

SCHEMA = "porter/history/1"


@dataclass(frozen=True)
class RevisionCounts:
    """The counts of one revision; ``name`` is the tag it was asked by, or the commit."""

    time: str
    name: str
    revision: str
    totals: Totals

    @property
    def extensions(self) -> Counts:
        """Extensions ported, of all."""
        return Counts(self.totals.extensions_ported, self.totals.extensions_total)

    @property
    def types(self) -> Counts:
        """Heap types, of all types."""
        return Counts(self.totals.types_ported, self.totals.types_total)


def history_text(rows: Sequence[RevisionCounts], definition: str) -> str:
    """A table for a terminal; a count by lines knows no objects and caches."""
    left = ("objects", "caches") if definition == "porter" else ()
    table = [("date", "revision", "extensions", "", "types", "", *left)]
    table += [_cells(row, bool(left)) for row in rows]
    return columns([(*cells, "") for cells in table], right=range(2, 8)) if rows else "no revisions\n"


def history_json(rows: Sequence[RevisionCounts], definition: str) -> str:
    """The table as a ``porter/history/1`` document."""
    revisions = [
        {
            "time": row.time,
            "name": row.name,
            "revision": row.revision,
            "extensions": _counts(row.extensions),
            "types": _counts(row.types),
            **({"objects": row.totals.objects, "caches": row.totals.caches} if definition == "porter" else {}),
        }
        for row in rows
    ]
    document = {"schema": SCHEMA, "porter": porter.__version__, "definition": definition, "revisions": revisions}
    return json.dumps(document, indent=1) + "\n"


def _cells(row: RevisionCounts, left: bool) -> tuple[str, ...]:
    name = row.name[:12] if row.name == row.revision else printable(row.name)
    counts = [cell for each in (row.extensions, row.types) for cell in _share(each)]
    return row.time[:10], name, *counts, *((str(row.totals.objects), str(row.totals.caches)) if left else ())


def _share(counts: Counts) -> tuple[str, str]:
    return f"{counts.ported}/{counts.total}", f"{int(counts.percent)}%"


def _counts(counts: Counts) -> dict[str, float]:
    return {"ported": counts.ported, "total": counts.total, "percent": round(counts.percent, 2)}
