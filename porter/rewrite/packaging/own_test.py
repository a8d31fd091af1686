"""A test of the package's own that holds what the port reached: every isolated extension loads in many interpreters."""

from __future__ import annotations

from collections.abc import Iterable

from porter.render import render_py

NAME = "test_interpreters.py"
_FOLDERS = ("tests", "test")


def interpreters_test(extensions: Iterable[str]) -> str:
    """The test file for extensions (dotted names) whose interpreters may have their own GIL (PEP 684).

    It is plain unittest, so pytest runs it as well; below Python 3.12 it is skipped with the reason.
    """
    return render_py("test_interpreters", extensions=sorted(extensions))


def place_of_test(files: Iterable[str]) -> str:
    """Where the test goes: beside the tests that are there (``files``, relative to the root), else into ``tests/``."""
    folders = {
        file.rpartition("/")[0]
        for file in files
        if file.rpartition("/")[2].startswith("test_") and file.endswith(".py")
    }
    best = min(
        folders,
        key=lambda folder: (folder.rpartition("/")[2] not in _FOLDERS, folder.count("/"), folder),
        default="tests",
    )
    return f"{best}/{NAME}".lstrip("/")
