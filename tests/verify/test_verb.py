"""``porter verify`` from the shell's side: a real build by pip, the report, the exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from porter.cli.verify import command
from porter.verify.build import copy_tree

TESTS = """
import unittest, clean
class ThingTest(unittest.TestCase):
    def test_make(self): self.assertIsInstance(clean.Thing(), clean.Thing)
"""


@pytest.fixture
def porter(python):
    """Call the verb; its result."""
    return lambda *words: CliRunner().invoke(
        command, [str(w) for w in (*words, "--python", python.path)], standalone_mode=False
    )


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file and its bytes."""
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_port_is_proven_against_its_original(porter, tree, tmp_path):
    root = tree("clean", tests=TESTS)
    original = tmp_path / "original"
    shutil.copytree(root, original)
    (original / "clean.c").write_text((Path(__file__).parent / "c/before/clean.c").read_text())
    before = snapshot(root)
    done = porter(
        root, "--against", original, "--format", "json", "-o", tmp_path / "report.json", "--keep", tmp_path / "kept"
    )
    report = json.loads((tmp_path / "report.json").read_text())
    assert done.return_value == 0, report
    assert "will be built and run" in done.stderr
    assert report["schema"] == "porter/verify/1"
    assert report["reached"] == 6
    assert report["residue"]["left"] == []
    assert {c["what"] for c in report["behaviour"]} >= {"flag HEAPTYPE"}
    assert snapshot(root) == before
    assert Path(report["evidence"][0]["log"]).is_file()


def test_a_build_that_fails_shows_the_compilers_own_line(porter, tree):
    done = porter(tree("broken", text="#include <Python.h>\nint broken(void) { return missing_name; }\n"))
    assert done.return_value == 1
    assert "broken.c:2" in done.stdout and "missing_name" in done.stdout and "error" in done.stdout
    assert "does not build" in done.stdout


@pytest.mark.parametrize("words", [("--rungs", "7"), ("--memory", "1"), ("--format", "yaml")])
def test_a_wrong_call_is_a_usage_error(porter, tmp_path, words):
    assert porter(tmp_path, *words).exception is not None


def test_a_used_folder_is_not_kept_in(porter, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert "not empty" in str(porter(tmp_path, "--keep", tmp_path).exception)


def test_a_tree_is_copied_with_odd_names_and_without_pipes_caches_and_environments(tree, tmp_path):
    root = tree("clean", tests=TESTS)
    (root / os.fsdecode(b"caf\xe9")).write_text("")
    os.mkfifo(root / "pipe")
    (root / "dangling").symlink_to("nowhere")
    for left_out in ("venv", "__pycache__", "build/temp.linux"):
        (root / left_out).mkdir(parents=True)
    (root / "venv/pyvenv.cfg").write_text("")
    copy_tree(root, tmp_path / "copy")
    gone = {p.name for p in root.iterdir()} - {p.name for p in (tmp_path / "copy").iterdir()}
    assert gone == {"pipe", "venv", "__pycache__"}
    assert list((tmp_path / "copy/build").iterdir()) == []


def test_what_a_package_needs_to_run_is_installed_or_noted(porter, tree):
    root = tree("clean", tests=TESTS)
    setup = (root / "setup.py").read_text()
    (root / "setup.py").write_text(
        setup.replace('version="1",', 'version="1", install_requires=["porter-no-such-thing"],')
    )
    done = porter(root, "--rungs", "1")
    assert "porter-no-such-thing, needed to run, could not be installed" in done.stdout
    assert done.return_value == 0


def test_each_python_asked_for_is_used_and_the_evidence_is_files_to_open(porter, tree, tmp_path):
    root, kept = tree("clean", tests=TESTS), tmp_path / "kept"
    done = porter(root, "--python", "3.12", "--rungs", "2", "--keep", kept, "-o", tmp_path / "report.txt")
    text = (tmp_path / "report.txt").read_text()
    assert done.return_value == 0
    assert text == (kept / "report.txt").read_text()
    assert [len(re.findall(rf"^Python 3\.{n}\.\d+: reached rung 2", text, re.M)) for n in (12, 13)] == [1, 1]
    report = json.loads((kept / "report.json").read_text())
    assert [tuple(run["python"]["version"][:2]) for run in report["runs"]] == [(3, 12), (3, 13)]
    assert report["reached"] == 2
    for run in report["runs"]:
        place = kept / f"python-{'.'.join(map(str, run['python']['version']))}"
        page = (place / "evidence/rung-2-loads-in-own-GIL-interpreters-one-after-another.txt").read_text()
        assert "passed" in page and "load.py" in page and '"interpreters": 10' in page
        assert (place / "after/log.txt").is_file()


def test_without_network_what_earlier_runs_installed_is_used(porter, tree, monkeypatch):
    root = tree("clean", tests=TESTS)
    assert porter(root, "--rungs", "0").return_value == 0
    unreachable = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    for name, value in (unreachable | {"PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""}).items():
        monkeypatch.setenv(name, value)
    assert porter(root, "--rungs", "0", "--offline").return_value == 0


def test_being_told_to_end_leaves_nothing_running(python, gone, tree, tmp_path):
    root = tree("hanging", text="#include <Python.h>\n")
    (root / "setup.py").write_text("import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(600)\n")
    words = ["verify", str(root), "--python", python.path, "--keep", str(tmp_path / "kept"), "-q"]
    child = subprocess.Popen([sys.executable, "-m", "porter", *words], stdout=subprocess.DEVNULL)
    log, pid, until = tmp_path / "kept/after/log.txt", None, time.monotonic() + 120
    while pid is None and time.monotonic() < until:
        time.sleep(0.05)
        pid = re.search(r"pid (\d+)", log.read_text()) if log.is_file() else None
    child.terminate()
    assert child.wait(60) == 143
    assert pid and gone(int(pid[1]))
