"""Calls by tokens: which call an argument stands in, and what a value is made by."""

from __future__ import annotations

from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, Token

_FAR = 400


def enclosing_call(tokens: list[Token], index: int) -> tuple[int, int] | None:
    """The index of the name whose argument list the token stands in directly, and the argument's position; None outside of calls."""
    depth = position = 0
    for i in range(index - 1, -1, -1):
        text = tokens[i].text
        if text in (")", "]", "}"):
            depth += 1
        elif text in ("(", "[", "{"):
            if depth == 0 and (text != "(" or tokens[i - 1].kind == ID):
                return (i - 1, position) if text == "(" else None
            position = 0 if depth == 0 else position
            depth -= depth > 0
        elif not depth and text == ",":
            position += 1
        elif not depth and text == ";":
            return None
    return None


def makers(tokens: list[Token], index: int) -> set[str]:
    """The functions called in the value that is assigned to the name at ``index``, or to an element of it; none where nothing is."""
    index += 1
    while index < len(tokens) and tokens[index].text == "[":
        index = closing(tokens, index) + 1
    if index >= len(tokens) or tokens[index].text != "=":
        return set()
    found: set[str] = set()
    depth = 0
    for i in range(index + 1, min(index + _FAR, len(tokens) - 1)):
        text = tokens[i].text
        depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
        if depth < 0 or (depth == 0 and text in (";", ",")):
            break
        if tokens[i].kind == ID and tokens[i + 1].text == "(":
            found.add(text)
    return found
