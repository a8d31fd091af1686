"""An initialiser in braces, field by field: positional and designated, by tokens, so each value leads to its bytes."""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts.program import Variable, View, span_of
from porter.frontend.declarations import closing, split_commas
from porter.frontend.lexer import ID
from porter.span import Span


@dataclass(frozen=True)
class Value:
    """The value of one field: its tokens ``first <= i < last`` in the view, and their text."""

    view: View
    first: int
    last: int

    @property
    def words(self) -> list[str]:
        """The tokens as text."""
        return [t.text for t in self.view.tokens[self.first : self.last]]

    @property
    def text(self) -> str:
        """The value as it is written in the file; after macros where it is not written in one piece."""
        span = self.span
        if span is not None:
            return self.view.unit.texts[span.file][span.start : span.end]
        return " ".join(self.words)

    @property
    def span(self) -> Span | None:
        """The bytes of the value."""
        return span_of(self.view.tokens, self.first, self.last)

    @property
    def empty(self) -> bool:
        """Whether it is a null: 0, NULL, or one of them in casts and parentheses."""
        words = [w for w in self.words if w not in "()*"]
        return bool(words) and words[-1] in ("0", "NULL", "nullptr", "0L", "0UL") and all(w not in ("+", "-", "|", "&", ",") for w in words)

    @property
    def name(self) -> str | None:
        """The one name the value is, without casts and ``&``; None where it is something else."""
        tokens = self.view.tokens[self.first : self.last]
        while tokens and tokens[0].text == "(" and tokens[-1].text == ")" and closing(tokens, 0) == len(tokens) - 1:
            tokens = tokens[1:-1]
        while tokens and tokens[0].text == "(":
            end = closing(tokens, 0)
            if end >= len(tokens) - 1:
                break
            tokens = tokens[end + 1 :]
            while tokens and tokens[0].text == "(" and tokens[-1].text == ")" and closing(tokens, 0) == len(tokens) - 1:
                tokens = tokens[1:-1]
        if tokens and tokens[0].text == "&":
            tokens = tokens[1:]
        return tokens[0].text if len(tokens) == 1 and tokens[0].kind == ID else None

    @property
    def string(self) -> str | None:
        """The contents of a string literal, joined where several stand side by side, cast or not; None for anything else."""
        tokens = self.view.tokens[self.first : self.last]
        while tokens and tokens[0].text == "(" and tokens[-1].text.startswith('"'):
            tokens = tokens[closing(tokens, 0) + 1 :]
        while tokens and tokens[0].text == "(" and tokens[-1].text == ")" and closing(tokens, 0) == len(tokens) - 1:
            tokens = tokens[1:-1]
        if tokens and all(t.text.startswith('"') for t in tokens):
            return "".join(t.text[1:-1] for t in tokens)
        return None


def fields(view: View, first: int, last: int, names: list[str]) -> dict[str, Value] | None:
    """The fields of ``{ … }`` at ``first <= i < last`` by name, in the order written; None where it is no such list.

    ``names`` is the order of a positional list (C11 6.7.9). A nested designator (``.ob_base.ob_base = …``) counts for its first part.
    """
    tokens = view.tokens
    if first >= last or tokens[first].text != "{" or closing(tokens, first, last) != last - 1:
        return None
    found: dict[str, Value] = {}
    position = 0
    for start, end in split_commas(tokens, first + 1, last - 1):
        if start >= end:
            return None
        if tokens[start].text == ".":
            name = tokens[start + 1].text
            equal = next((i for i in range(start, end) if tokens[i].text == "="), None)
            if equal is None:
                return None
            position = names.index(name) + 1 if name in names else position
            found[name] = Value(view, equal + 1, end)
        elif position < len(names):
            found[names[position]] = Value(view, start, end)
            position += 1
        else:
            return None
    return found


def arguments(view: View, index: int) -> list[Value] | None:
    """The arguments of the call of the name at ``index``; None where that is not called."""
    tokens = view.tokens
    if index + 1 >= len(tokens) or tokens[index + 1].text != "(":
        return None
    return [Value(view, first, last) for first, last in split_commas(tokens, index + 2, closing(tokens, index + 1))]


def rows(view: View, first: int, last: int) -> list[tuple[int, int]] | None:
    """The elements of an array initialiser ``{ {…}, {…} }`` as stretches of tokens; None where it is no such list."""
    tokens = view.tokens
    if first >= last or tokens[first].text != "{" or closing(tokens, first, last) != last - 1:
        return None
    return split_commas(tokens, first + 1, last - 1)


def pairs(table: Variable | None, names: list[str]) -> list[tuple[str, Value]]:
    """The id, as text, and the value of each row of a table of slots, positional or designated; a row of one value ends it."""
    if table is None or table.value is None:
        return []
    rows_ = (fields(table.view, first, last, names) or {} for first, last in rows(table.view, *table.value) or ())
    return [(row[names[0]].text, row[names[1]]) for row in rows_ if row.keys() == set(names)]
