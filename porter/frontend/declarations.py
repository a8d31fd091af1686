"""A token stream cut into external declarations (C11 6.9), by brackets alone, so that one bad one never loses the next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from porter.frontend.lexer import ID, PUNCT, STRING, Token

FUNCTION, TYPEDEF, OTHER = "function", "typedef", "declaration"
_OPEN, _CLOSE = {"(": ")", "[": "]", "{": "}"}, frozenset(")]}")
_GOVERNING = frozenset(("if", "for", "while", "switch"))
_BRACKETS = frozenset("()[]{}")
_TAGS = frozenset(("struct", "union", "enum"))
_STORAGE = frozenset(("static", "inline", "extern", "__inline", "__inline__", "__extension__"))
NO_NAMES = frozenset("__attribute__ __attribute __declspec _Alignas alignas __asm__ __asm asm typeof __typeof__ __typeof _Atomic _BitInt".split())
_BEGINNINGS = frozenset(("static", "extern", "typedef"))
_NO_PARAMETERS = NO_NAMES | _BEGINNINGS
_NO_MACROS = frozenset("int char void long short double float unsigned signed _Bool static extern typedef const volatile struct union enum".split())


@dataclass(frozen=True)
class Declaration:
    """The tokens ``first <= i < last`` of a unit. For a function ``name`` is its name and ``body`` the index of its brace.

    ``balanced`` is False where the end of the file, or the start of the next declaration, came before the last bracket.
    """

    kind: str
    first: int
    last: int
    name: str = ""
    body: int = -1
    parameters: int = -1
    balanced: bool = True


def split(tokens: list[Token], starts: Callable[[], Iterable[int]] = tuple) -> list[Declaration]:
    """All external declarations of ``tokens``, in order, every token in exactly one or a lone ``;`` between two.

    ``starts`` answers with the indexes of tokens that stand in the first column: where brackets do not close, the next
    one of these behind a closing brace is taken for a new beginning.
    """
    found, index, count = [], 0, len(tokens)
    partners, beginnings = brackets(tokens), cache(lambda: sorted(starts()))
    while index < count:
        linkage = _linkage(tokens, index)
        if linkage or tokens[index].text in (";", "}"):
            index += 3 if linkage else 1
            continue
        declaration = _Cut(tokens, index, partners, beginnings).declaration()
        found.append(declaration)
        index = max(declaration.last, index + 1)
    return found


def _linkage(tokens: list[Token], index: int) -> bool:
    """Whether ``extern "C" {`` stands here: its contents are declarations like any other."""
    return (
        index + 2 < len(tokens)
        and tokens[index].text == "extern"
        and tokens[index + 1].kind == STRING
        and tokens[index + 2].text == "{"
    )


def brackets(tokens: list[Token]) -> dict[int, int]:
    """Where each bracket closes, by index; one that never does is not in it. A stray closing bracket counts for nothing."""
    found: dict[int, int] = {}
    stack: list[tuple[str, int]] = []
    waiting = dict.fromkeys(_CLOSE, 0)
    for index, text in [(i, t.text) for i, t in enumerate(tokens) if t.text in _BRACKETS and t.kind == PUNCT]:
        if text in _OPEN:
            stack.append((_OPEN[text], index))
            waiting[_OPEN[text]] += 1
        elif waiting[text]:
            while True:
                closes, opened = stack.pop()
                waiting[closes] -= 1
                if closes == text:
                    found[opened] = index
                    break
    return found


def unclosed(tokens: list[Token]) -> int | None:
    """The index of the first bracket that never closes."""
    partners = brackets(tokens)
    return next((i for i, t in enumerate(tokens) if t.text in _OPEN and t.kind == PUNCT and i not in partners), None)


class _Cut:
    """One external declaration, from its first token to its semicolon or closing brace."""

    def __init__(self, tokens: list[Token], first: int, partners: dict[int, int], starts: Callable[[], list[int]]) -> None:
        self.tokens, self.first, self.partners, self.starts = tokens, first, partners, starts
        self.parameters = self.closed = self.semicolon = -1
        self.assigned = self.tagged = False

    def declaration(self) -> Declaration:
        tokens, index = self.tokens, self.first
        while index < len(tokens):
            token = tokens[index]
            text = token.text if token.kind == PUNCT else ""
            if text in _OPEN:
                end = self.partners.get(index)
                if end is None:
                    return self._unbalanced()
                if text == "{" and self._is_body(index):
                    return Declaration(FUNCTION, self.first, end + 1, self._name(), index, self.parameters)
                if text == "{" and self.semicolon >= 0:
                    return self._plain(self.semicolon + 1)
                if text == "(":
                    self._parenthesis(index, end)
                index = end
            elif text == "=":
                self.assigned = True
                if index + 1 < len(tokens) and tokens[index + 1].text in _BEGINNINGS:  # the value is missing: the next declaration
                    return self._plain(index + 1)
            elif text == ";" and not self._old_style(index):
                return self._plain(index + 1 if self.semicolon < 0 else self.semicolon + 1)
            elif token.kind == ID and token.text in _TAGS and self.parameters >= 0:
                self.tagged = True
            index += 1
        return self._plain(self.semicolon + 1) if self.semicolon >= 0 else self._unbalanced()

    def _name(self) -> str:
        return self.tokens[self.parameters - 1].text if self.parameters >= 0 else ""

    def _plain(self, last: int) -> Declaration:
        typedef = any(t.text == "typedef" for t in self.tokens[self.first : min(self.first + 4, last)])
        return Declaration(TYPEDEF if typedef else OTHER, self.first, last, self._name(), parameters=self.parameters)

    def _unbalanced(self) -> Declaration:
        return Declaration(OTHER, self.first, self._resynchronized(), self._name(), balanced=False)

    def _resynchronized(self) -> int:
        tokens, starts = self.tokens, self.starts()
        for position in range(bisect_right(starts, self.first), len(starts)):
            index = starts[position]
            if tokens[index - 1].text in ("}", ";") and tokens[index].kind == ID:
                return index
        return len(tokens)

    def _parenthesis(self, index: int, end: int) -> None:
        """Takes ``name (`` for the name of a function; of two the second, where the first is a macro before it."""
        before = self.tokens[index - 1]
        if self.assigned or index == self.first:
            return
        if self.tokens[index + 1].text == "*":
            self._pointer(index, end)
            return
        if before.kind != ID or before.text in NO_NAMES:
            return
        if self.parameters < 0 or (self._macro_before() and self.closed < index - 1 and before.text not in _NO_MACROS):
            self.parameters, self.closed = index, end

    def _pointer(self, index: int, end: int) -> None:
        """``(*name(…))(…)`` declares a function that returns a pointer to one; ``(*name)(…)`` no function."""
        if self.parameters < 0 and index + 3 < end and self.tokens[index + 2].kind == ID and self.tokens[index + 3].text == "(":
            self.parameters, self.closed = index + 3, end

    def _macro_before(self) -> bool:
        """Whether the name found so far has no type before it, as that of a macro used without a semicolon."""
        return self.semicolon < 0 and all(t.text in _STORAGE for t in self.tokens[self.first : self.parameters - 1])

    def _old_style(self, semicolon: int) -> bool:
        """Whether the stretch before ``semicolon`` declares parameters between ``f(a, b)`` and its body (C11 6.9.1)."""
        if self.parameters < 0 or self.assigned:
            return False
        names = {t.text for t in self.tokens[self.parameters + 1 : min(self.closed, self.parameters + 200)] if t.kind == ID}
        begin = max(self.semicolon, self.closed) + 1
        if begin >= semicolon or self.tokens[begin].kind != ID or self.tokens[begin].text in _NO_PARAMETERS:
            return False
        if not any(t.text in names for t in self.tokens[begin + 1 : semicolon]):
            return False
        if self.semicolon < 0 and not _bare(self.tokens, self.parameters + 1, self.closed):
            return False
        self.semicolon = self.semicolon if self.semicolon >= 0 else semicolon
        return True

    def _is_body(self, brace: int) -> bool:
        """A brace behind the parameters (or old-style parameter declarations) opens a body; behind struct or enum it does not."""
        if self.assigned or self.parameters < 0:
            return False
        before = self.tokens[brace - 1].text
        if before == ")" or before == ";":
            return True
        return self.semicolon < 0 and not self.tagged and before != ","


def _bare(tokens: list[Token], first: int, last: int) -> bool:
    """Whether a parameter list is names alone: ``(a, b)``."""
    return all(t.kind == ID if i % 2 == 0 else t.text == "," for i, t in enumerate(tokens[first:last])) and (last - first) % 2 == 1


def closing(tokens: list[Token], index: int, last: int | None = None) -> int:
    """The index of the bracket that closes the one at ``index``; ``last`` (or the end) where none does."""
    depth, end = 0, len(tokens) if last is None else last
    for i in range(index, end):
        token = tokens[i]
        if token.text in _BRACKETS and token.kind == PUNCT:
            if token.text in _OPEN:
                depth += 1
            else:
                depth -= 1
                if depth == 0:
                    return i
    return end


def opening(tokens: list[Token], index: int) -> int:
    """The index of the bracket that the one at ``index`` closes; 1 where none does, so that a token stands before it."""
    depth = 0
    for i in range(index, 0, -1):
        if tokens[i].text in _BRACKETS and tokens[i].kind == PUNCT:
            depth += -1 if tokens[i].text in _OPEN else 1
            if depth == 0:
                return i
    return 1


def statement_start(tokens: list[Token], index: int) -> int:
    """The index of the first token behind the last semicolon or brace before ``index``."""
    while index > 0 and tokens[index - 1].text not in (";", "{", "}"):
        index -= 1
    return index


def statement_end(tokens: list[Token], index: int) -> int:
    """The index behind the statement at ``index``, by its brackets; an ``else`` belongs to its ``if``."""
    if tokens[index].text == "{":
        return closing(tokens, index) + 1
    if tokens[index].text in _GOVERNING:
        end = statement_end(tokens, closing(tokens, index + 1) + 1)
        return statement_end(tokens, end + 1) if tokens[index].text == "if" and tokens[end].text == "else" else end
    if tokens[index].text == "do":
        index = statement_end(tokens, index + 1)
    while tokens[index].text != ";":
        index = closing(tokens, index) + 1 if tokens[index].text in ("(", "[", "{") else index + 1
    return index + 1


def split_commas(tokens: list[Token], first: int, last: int) -> list[tuple[int, int]]:
    """The stretches between the commas of ``first <= i < last`` that stand outside inner brackets; a trailing comma adds none."""
    parts, depth, start = [], 0, first
    for i in range(first, last):
        token = tokens[i]
        if token.kind != PUNCT:
            continue
        if token.text in _OPEN:
            depth += 1
        elif token.text in _CLOSE:
            depth -= 1
        elif token.text == "," and not depth:
            parts.append((start, i))
            start = i + 1
    if start < last:
        parts.append((start, last))
    return parts
