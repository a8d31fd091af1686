"""Find a Python with interpreters of their own GIL (PEP 684), by asking each candidate."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from porter.errors import PorterError, UsageError
from porter.verify.model import Python
from porter.verify.process import Limits, run

PREFERRED = ((3, 13), (3, 14), (3, 15), (3, 12))
PROBE = Path(__file__).parent / "drivers" / "probe.py"
PROBE_SECONDS = 20.0
PROBE_MEMORY = 1024
SYSTEM = ("/usr/local/bin", "/usr/bin")
ADVICE = "install Python 3.13 or name one with --python"


@dataclass(frozen=True)
class Choice:
    """The Python chosen, or None; ``rejected``: candidates that do not count, with the reason."""

    python: Python | None
    rejected: tuple[tuple[str, str], ...]


def find_python(wanted: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> Choice:
    """The best Python: of those ``wanted`` (paths, versions, commands) in their order, else of all that this machine
    has.

    Only one that can make environments is chosen; one without own-GIL interpreters only when no other answers.
    Raises UsageError when something was wanted and none of it answers.
    """
    environ = os.environ if environ is None else environ
    answered, rejected = [], []
    for path in _distinct(_wanted(wanted, environ) if wanted else _all(environ)):
        python, why = probe(path)
        if python is None:
            rejected.append((path, why))
            continue
        answered.append(python)
        if python.own_gil and python.gil and (wanted or python.version[:2] == PREFERRED[0]):
            break
    if wanted and not answered:
        reasons = "; ".join(f"{path}: {why}" for path, why in rejected) or "not found"
        raise UsageError(f"--python {' '.join(wanted)}: no such Python answers ({reasons})", ADVICE)
    return Choice(max(answered, key=_rank, default=None), tuple(rejected))


def find_pythons(wanted: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> tuple[Python, ...]:
    """Each Python ``wanted``, or the best one; for ``all`` one of each version with own-GIL interpreters.

    Raises UsageError when one that was wanted does not answer, PorterError when there is none at all.
    """
    if tuple(wanted) == ("all",):
        found = _one_of_each(os.environ if environ is None else environ)
    elif wanted:
        found = tuple(find_python([word], environ).python for word in wanted)
    else:
        found = tuple(filter(None, [find_python((), environ).python]))
    if not found:
        raise PorterError("no Python that can make virtual environments was found", ADVICE)
    return tuple(dict.fromkeys(found))


def _one_of_each(environ: Mapping[str, str]) -> tuple[Python, ...]:
    """Of every version and kind that has own-GIL interpreters one, the oldest first."""
    answered = (python for path in _distinct(_all(environ)) if (python := probe(path)[0]) and python.own_gil)
    kinds: dict[tuple, Python] = {}
    for python in answered:
        kinds.setdefault((python.version[:2], python.debug, not python.gil), python)
    return tuple(kinds[kind] for kind in sorted(kinds))


def probe(path: str) -> tuple[Python | None, str]:
    """Ask one candidate what it is; the answer, or why it does not count."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        done = run([path, "-B", str(PROBE)], log, Limits(PROBE_SECONDS, PROBE_MEMORY), cwd=Path(folder))
    if done.died:
        return None, done.ended
    said = done.output.strip().splitlines()
    try:
        told = json.loads(said[-1])
        python = Python(path, tuple(told["version"]), told["own_gil"], told["venv"], told["gil"], told["debug"])
    except (ValueError, KeyError, TypeError, IndexError):
        return None, said[0][:120] if said else f"{done.ended}, nothing said"
    if told["implementation"] != "cpython":
        return None, f"{told['implementation']}, not CPython"
    if not python.venv:
        return None, "cannot make virtual environments (venv or ensurepip is missing)"
    return python, ""


def _rank(python: Python) -> tuple:
    line = python.version[:2]
    preference = -PREFERRED.index(line) if line in PREFERRED else -len(PREFERRED)
    return (python.own_gil, python.gil, not python.debug, preference, python.version)


def _all(environ: Mapping[str, str]) -> Iterator[str]:
    """Every candidate, the preferred versions first."""
    names = [f"python{major}.{minor}" for major, minor in PREFERRED]
    places = [*environ.get("PATH", "").split(os.pathsep), *SYSTEM]
    for name in names:
        yield from (str(Path(place) / name) for place in places if place and os.access(Path(place) / name, os.X_OK))
        yield from _managed(name.removeprefix("python"), environ)
    yield sys.executable


def _managed(version: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Pythons of one version that pyenv and uv keep, the newest first."""
    home = Path(environ.get("HOME", "/nonexistent"))
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share")
    uv = Path(environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    for folder, pattern in ((pyenv, rf"{re.escape(version)}(\.\d+)?t?"), (uv, rf"cpython-{re.escape(version)}[.+-].*")):
        found = [p for p in folder.iterdir() if re.fullmatch(pattern, p.name)] if folder.is_dir() else []
        for install in sorted(found, key=lambda p: [int(n) for n in re.findall(r"\d+", p.name)[:3]], reverse=True):
            if os.access(install / "bin" / "python3", os.X_OK):
                yield str(install / "bin" / "python3")


def _wanted(wanted: Sequence[str], environ: Mapping[str, str]) -> Iterator[str]:
    for word in wanted:
        if re.fullmatch(r"\d+\.\d+(\.\d+)?", word):
            line = ".".join(word.split(".")[:2])
            yield from _managed(word, environ)
            if line == word:
                command = shutil.which(f"python{word}", path=environ.get("PATH"))
                system = (f"{place}/python{word}" for place in SYSTEM)
                yield from (found for found in (command, *system) if found and os.path.exists(found))
        elif os.sep in word:
            yield str(Path(word).absolute())
        else:
            yield shutil.which(word, path=environ.get("PATH")) or word


def _distinct(paths: Iterator[str]) -> Iterator[str]:
    """Each once; a link and its target are the same, except that an environment's link is its own Python."""
    seen = set()
    for path in paths:
        folder = os.path.realpath(os.path.dirname(path))
        key = os.path.join(folder, os.path.basename(path))
        if key not in seen:
            seen.add(key)
            yield path
