"""Headers outside of the tree, those of third libraries: their macros and the names of their types, and nothing else.

They are like the stand-ins: no token of theirs is spelled anywhere, so nothing in them is found, edited or counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from porter.frontend.declarations import NO_NAMES, TYPEDEF, Declaration, closing, split, split_commas
from porter.frontend.lexer import ID, NEWLINE, PUNCT, Token, tokenize
from porter.frontend.source import Source

MOST_FILES = 1_000  # headers one unit reads outside of the tree
MOST_TOKENS = 2_000_000
LARGEST = 5_000_000  # characters of one header
_INCLUDED = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)


@dataclass
class Limits:
    """How much of what lies outside of the tree one unit reads."""

    files: int = 0
    tokens: int = 0
    reached: bool = False

    def take(self, tokens: int) -> bool:
        """Count one more header; whether that is still within the limits."""
        self.files, self.tokens = self.files + 1, self.tokens + tokens
        return self.files <= MOST_FILES and self.tokens <= MOST_TOKENS


def header(path: str, text: str, settled: frozenset[str]) -> Source:
    """A header outside of the tree, its tokens spelled nowhere. What it says of the macros ``settled`` is left out."""
    kept, line = [], []
    for token in tokenize(text, ""):
        token.start = token.end = -1
        line.append(token)
        if token.kind == NEWLINE:
            kept += [] if _settles(line, settled) else line
            line = []
    return Source("", "", kept + line, path)


def _settles(line: list[Token], settled: frozenset[str]) -> bool:
    words = [token.text for token in line[:3]]
    return len(words) == 3 and words[0] == "#" and words[1] in ("define", "undef") and words[2] in settled


def included(text: str) -> frozenset[str]:
    """The names of all headers a text includes, in whatever arm."""
    return frozenset(_INCLUDED.findall(text))


def type_names(tokens: list[Token]) -> set[str]:
    """The names that the typedefs among ``tokens`` declare."""
    return {name for each in split(tokens) if each.kind == TYPEDEF for name in typedef_names(tokens, each)}


def typedef_names(tokens: list[Token], declaration: Declaration) -> list[str]:
    """The names of one typedef, by tokens alone."""
    first, last = declaration.first, declaration.last
    parts = split_commas(tokens, first, last - 1 if tokens[last - 1].text == ";" else last)
    return [name for begin, end in parts if (name := _declared(tokens, begin, end))]


def _declared(tokens: list[Token], index: int, last: int) -> str:
    """The name of one declarator: in ``(*name)``, else the last one outside of brackets."""
    name = ""
    while index < last:
        token = tokens[index]
        if token.text == "(" and token.kind == PUNCT and (inner := _behind_stars(tokens, index + 1, last)):
            return inner
        if token.text in ("{", "[", "("):
            index = closing(tokens, index, last)
        elif token.kind == ID and token.text in NO_NAMES:
            index = closing(tokens, index + 1, last) if index + 1 < last and tokens[index + 1].text == "(" else index
        elif token.kind == ID and token.text != TYPEDEF:
            name = token.text
        index += 1
    return name


def _behind_stars(tokens: list[Token], index: int, last: int) -> str:
    """The name that a parenthesis begins with behind stars, and behind what stands before them: ``(__stdcall *name``."""
    while index < last and tokens[index].kind == ID and tokens[index].text.startswith("_"):
        index += 1
    star = index
    while index < last and (tokens[index].text == "*" or (index > star and tokens[index].text in ("const", "volatile"))):
        index += 1
    return tokens[index].text if star < index < last and tokens[index].kind == ID else ""
