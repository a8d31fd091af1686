"""The list of packages: what is fetched, what each needs, how its tests are run."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).parent / "packages.toml"


@dataclass(frozen=True)
class Package:
    """A package of the list. ``system``: Debian packages to build it; ``requires``: what its tests need from PyPI;
    ``tests``: the command that runs them, None for the one porter finds; ``note``: what a reader should know.
    """

    name: str
    version: str
    system: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    tests: str | None = None
    note: str = ""

    @property
    def label(self) -> str:
        """As pip spells it."""
        return f"{self.name}=={self.version}"


def read_list(path: Path = LIST) -> list[Package]:
    """The packages in the order of their names. Raises TypeError for a key that is none, KeyError for one missing."""
    rows = tomllib.loads(path.read_text("utf-8"))["package"]
    lists = ("system", "requires")
    made = [Package(**row | {key: tuple(row.get(key, ())) for key in lists}) for row in rows]
    return sorted(made, key=lambda package: package.name.lower())


def chosen(packages: list[Package], names: list[str]) -> list[Package]:
    """Those named, or all. Raises SystemExit with the names that are not on the list."""
    known = {package.name: package for package in packages}
    if unknown := sorted(set(names) - known.keys()):
        raise SystemExit(f"not in {LIST.name}: {', '.join(unknown)}")
    return [known[name] for name in dict.fromkeys(names)] if names else packages
