"""Calls and heads of functions as a guard needs them: what is called again and again, what can be written once more."""

from __future__ import annotations

import re

from porter.facts.program import Function, View
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID

BASIC = frozenset("void int char short long unsigned signed double float const volatile register _Bool bool".split())
"""The words that types of numbers are made of, and what goes with them."""
_RETURNS = re.compile(r"[\w\s*]+")


def in_loop(function: Function, index: int) -> bool:
    """Whether the token at ``index`` can be reached more than once in one call of the function that it stands in."""
    tokens, declaration = function.view.tokens, function.declaration
    for i in range(declaration.body, index):
        word = tokens[i].text
        if word in ("for", "while") and tokens[i + 1].text == "(":
            if index < _end_of_statement(tokens, closing(tokens, i + 1) + 1, declaration.last):
                return True
        elif word == "do" and tokens[i].kind == ID and index < _end_of_statement(tokens, i + 1, declaration.last):
            return True
        elif word == ":" and tokens[i - 1].kind == ID and tokens[i - 2].text in (";", "{", "}"):
            behind = range(index, declaration.last - 1)
            if any(tokens[j].text == "goto" and tokens[j + 1].text == tokens[i - 1].text for j in behind):
                return True
    return False


def _end_of_statement(tokens: list, index: int, last: int) -> int:
    """The index behind the statement at ``index``; that of an ``if`` reaches over its ``else``."""
    if tokens[index].text == "{":
        return closing(tokens, index, last) + 1
    if tokens[index].text in ("if", "for", "while", "switch"):
        end = _end_of_statement(tokens, closing(tokens, index + 1, last) + 1, last)
        return _end_of_statement(tokens, end + 1, last) if end < last and tokens[end].text == "else" else end
    while index < last and tokens[index].text != ";":
        index = closing(tokens, index, last) + 1 if tokens[index].text in ("(", "[", "{") else index + 1
    return index + 1


def plain_head(function: Function, view: View) -> bool:
    """Whether the head of a function can be written again from its parameters, with types that ``view`` knows."""
    tokens, declaration = function.view.tokens, function.declaration
    inside = tokens[declaration.parameters + 1 : closing(tokens, declaration.parameters)]
    if tokens[declaration.body - 1].text == ";" or any(t.text in ("(", "[", "...") for t in inside):
        return False
    if not function.returns or not _RETURNS.fullmatch(function.returns) or "__attribute__" in function.returns:
        return False
    types = " ".join([function.returns, *(p.ctype for p in function.parameters)])
    tags = set(re.findall(r"(?:struct|union|enum) (\w+)", types))
    return all(word in BASIC or word in ("struct", "union", "enum") or word in view.types or word in tags for word in re.findall(r"[A-Za-z_]\w*", types))
