"""The parameters of a function definition: their names and the text of their types."""

from __future__ import annotations

from porter.facts.declared import Parameter
from porter.frontend.declarations import Declaration, closing, split_commas
from porter.frontend.lexer import ID, Token

_ATTRIBUTES = frozenset(("__attribute__", "__attribute", "__declspec"))


def parameters_of(tokens: list[Token], declaration: Declaration) -> tuple[Parameter, ...]:
    """The parameters as they are written, those of an old-style definition too; none for ``(void)``."""
    end = closing(tokens, declaration.parameters, declaration.body)
    parameters = tuple(_parameter(tokens, first, last) for first, last in split_commas(tokens, declaration.parameters + 1, end))
    if tokens[declaration.body - 1].text == ";":
        parameters = tuple(_old_style(tokens, p.ctype, end + 1, declaration.body) for p in parameters)
    return () if parameters == (Parameter("", "void"),) else parameters


def _without_attributes(tokens: list[Token], first: int, last: int) -> list[Token]:
    """The tokens without ``__attribute__((…))``, which stands before or behind a name and is no part of it."""
    words: list[Token] = []
    index = first
    while index < last:
        if tokens[index].text in _ATTRIBUTES and tokens[index + 1].text == "(":
            index = closing(tokens, index + 1, last)
        else:
            words.append(tokens[index])
        index += 1
    return words


def _old_style(tokens: list[Token], name: str, first: int, body: int) -> Parameter:
    """The parameter ``name`` as it is declared between the parentheses and the body of an old-style function."""
    begin = first
    for index in range(first, body):
        if tokens[index].text == name and tokens[index].kind == ID:
            return Parameter(name, _joined([t for t in tokens[begin:index] if t.text != ","]))
        begin = index + 1 if tokens[index].text == ";" else begin
    return Parameter(name, "int")


def _parameter(tokens: list[Token], first: int, last: int) -> Parameter:
    words = _without_attributes(tokens, first, last)
    for i, token in enumerate(words):
        if token.text == "(" and i + 1 < len(words) and words[i + 1].text == "*":
            name = next((t.text for t in words[i + 1 :] if t.kind == ID), "")
            return Parameter(name, "".join(t.text for t in words))
    names = [i for i, t in enumerate(words) if t.kind == ID]
    if len(names) >= 2 or (names and names[-1] != 0):
        at = names[-1]
        if words[at].text not in ("int", "char", "long", "void", "short", "double", "float", "unsigned", "signed", "const"):
            return Parameter(words[at].text, _joined(words[:at]))
    return Parameter("", _joined(words))


def _joined(words: list[Token]) -> str:
    return " ".join(t.text for t in words).replace("* *", "**")
