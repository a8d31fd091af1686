"""The figures of docs/cpython.md: ``python docs/cpython.py TREE`` scans a source tree of CPython and compares.

TREE is a release of 3.10 or newer, configured with ``./configure`` (or not: then the arms that depend on it are
missing, and are counted as such). Prints the counts and one line for each class of difference to the ledger that the
tree brings along, ``Tools/c-analyzer/cpython/globals-to-fix.tsv``; with ``--list CLASS`` the rows of that class.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from porter.report.model import Report
from porter.scanning import scan
from porter.settings import Settings

LEDGER = "Tools/c-analyzer/cpython"
TYPES = ("static types", "builtin exception types", "structseq types", "exception types", "heap types")
Row = tuple[str, str, str]  # file, function or "", name


def ledger(root: Path, file: str) -> dict[Row, str]:
    """The rows of one file of the ledger, each with the remark it stands under."""
    rows, remark = {}, ""
    for line in (root / LEDGER / file).read_text("utf-8").splitlines():
        cells = line.split("\t")
        if line.startswith("#"):
            remark = remark if "\t" in line or not line.strip("# -") else line.strip("# -")
        elif len(cells) >= 3 and cells[0] != "filename":
            rows[cells[0], cells[1].replace("-", ""), cells[2]] = remark
    return rows


def found(report: Report) -> dict[Row, str]:
    """What porter finds that is static and writable, and of which kind."""
    rows: dict[Row, str] = {}
    for facts in report.facts:
        rows |= {(t.place.file, "", t.name): t.kind for t in facts.types if t.kind.startswith("static")}
        rows |= {(v.place.file, v.function or "", v.name): v.kind for v in facts.variables}
        rows |= {(p.place.file, f"line {p.place.line}", p.name): p.kind for p in facts.parsers}
    return rows


class Sources:
    """The texts of a tree, for what a name in the ledger still means there."""

    def __init__(self, root: Path, report: Report) -> None:
        self.root, self.texts = root, {}
        self.built = {source for facts in report.facts for source in facts.extension.sources}

    def text(self, file: str) -> str:
        """The text of a file; "" where there is none."""
        if file not in self.texts:
            path = self.root / file
            self.texts[file] = path.read_text("latin-1") if path.is_file() else ""
        return self.texts[file]

    def is_static(self, file: str, name: str) -> bool:
        """Whether a line of the file declares the name with static storage, in whatever arm."""
        identifier = "(?!)"
        if name.startswith("PyId_"):
            identifier = rf"_Py_(?:static_string|IDENTIFIER)\s*\(\s*(?:PyId_)?{re.escape(name[5:])}\b"
        storage = rf"^[ \t]*(?:static|_Thread_local|PyAPI_DATA|extern)\b[^;{{(]*\b{re.escape(name)}\b"
        plain = rf"^(?:\w+[ \t*]+)+{re.escape(name)}(?:\[[^\]]*\])*[ \t]*(?:=|;|,)"
        return re.search(f"{identifier}|{storage}|{plain}", self.text(file), re.MULTILINE) is not None


def class_of(row: Row, remark: str, ours: dict[Row, str], sources: Sources) -> str:
    """Why a row of the ledger is, or is not, among what porter finds."""
    file, _, name = row
    if row in ours:
        return "same"
    if remark == "modules":
        return "module definition"
    if name == "_parser" or name.startswith("PyId_"):
        names = Counter((f, n) for f, _, n in ours)
        if names[file, name]:
            return "same, told by line"
    if file.endswith(".c") and file not in sources.built or "winapi" in file or "overlapped" in file:
        return "other platform"
    if not sources.is_static(file, name):
        return "not in the source any more"
    return "same name elsewhere" if any(f == file and n == name for f, _, n in ours) else "arm not taken"


def counts(report: Report) -> list[str]:
    """Modules and types, of extension modules and of the core."""
    lines = []
    for core in (False, True):
        facts = [each for each in report.facts if each.extension.core is core]
        inits = Counter(each.modules[0].init if each.modules else "none found" for each in facts) if not core else {}
        kinds = Counter(t.kind for each in facts for t in each.types)
        modules = ", ".join(f"{number} {init}" for init, number in sorted(inits.items())) or "the interpreter itself"
        types = ", ".join(f"{kinds[kind]} {kind}" for kind in ("static", "static-structseq", "heap", "heap-structseq"))
        lines.append(f"{'core' if core else f'{len(facts)} modules'}: {modules}; types: {types}")
    return lines


def main() -> int:
    """Scan, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("--list", metavar="CLASS", help="the rows of one class")
    words = parser.parse_args()
    report = scan(words.tree, Settings())
    ours, sources = found(report), Sources(words.tree, report)
    to_fix, ignored = ledger(words.tree, "globals-to-fix.tsv"), ledger(words.tree, "ignored.tsv")
    classes = defaultdict(list)
    for row, remark in to_fix.items():
        classes[class_of(row, remark, ours, sources)].append((row, remark))
    known = {(f, n) for f, _, n in (*to_fix, *ignored)}
    for row, kind in ours.items():
        if (row[0], row[2]) not in known:
            classes["porter alone"].append((row, kind))
        elif row not in to_fix and (row[0], row[2]) not in {(f, n) for f, _, n in to_fix}:
            classes["the ledger ignores it"].append((row, kind))
    if words.list:
        print("\n".join("\t".join((*row, remark)) for row, remark in sorted(classes[words.list])))
        return 0
    print("\n".join(counts(report)), f"gaps: {len(report.unanalysed)}", sep="\n")
    print(f"ledger: {len(to_fix)} to fix; porter: {len(ours)} static and writable")
    for name, rows in sorted(classes.items(), key=lambda item: -len(item[1])):
        kinds = Counter(remark for _, remark in rows).most_common(4)
        print(f"{name}: {len(rows)} ({', '.join(f'{kind} {number}' for kind, number in kinds)})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
