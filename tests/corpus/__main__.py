"""How porter does on packages people use: ``make corpus`` writes docs/accuracy.md and docs/corpus.md.

    make corpus                        all packages, from what is kept where nothing changed
    make corpus ARGS="wrapt hiredis"   some; the rows of the others stay as they were last measured
    make corpus ARGS="--scan"          only docs/accuracy.md
    make corpus ARGS="--pages"         run nothing, write the pages from what is kept

Each package is fetched with pip, built, scanned, ported and proven by porter's own verify. This runs their code.
Results are kept in .corpus, by package and state of porter's code, so an interrupted run goes on where it was. Cold, the
whole list takes about two hours on two cores.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path


from . import steps
from .listing import Package, chosen, read_list
from .pages import accuracy_page, corpus_page
from .store import ROOT, load, revision


def main() -> int:
    """Run what was asked, write the pages; 0 unless a package came out broken."""
    given = _arguments()
    packages = read_list()
    folder = given.folder.resolve()
    if not given.pages:
        for package in chosen(packages, given.names):
            _measure(_run(given, folder), package, given.scan)
    rows = [(package, _held(folder / f"{package.name}-{package.version}")) for package in packages]
    (ROOT / "docs" / "accuracy.md").write_text(accuracy_page(rows, revision()), "utf-8")
    if not given.scan:
        (ROOT / "docs" / "corpus.md").write_text(corpus_page(rows, revision()), "utf-8")
    broken = [package.name for package, held in rows if (held["port"] or {}).get("verdict") == "broken"]
    return _say(f"broken: {', '.join(broken)}") or 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="packages of tests/corpus/packages.toml (default: all)")
    parser.add_argument("--scan", action="store_true", help="compare the scan with the builds, port nothing")
    parser.add_argument("--pages", action="store_true", help="run nothing, only write the pages")
    parser.add_argument("--again", action="store_true", help="scan, port and prove anew what is kept")
    parser.add_argument("--python", default="3.13", help="the Python to build and prove with (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for each child process (default: %(default)g)")
    parser.add_argument("--folder", type=Path, default=ROOT / ".corpus", help="where all is kept (default: %(default)s)")
    return parser.parse_args()


def _run(given: argparse.Namespace, folder: Path) -> steps.Run:
    return steps.Run(folder, given.python, revision(), given.timeout, lambda text: _say(f"    {text}"), given.again)


def _measure(run: steps.Run, package: Package, only_scan: bool) -> None:
    """All steps of one package; what goes wrong in one never stops the others."""
    started = time.monotonic()
    _say(package.label)
    try:
        built = steps.base(run, package)
        if "error" not in built:
            scanned = steps.scan(run, package, built)
            said = scanned.get("error") or f"scan: {scanned['found']} of {scanned['total']}"
            if not only_scan:
                ported = steps.port(run, package, scanned)
                said += f"; port: {ported.get('error') or ported['verdict']}"
        else:
            said = built["error"]
    except Exception as problem:  # whatever it is, it is said, and the next package goes on
        said = f"could not be measured: {problem!r}"
    _say(f"    {said} ({time.monotonic() - started:.0f} s)")


def _held(home: Path) -> dict[str, dict | None]:
    return {step: load(home / f"{step}.json") for step in ("base", "scan", "port")}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
