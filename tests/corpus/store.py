"""Results kept between runs, each with the state of the code that made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("porter", "rules", "templates")


def revision(root: Path = ROOT) -> str:
    """Twelve digits that change with any file of porter itself, committed or not."""
    digest = hashlib.sha256()
    files = (path for name in CODE for path in (root / name).rglob("*") if "__pycache__" not in path.parts)
    for path in sorted(path for path in files if path.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def kept(file: Path, key: str, make: Callable[[], dict], again: bool = False) -> dict:
    """What ``file`` holds if it was made under ``key``; else what ``make`` gives, written to ``file`` whole."""
    held = load(file)
    if held is not None and held["key"] == key and not again:
        return held
    made = make() | {"key": key}
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(made), "utf-8")
    fresh.replace(file)
    return made


def load(file: Path) -> dict | None:
    """What a file holds; None where there is none, or one that an interrupted run left broken."""
    try:
        held = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) and "key" in held else None
