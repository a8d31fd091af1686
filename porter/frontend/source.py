"""A lexed file in the pieces the preprocessor works with: directives, and runs of tokens between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from porter.frontend.lexer import ID, NEWLINE, PUNCT, Token

_RUN = 24  # tokens after which a run ends with its line: most short ones use no macro, and pass as a whole


@dataclass(frozen=True, eq=False)
class Run:
    """Tokens of some lines without directives, newlines left out, and the names among them."""

    tokens: list[Token]
    names: frozenset[str]


@dataclass(frozen=True, eq=False)
class Directive:
    """A line that begins with ``#`` (``mark``): the tokens behind it, and the first of them where that is a word."""

    mark: Token
    line: list[Token]
    word: str

    @property
    def end(self) -> int:
        """The offset behind its last token, where the arm that it opens begins."""
        return max((t.end for t in (self.mark, *self.line) if t.end >= 0), default=0)


@dataclass(frozen=True, eq=False)
class Source:
    """A file of the tree, or a stand-in with the name ``""`` and no text.

    A header outside of the tree is like a stand-in, whose tokens are spelled nowhere; ``outside`` is its path.
    """

    file: str
    text: str
    tokens: list[Token]
    outside: str = ""

    @property
    def path(self) -> str:
        """Where it lies, in the tree or outside; "" for a stand-in."""
        return self.file or self.outside

    @cached_property
    def pieces(self) -> list[Run | Directive]:
        """All of the file in its order."""
        found: list[Run | Directive] = []
        run: list[Token] = []
        tokens, index, fresh = self.tokens, 0, True
        while index < len(tokens):
            token = tokens[index]
            index += 1
            if token.kind == NEWLINE:
                fresh = True
                if len(run) > _RUN:
                    found.append(_run(run))
                    run = []
            elif fresh and token.text == "#" and token.kind == PUNCT:
                if run:
                    found.append(_run(run))
                    run = []
                end = _line_end(tokens, index)
                line, index = tokens[index:end], end
                found.append(Directive(token, line, line[0].text if line and line[0].kind == ID else ""))
            else:
                fresh = False
                run.append(token)
        return [*found, _run(run)] if run else found


def _run(tokens: list[Token]) -> Run:
    return Run(tokens, frozenset([token.text for token in tokens if token.kind == ID]))


def _line_end(tokens: list[Token], index: int) -> int:
    while index < len(tokens) and tokens[index].kind != NEWLINE:
        index += 1
    return index
