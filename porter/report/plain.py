"""Text of a tree made fit to be shown: nothing in it can steer a terminal or turn the reading direction of a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def printable(text: str) -> str:
    """``text`` with what cannot be seen (control, bidirectional, lone surrogate characters) written as escapes."""
    return text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """``rows`` of cells under each other, two spaces apart, those in ``right`` flush right, no blanks at the end."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return "".join(_row(row, widths, right) for row in rows)


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    padded = [_pad(cell, widths[i], i in right) for i, cell in enumerate(cells[:-1])]
    return "  ".join([*padded, cells[-1]]).rstrip() + "\n"


def _pad(cell: str, size: int, right: bool) -> str:
    blank = " " * (size - width(cell))
    return blank + cell if right else cell + blank


def width(text: str) -> int:
    """The columns a text takes in a terminal: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
