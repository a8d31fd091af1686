"""porter as users get it: from a wheel, from a source archive and from a checkout, with its data beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from porter import __version__
from porter.rules import load_rules

ROOT = Path(__file__).resolve().parent.parent


def run(*call: object, **options) -> str:
    """What a command says on stdout; a command that fails fails the test with all it said."""
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(list(map(str, call)), capture_output=True, text=True, env=clean, **options)
    assert done.returncode == 0, f"{call}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("archives")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """The folder of programs of a fresh environment."""
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    return tmp_path / "venv" / "bin"


def install(environment: Path, *what: object) -> None:
    run(environment / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)


def files_below(folder: str, suffix: str) -> set[str]:
    return {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob(f"*{suffix}")}


def test_the_wheel_has_the_package_its_data_and_nothing_else(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wheel.name == f"porter-{__version__}-py3-none-any.whl"
    package = {name.removeprefix("porter/") for name in names if name.startswith("porter/")}
    data = {name.removeprefix("_data/") for name in package if name.startswith("_data/")}
    assert {name.removeprefix("rules/") for name in data if name.startswith("rules/")} == files_below("rules", ".toml")
    assert files_below("templates", ".j2") <= {name.removeprefix("templates/") for name in data}
    assert files_below("porter", ".py") | files_below("porter", ".h") <= package
    assert {name.split("/")[0] for name in names} == {"porter", f"porter-{__version__}.dist-info"}
    assert any(name.endswith("/LICENSE") for name in names)
    assert not [name for name in names if "__pycache__" in name]


def test_the_source_archive_can_be_built_again(archives: Path) -> None:
    (archive,) = archives.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "rules/static-type.toml"} <= names


def test_an_installed_wheel_works_anywhere(archives: Path, environment: Path, tmp_path: Path) -> None:
    install(environment, *archives.glob("*.whl"))
    assert_works(environment, tmp_path)
    where = run(environment / "python", "-c", "import porter; print(porter.__file__)", cwd=tmp_path)
    assert Path(where).is_relative_to(tmp_path / "venv")


def test_an_editable_install_works_anywhere(environment: Path, tmp_path: Path) -> None:
    install(environment, "--editable", ROOT)
    assert_works(environment, tmp_path)
    where = run(environment / "python", "-c", "import porter; print(porter.__file__)", cwd=tmp_path)
    assert Path(where.strip()) == ROOT / "porter" / "__init__.py"


def test_a_checkout_works_where_it_lies() -> None:
    assert run(sys.executable, "-m", "porter", "rules", cwd=ROOT).count("\n") == len(load_rules())


def assert_works(environment: Path, folder: Path) -> None:
    """All rules are found, and a tree is scanned with templates, headers and processes."""
    porter = environment / "porter"
    assert run(porter, "--version", cwd=folder) == f"porter {__version__}\n"
    assert [line.split()[0] for line in run(porter, "rules", cwd=folder).splitlines()] == list(load_rules())
    fixtures = ROOT / "fixtures" / "rules" / "static-type"
    said = run(porter, "scan", fixtures, "--fail-on", "never", cwd=folder)
    assert "[static-type]" in said
    assert run(environment / "python", "-m", "porter", "explain", "static-type", cwd=folder).startswith("static-type: ")
