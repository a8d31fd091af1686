"""Where porter's own data lies: in a wheel under ``porter/_data``, in a checkout or editable install beside the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from porter.errors import PorterError

PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    for candidate in (PACKAGE / "_data" / name, PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise PorterError(f"porter's own folder {name}/ is missing", "install porter again")


def rules_folder() -> Path:
    """The folder of the rule files."""
    return _folder("rules")


def rule_texts() -> dict[str, str]:
    """The text of each rule file by the rule's name, in the order of the names."""
    return {path.stem: path.read_text("utf-8") for path in sorted(rules_folder().glob("*.toml"))}


def templates_folder() -> Path:
    """The folder of the templates."""
    return _folder("templates")


@cache
def stand_in(name: str) -> str:
    """The text of one stand-in header or list of ``porter/frontend/headers``."""
    return (PACKAGE / "frontend" / "headers" / name).read_text("ascii")
