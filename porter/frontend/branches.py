"""The arms of all conditionals of one file, each with what has to hold for a compiler to take it (C11 6.10.1)."""

from __future__ import annotations

from dataclasses import dataclass, field

from porter.frontend.lexer import ID, Token
from porter.frontend.source import Directive, Source

_OPENING = ("if", "ifdef", "ifndef")
_NEXT = ("elif", "elifdef", "elifndef", "else")


@dataclass(frozen=True)
class Need:
    """One condition: the word ``if``, ``ifdef`` or ``ifndef``, its expression, and whether it has to hold."""

    word: str
    tokens: tuple[Token, ...]
    wanted: bool

    @property
    def names(self) -> list[str]:
        """The names it asks for."""
        return [t.text for t in self.tokens if t.kind == ID and t.text != "defined"]

    @property
    def never(self) -> bool:
        """Whether it is ``#if 0``, or what ``#if 1`` excludes: no compiler takes that."""
        return self.word == "if" and [t.text for t in self.tokens] == (["0"] if self.wanted else ["1"])


@dataclass(frozen=True)
class Level:
    """One conditional around an arm, or its own: the start of both, and what has to hold for the arm of it."""

    chain: int
    arm: int
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Branch:
    """The bytes ``start <= offset < end`` between two directives; ``levels``: the conditionals around them, the outermost first."""

    file: str
    start: int
    end: int
    levels: tuple[Level, ...]

    @property
    def never(self) -> bool:
        """Whether no configuration takes it."""
        return any(need.never for level in self.levels for need in level.needs)

    @property
    def forced(self) -> dict[tuple[str, int], int]:
        """The arms to take, whatever they ask for, to get there: by file and start of the conditional."""
        return {(self.file, level.chain): level.arm for level in self.levels}


@dataclass
class _Open:
    """A conditional that is not closed yet."""

    chain: int
    arm: int
    own: Need | None
    before: list[Need] = field(default_factory=list)

    @property
    def level(self) -> Level:
        before = [Need(n.word, n.tokens, False) for n in self.before]
        return Level(self.chain, self.arm, tuple([*before, self.own] if self.own else before))


def branches(source: Source) -> list[Branch]:
    """Every arm of a file, in the order in which they end; one whose ``#endif`` is missing is left out."""
    found: list[Branch] = []
    around: list[_Open] = []
    for piece in source.pieces:
        if not isinstance(piece, Directive):
            continue
        if piece.word in _OPENING:
            around.append(_Open(piece.mark.start, piece.end, Need(piece.word, tuple(piece.line[1:]), True)))
        elif piece.word in (*_NEXT, "endif") and around:
            found.append(Branch(source.file, around[-1].arm, piece.mark.start, tuple(each.level for each in around)))
            if piece.word == "endif":
                around.pop()
            else:
                _follow(around[-1], piece)
    return found


def _follow(last: _Open, piece: Directive) -> None:
    """The next arm of a conditional."""
    if last.own is not None:
        last.before.append(last.own)
    last.own = None if piece.word == "else" else Need(piece.word.removeprefix("el"), tuple(piece.line[1:]), True)
    last.arm = piece.end
