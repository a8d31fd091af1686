"""How long a scan takes, as a ratio to what the compiler needs to read the same files: ``make bench``.

Both run on one core, from a cold start, as processes: ``porter scan -j 1`` against ``gcc -fsyntax-only`` of each file.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from porter.settings import Settings
from porter.tree import discover
from porter.tree.model import Extension
from porter.verify.pythons import find_python

SOURCES = ("lru-dict==1.4.1", "markupsafe==2.1.5", "crc32c==2.7.1", "ujson==5.10.0", "multidict==6.0.5")
CACHE = Path("demo/bench")
ROUNDS = 3


def trees() -> Iterator[Path]:
    """The trees named on the command line, or some from PyPI, unpacked once."""
    if sys.argv[1:]:
        yield from map(Path, sys.argv[1:])
        return
    for source in SOURCES:
        folder = CACHE / source
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


def seconds(call: list, **options) -> float:
    """The best of some rounds, in seconds of wall clock."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        best = min(best, time.perf_counter() - start)
    return best


def compiler(extension: Extension, source: str, include: str) -> list[str]:
    folders = [f"-I{folder}" for folder in extension.include_dirs]
    macros = [f"-D{name}" if value is None else f"-D{name}={value}" for name, value in extension.macros]
    return ["gcc", "-fsyntax-only", "-w", f"-I{include}", *folders, *macros, source]


def main() -> None:
    python = find_python(("3.13",)).python
    ask = [python.path, "-c", "import sysconfig; print(sysconfig.get_path('include'))"]
    include = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    whole_scan = whole_gcc = 0.0
    for tree in trees():
        extensions = discover(tree).extensions
        sources = [(e, s) for e in extensions for s in e.sources if s.endswith(".c")]
        scan = seconds([sys.executable, "-m", "porter", "scan", "-q", "-j", "1", tree])
        gcc = sum(seconds(compiler(e, s, include), cwd=tree) for e, s in sources)
        whole_scan, whole_gcc = whole_scan + scan, whole_gcc + gcc
        print(f"{tree.name:24} {len(sources):3} files  scan {scan:6.2f} s  gcc {gcc:6.2f} s  ratio {scan / gcc:5.2f}")
    print(f"{'all':24} target Python {Settings().target_python}  ratio {whole_scan / whole_gcc:5.2f}")


if __name__ == "__main__":
    main()
