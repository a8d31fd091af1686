"""Entries come back as they went in, or not at all: after a kill, a broken disk, another writer, too many of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from porter.cache.codec import dumps, loads
from porter.cache.store import Store, default_folder, key_of
from porter.errors import Gap
from porter.facts.model import Facts, Place, TypeFact, Variable
from porter.tree.model import Extension

KEY = key_of("an entry")
FACTS = Facts(
    Extension("a.b", ("a.c",), macros=(("X", None), ("Y", "1"))),
    types=(TypeFact("T", "static", Place("a.c", 3, 4), slots={"tp_name": '"caf\xe9"'}, flags=frozenset(("B", "A"))),),
    variables=(Variable("v", "int", "c-state", Place("a.c", 9), writes=(Place("a.c", 10, 2), Place("b.c", 1))),),
    gaps=(Gap("a.c", 0, "x", "y"),),
)


@pytest.mark.parametrize(
    "value", [FACTS, (), (("a", ()),), {"p": {"q": 1}}, frozenset(("z",)), -1, "\udce9", None, True]
)
def test_values_come_back_equal_and_of_their_kind(value: object) -> None:
    back = loads(dumps(value))
    assert back == value and type(back) is type(value) and repr(back) == repr(loads(dumps(back)))


def test_what_has_no_form_is_refused() -> None:
    @dataclass(frozen=True)
    class Place:  # the name of a class that may be kept
        file: str

    for value in (Place("x"), [1], {1, 2}, object()):
        with pytest.raises(TypeError):
            dumps(value)


def test_an_entry_comes_back_from_another_store(tmp_path: Path) -> None:
    Store(tmp_path).put(KEY, FACTS)
    assert Store(tmp_path).get(KEY) == FACTS
    assert Store(tmp_path).get(key_of("another")) is None


def test_any_damage_is_a_miss(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, FACTS)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    whole = file.read_bytes()
    damaged = [
        b"",
        whole[:-1],
        whole[: len(whole) // 2],
        whole + b" ",
        whole.replace(b"tp_name", b"tp_nane"),
        b"\0" * len(whole),
    ]
    for data in damaged:
        file.write_bytes(data)
        assert store.get(KEY) is None, data[:40]
    file.write_bytes(whole)
    assert store.get(KEY) == FACTS
    file.unlink()
    file.mkdir()
    assert store.get(KEY) is None


def test_a_store_that_cannot_be_written_loses_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file")
    store.put(KEY, FACTS)
    assert store.get(KEY) is None and store.shrink(0) == 0


def test_the_least_used_go_first_and_nothing_else_goes(tmp_path: Path) -> None:
    store, keys = Store(tmp_path), [key_of(number) for number in range(40)]
    for age, key in enumerate(keys):
        store.put(key, "x" * 1000)
        os.utime(tmp_path / key[:2] / key[2:], (time.time() - age, time.time() - age))
    store.get(keys[39])
    (tmp_path / "aa").mkdir(exist_ok=True)
    for other in (tmp_path / "notes.txt", tmp_path / "aa" / "notes.txt"):
        other.write_text("mine")
    size = len(dumps("x" * 1000)) + 32
    assert store.shrink(10 * size) == 30
    assert {key for key in keys if store.get(key)} == {keys[39], *keys[:9]}
    assert (
        store.shrink(0) == 10
        and (tmp_path / "notes.txt").read_text() == (tmp_path / "aa" / "notes.txt").read_text() == "mine"
    )


WRITER = """
import sys
from pathlib import Path
from porter.cache.store import Store, key_of
while True:
    Store(Path(sys.argv[1])).put(key_of("an entry"), sys.argv[2] * 200_000)
"""


def test_writers_that_are_killed_leave_whole_entries(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, tmp_path, letter]) for letter in "ab"]
    store, seen = Store(tmp_path), 0
    until = time.monotonic() + 30
    while seen < 30 and time.monotonic() < until:
        value = store.get(KEY)
        assert value in (None, "a" * 200_000, "b" * 200_000)
        seen += value is not None
    for writer in writers:
        writer.kill()
        writer.wait()
    assert seen == 30 and store.get(KEY) in ("a" * 200_000, "b" * 200_000)
    store.shrink(0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTER_CACHE_DIR", "/given")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert default_folder() == Path("/given")
    monkeypatch.delenv("PORTER_CACHE_DIR")
    assert default_folder() == Path("/xdg/porter")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/someone")
    assert default_folder() == Path("/someone/.cache/porter")
