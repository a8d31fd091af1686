"""The test file that porter writes for a package: it passes on an isolated extension and fails on one that is not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from porter.rewrite.packaging.own_test import interpreters_test, place_of_test
from tests.ports.workshop import EXAMPLES, build, python

EXAMPLE = next(each for each in EXAMPLES if each.name == "designated-initialiser")


def run(tree: Path, folder: Path, version: str) -> subprocess.CompletedProcess:
    folder.mkdir(exist_ok=True)
    build(tree, folder, version)
    name = next(folder.glob("*.so")).name.partition(".")[0]
    (folder / "test_interpreters.py").write_text(interpreters_test([name]))
    return subprocess.run(
        [python(version), "-m", "unittest", "-v", "test_interpreters"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_it_passes_on_the_port(tmp_path: Path, version: str):
    result = run(EXAMPLE.path / "after", tmp_path / "after", version)
    assert result.returncode == 0, result.stderr
    assert "Ran 3 tests" in result.stderr and "skipped" not in result.stderr


def test_it_fails_on_what_is_not_isolated(tmp_path: Path):
    result = run(EXAMPLE.path / "before", tmp_path / "before", "3.13")
    assert result.returncode != 0
    assert "does not support loading in subinterpreters" in result.stderr


def test_it_is_skipped_with_a_reason_on_older_pythons(tmp_path: Path):
    result = run(EXAMPLE.path / "after", tmp_path / "after", "3.11")
    assert result.returncode == 0 and "a GIL of their own since Python 3.12" in result.stderr


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ([], "tests/test_interpreters.py"),
        (["setup.py", "tests/test_a.py", "tests/deep/test_b.py"], "tests/test_interpreters.py"),
        (["pkg/test/test_a.py"], "pkg/test/test_interpreters.py"),
        (["test_a.py"], "test_interpreters.py"),
        (["pkg/test_a.py", "pkg/tests/test_b.py"], "pkg/tests/test_interpreters.py"),
    ],
)
def test_it_goes_beside_the_tests_that_are_there(files, path):
    assert place_of_test(files) == path
