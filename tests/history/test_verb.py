"""``porter history`` as a shell calls it: the right counts, the work tree left alone, and nothing counted twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import porter
from history.conftest import HEAP, STATIC, Repo
from porter.cli import main
from porter.cli.output import Progress
from porter.ledger.database import open_ledger
from porter.ledger.read import all_runs

HOME = str(Path(porter.__file__).parent.parent)


@pytest.fixture
def history(tmp_path, repo):
    def call(*words, code=0, where=None):
        ledger = ["--ledger", str(tmp_path / "ledger.db")]
        answer = CliRunner().invoke(main, ["history", str(where or repo.path), *ledger, *words])
        assert answer.exit_code == code, answer.output
        return answer

    return call


def counts(answer):
    rows = json.loads(answer.stdout)["revisions"]
    return [(row["time"][:10], row["extensions"]["ported"], row["types"]["ported"], row.get("objects")) for row in rows]


def test_the_counts_along_a_history(history):
    answer = history("--format", "json", "-j", "2")
    assert counts(answer) == [
        ("2024-01-10", 0, 0, 2),
        ("2024-01-20", 0, 0, 2),
        ("2024-03-05", 1, 1, 1),
        ("2024-03-25", 1, 1, 1),
        ("2024-05-01", 2, 2, 0),
    ]
    assert all(row["extensions"]["total"] == 2 for row in json.loads(answer.stdout)["revisions"])


def test_the_counts_as_a_table(history):
    lines = history().stdout.splitlines()
    assert lines[0].split() == ["date", "revision", "extensions", "types", "objects", "caches"]
    assert lines[-1].split()[0] == "2024-05-01" and lines[-1].split()[2:] == ["2/2", "100%", "2/2", "100%", "0", "0"]


def test_every_revision_is_what_a_scan_of_its_checkout_says(history, repo, tmp_path):
    history()
    with open_ledger(tmp_path / "ledger.db") as ledger:
        runs = {run.revision: run for run in all_runs(ledger)}
    for commit in repo.git("rev-list", "HEAD").split():
        checkout = tmp_path / commit
        repo.git("worktree", "add", "-q", str(checkout), commit)
        CliRunner().invoke(main, ["record", str(checkout), "--tree", "x", "--ledger", str(tmp_path / "x.db"), "--time", "2024-01-01"])
        with open_ledger(tmp_path / "x.db") as ledger:
            (scanned,) = [run for run in all_runs(ledger) if run.revision == commit]
        assert (runs[commit].extensions, runs[commit].totals) == (scanned.extensions, scanned.totals)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        (["--every", "month"], ["2024-01-20", "2024-03-25", "2024-05-01"]),
        (["--every", "year"], ["2024-05-01"]),
        (["--every", "quarter"], ["2024-03-25", "2024-05-01"]),
        (["--every", "week"], ["2024-01-10", "2024-01-20", "2024-03-05", "2024-03-25", "2024-05-01"]),
        (["--revisions", "v3.1..HEAD"], ["2024-03-25", "2024-05-01"]),
        (["--revisions", "v3.1"], ["2024-01-10", "2024-01-20", "2024-03-05"]),
        (["--tags", "v3.*"], ["2024-03-05", "2024-05-01"]),
        (["--tags", "none*"], []),
    ],
)
def test_which_revisions(history, words, days):
    assert [row[0] for row in counts(history(*words, "--definition", "lines", "--format", "json"))] == days


def test_tags_are_named(history):
    rows = json.loads(history("--tags", "v3.?", "--format", "json").stdout)["revisions"]
    assert [row["name"] for row in rows] == ["v3.1", "v3.2"]


def test_by_lines(history):
    answer = history("--definition", "lines", "--format", "json")
    assert counts(answer) == [
        ("2024-01-10", 0, 0, None),
        ("2024-01-20", 0, 0, None),
        ("2024-03-05", 1, 1, None),
        ("2024-03-25", 1, 1, None),
        ("2024-05-01", 2, 2, None),
    ]


def test_nothing_of_the_work_tree_is_read_or_written(history, repo):
    (repo.path / "a.c").write_text("edited, and no C at all")
    (repo.path / "untracked.c").write_text(STATIC % {"name": "untracked"})
    (repo.path / "setup.py").write_text("raise SystemExit(1)")
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in repo.path.rglob("*") if path.is_file()}
    assert counts(history("--format", "json"))[-1] == ("2024-05-01", 2, 2, 0)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before} == before
    assert {path for path in repo.path.rglob("*") if path.is_file()} == before.keys()


def test_a_bare_repository_has_a_history_too(history, repo, tmp_path):
    subprocess.run(["git", "clone", "-q", "--bare", repo.path, tmp_path / "bare.git"], check=True)
    assert len(counts(history("--format", "json", where=tmp_path / "bare.git"))) == 5


def test_a_folder_of_a_repository(history, repo):
    repo.commit("2024-06-01", {"sub/c.c": HEAP % {"name": "c"}})
    answer = history("--path", "sub", "--format", "json")
    assert counts(answer)[-1] == ("2024-06-01", 1, 1, 0) and counts(answer)[0] == ("2024-01-10", 0, 0, 0)


def test_a_second_call_counts_only_what_is_new(history, repo, monkeypatch, tmp_path):
    first = history("--format", "json").stdout
    monkeypatch.setattr("porter.history.git.Repository.files", None)
    assert history("--format", "json").stdout == first
    monkeypatch.undo()
    repo.commit("2024-07-01", {"README": "last"})
    assert len(counts(history("--format", "json"))) == 6
    with open_ledger(tmp_path / "ledger.db") as ledger:
        assert len(list(all_runs(ledger))) == 6


def test_what_a_revision_cannot_say_is_said_and_the_rest_is_counted(history, repo):
    repo.commit("2024-06-01", {"broken.c": b"\0\1PyInit_broken"})
    answer = history("--format", "json", code=3)
    assert "1 place could not be read, the first is broken.c" in answer.stderr
    assert len(counts(answer)) == 6


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--revisions", "nowhere..HEAD"], "bad revision"),
        (["--revisions", "--output=stolen"], "revision"),
        (["--revisions", "HEAD", "--tags", "v*"], "give one of them"),
    ],
)
def test_wrong_calls_are_said_in_words(history, repo, words, said):
    answer = history(*words, code=2)
    assert said in answer.stderr and not (repo.path / "stolen").exists()


def test_a_folder_without_git_is_said(history, tmp_path):
    (tmp_path / "plain").mkdir()
    assert "not a git repository" in history(code=2, where=tmp_path / "plain").stderr


def test_a_killed_call_keeps_what_was_counted_and_the_next_goes_on(tmp_path):
    repo = Repo(tmp_path / "long")
    for day in range(1, 13):
        repo.commit(f"2024-02-{day:02d}", {"a.c": STATIC % {"name": "a"} + f"/* {day} */\n"})
    ledger = tmp_path / "ledger.db"
    call = [sys.executable, "-m", "porter", "history", str(repo.path), "--ledger", str(ledger), "-j", "1"]
    process = subprocess.Popen(call, env={**os.environ, "PYTHONPATH": HOME}, start_new_session=True)
    while not (kept := _revisions(ledger)):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert kept <= _revisions(ledger)
    answer = CliRunner().invoke(main, ["history", str(repo.path), "--ledger", str(ledger), "--format", "json"])
    assert answer.exit_code == 0 and len(counts(answer)) == 12
    assert len(_revisions(ledger)) == 12


def _revisions(ledger):
    if not ledger.is_file():
        return set()
    with open_ledger(ledger) as connection:
        return {run.revision for run in all_runs(connection)}


def test_the_bar_grows_with_the_work(capsys):
    progress = Progress()
    progress.shown = True
    for done in range(3):
        progress(done, 2, "x" * 200)
    bars = capsys.readouterr().err.split("\r")[1:]  # click leaves out the codes of a terminal where there is none
    assert [bar.partition("]")[0].count("#") for bar in bars] == [0, 12, 24]
    assert bars[1].startswith("[############            ] 1/2 xxx") and {len(bar) for bar in bars} == {76}


def test_no_bar_where_nobody_looks(history):
    assert "#" not in history().stderr
