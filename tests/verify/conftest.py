"""Extensions built by the real compiler for the real Python that porter finds; without them the tests fail, they do
not skip.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from porter.verify.build import Build, find_modules, site_packages
from porter.verify.climb import Climb
from porter.verify.model import Python, VerifyOptions
from porter.verify.process import Limits, Outcome
from porter.verify.pythons import find_python

SOURCES = Path(__file__).parent / "c"
SETUP = """
from setuptools import Extension, setup
setup(name={name!r}, version="1", ext_modules=[Extension({name!r}, ["{name}.c"], include_dirs=["."])], py_modules=[])
"""


@pytest.fixture(scope="session")
def python() -> Python:
    """A Python 3.13 with own-GIL interpreters."""
    found = find_python().python
    if found is None or not found.own_gil or found.version[:2] != (3, 13):
        pytest.fail("these tests need a Python 3.13 (on PATH, from pyenv or from uv)")
    return found


@pytest.fixture(scope="session")
def compiler() -> str:
    """A C compiler."""
    return shutil.which("cc") or shutil.which("gcc") or pytest.fail("these tests need a C compiler (cc or gcc)")


@pytest.fixture(scope="session")
def workshop(python, compiler, tmp_path_factory):
    """Build one C file of c/ into an environment of its own: ``workshop("clean")``, as verify would have built it."""

    def make(source: str, *flags: str, tests: str = "", compiler: str = compiler) -> Build:
        return make_build(python, tmp_path_factory.mktemp(Path(source).name) / "after", source, compiler, flags, tests)

    return make


@pytest.fixture(scope="session")
def workshop_for(compiler, tmp_path_factory):
    """The same with another Python: ``workshop_for("3.12", "clean")`` gives it and the build."""

    def make(version: str, source: str) -> tuple[Python, Build]:
        other = find_python([version]).python
        folder = tmp_path_factory.mktemp(Path(source).name) / "after"
        return other, make_build(other, folder, source, compiler, (), "")

    return make


def make_build(python: Python, folder: Path, source: str, compiler: str, flags: tuple[str, ...], tests: str) -> Build:
    """One C file of c/ compiled into an environment without pip."""
    asked = "import sysconfig; print(sysconfig.get_path('include'))"
    include = subprocess.run([python.path, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
    (folder / "source").mkdir(parents=True)
    if tests:
        (folder / "source" / "test_it.py").write_text(tests)
    subprocess.run([python.path, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    site = site_packages(folder / "venv")
    shared_object = site / f"{Path(source).name}.so"
    command = [compiler, "-g", "-O1", "-shared", "-fPIC", f"-I{include}", f"-I{SOURCES}", *flags]
    subprocess.run([*command, str(SOURCES / f"{source}.c"), "-o", str(shared_object)], check=True)
    outcome = Outcome("cc", 0, None, Limits(60, 4096), 0.0, "", folder / "log.txt")
    return Build(folder, folder / "source", outcome, tuple(find_modules(site)))


@pytest.fixture(scope="session")
def climb_of(python):
    """A climb of a build, ready for ``prove``."""

    def make(build: Build, before: Build | None = None, **options: object) -> Climb:
        return Climb(python, build, before, VerifyOptions(**{"timeout": 120.0, **options}), lambda step: None)

    return make


@pytest.fixture
def tree(tmp_path):
    """A source tree with a setup.py for one C file of c/: ``tree("clean")``."""

    def make(name: str, text: str | None = None, tests: str = "") -> Path:
        root = tmp_path / "tree"
        root.mkdir()
        (root / "setup.py").write_text(SETUP.format(name=name))
        (root / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        )
        shutil.copy(SOURCES / "own_gil.h", root)
        (root / f"{name}.c").write_text(text or (SOURCES / f"{name}.c").read_text())
        if tests:
            (root / "tests").mkdir()
            (root / "tests" / "test_it.py").write_text(tests)
        return root

    return make


@pytest.fixture(scope="session")
def gone():
    """Whether a process ends within a moment: a killed one may take a while to be taken away."""

    def wait(pid: int) -> bool:
        until = time.monotonic() + 20
        while alive(pid) and time.monotonic() < until:
            time.sleep(0.01)
        return not alive(pid)

    return wait


def alive(pid: int) -> bool:
    """Whether a process runs (one that ended and was not waited for does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
