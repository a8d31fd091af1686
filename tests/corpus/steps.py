"""What is done with one package: built as published, scanned, ported, proven. Each result is kept (see ``store``)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from porter.verify.model import BuiltModule

from .accuracy import compare
from .built import Built, Truth, read_truth
from .fetch import NotRun, fetch, missing
from .listing import Package
from .store import ROOT, kept
from .verdict import reasons, verdict

HERE = Path(__file__).parent
DEBUG = "-fno-eliminate-unused-debug-symbols"  # statics that nothing uses are declared in the debug information too
READ_BY = ("accuracy.py", "built.py", "steps.py", "verdict.py")
AT_MOST = 3600.0  # seconds for a call of porter, which has limits of its own for what it runs
Say = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """What holds for all packages. ``folder`` keeps everything; ``python``: as ``porter verify`` takes it; ``revision`` is that of porter; ``timeout``: seconds for
    each build, test run and load; ``again``: not from what is kept.
    """

    folder: Path
    python: str
    revision: str
    timeout: float
    say: Say
    again: bool = False

    def home(self, package: Package) -> Path:
        """The folder of a package."""
        return self.folder / f"{package.name}-{package.version}"

    def key(self, package: Package) -> str:
        """What the results of porter on a package depend on."""
        own = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in READ_BY)).hexdigest()[:8]
        return f"{self.revision} {own} {self.python} {package}"


def base(run: Run, package: Package) -> dict:
    """The package as published, built with its debug information kept: its modules. ``error`` says why it is not."""
    return kept(run.home(package) / "base.json", f"{run.python} {package.label}", lambda: _base(run, package))


def _base(run: Run, package: Package) -> dict:
    if lacking := missing(package):
        return {"error": f"the system lacks {' '.join(lacking)}"}
    run.say("fetching")
    try:
        tree = fetch(package, run.home(package))
    except NotRun as why:
        return {"error": str(why)}
    run.say("building")
    keep = run.home(package) / "before"
    shutil.rmtree(keep, ignore_errors=True)
    proof = _verify(run, package, tree, "--rungs", "0", "--keep", str(keep), flags=DEBUG)
    if "error" in proof:
        return proof
    if proof["evidence"][0]["verdict"] != "passed":
        return {"error": f"it does not build here: {proof['evidence'][0]['message']}"}
    return {"modules": [[name, str(_module(keep, name).relative_to(keep))] for name in proof["modules"]]}


def _module(folder: Path, name: str) -> Path:
    """The file of a built module under the folder of its build."""
    *package, leaf = name.split(".")
    places = [*package, leaf]
    for pattern in ("/".join(places), "/".join([*places, "__init__"])):
        found = sorted(folder.glob(f"**/site-packages/{pattern}.*so"))
        if found:
            return found[0]
    raise FileNotFoundError(f"{name} is built, but no file of it is under {folder}")


def scan(run: Run, package: Package, base: dict) -> dict:
    """The scan of the tree and how it compares with the build."""
    return kept(run.home(package) / "scan.json", run.key(package), lambda: _scan(run, package, base), run.again)


def _scan(run: Run, package: Package, base: dict) -> dict:
    home = run.home(package)
    run.say("scanning")
    done, seconds = _porter("scan", "--no-cache", "--format", "json", str(home / "tree"))
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return {"error": f"porter scan ended with exit code {done.returncode}: {_last(done.stderr)}"}
    accuracy = compare(report, _truth(home, base))
    extensions = report["extensions"]
    isolated = bool(extensions) and all(extension["isolated"] for extension in extensions)
    told = {"exit": done.returncode, "seconds": seconds, "unanalysed": len(report["unanalysed"]), "isolated": isolated}
    return told | asdict(accuracy)


def _truth(home: Path, base: dict) -> Truth:
    """The build's variables, read once for each way of reading them."""
    way = hashlib.sha256((HERE / "built.py").read_bytes()).hexdigest()[:12]

    def make() -> dict:
        truth = read_truth(tuple(BuiltModule(name, home / "before" / path) for name, path in base["modules"]))
        return {"variables": [list(vars(v).values()) for v in truth.variables], "units": sorted(map(list, truth.units))}

    held = kept(home / "truth.json", f"{way} {base['key']}", make)
    return Truth(tuple(Built(*row) for row in held["variables"]), frozenset(map(tuple, held["units"])))


def port(run: Run, package: Package, scanned: dict) -> dict:
    """The port of a copy of the tree, and the proof where it changed anything."""
    return kept(run.home(package) / "port.json", run.key(package), lambda: _port(run, package, scanned), run.again)


def _port(run: Run, package: Package, scanned: dict) -> dict:
    home = run.home(package)
    tree, report = home / "ported", home / "decisions.json"
    shutil.rmtree(tree, ignore_errors=True)
    report.unlink(missing_ok=True)
    shutil.copytree(home / "tree", tree, symlinks=True)
    run.say("porting")
    done, seconds = _porter("port", "--no-cache", "--write", "--format", "json", "-o", str(report), str(tree))
    if not report.is_file():
        return {"error": f"porter port ended with exit code {done.returncode}: {_last(done.stderr)}"}
    decisions = json.loads(report.read_text("utf-8"))
    proof = None
    if decisions["files"]:
        run.say("proving")
        proof = _verify(run, package, tree, "--against", str(home / "tree"))
        if "error" in proof:
            return proof
    return {"exit": done.returncode, "seconds": seconds, "reasons": reasons(decisions)} | _proven(proof, scanned)


def _proven(proof: dict | None, scanned: dict) -> dict:
    evidence = proof["evidence"] if proof else []
    return {
        "verdict": verdict(proof, scanned.get("isolated", False)),
        "reached": proof["reached"] if proof else None,
        "stopped": [_short(entry) for entry in evidence if entry["verdict"] == "failed"],
        "unproven": [entry["title"] for entry in evidence if entry["verdict"] == "not proven"],
    }


def _short(entry: dict) -> str:
    rung = f"rung {entry['rung']}" if entry["rung"] is not None else entry["title"]
    return f"{rung}: {entry['message'][:200]}"


def _verify(run: Run, package: Package, tree: Path, *more: str, flags: str = "") -> dict:
    """The JSON of ``porter verify``; ``flags`` are the compiler's in the place of Python's own."""
    answer = run.home(package) / "verify.json"
    answer.unlink(missing_ok=True)
    options = ["--python", run.python, "--timeout", f"{run.timeout:g}", "--format", "json", "-o", str(answer)]
    if package.tests:
        options += ["--tests", package.tests]
    if package.requires:
        options += ["--test-requires", " ".join(package.requires)]
    done, _ = _porter("verify", *options, *more, str(tree), flags=flags)
    if not answer.is_file():
        return {"error": f"porter verify ended with exit code {done.returncode}: {_last(done.stderr)}"}
    return json.loads(answer.read_text("utf-8"))


def _porter(*arguments: str, flags: str = "") -> tuple[subprocess.CompletedProcess, float]:
    """A call of porter's command line, and its seconds."""
    said = {name: f"{os.environ.get(name, '')} {flags}".strip() for name in ("CFLAGS", "CXXFLAGS")} if flags else {}
    started, command = time.monotonic(), [sys.executable, "-m", "porter", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=AT_MOST, cwd=ROOT, env=os.environ | said)
    except subprocess.TimeoutExpired:
        done = subprocess.CompletedProcess(command, 124, "", f"no answer in {AT_MOST:g} s")
    return done, round(time.monotonic() - started, 1)


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["nothing said"])[-1]
