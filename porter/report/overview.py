"""What ``porter status`` says of one tree: the counts in words, then each extension and what is next for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import porter
from porter.ledger.contract import OBJECTS, Scan
from porter.ledger.model import Decision, Extension, Rung
from porter.report.model import Counts
from porter.report.plain import columns, printable
from porter.report.status import Knowledge, Status, extension_status
from porter.report.summary import port_line

NO_EXTENSIONS = "No extensions in this tree"


@dataclass(frozen=True)
class Line:
    """One extension: its types ported of all, what is left in it, where it stands."""

    name: str
    status: Status
    types: Counts
    objects: int
    caches: int
    declares: str | None


@dataclass(frozen=True)
class Overview:
    """Where a tree stands. ``lines`` are the counts in words; ``unread`` is the number of gaps."""

    extensions: Counts
    types: Counts
    lines: tuple[str, ...]
    table: tuple[Line, ...]
    unread: int

    def reaches(self, percent: float) -> bool:
        """Whether extensions and types are both ported to at least ``percent`` of 100."""
        return min(self.extensions.percent, self.types.percent) >= percent


def overview(scan: Scan, decisions: tuple[Decision, ...] = (), rungs: tuple[Rung, ...] = ()) -> Overview:
    """The overview of a scan with what a ledger knows of the tree."""
    totals, knowledge = scan.totals, Knowledge(decisions, rungs, scan.gaps)
    extensions = Counts(totals.extensions_ported, totals.extensions_total)
    types = Counts(totals.types_ported, totals.types_total)
    return Overview(
        extensions=extensions,
        types=types,
        lines=_lines(extensions, types, scan.extensions),
        table=tuple(line(e, extension_status(e, knowledge.of(e))) for e in scan.extensions),
        unread=len(scan.gaps),
    )


def line(extension: Extension, status: Status) -> Line:
    """An extension as one line of a table."""
    types = Counts(sum(t.ported for t in extension.types), len(extension.types))
    return Line(extension.name, status, types, extension.left(*OBJECTS), extension.left("cache"), extension.declares)


def overview_text(found: Overview) -> str:
    """The overview for a terminal."""
    rows = [("extension", "status", "types", "objects", "caches", "next")]
    rows += [_cells(each) for each in found.table]
    table = f"\n{columns(rows, right=(2, 3, 4))}" if found.table else ""
    places = "place" if found.unread == 1 else "places"
    unread = f"\n{found.unread} {places} could not be read: porter scan says which and why\n" if found.unread else ""
    return "\n".join(found.lines) + "\n" + table + unread


def overview_json(found: Overview) -> str:
    """The overview as a ``porter/status/1`` document."""
    document = {
        "schema": "porter/status/1",
        "porter": porter.__version__,
        "extensions": _counts(found.extensions),
        "types": _counts(found.types),
        "lines": list(found.lines),
        "table": [asdict(each) for each in found.table],
        "unread": found.unread,
    }
    return json.dumps(document, indent=1) + "\n"


def left_line(things: str, thing: str, left: list[int]) -> str:
    """``Make 4 objects per interpreter (left in 2 extensions)``; ``left`` has one number for each extension."""
    total, where = sum(left), sum(number > 0 for number in left)
    place = f"left in {where} extension{'s' * (where != 1)}" if total else "none left"
    return f"Make {total} {thing if total == 1 else things} per interpreter ({place})"


def _lines(extensions: Counts, types: Counts, found: tuple[Extension, ...]) -> tuple[str, ...]:
    if not extensions.total:
        return (NO_EXTENSIONS,)
    return (
        port_line("extensions", extensions),
        port_line("types to heap types", types),
        left_line("objects", "object", [e.left(*OBJECTS) for e in found]),
        left_line("caches", "cache", [e.left("cache") for e in found]),
    )


def _cells(each: Line) -> tuple[str, ...]:
    types = f"{each.types.ported}/{each.types.total}"
    return (
        printable(each.name),
        printable(each.status.label),
        types,
        str(each.objects),
        str(each.caches),
        printable(each.status.next),
    )


def _counts(counts: Counts) -> dict:
    return {**asdict(counts), "percent": round(counts.percent, 2)}
