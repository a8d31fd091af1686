"""How the author lays out code: indentation, braces, and the places at file scope where new text can stand."""

from __future__ import annotations

import re

from porter.frontend.lexer import NEWLINE, PUNCT, Token

_INDENT = re.compile(r"^([ \t]+)\S", re.MULTILINE)
_CONDITION = frozenset(("if", "ifdef", "ifndef"))


def line_end(text: str, offset: int) -> int | None:
    """The end of the line where only white space and comments follow ``offset``; None where code does."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    rest = re.sub(r"/\*.*?\*/|//.*", "", text[offset:end])
    return end if not rest.strip() else None


def body_indent(text: str, offset: int) -> str:
    """The indentation of the first line of code behind an opening brace."""
    match = _INDENT.search(text, offset)
    return match[1] if match else "    "


def file_indent(text: str) -> str:
    """One step of indentation as the file has it: the most common one of a first line in braces that open at file scope."""
    counts: dict[str, int] = {}
    for match in re.finditer(r"^(?:\{|[^\s#/{][^\n]*\{)[ \t]*\r?\n([ \t]+)\S", text, re.MULTILINE):
        if match[1] in ("\t", "  ", "    ", "   ", "        "):
            counts[match[1]] = counts.get(match[1], 0) + 1
    return max(counts, key=lambda k: counts[k]) if counts else "    "


def outermost_conditionals(tokens: list[Token], text: str) -> list[tuple[int, int]]:
    """The stretches from an ``#if`` at the outermost level to behind its ``#endif``; an include guard does not count."""
    found, stack, fresh, first = [], [], True, True
    for index, token in enumerate(tokens):
        if fresh and token.kind == PUNCT and token.text == "#" and index + 1 < len(tokens):
            word = tokens[index + 1].text
            if word in _CONDITION:
                stack.append((token.start, first and word != "if"))
            elif word == "endif" and stack:
                start, guard = stack.pop()
                end = text.find("\n", token.start)
                if not guard and all(g for _, g in stack):
                    found.append((start, len(text) if end < 0 else end + 1))
            first = False
        elif token.kind != NEWLINE:
            first = False
        fresh = token.kind == NEWLINE
    return found


def before_declaration(text: str, offset: int, conditionals: list[tuple[int, int]]) -> int:
    """Where new text can stand before the declaration at ``offset``: outside conditionals, before the comment that goes with it."""
    for start, end in conditionals:
        if start <= offset < end:
            offset = start
    offset = text.rfind("\n", 0, offset) + 1
    while True:
        before = text[:offset].rstrip(" \t")
        if before.endswith("*/\n"):
            start = text.rfind("/*", 0, offset)
            line = text.rfind("\n", 0, start) + 1
            if start < 0 or text[line:start].strip() or "[clinic " in text[start:offset]:
                return offset  # a comment of Argument Clinic ends what it wrote, and goes with nothing
            offset = line
        elif (line := text.rfind("\n", 0, max(offset - 1, 0)) + 1) < offset and text[line:offset].lstrip().startswith("//"):
            offset = line
        else:
            return offset
