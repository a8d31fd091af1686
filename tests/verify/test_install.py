"""Installing with and without network."""

from __future__ import annotations

from pathlib import Path

import pytest

from porter.verify import install
from porter.verify.install import Pip, Shop, kept_wheels
from porter.verify.model import Python
from porter.verify.process import Limits, Outcome

LIMITS = Limits(10, 512)
UNREACHABLE = "ERROR: Could not find a version that satisfies the requirement setuptools"
PYTHON = Python("python", (3, 13, 1), True, True)


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """A pip that answers as told: ``pip(offline, [(code, output), ...])`` gives it and the commands it was given."""

    def make(offline: bool, answers: list[tuple[int, str]]) -> tuple[Pip, list[list[str]]]:
        given: list[list[str]] = []

        def run(command, log, limits, *, cwd, env=None):
            given.append(list(command[5:]))
            code, output = answers[min(len(given), len(answers)) - 1]
            return Outcome("pip", code, None, limits, 0.0, output, log)

        monkeypatch.setattr(install, "run", run)
        shop = Shop(PYTHON, LIMITS, tmp_path / "wheels", offline, lambda step: None)
        return Pip(Path("python"), shop, tmp_path / "log", tmp_path), given

    return make


def test_what_was_collected_is_kept_once(pip, tmp_path):
    one, given = pip(False, [(0, "Collecting setuptools>=61\n  Collecting wheel (from x)\n")])
    assert one.install(["x"]).ok and one.install(["x"]).ok
    wheels = str(tmp_path / "wheels")
    keeping = ["-q", "--prefer-binary", "-w", wheels, "setuptools>=61", "wheel"]
    assert given == [["x"], keeping, ["x"]]


def test_an_index_that_cannot_be_reached_is_made_up_for_by_what_was_kept(pip, tmp_path):
    one, given = pip(False, [(1, UNREACHABLE), (0, "")])
    (tmp_path / "wheels").mkdir()
    assert one.install(["x"]).ok
    assert given == [["x"], ["--no-index", "--find-links", str(tmp_path / "wheels"), "x"]]


@pytest.mark.parametrize("output", [UNREACHABLE, "error: a.c:1: no such file"])
def test_a_failure_with_nothing_kept_or_of_another_kind_is_the_answer(pip, tmp_path, output):
    one, given = pip(False, [(1, output)])
    assert (one.install(["x"]).ok, given) == (False, [["x"]])


def test_offline_asks_no_index(pip, tmp_path):
    one, given = pip(True, [(0, "")])
    assert one.install(["x"]).ok
    assert [words[0] for words in given] == ["--no-index"]


def test_each_version_has_its_own_wheels_in_the_cache(empty_cache):
    assert kept_wheels(PYTHON) == empty_cache / "wheels/3.13"
