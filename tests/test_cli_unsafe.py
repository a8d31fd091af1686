"""``porter port`` with --unsafe, --include, --explain and --check: what is safe, unsafe and refused is told apart."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from porter.plan.stages import LIBRARIES, OPERATIONS, PUBLIC_TYPES, SINGLETONS

ROOT = Path(__file__).resolve().parent.parent
PORTS = ROOT / "fixtures" / "ports"
TREE = PORTS / "unsafe-addresses" / "before"


def run(*words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "porter", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=ROOT, check=False, timeout=120)


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@localhost", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@cache
def decisions(*options: str) -> list[dict]:
    """The rows of all kinds in the report."""
    report = json.loads(run("port", TREE, "--format", "json", "-q", *options).stdout)
    return [row for kind in ("types", "variables", "uses", "extensions") for row in report[kind]]


def test_every_decision_is_one_of_three():
    for options in ((), ("--unsafe",)):
        rows = decisions(*options)
        assert {row["safety"] for row in rows} == {"safe", "unsafe"}
        assert all((row["operation"] in OPERATIONS) == (row["safety"] == "unsafe") for row in rows)
        words = {row["decision"] for row in rows if row["safety"] == "unsafe"}
        assert words == {"changed" if options else "offered"}


@pytest.mark.parametrize("operation", [PUBLIC_TYPES, SINGLETONS])
def test_one_operation_is_made_without_the_others(operation: str):
    rows = [row for row in decisions("--include", operation) if row["operation"]]
    assert {row["operation"] for row in rows if row["decision"] == "changed"} == {operation}
    assert {row["operation"] for row in rows if row["decision"] == "offered"} == {PUBLIC_TYPES, SINGLETONS} - {operation}


def test_the_text_says_which_and_how_many():
    said = run("port", TREE, "--explain").stderr
    assert f"use PyLong_Type offered (unsafe: {PUBLIC_TYPES}): PyLong_CheckExact(b) says the same" in said
    offered = sum(row["safety"] == "unsafe" for row in decisions())
    assert f" safe, {offered} unsafe, 0 refused, " in said
    assert f"2 more with --include {SINGLETONS}\n" in said
    assert "more with --include" not in run("port", TREE, "--unsafe").stderr


def test_the_help_names_every_operation():
    shown = run("port", "--help").stdout
    assert all(name in shown for name in (*OPERATIONS, "safe ", "unsafe ", "refused "))


def test_check_asks_for_what_is_asked_for(tmp_path: Path):
    tree = tmp_path / "tree"
    subprocess.run(["cp", "-r", str(TREE.parent / "after"), str(tree)], check=True)
    assert run("port", tree, "--check", "--unsafe").returncode == 0
    source = tree / "kinds.c"
    source.write_text(source.read_text().replace("PyLong_CheckExact(b)", "Py_TYPE(b) == &PyLong_Type"))
    assert run("port", tree, "--check").returncode == 0
    assert run("port", tree, "--check", "--unsafe").returncode == 1
    (tree / "more.c").write_text("int f(void {\n")
    setup = tree / "setup.py"
    setup.write_text(setup.read_text().replace('["kinds.c"]', '["kinds.c", "more.c"]'))
    source.write_text(source.read_text().replace("Py_mod_multiple_interpreters", "Py_mod_other"))
    assert run("port", tree, "--check").returncode == 3


@pytest.mark.parametrize("name", ["unsafe-addresses", "library-with-a-lock"])
def test_a_series_has_what_is_unsafe_in_patches_of_its_own(name: str, tmp_path: Path):
    tree = tmp_path / "tree"
    subprocess.run(["cp", "-r", str(PORTS / name / "before"), str(tree)], check=True)
    git(tree, "init", "-q")
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "before")
    assert run("port", tree, "--unsafe", "--series", tmp_path / "patches").returncode == 0
    made = sorted((tmp_path / "patches").glob("*.patch"))
    git(tree, "am", "-q", *map(str, made))
    after = {path.name: path.read_bytes() for path in (PORTS / name / "after").rglob("*") if path.is_file()}
    assert {path.name: path.read_bytes() for path in tree.rglob("*") if path.is_file() and ".git" not in path.parts} == after
    subjects = [line for line in git(tree, "log", "--format=%s").splitlines()]
    if name == "unsafe-addresses":
        assert subjects[:2] == ["Name None and its like by their macros in kinds", "Compare no types by their address in kinds"]
    else:
        assert subjects[0].startswith("Declare") and "a lock of the extension's own" in git(tree, "log", "-1", "--format=%b")


def test_names_of_operations_are_names_of_rules():
    assert all((ROOT / "rules" / f"{name}.toml").is_file() for name in OPERATIONS) and LIBRARIES in OPERATIONS


def test_no_type_gets_gc_support_where_it_is_not_wanted():
    tree = PORTS / "instance-in-the-module" / "before"
    kept = {gc: json.loads(run("port", tree, "--format", "json", "-q", gc).stdout)["types"] for gc in ("--gc", "--no-gc")}
    assert {row["decision"] for row in kept["--gc"]} == {"moved"} and "GC support" in kept["--gc"][0]["reason"]
    assert {row["decision"] for row in kept["--no-gc"]} == {"refused"}
