"""Reading, walking and writing files."""

from __future__ import annotations

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porter.errors import Gap, PorterError
from porter.span import encode
from porter.tree import read_source, source_files, write_files


@given(st.binary(max_size=300).filter(lambda data: b"\0" not in data and data[:2] not in (b"\xff\xfe", b"\xfe\xff")))
def test_any_bytes_come_back(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("t")
    (root / "a.c").write_bytes(data)
    text = read_source(root, "a.c")
    assert encode(text) == data
    write_files(root, {"a.c": text, "b.c": text})
    assert (root / "a.c").read_bytes() == (root / "b.c").read_bytes() == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"int\0x", "binary"),
        ("int".encode("utf-16"), "UTF-16"),
        ("int".encode("utf-32"), "UTF-32"),
        (b"\xfe\xff\0i", "UTF-16"),
    ],
)
def test_what_is_no_source_is_a_gap(tmp_path, data, why):
    (tmp_path / "a.c").write_bytes(data)
    gap = read_source(tmp_path, "a.c")
    assert isinstance(gap, Gap) and gap.file == "a.c" and why in gap.why


def test_missing_folder_pipe_and_impossible_name_are_gaps(tmp_path):
    (tmp_path / "d.c").mkdir()
    os.mkfifo(tmp_path / "pipe.c")
    for name in ("none.c", "d.c", "pipe.c", "a\0.c", "x" * 5000):
        assert isinstance(read_source(tmp_path, name), Gap)


def test_too_large_is_a_gap(tmp_path):
    with (tmp_path / "a.c").open("wb") as stream:
        stream.truncate(50_000_001)
    assert "50 MB" in read_source(tmp_path, "a.c").why


def test_walk(tmp_path):
    for name in (
        "a.c",
        "-x.c",
        "sub/b.cpp",
        "sub/c.c.in",
        "build/no.c",
        ".git/no.c",
        "x.egg-info/no.c",
        "venv/no.c",
        "a.txt",
        "sub/d.PYX",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / os.fsdecode(b"odd\xff.c")).write_text("")
    (tmp_path / "sub/loop").symlink_to(tmp_path)
    (tmp_path / "link.c").symlink_to("a.c")
    (tmp_path / "dangling.c").symlink_to("nowhere.c")
    os.mkfifo(tmp_path / "pipe.c")
    files, gaps = source_files(tmp_path)
    assert files == ["-x.c", "a.c", os.fsdecode(b"odd\xff.c"), "sub/b.cpp", "sub/c.c.in", "sub/d.PYX"]
    assert gaps == []
    assert read_source(tmp_path, files[2]) == ""


def test_unreadable_folder_is_one_gap(tmp_path, monkeypatch):
    (tmp_path / "shut").mkdir()
    scandir = os.scandir

    def guarded(path):
        if os.fspath(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    assert source_files(tmp_path) == ([], [Gap("shut", 0, "the folder", "cannot be read: Permission denied")])


def test_write_keeps_the_mode_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "a.c").write_text("old")
    (tmp_path / "a.c").chmod(0o751)
    write_files(tmp_path, {"a.c": "new\xff", "new/b.h": "x"})
    assert (tmp_path / "a.c").read_bytes() == b"new\xff"
    assert stat.S_IMODE((tmp_path / "a.c").stat().st_mode) == 0o751
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.c", "b.h", "new"]


def test_write_through_a_link_keeps_the_link(tmp_path):
    (tmp_path / "real.c").write_text("old")
    (tmp_path / "a.c").symlink_to("real.c")
    write_files(tmp_path, {"a.c": "new"})
    assert (tmp_path / "a.c").is_symlink() and (tmp_path / "real.c").read_text() == "new"


def test_same_text_is_not_written_again(tmp_path):
    (tmp_path / "a.c").write_text("same")
    before = (tmp_path / "a.c").stat()
    write_files(tmp_path, {"a.c": "same"})
    assert (tmp_path / "a.c").stat().st_ino == before.st_ino


@pytest.mark.parametrize("name", ["../out.c", "link/out.c", "/etc/out.c"])
def test_nothing_is_written_outside_the_root(tmp_path, name):
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    (root / "a.c").write_text("old")
    with pytest.raises(PorterError, match="leads out"):
        write_files(root, {"a.c": "new", name: "x"})
    assert (root / "a.c").read_text() == "old" and not (tmp_path / "out.c").exists()


def test_a_failure_while_staging_replaces_nothing(tmp_path):
    (tmp_path / "a.c").write_text("old")
    (tmp_path / "file").write_text("")
    with pytest.raises(PorterError, match="cannot write"):
        write_files(tmp_path, {"a.c": "new", "file/b.c": "x"})
    assert (tmp_path / "a.c").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.c", "file"]


def test_text_that_is_no_source_text_is_refused(tmp_path):
    with pytest.raises(PorterError, match="Latin-1"):
        write_files(tmp_path, {"a.c": "\u20ac"})
    assert list(tmp_path.iterdir()) == []
