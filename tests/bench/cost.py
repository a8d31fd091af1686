"""What a port costs when it runs: ``python -m tests.bench.cost [NAME...]``.

Packages of tests/corpus/packages.toml are fetched, ported and measured by ``porter verify --speed``: calls, reading an
attribute, creating and destroying an instance, by the processor's time, original and port in turns. Results are kept
in a folder by name; ``-o PAGE`` writes all that are kept as a page of the documentation, ``--pages`` measures nothing.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import geometric_mean

from tests.corpus.fetch import fetch, missing
from tests.corpus.listing import Package, chosen, read_list

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = "lru-dict hiredis wrapt xxhash mmh3 crc32c py-radix pyahocorasick deflate simplejson".split()
KINDS = {"call": "calls", "attribute": "attributes", "create": "created and destroyed"}
AT_MOST, TOLD = 1.05, 1.2
REASONS = Path(__file__).parent / "cost.json"
PAGE = """<!-- Written by `python -m tests.bench.cost -o docs/cost.md`; do not edit. -->

# What a port costs when it runs

A static is at a fixed address; the module state has to be found. `python -m tests.bench.cost` ports packages and has
`porter verify --speed` measure the original and the port in turns with pyperf: time of the processor, the best value of
each process, the median of the processes. The table has geometric means of after/before; 1.00 is as fast as it was.

{table}
**{overall:.2f}** over all {cases} cases of {packages} packages ({kinds}); the aim is at most {at_most:.2f}.

## Over {told:.1f}

{over}
{machine}
"""


def measure(package: Package, folder: Path, python: str, timeout: float) -> list[dict]:
    """The ratios of one package. Raises RuntimeError with what was said where there are none."""
    home = folder / f"{package.name}-{package.version}"
    original, ported, answer = fetch(package, home), home / "cost-ported", home / "cost-verify.json"
    if lacking := missing(package):
        raise RuntimeError(f"the system lacks {' '.join(lacking)}")
    shutil.rmtree(ported, ignore_errors=True)
    shutil.copytree(original, ported, symlinks=True)
    answer.unlink(missing_ok=True)
    port = [sys.executable, "-m", "porter", "port", "-q", "--write", str(ported)]
    subprocess.run(port, cwd=ROOT, capture_output=True, check=False)
    verify = [sys.executable, "-m", "porter", "verify", str(ported), "--against", str(original), "--rungs", "0", "--speed"]
    options = ["--python", python, "--timeout", f"{timeout:g}", "--format", "json", "-o", str(answer)]
    done = subprocess.run([*verify, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    ratios = json.loads(answer.read_text("utf-8"))["speed"] if answer.is_file() else []
    if not ratios:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no call to measure")
    return ratios


def page(kept: dict[str, list[dict]], reasons: dict[str, str]) -> str:
    """The page for ``kept``: package -> ratios; ``reasons``: ``package call`` -> why it is slower."""
    cases = [ratio for ratios in kept.values() for ratio in ratios]
    rows = [[name, *(_mean(ratios, kind) for kind in KINDS), f"{_geometric(ratios):.2f}"] for name, ratios in kept.items()]
    head = ["package", *KINDS.values(), "all"]
    table = "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows])
    over = [(name, r) for name, ratios in kept.items() for r in ratios if r["ratio"] > TOLD]
    lines = [f"- {name}: `{r['call']}`, {_interval(r)}: {reasons.get(name + ' ' + r['call'], 'not looked into')}\n" for name, r in over]
    told = [f"{word} {_mean(cases, kind)}" for kind, word in KINDS.items()]
    machine = f"Python 3.13, {platform.machine()}, {platform.system()}; the machine did other work meanwhile."
    return PAGE.format(table=table, overall=_geometric(cases), cases=len(cases), packages=len(kept), kinds=", ".join(told),
                       at_most=AT_MOST, told=TOLD, over="".join(lines) or "None.\n", machine=machine)  # fmt: skip


def _interval(ratio: dict) -> str:
    return f"{ratio['ratio']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f}), {1e9 * (ratio['after'] - ratio['before']):.0f} ns more"


def _geometric(ratios: list[dict]) -> float:
    return geometric_mean(ratio["ratio"] for ratio in ratios)


def _mean(ratios: list[dict], kind: str) -> str:
    of_kind = [ratio for ratio in ratios if ratio["kind"] == kind]
    return f"{_geometric(of_kind):.2f}" if of_kind else "–"


def main() -> int:
    options = argparse.ArgumentParser("python -m tests.bench.cost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"packages of the list (default: {' '.join(NAMES)})")
    options.add_argument("-o", "--output", type=Path, metavar="PAGE")
    options.add_argument("--pages", action="store_true", help="measure nothing, write the page from what is kept")
    options.add_argument("--python", default="3.13")
    options.add_argument("--timeout", type=float, default=600.0)
    options.add_argument("--folder", type=Path, default=ROOT / ".corpus")
    given = options.parse_args()
    folder = given.folder.resolve()
    packages = chosen(read_list(), given.names or NAMES)
    for package in () if given.pages else packages:
        try:
            ratios = measure(package, folder, given.python, given.timeout)
        except RuntimeError as why:
            print(f"{package.name}: {why}", file=sys.stderr, flush=True)
            continue
        _result(folder, package).write_text(json.dumps(ratios), "utf-8")
        worst = max(ratios, key=lambda ratio: ratio["ratio"])
        print(f"{package.name}: {_geometric(ratios):.3f} over {len(ratios)}; most: {worst['call']} {_interval(worst)}", file=sys.stderr, flush=True)
    kept = {p.name: json.loads(_result(folder, p).read_text("utf-8")) for p in packages if _result(folder, p).is_file()}
    if given.output and kept:
        reasons = json.loads(REASONS.read_text("utf-8")) if REASONS.is_file() else {}
        given.output.write_text(re.sub(r"\n{3,}", "\n\n", page(kept, reasons)), "utf-8")
    return 0


def _result(folder: Path, package: Package) -> Path:
    return folder / f"{package.name}-{package.version}" / "cost.json"


if __name__ == "__main__":
    sys.exit(main())
