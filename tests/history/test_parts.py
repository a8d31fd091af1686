"""The parts of a walk: what is gathered again, what is written into the shadow, processes that die, odd repositories."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from history.conftest import HEAP, STATIC
from porter.fleet.stream import Died, streamed
from porter.history import walk as walking
from porter.history.choose import runs_of
from porter.history.git import Repository
from porter.history.memo import Memo
from porter.history.shadow import Shadow
from porter.history.walk import Plan, walk
from porter.settings import Settings
from porter.tree import discover


class Blobs:
    """Contents by their own text."""

    def read(self, blob):
        return None if blob == "lost" else blob.encode()


def test_an_extension_is_gathered_again_only_when_a_file_it_asked_for_is_another(tmp_path, monkeypatch):
    gathered = []
    gather = __import__("porter.history.memo", fromlist=["gather"]).gather
    monkeypatch.setattr("porter.history.memo.gather", lambda e, *rest: gathered.append(e.name) or gather(e, *rest))
    shadow, memo = Shadow(tmp_path), Memo(tmp_path, Settings())
    files = {"a.c": '#include "own.h"\n' + STATIC % {"name": "a"}, "b.c": STATIC % {"name": "b"}, "x.py": ""}

    def step(**changes):
        gathered.clear()
        files.update({name.replace("_", "."): text for name, text in changes.items()})
        assert shadow.become({n: t for n, t in files.items() if t is not None}, Blobs()) == ()
        facts = memo.keep(discover(tmp_path).extensions, shadow.files)
        return sorted(gathered), [[t.kind for t in each.types] for each in facts]

    assert step() == (["a", "b"], [["static"], ["static"]])
    assert step(x_py="1") == ([], [["static"], ["static"]])
    assert step(b_c=HEAP % {"name": "b"}) == (["b"], [["static"], ["heap"]])
    assert step(own_h="static PyTypeObject Own = {0};") == (["a"], [["static", "static"], ["heap"]])
    assert step(own_h=None)[0] == ["a"]
    assert step(own_h=None) == ([], [["static"], ["heap"]])


def test_a_shadow_has_only_what_a_scan_reads_and_never_leaves_its_folder(tmp_path):
    shadow = Shadow(tmp_path / "in")
    shadow.folder.mkdir()
    names = ["a.c", "data.bin", "../out.c", "/etc/x.c", ".git/hooks/x.py", "d/../../y.c", "deep/er/z.h", "Modules/Setup"]
    shadow.become(dict.fromkeys(names, "text"), Blobs())
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"in/a.c", "in/deep/er/z.h", "in/Modules/Setup"}


def test_a_folder_that_was_a_file_and_back(tmp_path):
    shadow = Shadow(tmp_path)
    shadow.become({"x.c": "1"}, Blobs())
    shadow.become({"x.c/y.c": "2"}, Blobs())
    assert (tmp_path / "x.c" / "y.c").read_text() == "2"
    shadow.become({"x.c": "3"}, Blobs())
    assert (tmp_path / "x.c").read_text() == "3"


def test_a_content_that_a_clone_does_not_have_is_a_gap(tmp_path):
    (gap,) = Shadow(tmp_path).become({"a.c": "lost", "b.c": "there"}, Blobs())
    assert (gap.file, gap.why) == ("a.c", "its content is not in this clone")
    assert not (tmp_path / "a.c").exists()


def _die_at_march(gather, extension, read, settings):
    if "PyType_Spec" in str(read("a.c")) and "PyTypeObject" in str(read("b.c")):
        os.kill(os.getpid(), signal.SIGKILL)
    return gather(extension, read, settings)


def test_a_process_that_dies_costs_the_revision_it_was_at(repo, monkeypatch):
    import porter.history.memo as memo

    monkeypatch.setattr(memo, "gather", partial(_die_at_march, memo.gather))
    repository = Repository(repo.path)
    counted = sorted(walk(Plan(repository, settings=Settings(jobs=1)), repository.revisions("HEAD")), key=lambda c: c.revision.time)
    assert [bool(each.scan) for each in counted] == [True, True, False, False, True]
    assert "ended with -9" in counted[2].failure


def test_a_defect_costs_the_revision_it_was_at(repo, monkeypatch):
    def fail(root):
        raise RuntimeError("a defect")

    monkeypatch.setattr(walking, "discover", fail)
    repository = Repository(repo.path)
    counted = list(walk(Plan(repository, settings=Settings(jobs=1)), repository.revisions("HEAD")))
    assert [each.failure for each in counted] == ["RuntimeError: a defect"] * 5


def _count_up(n):
    for i in range(n):
        if i == 3:
            raise ValueError(n)
        if n == 9:
            os._exit(7)
        yield i


def test_results_come_as_they_are_made_and_failures_are_values():
    found = {0: [], 1: [], 2: []}
    for index, result in streamed(_count_up, [2, 9, 5]):
        found[index].append(result)
    assert found[0] == [0, 1]
    assert [type(each) for each in found[1]] == [Died] and "7" in str(found[1][0])
    assert found[2][:3] == [0, 1, 2] and isinstance(found[2][3], ValueError)


@pytest.mark.parametrize(("length", "parts"), [(0, 3), (1, 3), (10, 3), (10, 1), (3, 10), (7, 7)])
def test_stretches_are_even_and_lose_nothing(length, parts):
    stretches = runs_of(list(range(length)), parts)
    assert [thing for stretch in stretches for thing in stretch] == list(range(length))
    assert len({len(stretch) for stretch in stretches}) <= 2 and len(stretches) == min(length, parts)


def test_odd_names_and_bytes_in_a_repository(repo):
    odd = os.fsdecode(b"\xff\xfe '\"\t.c")
    (Path(repo.path) / odd).write_text(STATIC % {"name": "odd"})
    commit = repo.commit("2024-06-01", {})
    repository = Repository(repo.path)
    files = repository.files(commit)
    assert odd in files
    with repository.contents() as contents:
        assert contents.read(files[odd]).decode() == STATIC % {"name": "odd"}
        assert contents.read("0" * 40) is None
        assert contents.read(files["README"]) == b"y"


def test_links_and_submodules_are_no_files(repo):
    (repo.path / "link.c").symlink_to("/etc/passwd")
    commit = repo.commit("2024-06-01", {})
    assert "link.c" not in Repository(repo.path).files(commit)


def test_times_are_utc(repo):
    commit = Repository(repo.path).revisions("HEAD")[0]
    assert commit.time == datetime(2024, 1, 10, 12, tzinfo=UTC) and commit.stamp == "2024-01-10T12:00:00.000Z"
