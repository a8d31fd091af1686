"""The test command that a tree's settings tell, and what is left alone."""

from __future__ import annotations

import pytest

from porter.verify.suite import PYTEST
from porter.verify.suite_settings import find_suite

TOX = """
[tox]
envlist = py312
[testenv]
deps =
    pytest>=7
    -r more.txt
    {toxinidir}/other
commands =
    python -c "print(1)"
    pytest {posargs:tests} --cov=pkg --cov-report term
"""
NOX = """
import nox
@nox.session
def lint(session):
    session.run("ruff", "check")
@nox.session(python=["3.12"])
def tests(session):
    session.install("pytest", "hypothesis")
    session.install("-e", ".")
    session.run("python", "-m", "pytest", "tests/unit")
"""


def suite(tree, **files):
    """What is found in a tree of these files; ``_`` in a name stands for a dot."""
    for name, text in files.items():
        (tree / name.replace("_", ".")).write_text(text)
    found = find_suite(tree)
    return found and (found.command, found.requires, found.source)


def test_tox_tells_the_command_and_what_it_needs(tmp_path):
    assert suite(tmp_path, tox_ini=TOX) == ("pytest", ("pytest>=7",), "tox.ini")


def test_tox_in_pyproject_is_read_in_both_forms(tmp_path):
    text = '[tool.tox]\nlegacy_tox_ini = """\n[testenv]\ncommands = python -m unittest discover -s t\n"""\n'
    assert suite(tmp_path, pyproject_toml=text) == ("python -m unittest discover -s t", (), "pyproject.toml")
    text = '[tool.tox.env_run_base]\ndeps = ["attrs"]\ncommands = [["pytest", "-q", "my tests"]]\n'
    assert suite(tmp_path, pyproject_toml=text) == ("pytest -q 'my tests'", ("attrs", "pytest"), "pyproject.toml")


def test_a_noxfile_is_read_and_not_run(tmp_path):
    noxfile = NOX + "\nraise SystemExit('run')\n"
    assert suite(tmp_path, noxfile_py=noxfile) == (
        "python -m pytest tests/unit",
        ("pytest", "hypothesis"),
        "noxfile.py",
    )


@pytest.mark.parametrize("name", ["pytest_ini", "setup_cfg", "pyproject_toml"])
def test_settings_of_pytest_say_that_it_runs_the_tests(tmp_path, name):
    section = {"pytest_ini": "pytest", "setup_cfg": "tool:pytest", "pyproject_toml": "tool.pytest.ini_options"}[name]
    found = suite(tmp_path, **{name: f'[{section}]\naddopts = "-q"\n'})
    assert found == (PYTEST, ("pytest",), name.replace("_", "."))


def test_extras_and_groups_for_tests_are_needed(tmp_path):
    text = (
        '[project]\nname = "x"\n'
        '[project.optional-dependencies]\ntest = ["pytest>=8", "attrs", "x[all]"]\ndocs = ["sphinx"]\n'
        '[dependency-groups]\ntests = ["cffi", {include-group = "docs"}]\n[tool.pytest.ini_options]\nminversion = "7"\n'
    )
    assert suite(tmp_path, pyproject_toml=text)[1] == ("pytest>=8", "attrs", "cffi")


def test_what_has_to_be_filled_in_or_is_no_test_runner_is_not_taken(tmp_path):
    assert suite(tmp_path, tox_ini="[testenv]\ncommands = make test\n pytest {env:WHAT}\n") is None


@pytest.mark.parametrize("text", ["[testenv\n", "\0", "[testenv]\ncommands = 'open", "= = =\n[a]\n[a]\nx"])
def test_settings_that_cannot_be_read_are_no_settings(tmp_path, text):
    assert suite(tmp_path, tox_ini=text, pyproject_toml=text, noxfile_py=text, setup_cfg=text) is None


def test_without_settings_the_files_tell(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("def test_x(): pass\n")
    assert suite(tmp_path) == (PYTEST, ("pytest",), "the tree's test files")
