"""C text to preprocessing tokens that know where they are spelled (C11 6.4).

Lines continued by a backslash are spliced before lexing, as translation phase 2 asks; a table of the splices leads
every token back to the bytes of the file. A token whose spelling is broken by a splice has none: ``start`` is -1.
"""

from __future__ import annotations

import re
import sys

ID, NUMBER, STRING, CHAR, PUNCT, NEWLINE, OTHER = range(7)

_SPLICE = re.compile(r"\\[ \t\f\v]*(?:\r\n|\n|\r)")
_MASTER = re.compile(
    r"""(?:[ \t\f\v\r]++|//[^\n]*+|/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/)*+  # white space and comments before the token
    (?:([A-KM-QSTV-Za-tv-z_$\x80-\xff][A-Za-z0-9_$\x80-\xff]*+)  # most names: they begin no literal
    |([][(){};,])
    |(\n)
    |((?:u8|[uUL])?R"(?P<mark>[^()\\\s"]{0,16})\([\s\S]*?\)(?P=mark)")
    |((?!(?:u8|[uUL])(?:"|')|(?:u8|[uUL])?R"[^()\\\s"]{0,16}\()[A-Za-z_$\x80-\xff][A-Za-z0-9_$\x80-\xff]*+)
    |((?:u8|[uUL])?"[^"\\\n]*(?:\\.[^"\\\n]*)*")
    |(\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\#\#|::|\.(?![0-9])|[&*+~!/%<>^|?:=\#-])
    |(\.?[0-9](?:[eEpP][+-]|'(?=[0-9A-Za-z])|[0-9A-Za-z_.])*)
    |((?:u8|[uUL])?'[^'\\\n]*(?:\\.[^'\\\n]*)*')
    |(/\*[\s\S]*|(?:u8|[uUL])?R"[^()\\\s"]{0,16}\([\s\S]*|["'][^\n]*|.)
    |(\Z))""",
    re.VERBOSE,
)
_KINDS = (None, ID, PUNCT, NEWLINE, STRING, None, ID, STRING, PUNCT, NUMBER, CHAR, OTHER)  # by the number of the group
_END = len(_KINDS)


class Token:
    """One preprocessing token.

    ``start`` and ``end`` are byte offsets in ``file``, or -1 where the token has no spelling there (pasted, made up, or
    split over lines). ``space``: white space stands before it. ``expansion``: the macro use it came out of, or None.
    ``hidden``: macro names that no longer expand in it.
    """

    __slots__ = ("kind", "text", "file", "start", "end", "space", "expansion", "hidden")

    def __init__(self, kind, text, file, start, end, space, expansion=None, hidden=None):
        self.kind = kind  # one by one: there are millions of tokens, and a tuple for each takes a tenth longer
        self.text = text
        self.file = file
        self.start = start
        self.end = end
        self.space = space
        self.expansion = expansion
        self.hidden = hidden

    def __repr__(self) -> str:
        return f"Token({self.text!r}, {self.file}:{self.start}-{self.end})"

    def replaced(self, expansion, hidden) -> Token:
        """The same spelling as it comes out of a macro use."""
        return Token(self.kind, self.text, self.file, self.start, self.end, self.space, expansion, hidden)


class _Splices:
    """From offsets of spliced text to offsets of the file."""

    def __init__(self, text: str) -> None:
        pieces, self.at, self.added = [], [], []
        position = length = removed = 0
        for match in _SPLICE.finditer(text):
            piece = text[position : match.start()]
            pieces.append(piece)
            length += len(piece)
            removed += match.end() - match.start()
            self.at.append(length)
            self.added.append(removed)
            position = match.end()
        pieces.append(text[position:])
        self.text = "".join(pieces)


def tokenize(text: str, file: str) -> list[Token]:
    """All tokens of ``text``, newlines included, white space and comments left out. Any text is taken.

    An unterminated comment is one OTHER token up to the end, an unterminated literal one up to the end of its line;
    a character that starts no token is an OTHER token.
    """
    splices = _Splices(text) if "\\" in text and _SPLICE.search(text) else None
    tokens = [
        Token(_KINDS[group], match[group], file, start := match.start(group), match.end(group), start > match.start())
        for match in _MASTER.finditer(splices.text if splices else text)
        if (group := match.lastindex) < _END
    ]
    if splices:
        _move(tokens, splices)
    return tokens


def _move(tokens: list[Token], splices: _Splices) -> None:
    """From places in the spliced text to places in the file; a token with a splice inside has none."""
    places = zip([*splices.at, sys.maxsize], (0, *splices.added), strict=True)
    next_splice, shift = next(places)
    for token in tokens:
        while next_splice <= token.start:
            next_splice, shift = next(places)
        if next_splice < token.end:
            token.start = token.end = -1
        elif shift:
            token.start += shift
            token.end += shift
