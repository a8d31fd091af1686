"""``python -m tests.fuzz --count 10000 --seed 1``: scans damaged files and keeps those a scan does not take well."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz.complaints import timed
from tests.fuzz.mutants import mutants


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, metavar="DIR", help="write the files that fail there")
    given = options.parse_args()
    failed, slowest = 0, (0.0, -1)
    for number, (file, text) in enumerate(mutants(given.count, given.seed)):
        seconds, said = timed(file, text)
        slowest = max(slowest, (seconds, number))
        if said is None:
            continue
        failed += 1
        print(f"{number}: {said.strip()}", flush=True)
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{given.seed}-{number}-{file}").write_bytes(text.encode("latin-1"))
    print(f"{given.count} files, seed {given.seed}: {failed} failed; the slowest took {slowest[0]:.2f} s (number {slowest[1]})")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
