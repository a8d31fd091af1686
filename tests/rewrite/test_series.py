"""The series of a port, taken by the real git am: each step's texts, byte for byte, and its message."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from porter.facts.model import Place
from porter.plan.model import MOVED, REFUSED, Decision
from porter.rewrite.series import Step, patches
from porter.span import encode

TYPE = Decision(Place("a.c", 3), "type", "A_Type", MOVED, "to the module state")
LEFT = Decision(
    Place("a.c", 9),
    "variable",
    "table",
    REFUSED,
    "--- it is odd, and its reason is long enough to be a line of its own",
)
BEFORE = {"a.c": "one\ntwo\r\nthr\xe9e\n", "dir with space/b.h": "x\n"}


def step(stage: str, texts: dict[str, str], *decisions: Decision, own_gil: bool = False) -> Step:
    return Step(stage, "", texts, (("pkg.a", own_gil, decisions),))


STEPS = [
    step("init", {"a.c": "one\n1\ntwo\r\nthr\xe9e\n"}),
    step("types", {"a.c": "one\n1\ntwo\r\nthr\xe9e\nA\n", "new.h": "\ttab\n"}, TYPE),
    step("state", {"a.c": "one\n1\ntwo\r\nthr\xe9e\nA\n", "new.h": "\ttab\n"}, TYPE),
    step(
        "declare",
        {"a.c": "one\n2\ntwo\r\nthr\xe9e\nA", "new.h": "\ttab\n", "dir with space/b.h": "y\n"},
        TYPE,
        LEFT,
        own_gil=True,
    ),
]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@localhost", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, errors="replace").stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    for file, text in BEFORE.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(text))
    git(folder, "init", "-q")
    git(folder, "config", "core.autocrlf", "false")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    return folder


def test_git_am_takes_every_step_byte_for_byte(repository: Path, tmp_path: Path):
    made = patches(BEFORE, STEPS)
    assert [each.name for each in made] == [
        "0001-Make-the-init-of-pkg.a-multi-phase.patch",
        "0002-Make-A-Type-a-heap-type.patch",
        "0003-Declare-that-pkg.a-can-have-a-GIL-for-each-interpret.patch",
    ]
    for each, expected in zip(made, (STEPS[0], STEPS[1], STEPS[3]), strict=True):
        file = tmp_path / each.name
        file.write_bytes(encode(each.text))
        git(repository, "am", "--keep-cr", "-q", str(file))
        for name, text in (BEFORE | expected.texts).items():
            assert (repository / name).read_bytes() == encode(text)
    assert git(repository, "status", "--porcelain") == ""


def test_messages_say_what_and_why(repository: Path, tmp_path: Path):
    for each in patches(BEFORE, STEPS, "Somebody Else <else@localhost>"):
        (tmp_path / "one.patch").write_bytes(encode(each.text))
        git(repository, "am", "--keep-cr", "-q", str(tmp_path / "one.patch"))
    log = git(repository, "log", "--reverse", "--format=%an|%s|%b", "HEAD~3..")
    assert "Somebody Else|Make the init of pkg.a multi-phase|" in log
    assert "- type A_Type" in log and "PEP 684" in log
    assert "table (a.c:9): --- it is odd" in log


def test_a_series_of_nothing_is_empty():
    assert patches(BEFORE, [step("init", {}), step("declare", {})]) == []


def test_many_extensions_are_counted_in_the_subject():
    extensions = tuple((f"pkg.m{i}", True, ()) for i in range(5))
    made = patches({"a.c": "x\n"}, [Step("init", "", {"a.c": "y\n"}, extensions)])
    assert made[0].subject == "Make the init of pkg.m0 and 4 more extensions multi-phase"


def test_the_same_port_gives_the_same_series():
    assert patches(BEFORE, STEPS) == patches(BEFORE, STEPS)


def test_statics_of_one_name_are_counted_each():
    moved = [Decision(Place("a.c", line), "variable", name, MOVED, "") for line, name in ((3, "cache"), (9, "cache"), (12, "other"))]
    (made,) = patches(BEFORE, [step("state", {"a.c": "one\n"}, *moved)])
    assert made.subject == "Move 3 variables of pkg.a to the module state"
    assert "- variable cache (2 of that name)\n- variable other\n" in made.text


def test_what_is_private_is_a_step_with_what_became_of_each():
    parser = Decision(Place("a.c", 4), "variable", "parser", MOVED, "to the arguments of PyArg_ParseTupleAndKeywords")
    made = patches({"a.c": "x\n"}, [step("types", {"a.c": "y\n"}, TYPE), step("args", {"a.c": "z\n"}, TYPE, parser)])
    assert made[1].subject == "Replace the private argument parsers and identifiers of pkg.a"
    assert "3.12.0 to 3.12.3" in made[1].text and "- parser to the arguments of PyArg_ParseTupleAndKeywords\n" in made[1].text
    assert "A_Type" not in made[1].text
