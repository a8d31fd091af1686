"""The two pages: docs/accuracy.md and docs/corpus.md, from what is kept of each package."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from .listing import Package
from .verdict import BROKEN, FULL, MEANING, VERDICTS

Rows = list[tuple[Package, dict[str, dict | None]]]
KINDS = (("type", "static types"), ("object", "object variables"), ("other", "other writable variables"))
HEAD = "<!-- Written by `make corpus`; do not edit. -->\n"


def accuracy_page(rows: Rows, revision: str) -> str:
    """docs/accuracy.md: the scan against the builds, with every miss and every claim that no build has."""
    good = [(p, held["scan"]) for p, held in rows if held["scan"] and "error" not in held["scan"]]
    return "\n".join((
        HEAD,
        "# How accurate the scan is\n",
        "`porter scan` reads sources; a compiler decides. So each package of the list is built as published, with its "
        "debug information kept, and every variable the debug information places in writable memory is looked for in "
        "the report of the scan, module by module: by file, function and name. Tables of the C API (method tables, "
        "slots, keyword lists) count on neither side, nor do constants and what headers of C++ define. Variables that the "
        "compiler leaves out where nothing uses them are kept in the debug information for this. "
        "[The list](../tests/corpus/packages.toml) and the program are in the tree:\n",
        "```console\nmake corpus ARGS=--scan\n```\n",
        f"{len(good)} of {len(rows)} packages were measured{_ages(good, revision)}.\n",
        _totals([scan for _, scan in good]),
        _packages(good),
        _listed("What is missed", "Each variable of a build the scan does not report.", good, "missed"),
        _unfounded(good),
        _listed("Told apart otherwise", "Found, but what it holds is not what the build says.", good, "differing"),
        _not_run(rows, "scan"),
    ))  # fmt: skip


def corpus_page(rows: Rows, revision: str) -> str:
    """docs/corpus.md: what the port makes of each package, as verify sees it, and what stops it."""
    good = [(p, held["port"]) for p, held in rows if held["port"] and "error" not in held["port"]]
    tally = Counter(port["verdict"] for _, port in good)
    return "\n".join((
        HEAD,
        "# What the port makes of packages people use\n",
        "Each package of [the list](../tests/corpus/packages.toml) is ported with `porter port --write` and proven "
        "against the original with porter's own verify:\n",
        "```console\nmake corpus\n```\n",
        f"{len(good)} of {len(rows)} packages were run{_ages(good, revision)}.\n",
        _table(("verdict", "packages", "what it means"), [(f"**{v}**", tally[v], MEANING[v]) for v in VERDICTS if tally[v] or v == BROKEN]),
        "## Package by package\n",
        "The rung is the highest one with all below it passed; porter leaves an unchanged package unproven.\n",
        _table(("package", "verdict", "rung", "what stops it"), [_ported(p, port) for p, port in good]),
        _reasons(good),
        _not_run(rows, "port"),
    ))  # fmt: skip


def _ages(good: list[tuple[Package, dict]], revision: str) -> str:
    old = sum(not held["key"].startswith(revision) for _, held in good)
    return f", {old} of them with an earlier state of porter's code" if old else ", all with the code beside this page"


def _totals(scans: list[dict]) -> str:
    rows = []
    for kind, title in KINDS:
        found, total = (sum(scan[key].get(kind, 0) for scan in scans) for key in ("found", "total"))
        rows.append((title, total, found, f"{100 * found / total:.2f} %" if total else "–"))
    paired = sum(sum(scan["found"].values()) for scan in scans)
    agree = sum(scan["kinds_agree"] for scan in scans)
    claims = sum(scan["claims"] for scan in scans)
    loose = [row for scan in scans for row in scan["unfounded"]]
    blind = sum(not row["explained"] for row in loose)
    return _table(("", "in the builds", "found", "share"), rows) + (
        f"\nOf the {paired} found, {agree} are told to hold what they hold in the build (a type, an object, plain data). "
        f"Of the {claims} types and variables the scan names, {len(loose)} are in no build: {len(loose) - blind} for a "
        f"reason that lies in the build, {blind} without one.\n"
    )


def _packages(good: list[tuple[Package, dict]]) -> str:
    rows = []
    for package, scan in good:
        parts = [f"{scan['found'].get(kind, 0)}/{scan['total'].get(kind, 0)}" for kind, _ in KINDS]
        blind = sum(not row["explained"] for row in scan["unfounded"])
        rows.append((package.label, *parts, scan["claims"], len(scan["unfounded"]), blind, scan["unanalysed"]))
    titles = ("package", *(title for _, title in KINDS), "named by the scan", "of these in no build", "without a reason", "not read")
    return "## Package by package\n\n" + _table(titles, rows)


def _listed(title: str, text: str, good: list[tuple[Package, dict]], key: str) -> str:
    rows = [(p.name, f"`{row['name']}`", row["place"], row["reason"]) for p, scan in good for row in scan[key]]
    table = _table(("package", "variable", "where", "why"), rows) if rows else "None.\n"
    return f"## {title}\n\n{text}\n\n{table}"


def _unfounded(good: list[tuple[Package, dict]]) -> str:
    counted: dict[str, Counter] = defaultdict(Counter)
    for package, scan in good:
        for row in scan["unfounded"]:
            if row["explained"]:
                counted[row["reason"]][package.name] += 1
    rows = sorted(((reason, sum(each.values()), _names(each)) for reason, each in counted.items()), key=lambda row: (-row[1], row[0]))
    blind = [(p.name, f"`{row['name']}`", row["place"], row["reason"]) for p, s in good for row in s["unfounded"] if not row["explained"]]
    return (
        "## Named, and in no build\n\nWith a reason:\n\n"
        + _table(("reason", "how many", "in"), rows)
        + "\nWithout one, so wrong or not understood:\n\n"
        + (_table(("package", "variable", "where", "what is known"), blind) if blind else "None.\n")
    )


def _names(counted: Counter) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(counted.items()))


def _ported(package: Package, port: dict) -> tuple:
    why = port["stopped"] if port["verdict"] == BROKEN else [reason for reason, _ in _ordered(port["reasons"])[:2]]
    if port["verdict"] == FULL and port["unproven"]:
        why = [f"not proven: {'; '.join(port['unproven'])}"]
    why = [*why, *filter(None, [package.note])]
    return package.label, f"**{port['verdict']}**", "–" if port["reached"] is None else port["reached"], "; ".join(why)


def _ordered(reasons: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda each: (-each[1], each[0]))


def _reasons(good: list[tuple[Package, dict]]) -> str:
    """What stops packages, by how many it stops."""
    stopped: dict[str, dict[str, int]] = defaultdict(dict)
    for package, port in good:
        for reason, count in port["reasons"].items() if port["verdict"] != FULL else ():
            stopped[reason][package.name] = count
    rows = sorted(((len(each), sum(each.values()), reason, ", ".join(each)) for reason, each in stopped.items()), key=lambda row: (-row[0], -row[1], row[2]))
    return "## What stops them\n\nOrdered by the packages each reason is given in.\n\n" + _table(
        ("packages", "symbols", "reason", "in"), rows
    )


def _not_run(rows: Rows, step: str) -> str:
    lacking = [(p.label, _why(held, step)) for p, held in rows if held[step] is None or "error" in held[step]]
    return "## Not run\n\n" + (_table(("package", "why"), lacking) if lacking else "None: every package of the list was run.\n")


def _why(held: dict[str, dict | None], step: str) -> str:
    for each in ("base", step):
        if held[each] is not None and "error" in held[each]:
            return held[each]["error"]
    return "not tried yet"


def _table(titles: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(titles)
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
