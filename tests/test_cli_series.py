"""``porter port`` with --series, --stage, --select and --with-test, as a user calls it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PORTS = ROOT / "fixtures" / "ports"


def run(*words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "porter", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=ROOT, check=False, timeout=120)


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@localhost", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    shutil.copytree(PORTS / "two-files" / "before", folder)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_pair.py").write_text("import pair\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    return folder


@pytest.mark.parametrize("split", ["stage", "type", "file"])
def test_the_series_ends_at_what_port_writes(tree: Path, tmp_path: Path, split: str):
    done = run("port", tree, "--series", tmp_path / "patches", "--split", split, "--with-test")
    assert done.returncode == 0, done.stderr
    made = sorted((tmp_path / "patches").glob("*.patch"))
    assert f"{len(made)} patches written" in done.stderr and len(made) >= 3
    git(tree, "am", "-q", *map(str, made))
    assert (tree / "tests" / "test_interpreters.py").exists()
    applied = git(tree, "diff", "HEAD~" + str(len(made)), "HEAD")
    git(tree, "reset", "-q", "--hard", f"HEAD~{len(made)}")
    assert run("port", tree, "--write", "--with-test").returncode == 0
    git(tree, "add", "-A")
    assert git(tree, "diff", "--cached") == applied


def test_a_folder_with_patches_is_not_written_over(tree: Path, tmp_path: Path):
    (tmp_path / "patches").mkdir()
    (tmp_path / "patches" / "0001-mine.patch").write_text("mine")
    done = run("port", tree, "--series", tmp_path / "patches")
    assert done.returncode == 2 and "holds patches already" in done.stderr
    assert [each.name for each in (tmp_path / "patches").iterdir()] == ["0001-mine.patch"]


def test_a_stage_says_what_waits_for_later_ones(tree: Path):
    done = run("port", tree, "--stage", "init")
    assert done.returncode == 1
    assert "PyModuleDef_Init" in done.stdout and "PyType_FromModuleAndSpec" not in done.stdout
    assert "it waits for the stage types" in done.stderr


def test_a_selected_type_moves_alone_and_a_wrong_name_has_a_hint(tree: Path):
    import json

    report = json.loads(run("port", tree, "--format", "json").stdout)
    name = report["types"][0]["name"]
    chosen = json.loads(run("port", tree, "--select", name, "--format", "json").stdout)
    moved = [row["name"] for kind in ("types", "variables") for row in chosen[kind] if row["decision"] == "moved"]
    assert moved == [name]
    wrong = run("port", tree, "--select", name[:-1])
    assert wrong.returncode == 2 and f"did you mean {name}?" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--series", "x", "--write"], "--series writes the patches and nothing else"),
        (["--split", "type"], "name its folder with --series"),
        (["--series", "x", "--author", "me"], "is no author"),
    ],
)
def test_options_that_do_not_go_together_are_said(tree: Path, words, why):
    done = run("port", tree, *words)
    assert done.returncode == 2 and why in done.stderr


def test_a_tree_with_nothing_to_port_gets_no_folder(tmp_path: Path):
    shutil.copytree(PORTS / "two-files" / "after", tmp_path / "tree")
    done = run("port", tmp_path / "tree", "--series", tmp_path / "patches")
    assert done.returncode == 0 and "no patch written" in done.stderr
    assert not (tmp_path / "patches").exists()
