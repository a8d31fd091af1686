"""Which state of a tree a run saw."""

from __future__ import annotations

import os
import subprocess

import pytest

from porter.ledger.revision import content, revision


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "mod.c").write_text("int x;\n")
    return tmp_path


def git(tree, *words):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    answer = subprocess.run(["git", *who, *words], cwd=tree, check=True, capture_output=True, text=True)
    return answer.stdout.strip()


def test_a_checkout_is_named_by_its_commit(tree):
    git(tree, "init", "-q")
    git(tree, "add", ".")
    git(tree, "commit", "-q", "-m", "one")
    assert revision(tree, content(tree)) == git(tree, "rev-parse", "HEAD")


def test_without_git_a_tree_is_named_by_its_content(tree, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert revision(tree, content(tree)) == content(tree)[:12]


def test_a_repository_without_a_commit_is_named_by_its_content(tree):
    git(tree, "init", "-q")
    assert revision(tree, content(tree)) == content(tree)[:12]


def test_the_content_moves_with_an_edit_and_not_with_what_is_no_source(tree):
    before = content(tree)
    (tree / ".porter").mkdir()
    (tree / ".porter" / "notes.c").write_text("hidden")
    (tree / "site.html").write_text("a page")
    assert content(tree) == before
    (tree / "mod.c").write_text("int y;\n")
    assert content(tree) != before


def test_odd_names_loops_and_unreadable_files_are_no_failure(tree):
    before = content(tree)
    (tree / "loop").symlink_to(tree)
    (tree / "gone.c").symlink_to("nowhere.c")
    assert content(tree) == before
    with open(os.fsencode(tree) + b"/odd\xff\n.c", "w") as file:
        file.write("int z;")
    assert content(tree) != before


def test_git_runs_nothing_that_the_repository_names(tree):
    git(tree, "init", "-q")
    git(tree, "add", ".")
    git(tree, "commit", "-q", "-m", "one")
    git(tree, "config", "core.fsmonitor", f"touch {tree}/ran; false")
    git(tree, "config", "core.pager", f"touch {tree}/ran")
    revision(tree, content(tree))
    assert not (tree / "ran").exists()
