"""What a ledger of many runs costs: ``python -m tests.bench.ledger [RUNS] [EXTENSIONS]`` prints time and size.

Each run sees every extension; between two runs one of them is another, as between two commits. The pages are written to
disk as ``porter dashboard`` does.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from porter.cli import main as porter
from porter.ledger.database import open_ledger
from porter.ledger.exchange import export_runs
from porter.ledger.model import Extension, Finding, Run, Totals, Type, Variable
from porter.ledger.read import all_runs, points, states
from porter.ledger.write import import_runs, record

TYPES, VARIABLES = 3, 4
START = datetime(2020, 1, 1, tzinfo=UTC)


def extension(number: int, ported: bool) -> Extension:
    """One with some types and objects, all ported or none."""
    name, file = f"package{number // 10}._module{number}", f"src/package{number // 10}/module{number}.c"
    kind = "heap" if ported else "static"
    types = [Type(f"Thing{i}_Type", kind, file, 100 * i + 20, ported) for i in range(TYPES)]
    variables = [] if ported else [Variable(f"cached{i}", "PyObject *", "object", None, file, i + 5) for i in range(VARIABLES)]
    found = [(t.name, "static-type", t.line) for t in types if not ported] + [(v.name, "static-object", v.line) for v in variables]
    findings = [Finding(rule, "error", "parsed", file, line, 1, symbol, name, f"{symbol} is one for all interpreters",
                        f"{rule}-{symbol}-{number}") for symbol, rule, line in found]  # fmt: skip
    init, declares = ("multi-phase", "own-gil") if ported else ("single-phase", None)
    return Extension(name, (file,), "c", None, init, declares, ported, tuple(types), tuple(variables), tuple(findings))


def runs(number: int, extensions: int) -> Iterator[Run]:
    """One run a day; each ports the next extension, and starts over when all are."""
    now = [extension(i, False) for i in range(extensions)]
    for day in range(number):
        index = day % extensions
        now[index] = extension(index, not now[index].isolated)
        done = sum(each.isolated for each in now)
        left = extensions - done
        totals = Totals(done, extensions, done * TYPES, extensions * TYPES, left * VARIABLES, 0, 0)
        moment = (START + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        yield Run("bench", "bench", f"{day:040x}", f"{day:040x}", moment, "0", "3.13", totals, tuple(now))


@contextmanager
def timed(what: str, times: int = 1) -> Iterator[None]:
    start = time.perf_counter()
    yield
    spent = time.perf_counter() - start
    print(f"{what:44} {spent:8.2f} s" + (f"   {1000 * spent / times:8.2f} ms each" if times > 1 else ""), flush=True)


def size(path: Path) -> float:
    """Megabytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def main() -> None:
    number, extensions = (int(word) for word in (*sys.argv[1:3], "1000", "1000")[:2])
    print(f"{number} runs of {extensions} extensions, each of {TYPES} types and {VARIABLES} objects")
    with tempfile.TemporaryDirectory() as folder:
        ledger, pages = Path(folder, "ledger.db"), Path(folder, "pages")
        with open_ledger(ledger, create=True) as connection:
            with timed("record, one transaction each", number):
                for run in runs(number, extensions):
                    record(connection, run)
            with timed("record the last run once more: nothing new"):
                assert not record(connection, replace(run, time="2099-01-01T00:00:00.000Z"))
            with timed("read where the tree stands, and the trend"):
                assert len(points(connection)) == number and len(states(connection)) == 1
        print(f"{'the ledger':44} {size(ledger):8.2f} MB")
        with timed("porter dashboard: read, render, write"):
            answer = CliRunner().invoke(porter, ["dashboard", "-o", str(pages), "--ledger", str(ledger)])
            assert answer.exit_code == 0, answer.output
        print(f"{'the pages':44} {size(pages):8.2f} MB   {len(list(pages.rglob('*.html')))} pages")
        print(f"{'the overview':44} {size(pages / 'index.html'):8.2f} MB")
        with open_ledger(ledger) as connection, timed("export all runs as JSON"):
            text = export_runs(all_runs(connection))
        print(f"{'the export':44} {len(text) / 1e6:8.2f} MB")
        del connection
        last = next(run for run in runs(1, extensions))
        with open_ledger(Path(folder, "second.db"), create=True) as connection, timed("import one run into another ledger"):
            assert import_runs(connection, [last]) == 1


if __name__ == "__main__":
    main()
