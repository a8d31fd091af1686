"""A package's source distribution: fetched with pip once, unpacked, and what the system lacks to build it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from .listing import Package

SECONDS = 600


class NotRun(Exception):
    """Why a package is not run at all; the row of the page says it."""


def fetch(package: Package, folder: Path) -> Path:
    """The unpacked tree of a package under ``folder``. Raises NotRun where it cannot be had."""
    tree = folder / "tree"
    if not tree.is_dir():
        archive = _archive(folder / "sdist") or _download(package, folder / "sdist")
        _unpack(archive, folder / "unpacked", tree)
    return tree


def missing(package: Package) -> list[str]:
    """The Debian packages it needs that are not installed; none where there is no dpkg to ask."""
    if shutil.which("dpkg-query") is None:
        return []
    return [name for name in package.system if not _installed(name)]


def _installed(name: str) -> bool:
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", name], capture_output=True, text=True)
    return asked.returncode == 0 and asked.stdout.startswith("ii")


def _archive(folder: Path) -> Path | None:
    found = [p for end in ("*.tar.gz", "*.zip", "*.tar.bz2", "*.tgz") for p in folder.glob(end)]
    return found[0] if found else None


def _download(package: Package, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q", "--no-deps"]
    try:
        done = subprocess.run([*pip, "--no-binary", ":all:", "-d", str(folder), package.label],
                              capture_output=True, text=True, timeout=SECONDS)  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotRun(f"pip did not fetch it in {SECONDS} s") from None
    archive = _archive(folder)
    if archive is None:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotRun(f"pip could not fetch it: {said[-1] if said else 'nothing said'}")
    return archive


def _unpack(archive: Path, scratch: Path, tree: Path) -> None:
    shutil.rmtree(scratch, ignore_errors=True)
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(scratch)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(scratch, filter="tar")
    tops = list(scratch.iterdir())
    (tops[0] if len(tops) == 1 and tops[0].is_dir() else scratch).rename(tree)
    shutil.rmtree(scratch, ignore_errors=True)
