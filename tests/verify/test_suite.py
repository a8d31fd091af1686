"""Test commands and what their output says."""

from __future__ import annotations

import pytest

from porter.verify.suite import Runner, copy_tests, count, find_command, keep_settings, understand


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("===== 3 passed, 1 skipped in 0.12s =====", (3, 0, 1, 4)),
        ("2 failed, 3 passed, 1 error, 2 xfailed in 61.20s (0:01:01)", (5, 3, 0, 8)),
        ("no tests ran in 0.01s", (0, 0, 0, 0)),
        ("Ran 5 tests in 0.001s\n\nOK", (5, 0, 0, 5)),
        ("Ran 5 tests in 0.001s\n\nOK (skipped=2, expected failures=1)", (3, 0, 2, 5)),
        ("Ran 1 test in 1s\n\nFAILED (errors=1)", (0, 1, 0, 1)),
        ("Ran 6 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=1)\nRan 2 tests in 0.1s\n\nOK", (4, 3, 1, 8)),
        ("all good, 3 passed the line", (0, 0, 0, None)),
    ],
)
def test_counts(output, expected):
    found = count(output)
    assert (found.passed, found.failed, found.skipped, found.ran) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pytest -q tests", Runner("pytest", ("-q", "tests"))),
        ("py.test", Runner("pytest", ())),
        ("python -m pytest -k 'a or b'", Runner("pytest", ("-k", "a or b"), path=True)),
        ("python3.13 -m unittest discover -s test", Runner("unittest", ("discover", "-s", "test"), path=True)),
        ("cd sub && A=1 B='x y' pytest", Runner("pytest", (), (("A", "1"), ("B", "x y")), "sub")),
        ("pytest | tee log", None),
        ("make test", None),
        ("pytest && true", None),
        ("pytest $ARGS", None),
        ("pytest 'unclosed", None),
    ],
)
def test_commands_are_understood_or_left_alone(command, expected):
    assert understand(command) == expected


def test_the_command_is_found_where_tests_are_kept(tmp_path):
    assert find_command(tmp_path) is None
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text(
        "import unittest\nclass T(unittest.TestCase):\n    def test_x(self): pass\n"
    )
    assert find_command(tmp_path) == "python -m unittest discover -s tests -p 'test*.py'"
    (tmp_path / "tests/test_b.py").write_text("def test_y(): pass\n")
    assert find_command(tmp_path).startswith("python -m pytest")


def test_tests_inside_of_packages_are_run_as_they_are_installed(tmp_path):
    files = ("src/a/b/tests/test_x.py", "src/a/b/tests/deep/tests/test_x.py", "src/c/__init__.py", "src/c/tests.py")
    others = ("src/a/tests/helper.py", "d/e/test/x_test.py", "docs/f/tests/test_x.py", ".tox/g/tests/test_x.py")
    for name in (*files, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert find_command(tmp_path) == "python -m pytest -q -o addopts= --pyargs a.b.tests c.tests d.e.test"


@pytest.mark.parametrize(
    ("name", "text", "added"),
    [
        ("setup.cfg", "[metadata]\nname = x\n", True),
        ("setup.cfg", "[tool:pytest]\naddopts = -q\n", False),
        ("pyproject.toml", "[project]\nname = 'x'\n", True),
        ("pyproject.toml", "[tool.pytest.ini_options]\n", False),
        ("pytest.ini", "[pytest]\n", False),
    ],
)
def test_settings_of_pytest_in_folders_above_are_not_looked_for(tmp_path, name, text, added):
    (tmp_path / name).write_text(text)
    keep_settings(tmp_path)
    assert (tmp_path / name).read_text() == text
    assert ((tmp_path / "pytest.ini").exists() and name != "pytest.ini") == added


def test_what_would_hide_the_installed_package_is_left_out_and_the_tests_are_not(tmp_path):
    site, tree = tmp_path / "site", tmp_path / "tree"
    for folder in (
        site / "pkg",
        site / "tests",
        tree / "pkg",
        tree / "src/pkg",
        tree / "src/other",
        tree / "tests/pkg",
        tree / "pkg/deep/test/more",
    ):
        folder.mkdir(parents=True)
        (folder / "x.py").write_text("")
    (site / "single.cpython-313-x86_64-linux-gnu.so").write_text("")
    (tree / "single.py").write_text("")
    copy_tests(tree, site, tmp_path / "copy")
    left = {p.relative_to(tmp_path / "copy").as_posix() for p in (tmp_path / "copy").rglob("*.py")}
    assert left == {"src/other/x.py", "tests/pkg/x.py", "pkg/deep/test/more/x.py"}
