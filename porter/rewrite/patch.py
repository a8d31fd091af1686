"""New texts as a unified diff, byte for byte what ``patch`` and ``git apply`` take."""

from __future__ import annotations

from difflib import unified_diff

_NO_NEWLINE = "\\ No newline at end of file\n"


def unified(before: dict[str, str], after: dict[str, str]) -> str:
    """The diff from ``before`` to ``after``, files in order; ``""`` where nothing changes. Texts are Latin-1 held."""
    return "".join(_one(file, before.get(file, ""), after[file], file in before) for file in sorted(after) if before.get(file) != after[file])


def _one(file: str, old: str, new: str, existed: bool) -> str:
    name = file.encode("utf-8", "surrogateescape").decode("latin-1")
    lines = unified_diff(_lines(old), _lines(new), f"a/{name}" if existed else "/dev/null", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines as ``patch`` counts them: a line feed ends one and nothing else does."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
