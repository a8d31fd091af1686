"""The names a function body declares, by tokens: they hide those of file scope from there to the end of their block."""

from __future__ import annotations

from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, Token

_BUILT_IN = frozenset("int char long short double float unsigned signed void _Bool bool".split())
_TAGS = frozenset(("struct", "union", "enum"))
_QUALIFIERS = frozenset("static const volatile register auto restrict _Thread_local __thread __extension__ inline".split())
_BEGINS = frozenset((";", "{", "}", ":", ")"))
_NO_TYPE = frozenset("return goto case else do sizeof break continue default if while for switch typedef extern".split())
_DEPTH = 200
_BEHIND = frozenset((";", "=", ",", "[", "("))


def local_names(tokens: list[Token], body: int, last: int, types: set[str]) -> dict[str, list[tuple[int, int]]]:
    """Each name declared in ``body <= i < last`` with the stretches where its declarations hold: to the end of their block."""
    found: dict[str, list[tuple[int, int]]] = {}
    blocks: list[int] = []
    index = body
    while index < last:
        token, before = tokens[index], tokens[index - 1]
        if token.text == "{":
            blocks.append(closing(tokens, index, last) if len(blocks) < _DEPTH else blocks[-1])
        elif token.text == "}" and blocks:
            blocks.pop()
        elif token.kind == ID and (before.text in _BEGINS or (before.text == "(" and tokens[index - 2].text == "for")):
            behind = _behind_type(tokens, index, last, types)
            if behind:
                end = _loop_end(tokens, index - 1, last) if before.text == "(" else blocks[-1] if blocks else last
                index = _declarators(tokens, behind, last, found, end)
                continue
        index += 1
    return found


def _loop_end(tokens: list[Token], opening: int, last: int) -> int:
    """Where the statement of ``for (`` ends."""
    index = closing(tokens, opening, last) + 1
    if index < last and tokens[index].text == "{":
        return closing(tokens, index, last)
    while index < last and tokens[index].text != ";":
        index = closing(tokens, index, last) + 1 if tokens[index].text in ("(", "[", "{") else index + 1
    return index


def _behind_type(tokens: list[Token], index: int, last: int, types: set[str]) -> int:
    """The index behind the type a declaration begins with; 0 where no declaration begins."""
    typed = False
    while index < last and tokens[index].kind == ID:
        text = tokens[index].text
        if text in _TAGS:
            index += 1 + (tokens[index + 1].kind == ID)
            index = closing(tokens, index, last) + 1 if index < last and tokens[index].text == "{" else index
            typed = True
        elif text in _QUALIFIERS or text in _BUILT_IN:
            typed = typed or text in _BUILT_IN
            index += 1
        elif typed or text in _NO_TYPE:
            break
        elif text in types or _is_type(tokens, index, last):
            typed = True
            index += 1
        else:
            break
    return index if typed and index < last and (tokens[index].kind == ID or tokens[index].text in ("*", "(")) else 0


def _is_type(tokens: list[Token], index: int, last: int) -> bool:
    """Whether a name nobody declared stands as a type: before stars and a name of a declaration."""
    index += 1
    while index < last and tokens[index].text in ("*", "const", "volatile"):
        index += 1
    return index + 1 < last and tokens[index].kind == ID and tokens[index].text not in _NO_TYPE and tokens[index + 1].text in _BEHIND - {"("}


def _declarators(tokens: list[Token], index: int, last: int, found: dict[str, list[tuple[int, int]]], end: int) -> int:
    """Notes the names up to the end of the declaration, and answers with its index."""
    while index < last:
        while index < last and (tokens[index].text in ("*", "(") or tokens[index].text in _QUALIFIERS):
            index += 1
        if index < last and tokens[index].kind == ID:
            found.setdefault(tokens[index].text, []).append((index, end))
        while index < last and tokens[index].text not in (",", ";", "}"):
            index = closing(tokens, index, last) + 1 if tokens[index].text in ("(", "[", "{") else index + 1
        if index >= last or tokens[index].text != ",":
            break
        index += 1
    return index
