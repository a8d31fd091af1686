"""Test commands and what their output says."""

from __future__ import annotations

import pytest

from porter.verify.suite import Runner, copy_tests, count, find_command, understand


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


def test_what_would_hide_the_installed_package_is_left_out_and_the_tests_are_not(tmp_path):
    site, tree = tmp_path / "site", tmp_path / "tree"
    for folder in (
        site / "pkg",
        site / "tests",
        tree / "pkg",
        tree / "src/pkg",
        tree / "src/other",
        tree / "tests/pkg",
    ):
        folder.mkdir(parents=True)
        (folder / "x.py").write_text("")
    (site / "single.cpython-313-x86_64-linux-gnu.so").write_text("")
    (tree / "single.py").write_text("")
    copy_tests(tree, site, tmp_path / "copy")
    left = {p.relative_to(tmp_path / "copy").as_posix() for p in (tmp_path / "copy").rglob("*.py")}
    assert left == {"src/other/x.py", "tests/pkg/x.py"}
