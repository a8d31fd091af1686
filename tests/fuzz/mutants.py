"""Damaged C files: what is left of a good one after some accidents. The same seed gives the same files."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 12_000  # characters of a file that is damaged
CANARY = "porter_canary"
TAIL = f"\n;\nstatic PyObject *{CANARY};\n"  # what stands behind the damage has to be found, or a gap says why not

_SCRAPS = [
    *("(", ")", "{", "}", "[", "]", ";", ",", '"', "'", "/*", "*/", "//", "\\", "\\\n", "#", "##", "...", "<:", "??=", "@", "`"),
    *("\0", "\xff\xfe", "\r", "\f", "\x1a", "\xef\xbb\xbf", "\n", "R\"x(", 'L"', "u8'", "0x", "1e", "9" * 400, "\\u12"),
    *("#if ", "#if 0\n", "#if defined(\n", "#else\n", "#elif\n", "#endif\n", "#define ", "#undef NULL\n", "#include ", "#pragma once\n"),
    *('#include "t.c"\n', "#define M M\n", "#define f(x) f(f(x))\n", "#define PyObject f(\n", "#if (((1\n", "#ifdef\n", "#line 5\n"),
    *("#define B0 B1 B1\n#define B1 B0 B0\nB0\n", "f(f(f(", "__VA_ARGS__", "#define v(...) __VA_OPT__(\n", "#if 1/0\n#endif\n"),
    *("static ", "typedef ", "extern \"C\" {", "struct ", "PyTypeObject ", "PyObject *", "= {", "= ", "const ", "case 1:", "goto ", "return "),
    *("(" * 300, ")" * 300, "{" * 300, "[" * 300, "*" * 300, "a." * 300, "if (1) " * 100, "int f(", "int (*a[", "asm(", "_Generic("),
]  # fmt: skip


def good_files() -> list[str]:
    """The C files of the fixtures, as text of one character a byte."""
    files = sorted((ROOT / "fixtures").rglob("*.c"))
    return [file.read_bytes().decode("latin-1") for file in files]


def mutants(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """``count`` damaged files, each with the file's name: most in C, some in C++."""
    good = good_files()
    for number in range(count):
        choose = random.Random(f"{seed}/{number}")
        text = _cut(choose, choose.choice(good))
        for _ in range(choose.choice((1, 1, 2, 3, 5, 9, 30))):
            text = choose.choice(_ACCIDENTS)(choose, text)
        yield choose.choice(("t.c", "t.c", "t.c", "t.cc")), text + TAIL


def _cut(choose: random.Random, text: str) -> str:
    start = choose.randrange(max(len(text) - LONGEST, 0) + 1)
    return text[start : start + LONGEST]


def _stretch(choose: random.Random, text: str) -> tuple[int, int]:
    start = choose.randrange(len(text) + 1)
    return start, min(len(text), start + choose.choice((1, 2, 5, 20, 80, 400)))


def _insert(choose: random.Random, text: str) -> str:
    at, _ = _stretch(choose, text)
    return text[:at] + choose.choice(_SCRAPS) + text[at:]


def _insert_line(choose: random.Random, text: str) -> str:
    lines = text.split("\n")
    lines.insert(choose.randrange(len(lines) + 1), choose.choice(_SCRAPS))
    return "\n".join(lines)


def _delete(choose: random.Random, text: str) -> str:
    start, end = _stretch(choose, text)
    return text[:start] + text[end:]


def _repeat(choose: random.Random, text: str) -> str:
    start, end = _stretch(choose, text)
    return text[:end] + text[start:end] * choose.choice((1, 2, 40)) + text[end:]


def _move(choose: random.Random, text: str) -> str:
    start, end = _stretch(choose, text)
    piece, rest = text[start:end], text[:start] + text[end:]
    at = choose.randrange(len(rest) + 1)
    return rest[:at] + piece + rest[at:]


def _change(choose: random.Random, text: str) -> str:
    at = choose.randrange(max(len(text), 1))
    return text[:at] + chr(choose.randrange(256)) + text[at + 1 :]


def _delete_line(choose: random.Random, text: str) -> str:
    lines = text.split("\n")
    del lines[choose.randrange(len(lines))]
    return "\n".join(lines)


def _truncate(choose: random.Random, text: str) -> str:
    return text[: choose.randrange(len(text) + 1)]


_ACCIDENTS: tuple[Callable[[random.Random, str], str], ...] = (
    *(_insert, _insert, _insert_line, _insert_line, _delete, _delete, _repeat, _move, _change, _delete_line, _truncate),
)
