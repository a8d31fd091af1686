"""Conditionals as they are written: their arms, so that one that has lost its only live line can go."""

from __future__ import annotations

from dataclasses import dataclass

from porter.frontend.lexer import NEWLINE, PUNCT, Token

_OPEN = frozenset(("if", "ifdef", "ifndef"))
_NEXT = frozenset(("elif", "else", "elifdef", "elifndef"))


@dataclass(frozen=True)
class Conditional:
    """From the start of ``#if`` to behind ``#endif``'s line; ``arms`` are the stretches between the directives' lines."""

    start: int
    end: int
    arms: tuple[tuple[int, int], ...]


def conditionals(tokens: list[Token], text: str) -> list[Conditional]:
    """All conditionals of a file, inner ones before the ones they stand in."""
    found: list[Conditional] = []
    stack: list[list[int]] = []  # [start, end of its line, then start and end of the line of each next directive]
    fresh = True
    for index, token in enumerate(tokens):
        if fresh and token.kind == PUNCT and token.text == "#" and index + 1 < len(tokens):
            word, line = tokens[index + 1].text, _line_end(tokens, index, text)
            if word in _OPEN:
                stack.append([_line_start(text, token.start), line])
            elif word in _NEXT and stack:
                stack[-1] += [_line_start(text, token.start), line]
            elif word == "endif" and stack:
                marks = [*stack.pop(), _line_start(text, token.start), line]
                arms = tuple((marks[i + 1], marks[i + 2]) for i in range(0, len(marks) - 2, 2))
                found.append(Conditional(marks[0], marks[-1], arms))
        fresh = token.kind == NEWLINE
    return found


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(tokens: list[Token], index: int, text: str) -> int:
    """Behind the newline that ends a directive, continued lines included."""
    while index < len(tokens) and tokens[index].kind != NEWLINE:
        index += 1
    return tokens[index].end if index < len(tokens) and tokens[index].end >= 0 else len(text)
