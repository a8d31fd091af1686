"""What a module that is multi-phase already says of its interpreters, in the table of slots it has (PEP 684)."""

from __future__ import annotations

from porter.facts.program import Variable
from porter.plan.init_multi import declared, last_row, row_of
from porter.render import render_c
from porter.rewrite.draft import Draft
from porter.span import Span


def declare_interpreters(draft: Draft, table: Variable, supported: str, datetime: bool) -> None:
    """Put ``supported`` in the place of what the table says, or into it; ``datetime``: what it says holds from 3.13 on."""
    value = declared(table)
    if value is None:
        row = last_row(table)
        draft.insert(row.file, _line(draft, row), _rows(draft, row, supported, "", datetime))
    elif datetime:
        row = row_of(table, value.first)
        draft.replace(_whole(draft, row), _rows(draft, row, supported, value.text, True))
    elif value.text != supported:
        draft.replace(value.span, supported)


def _rows(draft: Draft, row: Span, supported: str, before: str, datetime: bool) -> str:
    """The rows as lines of their own; ``before``: what is said today, in the arm that has the slot."""
    text = draft.text(row.file)
    line = text[_line(draft, row) : row.start]
    alone = not line.strip()
    made = render_c("declared", indent=line if alone else "    ", supported=supported, before=before, datetime=datetime)
    return made if alone else f"\n{made}"


def _line(draft: Draft, row: Span) -> int:
    """The start of a row's line, where only white space stands before it; else the start of the row."""
    text = draft.text(row.file)
    start = text.rfind("\n", 0, row.start) + 1
    return start if not text[start : row.start].strip() else row.start


def _whole(draft: Draft, row: Span) -> Span:
    """A row with its comma and the rest of its line."""
    text = draft.text(row.file)
    end = row.end + len(text[row.end :]) - len(text[row.end :].lstrip(" \t,"))
    newline = text[end : end + 2] == "\r\n", text[end : end + 1] == "\n"
    return Span(row.file, _line(draft, row), end + (2 if newline[0] else newline[1]))
