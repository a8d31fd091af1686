"""``porter verify --series``: every state of the tree is built and tested, and the messages can say so."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from porter.cli import main
from porter.cli.verify import command

TESTS = """
import unittest, clean
class ThingTest(unittest.TestCase):
    def test_make(self): self.assertIsInstance(clean.Thing(), clean.Thing)
"""


@pytest.fixture
def verify(python):
    return lambda *words: CliRunner().invoke(
        command, [str(w) for w in (*words, "--python", python.path)], standalone_mode=False
    )


@pytest.fixture
def original(tree):
    root = tree("clean", tests=TESTS)
    (root / "clean.c").write_text((Path(__file__).parent / "c/before/clean.c").read_text())
    return root


@pytest.fixture
def series(original, tmp_path):
    folder = tmp_path / "patches"
    CliRunner().invoke(main, ["port", str(original), "--series", str(folder)])
    assert len(list(folder.glob("*.patch"))) >= 2
    return folder


def test_every_state_is_proven_and_the_messages_say_so(verify, original, series):
    before = (original / "clean.c").read_bytes()
    done = verify(original, "--series", series, "--format", "json", "--write-proof")
    report = json.loads(done.stdout)
    assert done.return_value == 0, report
    assert [step["patch"] for step in report["steps"]] == sorted(path.name for path in series.glob("*.patch"))
    assert [step["proven"]["reached"] for step in report["steps"]] == [1] * (len(report["steps"]) - 1) + [6]
    assert (original / "clean.c").read_bytes() == before
    last = sorted(series.glob("*.patch"))[-1].read_text()
    assert "Proven by porter verify: builds" in last.partition("\n---\n")[0]
    check = shutil.copytree(original, original.parent / "applied")
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["commit", "-qm", "x"],
        ["am", "-q", *map(str, sorted(series.glob("*.patch")))],
    ):
        subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@localhost", *words], cwd=check, check=True)


def test_a_state_that_breaks_the_tests_ends_the_series(verify, original, series):
    first = sorted(series.glob("*.patch"))[0]
    first.write_text(first.read_text().replace("+    return PyModuleDef_Init(", "+    return NULL; PyModuleDef_Init("))
    done = verify(original, "--series", series)
    assert done.return_value == 1
    assert "FAIL" in done.stdout and sorted(series.glob("*.patch"))[1].name not in done.stdout


def test_a_patch_that_does_not_apply_is_said(verify, original, series):
    (original / "clean.c").write_text("/* another file */\n")
    done = verify(original, "--series", series)
    assert done.return_value == 1 and "does not apply" in done.stdout


def test_a_folder_without_patches_is_a_usage_error(original, tmp_path):
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(main, ["verify", str(original), "--series", str(tmp_path / "empty")])
    assert done.exit_code == 2 and "no patches are in it" in done.stderr
