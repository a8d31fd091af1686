"""The list is sound, results are kept and made again when they must, and verdicts and pages say what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from .listing import chosen, read_list
from .pages import accuracy_page, corpus_page
from .store import kept, revision
from .verdict import BROKEN, FULL, ISOLATED, MEANING, PARTIAL, UNTOUCHED, VERDICTS, general, reasons, verdict

REFUSED = "ImportError: module m does not support loading in subinterpreters"


def test_the_list_is_sound() -> None:
    packages = read_list()
    assert len({p.name.lower() for p in packages}) == len(packages) >= 40
    assert [p.name for p in packages] == sorted((p.name for p in packages), key=str.lower)
    assert all(p.version and p.tests != "" for p in packages)
    assert [p.name for p in chosen(packages, ["wrapt", "hiredis", "wrapt"])] == ["wrapt", "hiredis"]
    with pytest.raises(SystemExit, match="no-such-package"):
        chosen(packages, ["no-such-package"])


def entry(rung: int | None, verdict: str, message: str = "", title: str = "") -> dict:
    return {"rung": rung, "verdict": verdict, "message": message, "title": title}


LADDER = [entry(rung, "passed") for rung in range(7)]
RESIDUE = entry(None, "passed", title="residue")


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        ({"reached": 6, "evidence": [*LADDER, RESIDUE]}, FULL),
        ({"reached": 4, "evidence": [*LADDER[:5], entry(5, "not proven"), RESIDUE]}, FULL),
        ({"reached": 6, "evidence": [*LADDER, entry(None, "not proven", title="residue")]}, PARTIAL),
        ({"reached": 1, "evidence": [*LADDER[:2], entry(2, "failed", f"m: {REFUSED}; n: {REFUSED}"), RESIDUE]}, PARTIAL),
        ({"reached": 1, "evidence": [*LADDER[:2], entry(2, "failed", f"m: {REFUSED}; n: the interpreter died"), RESIDUE]}, BROKEN),
        ({"reached": 0, "evidence": [LADDER[0], entry(1, "failed", "3 passed (before: 4 passed)"), RESIDUE]}, BROKEN),
        ({"reached": 5, "evidence": [*LADDER[:6], entry(6, "failed", "it leaks"), RESIDUE]}, BROKEN),
        ({"reached": 6, "evidence": [*LADDER, entry(None, "failed", "overclaimed", "residue")]}, BROKEN),
        ({"reached": -1, "evidence": [entry(0, "failed", "error: no member named x")]}, BROKEN),
        (None, UNTOUCHED),
    ],
)  # fmt: skip
def test_verdicts(proof: dict | None, expected: str) -> None:
    assert verdict(proof, False) == expected


def test_what_was_isolated_before_is_no_failure_of_the_port() -> None:
    assert verdict(None, True) == ISOLATED
    assert set(VERDICTS) == set(MEANING)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("walk_next() needs the state and belongs to a type that does not know its module (src/a/b.c:31)", "f() needs the state and belongs to a type that does not know its module"),
        ("its base is &Proxy_Type (a.c:1)", "its base is &T"),
        ("arch/osx/x.c mentions Zombie too, and is no part of this extension", "a file mentions Zombie too, and is no part of this extension"),
        ("something stays shared", "something stays shared"),
    ],
)  # fmt: skip
def test_reasons_are_the_same_for_all_they_are_given_for(reason: str, expected: str) -> None:
    assert general(reason) == expected


def test_only_refusals_are_reasons() -> None:
    rows = [{"decision": decision, "reason": f"{name}() does it (a.c:{line})"} for line, (decision, name) in enumerate([("refused", "f"), ("refused", "g"), ("left", "h")])]
    assert reasons({"types": rows[:1], "variables": rows[1:], "extensions": []}) == {"f() does it": 2}


def test_results_are_kept_until_their_key_changes(tmp_path: Path) -> None:
    made = []

    def make() -> dict:
        made.append(1)
        return {"n": len(made)}

    file = tmp_path / "a" / "x.json"
    assert [kept(file, "one", make)["n"], kept(file, "one", make)["n"], kept(file, "two", make)["n"]] == [1, 1, 2]
    assert kept(file, "two", make, again=True)["n"] == 3
    file.write_text('{"key": "tw')
    assert kept(file, "two", make)["n"] == 4


def test_the_revision_changes_with_any_file_of_porter(tmp_path: Path) -> None:
    (tmp_path / "porter").mkdir()
    (tmp_path / "porter" / "a.py").write_text("1")
    first = revision(tmp_path)
    (tmp_path / "porter" / "a.py").write_text("2")
    assert (len(first), revision(tmp_path) == first) == (12, False)


def rows() -> list:
    one, two, three, four = read_list()[:4]
    loose = {"place": "m: a.c:1", "name": "loose", "reason": "nothing reads it", "explained": True}
    blind = loose | {"name": "blind", "reason": "the build does not declare it", "explained": False}
    scan = {"key": "abc x", "found": {"type": 2}, "total": {"type": 3, "object": 0}, "claims": 5, "kinds_agree": 2, "unanalysed": 1,
            "missed": [{"place": "m: a.c:9", "name": "gone", "reason": "not among the sources"}], "unfounded": [loose, blind], "differing": []}  # fmt: skip
    port = {"key": "abc x", "verdict": "partial", "reached": 1, "stopped": [], "unproven": [], "reasons": {"it is | C++": 2}}
    return [
        (one, {"base": {"key": ""}, "scan": scan, "port": port}),
        (two, {"base": {"key": ""}, "scan": scan | {"key": "old"}, "port": port | {"verdict": "full", "reached": 6, "key": "old"}}),
        (three, {"base": {"key": "", "error": "the system lacks libx-dev"}, "scan": None, "port": None}),
        (four, {"base": None, "scan": None, "port": None}),
    ]


def test_the_page_of_the_scan() -> None:
    page = accuracy_page(rows(), "abc")
    assert "2 of 4 packages were measured, 1 of them with an earlier state" in page
    assert "| static types | 6 | 4 | 66.67 % |" in page and "| object variables | 0 | 0 | – |" in page
    assert "Of the 10 types and variables the scan names, 4 are in no build: 2 for a reason that lies in the build, 2 without one." in page
    assert page.count("| `gone` | m: a.c:9 | not among the sources |") == page.count("| `blind` | m: a.c:1 |") == 2
    assert "the system lacks libx-dev" in page and "not tried yet" in page


def test_the_page_of_the_port() -> None:
    page = corpus_page(rows(), "abc")
    assert "| **full** | 1 |" in page and "| **partial** | 1 |" in page and "| **broken** | 0 |" in page
    assert f"| {read_list()[0].label} | **partial** | 1 | it is \\| C++ |" in page
    assert f"| 1 | 2 | it is \\| C++ | {read_list()[0].name} |" in page  # what stops nothing of a full package is not listed
    assert "the system lacks libx-dev" in page and "not tried yet" in page
