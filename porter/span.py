"""Spans of original files, and edits as data.

Source text is held as Latin-1, one character for each byte, so that an offset in the text is an offset in the
file and writing back what was read gives the same bytes, whatever the encoding of the file was.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from porter.errors import OverlappingEdits


@dataclass(frozen=True, order=True)
class Span:
    """The bytes ``start <= i < end`` of ``file`` (relative to the root, POSIX separators)."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, order=True)
class Edit:
    """Put ``text`` in the place of ``span``; an empty span inserts."""

    span: Span
    text: str


def decode(data: bytes) -> str:
    """The text porter works on: one character a byte."""
    return data.decode("latin-1")


def encode(text: str) -> bytes:
    """The inverse of :func:`decode`."""
    return text.encode("latin-1")


def display(text: str) -> str:
    """Source text as a person should see it: UTF-8 where it is, Latin-1 else."""
    try:
        return encode(text).decode("utf-8")
    except UnicodeError:
        return text


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with ``edits`` made, all in terms of the original offsets.

    Insertions at one offset are made in the order given. Raises :class:`OverlappingEdits` when two edits want the
    same bytes.
    """
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    pieces, position = [], 0
    for edit in ordered:
        if edit.span.start < position:
            raise OverlappingEdits(f"{edit.span.file}: two edits at offset {edit.span.start}")
        pieces += [text[position : edit.span.start], edit.text]
        position = edit.span.end
    pieces.append(text[position:])
    return "".join(pieces)


class Lines:
    """Offsets of one text to lines and columns, both counted from 1."""

    def __init__(self, text: str) -> None:
        lengths = [len(line) + 1 for line in text.split("\n")]
        self.starts = list(accumulate(lengths[:-1], initial=0))

    def line(self, offset: int) -> int:
        """The line of an offset."""
        return bisect_right(self.starts, offset)

    def column(self, offset: int) -> int:
        """The column of an offset."""
        return offset - self.starts[self.line(offset) - 1] + 1
