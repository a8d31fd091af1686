"""What ``porter status`` says of one tree: the counts in words, then each extension and what is next for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import porter
from porter.facts.lines import LineCounts
from porter.ledger.contract import OBJECTS, Scan
from porter.ledger.model import Extension, Type, Variable
from porter.ledger.read import Past
from porter.report.model import Counts
from porter.report.plain import columns, printable
from porter.report.status import Knowledge, Known, Status, extension_status, justified, type_status, variable_status
from porter.report.summary import port_line

NO_EXTENSIONS = "No extensions in this tree"


@dataclass(frozen=True)
class Symbol:
    """A type or a variable (``kind``) of an extension, and where it stands."""

    name: str
    kind: str
    file: str
    line: int
    status: Status


@dataclass(frozen=True)
class Line:
    """One extension: its types ported of all, what is left in it, where it stands."""

    name: str
    status: Status
    types: Counts
    objects: int
    caches: int
    declares: str | None
    symbols: tuple[Symbol, ...] = ()


@dataclass(frozen=True)
class Overview:
    """Where a tree stands. ``lines`` are the counts in words; ``unread`` is the number of gaps.

    ``objects`` and ``caches`` count those that were static once and are not now as ported; ``justified`` statics, which
    have a reason to stay, are in none of the counts. ``definition`` says what is counted: porter's own extensions and
    types, or ``lines``, which has no table.
    """

    extensions: Counts
    types: Counts
    objects: Counts
    caches: Counts
    justified: int
    lines: tuple[str, ...]
    table: tuple[Line, ...]
    unread: int
    definition: str = "porter"

    def reaches(self, percent: float) -> bool:
        """Whether extensions and types are both ported to at least ``percent`` of 100."""
        return min(self.extensions.percent, self.types.percent) >= percent


def overview(scan: Scan, past: Past = Past()) -> Overview:
    """The overview of a scan with what a ledger knows of the tree."""
    knowledge = Knowledge(past.decisions, past.rungs, scan.gaps)
    known = [(extension, knowledge.of(extension)) for extension in scan.extensions]
    stay = [item for extension, of in known for item in justified(extension, of)]
    types = _types(scan.extensions, stay)
    extensions = Counts(scan.totals.extensions_ported, scan.totals.extensions_total)
    objects, caches = per_interpreter(scan.extensions, past, stay)
    return Overview(
        extensions=extensions,
        types=types,
        objects=objects,
        caches=caches,
        justified=len(stay),
        lines=seed_lines(extensions, types, objects, caches, len(stay)),
        table=tuple(line(extension, of) for extension, of in known),
        unread=len(scan.gaps),
    )


def overview_of_lines(counted: LineCounts, unread: int) -> Overview:
    """The overview of a tree whose lines were counted; ``unread`` is the number of files that could not be read."""
    extensions = Counts(counted.multi_phase, counted.modules)
    types = Counts(counted.heap_types, counted.types)
    lines = (port_line("extensions", extensions), port_line("types to heap types", types))
    return Overview(extensions, types, Counts(0, 0), Counts(0, 0), 0, lines, (), unread, "lines")


def seed_lines(extensions: Counts, types: Counts, objects: Counts, caches: Counts, justified: int) -> tuple[str, ...]:
    """The counts in words, one line each."""
    if not extensions.total:
        return (NO_EXTENSIONS,)
    lines = [port_line("extensions", extensions), port_line("types to heap types", types)]
    shared = (("objects", objects), ("caches", caches))
    lines += [per_interpreter_line(things, counts) for things, counts in shared if counts.total]
    if justified:
        lines.append(f"Leave {justified} static{'s' * (justified != 1)} with a reason (not counted above)")
    return tuple(lines)


def per_interpreter_line(things: str, counts: Counts) -> str:
    """``Make 12 objects per interpreter (80%, total: 15)``: how many are so far, of all that were static."""
    return f"Make {counts.ported} {things} per interpreter ({int(counts.percent)}%, total: {counts.total})"


def per_interpreter(
    extensions: tuple[Extension, ...], past: Past, justified: list[Type | Variable]
) -> tuple[Counts, Counts]:
    """Objects and caches that some run saw static and that are not any more, of these and those still static."""
    names = {extension.name for extension in extensions}
    variables = [(e.name, v) for e in extensions for v in e.variables if v.kind in (*OBJECTS, "cache")]
    now = {(name, v.name, v.function) for name, v in variables}
    gone = [s for s in past.shared if s.extension in names and (s.extension, s.name, s.function) not in now]
    left = [v for _, v in variables if v not in justified]
    return (
        _counts_of(sum(not s.cache for s in gone), sum(v.kind != "cache" for v in left)),
        _counts_of(sum(s.cache for s in gone), sum(v.kind == "cache" for v in left)),
    )


def _types(extensions: tuple[Extension, ...], stay: list[Type | Variable]) -> Counts:
    types = [t for extension in extensions for t in extension.types if t not in stay]
    return Counts(sum(t.ported for t in types), len(types))


def _counts_of(done: int, left: int) -> Counts:
    return Counts(done, done + left)


def line(extension: Extension, known: Known) -> Line:
    """An extension as one line of a table."""
    types = Counts(sum(t.ported for t in extension.types), len(extension.types))
    symbols = [Symbol(t.name, "type", t.file, t.line, type_status(t, extension, known)) for t in extension.types]
    symbols += [
        Symbol(v.name, "variable", v.file, v.line, variable_status(v, extension, known)) for v in extension.variables
    ]
    status = extension_status(extension, known)
    left = extension.left(*OBJECTS), extension.left("cache")
    return Line(extension.name, status, types, *left, extension.declares, tuple(symbols))


def overview_text(found: Overview, symbols: bool = False) -> str:
    """The overview for a terminal; with ``symbols`` under each extension its types and variables."""
    rows = [("extension", "status", "types", "objects", "caches", "next")]
    for each in found.table:
        rows.append(_cells(each))
        rows += [_symbol_cells(symbol) for symbol in each.symbols if symbols]
    table = f"\n{columns(rows, right=(2, 3, 4))}" if found.table else ""
    places = "place" if found.unread == 1 else "places"
    unread = f"\n{found.unread} {places} could not be read: porter scan says which and why\n" if found.unread else ""
    return "\n".join(found.lines) + "\n" + table + unread


def overview_json(found: Overview) -> str:
    """The overview as a ``porter/status/1`` document."""
    document = {
        "schema": "porter/status/1",
        "porter": porter.__version__,
        "definition": found.definition,
        "extensions": _counts(found.extensions),
        "types": _counts(found.types),
        "objects": _counts(found.objects),
        "caches": _counts(found.caches),
        "justified": found.justified,
        "lines": list(found.lines),
        "table": [asdict(each) for each in found.table],
        "unread": found.unread,
    }
    return json.dumps(document, indent=1) + "\n"


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


def _symbol_cells(symbol: Symbol) -> tuple[str, ...]:
    return f"  {printable(symbol.name)}", printable(symbol.status.label), "", "", "", printable(symbol.status.next)


def _counts(counts: Counts) -> dict:
    return {**asdict(counts), "percent": round(counts.percent, 2)}
