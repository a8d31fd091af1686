"""Which Python is chosen."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from porter.errors import UsageError
from porter.verify import pythons
from porter.verify.pythons import find_python, probe


def script(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing but what a test puts in its PATH: the environment to search."""
    monkeypatch.setattr(pythons, "SYSTEM", ())
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "PYENV_ROOT": str(tmp_path / "pyenv")}


def test_a_shim_that_only_fails_is_passed_over(python, machine, tmp_path):
    script(tmp_path / "bin/python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    (tmp_path / "pyenv/versions/3.13.0/bin").mkdir(parents=True)
    (tmp_path / "pyenv/versions/3.13.0/bin/python3").symlink_to(python.path)
    choice = find_python((), machine)
    assert choice.python.path == str(tmp_path / "pyenv/versions/3.13.0/bin/python3")
    assert choice.rejected == ((str(tmp_path / "bin/python3.13"), "pyenv: python3.13: command not found"),)


def test_the_newest_that_uv_keeps_is_found(python, machine, tmp_path):
    for name in ("cpython-3.13.0-linux-x86_64-gnu", "cpython-3.13.9-linux-x86_64-gnu"):
        script(tmp_path / f".local/share/uv/python/{name}/bin/python3", f'exec {python.path} "$@"')
    assert "3.13.9" in find_python((), machine).python.path


def test_without_own_gil_the_best_at_hand_serves_and_says_so(machine, monkeypatch):
    monkeypatch.setattr(pythons, "probe", lambda path: (pythons.Python(path, (3, 11, 7), False, True), ""))
    found = find_python((), machine).python
    assert (found.path, found.own_gil) == (sys.executable, False)


def test_a_free_threaded_or_debug_build_is_second_to_a_plain_one(machine, monkeypatch, tmp_path):
    for name in ("python3.13", "python3.14"):
        script(tmp_path / "bin" / name, "")
    made = {"python3.13": ((3, 13, 1), False), "python3.14": ((3, 14, 0), True)}
    answer = lambda path: (pythons.Python(path, made[Path(path).name][0], True, True, gil=made[Path(path).name][1]), "")  # noqa: E731
    monkeypatch.setattr(pythons, "probe", lambda path: answer(path) if Path(path).name in made else (None, "no"))
    assert find_python((), machine).python.version == (3, 14, 0)


def test_what_was_asked_for_and_does_not_answer_is_an_error_with_the_reason(machine, tmp_path):
    broken = script(tmp_path / "broken", "exit 3")
    with pytest.raises(UsageError, match="exit code 3"):
        find_python([str(broken)], machine)
    with pytest.raises(UsageError, match="No such file"):
        find_python(["nopython"], machine)


def test_a_version_a_path_and_a_command_may_be_asked_for(python, machine, tmp_path):
    (tmp_path / "bin/mine").symlink_to(python.path)
    (tmp_path / "pyenv/versions/3.13.0/bin").mkdir(parents=True)
    (tmp_path / "pyenv/versions/3.13.0/bin/python3").symlink_to(python.path)
    assert find_python(["mine"], machine).python.path == str(tmp_path / "bin/mine")
    assert find_python(["3.13"], machine).python.own_gil
    assert find_python([python.path], machine).python.path == python.path


def test_a_candidate_that_hangs_does_not_count(monkeypatch, tmp_path):
    monkeypatch.setattr(pythons, "PROBE_SECONDS", 0.5)
    assert probe(str(script(tmp_path / "slow", "exec sleep 30"))) == (None, "no answer in 0.5 s")


def test_a_candidate_that_hangs_with_children_does_not_hold_porter(monkeypatch, tmp_path):
    monkeypatch.setattr(pythons, "PROBE_SECONDS", 0.5)
    assert probe(str(script(tmp_path / "slow", "sleep 30")))[0] is None


def test_the_python_found_here_answers(python):
    assert probe(python.path)[0] == python
    assert os.access(python.path, os.X_OK)
