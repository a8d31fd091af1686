"""Build a copy of a tree with its own build back end into an environment of its own, debug information kept."""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from porter.errors import PorterError
from porter.verify.compilers import stand_ins
from porter.verify.install import Pip, Shop
from porter.verify.model import BuiltModule
from porter.verify.process import Outcome, run

LEAVE_OUT = {"__pycache__", ".tox", ".nox", "node_modules", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
SUFFIX = re.compile(r"(\.cpython-[^.]*|\.abi3[^.]*|\.pypy[^.]*)?\.so$")


@dataclass(frozen=True)
class Build:
    """A tree built. ``folder`` holds all of it; ``error``: the compiler's or pip's own lines, if any."""

    folder: Path
    source: Path
    outcome: Outcome
    modules: tuple[BuiltModule, ...] = ()
    error: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it is installed."""
        return not self.error

    @property
    def python(self) -> Path:
        """The environment's Python."""
        return self.folder / "venv" / "bin" / "python"

    @property
    def site(self) -> Path:
        """The environment's site-packages."""
        return site_packages(self.folder / "venv")

    @property
    def log(self) -> Path:
        """The log of everything run for this tree."""
        return self.outcome.log


def build(tree: Path, folder: Path, shop: Shop, requires: Iterable[str], add: Sequence[str] = ()) -> Build:
    """Copy ``tree`` under ``folder``, make an environment there, install the copy into it, then what it requires to
    run and ``requires`` for its tests; ``add``: arguments for the compiler. Never writes to ``tree``; raises
    PorterError if the tree cannot be copied.
    """
    folder.mkdir(parents=True)
    source, log, environment = folder / "source", folder / "log.txt", folder / "venv"
    copy_tree(tree, source)
    shop.say(f"making an environment with {shop.python.label}")
    outcome = run([shop.python.path, "-m", "venv", str(environment)], log, shop.limits, cwd=folder)
    if not outcome.ok:
        return Build(folder, source, outcome, error=_errors(outcome))
    shop.say(f"building {tree}" + (f" with {' '.join(add)}" if add else ""))
    flags = stand_ins(folder / "compilers", shop.python, add)
    pip = Pip(environment / "bin" / "python", shop, log, folder)
    outcome = pip.install(["--no-deps", "-v", str(source)], env=flags)
    if not outcome.ok:
        return Build(folder, source, outcome, error=_errors(outcome))
    modules = tuple(find_modules(site_packages(environment)))
    notes = (*pip.missing_dependencies(), *pip.install_each(tuple(requires), "test"))
    return Build(folder, source, outcome, modules, notes=notes)


def copy_tree(tree: Path, target: Path) -> None:
    """Copy what a build may need: links as links, without caches, environments, old build products, pipes and sockets.

    Raises PorterError when something cannot be copied.
    """
    try:
        shutil.copytree(tree, target, symlinks=True, ignore=_leave_out)
    except (shutil.Error, OSError) as problem:
        raise PorterError(
            f"{tree}: cannot be copied: {problem}", "is the disk full, or a file unreadable?"
        ) from problem


def _leave_out(folder: str, names: list[str]) -> set[str]:
    """Caches, environments, old build products, and files that are neither regular nor links."""
    here = Path(folder)

    def unwanted(name: str) -> bool:
        path = here / name
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)):
            return True
        product = here.name == "build" and name.startswith(("temp.", "lib.", "bdist."))
        return name in LEAVE_OUT or product or (path / "pyvenv.cfg").is_file()

    return {name for name in names if unwanted(name)}


def site_packages(environment: Path) -> Path:
    """Where an environment installs to."""
    return next(environment.glob("lib/python3*/site-packages"))


def find_modules(site: Path) -> list[BuiltModule]:
    """The extension modules under ``site``: shared objects that export an init function, by their dotted names."""
    found = []
    for path in sorted(site.rglob("*.so")):
        name = SUFFIX.sub("", path.relative_to(site).as_posix()).replace("/", ".")
        if _exports_init(path, name.rpartition(".")[2]):
            found.append(BuiltModule(name.removesuffix(".__init__"), path))
    return found


def _exports_init(path: Path, leaf: str) -> bool:
    """PyInit_ or, from 3.15, PyModExport_; a file that is not ELF is taken at its name."""
    try:
        with open(path, "rb") as handle:
            symbols = ELFFile(handle).get_section_by_name(".dynsym")
            wanted = {f"PyInit_{leaf}", f"PyModExport_{leaf}"}
            return symbols is not None and any(s.name in wanted for s in symbols.iter_symbols())
    except (ELFError, OSError):
        return True


def _errors(outcome: Outcome) -> tuple[str, ...]:
    """The lines that say why: the compiler's first, else pip's or Python's."""
    if outcome.died:
        return (outcome.ended,)
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    for pattern in (
        r":\d+: (fatal )?error\b|: fatal error:|undefined reference|cannot find -l",
        r"^(\w+\.)*\w*(Error|Exception): ",
        r"\b(ERROR|error)\b",
    ):
        if found := [line[:300] for line in lines if re.search(pattern, line)]:
            return tuple(dict.fromkeys(found[:6]))
    return tuple(lines[-1:]) or (outcome.ended,)
