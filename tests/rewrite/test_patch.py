"""The unified diff, taken by the real patch and git apply: the text after, byte for byte."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from porter.rewrite.patch import unified
from porter.span import encode

LINES = st.lists(
    st.sampled_from(["", "a", "b", "\tint x;", "}", "gr\xfc\xdf", "\x0c", "x\x85y", "\\", "-- a", "+++ b", " \t"]),
    max_size=14,
)
ENDS = st.sampled_from(["\n", "\r\n"])
TEXTS = st.builds(
    lambda lines, end, last: end.join(lines) + (end if last and lines else ""), LINES, ENDS, st.booleans()
)
APPLY = {
    "patch": ["patch", "--binary", "-p1", "-s", "-i", "port.diff"],
    "git": ["git", "apply", "--whitespace=nowarn", "port.diff"],
}


def applied(folder: Path, tool: str, before: dict[str, str], after: dict[str, str]) -> dict[str, bytes]:
    """The files of ``folder`` after the diff was applied by a real tool."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in before.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(encode(text))
    diff = unified(before, after)
    if diff:
        (folder / "port.diff").write_bytes(encode(diff))
        done = subprocess.run(
            APPLY[tool],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        )
        assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{diff!r}"
    return {name: (folder / name).read_bytes() if (folder / name).exists() else b"" for name in after}


@pytest.mark.parametrize("tool", APPLY)
@given(before=TEXTS.filter(bool), after=TEXTS.filter(bool))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_diff_gives_the_text_after(tool: str, tmp_path: Path, before: str, after: str) -> None:
    assert applied(tmp_path / "tree", tool, {"m.c": before}, {"m.c": after}) == {"m.c": encode(after)}


@pytest.mark.parametrize("tool", APPLY)
def test_several_files_and_a_new_one(tool: str, tmp_path: Path) -> None:
    before = {"src/m.c": "int a;\r\nint b;", "src/same.c": "int c;\n"}
    after = {"src/m.c": "int a;\r\nint bb;", "src/same.c": "int c;\n", "src/m_state.h": "int \xe9;\n"}
    assert applied(tmp_path / "tree", tool, before, after) == {name: encode(text) for name, text in after.items()}


def test_nothing_to_change_is_no_diff() -> None:
    assert unified({"m.c": "int a;"}, {"m.c": "int a;"}) == unified({}, {}) == ""


def test_a_file_without_a_last_newline_says_so() -> None:
    assert unified({"m.c": "a"}, {"m.c": "b"}).endswith(
        "-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
    )
