"""The fixtures of the ports: found, ported, compiled and run in real Pythons."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from porter.pipeline import port
from porter.plan.scope import Scope
from porter.report.port import PortReport
from porter.settings import Settings
from porter.span import encode
from porter.tree import discover

HERE = Path(__file__).parent
PORTS = HERE.parents[1] / "fixtures" / "ports"
SETTINGS = Settings(jobs=1)
_WARNING = re.compile(r"^\S+?:\d+:\d+: (warning|error): (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One fixture: ``before``, ``after``, ``behave`` and what expect.toml says.

    ``unchanged``: there is nothing porter does to it; ``newest_wins``: its callbacks are handed nothing of the module and
    find the state of the one loaded last in their interpreter; ``unsafe``: the operations asked for; ``defines``: macros that take arms
    of ``#if`` not taken else.
    """

    path: Path
    own_gil: bool
    refused: tuple[tuple[str, str], ...]
    pythons: tuple[str, ...]
    unchanged: bool
    newest_wins: bool
    unsafe: frozenset[str]
    defines: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the style."""
        return self.path.name

    @property
    def before(self) -> Path:
        """The tree that is ported."""
        return self.path / "before"

    @property
    def after(self) -> Path:
        """The golden port."""
        return self.path / "after"

    @property
    def behave(self) -> Path:
        """The script that prints what the extension does."""
        return self.path / "behave.py"


def example(path: Path) -> Example:
    """Read one fixture. Raises KeyError for an unknown key of expect.toml."""
    file = path / "expect.toml"
    said = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    result = Example(
        path,
        said.pop("own_gil", True),
        tuple(said.pop("refused", {}).items()),
        tuple(said.pop("pythons", ())),
        said.pop("unchanged", False),
        said.pop("newest_wins", False),
        frozenset(said.pop("unsafe", ())),
        tuple(said.pop("defines", ())),
    )
    if said:
        raise KeyError(f"{file}: unknown {', '.join(said)}")
    return result


EXAMPLES = [example(path) for path in sorted(PORTS.iterdir()) if (path / "before").is_dir()]


@cache
def ported(tree: Path) -> PortReport:
    """The port of a tree, before or after, of one of the fixtures or of a folder like theirs."""
    return port(tree, SETTINGS, scope=Scope(unsafe=example(tree.parent).unsafe))


def files(tree: Path) -> dict[str, bytes]:
    """The bytes of every file of a tree."""
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in sorted(tree.rglob("*")) if path.is_file()}


def after_port(tree: Path) -> dict[str, bytes]:
    """The bytes of every file of a tree, ported."""
    return files(tree) | {name: encode(text) for name, text in ported(tree).after.items()}


def write_tree(folder: Path, texts: dict[str, bytes]) -> None:
    """Put files where they belong; what was there is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


# -- compilers and interpreters -----------------------------------------------------


@cache
def python(version: str) -> str | None:
    """The interpreter of a version, from PATH or pyenv; None where the machine has none."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = sorted(
        root.glob(f"versions/{version}.*/bin/python3"), key=lambda p: [int(n) for n in re.findall(r"\d+", p.parts[-3])]
    )
    return next((str(p) for p in reversed(found)), None) or shutil.which(f"python{version}")


@cache
def include(version: str) -> str:
    """The folder of Python.h for a version."""
    command = [python(version) or version, "-c", "import sysconfig; print(sysconfig.get_path('include'))"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@dataclass(frozen=True)
class Built:
    """A built extension: its folder, its file and the warnings of the compiler by their text."""

    name: str
    folder: Path
    file: Path
    warnings: Counter


class CompileError(AssertionError):
    """The compiler refused a tree."""


def build(tree: Path, folder: Path, version: str = "3.13", *flags: str) -> Built:
    """Compile the one extension of ``tree`` into ``folder``. Raises CompileError with what the compiler said."""
    extension = discover(tree).extensions[0]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{extension.name}.so"
    macros = [f"-D{name}" if value is None else f"-D{name}={value}" for name, value in extension.macros]
    command = ["gcc", "-g", "-O1", *flags, "-Wall", "-Wextra", "-shared", "-fPIC", f"-I{include(version)}", *macros]
    command += [*extension.sources, "-o", str(target)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise CompileError(f"{tree} with Python {version}:\n{done.stderr}")
    return Built(extension.name, folder, target, Counter(m[2] for m in _WARNING.finditer(done.stderr)))


def drive(
    built: Built, mode: str, script: Path | str, extra: str = "", version: str = "3.13", timeout: float = 60
) -> str:
    """What drive.py prints. Raises AssertionError when it dies or complains."""
    command = [
        python(version) or version,
        "-B",
        "-W",
        "error",
        str(HERE / "drive.py"),
        mode,
        str(built.folder),
        str(script),
    ]
    command += [extra] if extra else []
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment, check=False)
    assert done.returncode == 0, (
        f"{built.file} in Python {version}, {mode}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    )
    return done.stdout
