"""How long a scan takes beside what the compiler needs to read the same files: ``make bench``.

Processor time of one core: ``porter scan -j 1`` of all trees in one call, without a cache, then with an empty and with
a full one, against ``gcc -fsyntax-only`` of each C file with its include folders. ``-o PAGE`` also writes the figures
as a page of the documentation.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from porter.tree.discover import discover
from porter.tree.model import Extension
from porter.verify.pythons import find_python

SOURCES = ("lru-dict==1.4.1", "markupsafe==2.1.5", "crc32c==2.7.1", "ujson==5.10.0", "multidict==6.0.5")
UNPACKED = Path("demo/bench")
ROUNDS = 3
PAGE = """# How long a scan takes

`make bench` makes the figures; with `ARGS="-o docs/speed.md TREE..."` it writes this page. It adds up the processor
time of one core: `porter scan -j 1` of all trees in one call, against `gcc -fsyntax-only` of each C file with its
include folders. Rounds of which the best counts: {rounds}.

| | seconds | of the compiler's time | of the first scan's |
|---|---|---|---|
| `gcc -fsyntax-only` | {gcc:.2f} | 100 % | |
| `porter scan --no-cache` | {plain:.2f} | {plain_gcc:.0f} % | |
| `porter scan`, the first | {cold:.2f} | {cold_gcc:.0f} % | 100 % |
| `porter scan`, the second | {warm:.2f} | {warm_gcc:.1f} % | {warm_cold:.1f} % |
| `porter scan` of one small tree alone, the first | {small:.2f} | | |

{trees} trees, {files} C files that the compiler reads, {megabytes:.1f} MB of them; {others} sources in C++ or without
their headers are scanned too, and the compiler's time has none of them. Python {python}, {machine}, {system}.

The first scan of a process loads its parsers, a quarter of a second with a `setup.py` to evaluate. A second scan loads
none of them: it compares the contents of every file the facts came from, and judges the facts anew.
"""


def trees(given: list[str]) -> Iterator[Path]:
    """The trees named on the command line, or some from PyPI, unpacked once."""
    yield from map(Path, given)
    for source in () if given else SOURCES:
        folder = UNPACKED / source
        if not folder.is_dir():
            folder.mkdir(parents=True)
            pip = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--no-binary",
                ":all:",
                "-d",
                folder,
                source,
            ]
            subprocess.run(pip, check=True)
            subprocess.run(["tar", "-xzf", *folder.glob("*.tar.gz"), "-C", folder], check=True)
        yield next(path for path in folder.iterdir() if path.is_dir())


def seconds(call: list, **options) -> tuple[float, int]:
    """Processor time of one call, and its exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, code


def compiler(extension: Extension, source: str, include: str) -> list[str]:
    folders = [f"-I{folder}" for folder in extension.include_dirs]
    macros = [f"-D{name}" if value is None else f"-D{name}={value}" for name, value in extension.macros]
    return ["gcc", "-fsyntax-only", "-w", f"-I{include}", *folders, *macros, source]


def compiled(folders: list[Path], include: str, rounds: int) -> tuple[float, int, int, int]:
    """Seconds of the compiler over all files it reads, how many these are, their bytes, and how many other sources."""
    total, files, size, others = 0.0, 0, 0, 0
    for tree in folders:
        for extension, source in ((e, s) for e in discover(tree).extensions for s in e.sources):
            runs = [
                seconds(compiler(extension, source, include), cwd=tree)
                for _ in range(rounds if source.endswith(".c") else 0)
            ]
            if not runs or runs[0][1]:
                others += 1
                continue
            total, files, size = total + min(runs)[0], files + 1, size + (tree / source).stat().st_size
    return total, files, size, others


def scanned(folders: list[Path], rounds: int, *options: str) -> list[float]:
    """Seconds of a first scan with an empty cache and of one after it; the same call without a cache has no second."""
    best = [float("inf"), float("inf")]
    call = [sys.executable, "-m", "porter", "scan", "-q", "-j", "1", *options, *folders]
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            runs = [
                seconds(call, env=os.environ | {"PORTER_CACHE_DIR": folder})
                for _ in ("cold", "warm")[: 1 if options else 2]
            ]
        if any(code == 2 for _, code in runs):
            raise SystemExit("a scan failed: call it by hand to see why")
        best = [min(pair) for pair in zip(best, (time for time, _ in runs), strict=False)]
    return best


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("trees", nargs="*", metavar="TREE")
    options.add_argument("-o", "--output", type=Path, metavar="PAGE")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args()
    ask = [find_python(("3.13",)).python.path, "-c", "import sysconfig; print(sysconfig.get_path('include'))"]
    include = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    folders = [tree.resolve() for tree in trees(given.trees)]
    gcc, files, size, others = compiled(folders, include, given.rounds)
    (plain,), (cold, warm) = scanned(folders, given.rounds, "--no-cache"), scanned(folders, given.rounds)
    page = PAGE.format(
        rounds=given.rounds, gcc=gcc, plain=plain, cold=cold, warm=warm, plain_gcc=100 * plain / gcc, cold_gcc=100 * cold / gcc,
        warm_gcc=100 * warm / gcc, warm_cold=100 * warm / cold, trees=len(folders), files=files, others=others,
        small=min(scanned([tree], 1)[0] for tree in folders[:5]),
        megabytes=size / 1e6, python=platform.python_version(), machine=platform.machine(), system=platform.system(),
    )  # fmt: skip
    print(page)
    if given.output:
        given.output.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
