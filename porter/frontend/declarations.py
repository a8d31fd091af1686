"""A token stream cut into external declarations (C11 6.9), by brackets alone, so that one bad one never loses the next."""

from __future__ import annotations

from dataclasses import dataclass

from porter.frontend.lexer import ID, PUNCT, STRING, Token

FUNCTION, TYPEDEF, OTHER = "function", "typedef", "declaration"
_OPEN, _CLOSE = {"(": ")", "[": "]", "{": "}"}, frozenset(")]}")


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


def split(tokens: list[Token], starts: frozenset[int] = frozenset()) -> list[Declaration]:
    """All external declarations of ``tokens``, in order, every token in exactly one or a lone ``;`` between two.

    ``starts`` holds indexes of tokens that stand in the first column: where brackets do not close, the next one of
    these behind a closing brace is taken for a new beginning.
    """
    found, index, count = [], 0, len(tokens)
    while index < count:
        if tokens[index].text == ";" or _linkage(tokens, index) or tokens[index].text == "}":
            index += 3 if _linkage(tokens, index) else 1
            continue
        declaration = _one(tokens, index, starts)
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


def _one(tokens: list[Token], first: int, starts: frozenset[int]) -> Declaration:
    index, count, stack = first, len(tokens), []
    assigned, name, parameters, body = False, -1, -1, -1
    while index < count:
        token = tokens[index]
        text = token.text if token.kind == PUNCT else ""
        if text in _OPEN:
            if text == "{" and not stack and not assigned and parameters >= 0 and body < 0 and _is_body(tokens, first, index, parameters):
                body = index
            if text == "(" and not stack and not assigned and parameters < 0 and index > first and _is_name(tokens, index):
                name, parameters = index - 1, index
            stack.append(_OPEN[text])
        elif text in _CLOSE:
            if text not in stack:
                pass  # a stray bracket: the parser will say so
            else:
                while stack.pop() != text:
                    pass
            if text == "}" and not stack and body >= 0:
                return Declaration(FUNCTION, first, index + 1, tokens[name].text, body, parameters)
        elif text == "=" and not stack:
            assigned = True
        elif text == ";" and not stack:
            return _plain(tokens, first, index + 1, name, parameters)
        index += 1
    cut = _resynchronized(tokens, first, starts)
    return Declaration(OTHER, first, cut, tokens[name].text if name >= 0 else "", balanced=False)


def _plain(tokens: list[Token], first: int, last: int, name: int, parameters: int) -> Declaration:
    kind = TYPEDEF if any(t.text == "typedef" for t in tokens[first : min(first + 4, last)]) else OTHER
    return Declaration(kind, first, last, tokens[name].text if name >= 0 else "", parameters=parameters)


def _is_name(tokens: list[Token], index: int) -> bool:
    before = tokens[index - 1]
    return before.kind == ID and before.text not in ("__attribute__", "__declspec", "_Alignas", "__asm__", "typeof", "__typeof__")


def _is_body(tokens: list[Token], first: int, brace: int, parameters: int) -> bool:
    """A brace behind the parameters (or old-style parameter declarations) opens a body; behind struct or enum it does not."""
    before = tokens[brace - 1].text
    if before == ")" or before == ";":
        return True
    return all(t.text not in ("struct", "union", "enum") for t in tokens[parameters:brace]) and before not in ("=", ",")


def _resynchronized(tokens: list[Token], first: int, starts: frozenset[int]) -> int:
    for index in range(first + 1, len(tokens)):
        if index in starts and tokens[index - 1].text in ("}", ";") and tokens[index].kind == ID:
            return index
    return len(tokens)


def closing(tokens: list[Token], index: int, last: int | None = None) -> int:
    """The index of the bracket that closes the one at ``index``; ``last`` (or the end) where none does."""
    depth, end = 0, len(tokens) if last is None else last
    for i in range(index, end):
        token = tokens[i]
        if token.kind == PUNCT:
            if token.text in _OPEN:
                depth += 1
            elif token.text in _CLOSE:
                depth -= 1
                if depth == 0:
                    return i
    return end


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
