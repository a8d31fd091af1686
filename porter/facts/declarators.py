"""The variables that one declaration of C++ declares, by tokens alone."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.declared import Function, Variable, View
from porter.frontend.declarations import closing
from porter.frontend.lexer import CHAR, ID, NUMBER, STRING, Token

STORAGE = frozenset("static extern inline thread_local __thread register mutable volatile constexpr constinit const typename struct class union enum".split())
_CONSTANT = frozenset(("const", "constexpr"))
_LINKAGE = frozenset(("static", "extern", "inline", "thread_local", "__thread"))
_VALUES = frozenset("& - ! nullptr true false NULL".split())
_BUILT_IN = frozenset("void bool char short int long float double signed unsigned auto wchar_t char8_t char16_t char32_t size_t".split())
_ATTRIBUTES = frozenset(("__attribute__", "__attribute", "__declspec", "alignas", "__asm__", "decltype"))
_ANGLES = 300


def behind_angles(tokens: list[Token], index: int, last: int) -> int:
    """The index behind the ``<…>`` at ``index``; ``index`` where it is no list of template arguments."""
    depth = 0
    for i in range(index, min(last, index + _ANGLES)):
        text = tokens[i].text
        if text == "<":
            depth += 1
        elif text in (">", ">>"):
            depth -= len(text)
            if depth <= 0:
                return i + 1
        elif text in (";", "{", "}", "&&", "||") or tokens[i].kind in (STRING, CHAR):
            break
    return index


def declared(view: View, first: int, last: int, function: Function | None = None, body: tuple[int, str] | None = None) -> list[Variable]:
    """The variables of the declaration ``first <= i < last`` (its semicolon is the last token); [] where it declares none.

    ``body``: where its type is a class with a body, the index behind that and the name of the class.
    """
    tokens = view.tokens
    words, index = _specifiers(tokens, first, last)
    if body is not None:
        index, words = body[0], [*(w for w in words if w in STORAGE), body[1] or "struct"]
    if index >= last or not words or body is None and not _typed(words):
        return []
    found = list(_each(tokens, index, last, function is not None))
    base = _joined([w for w in words if w not in STORAGE]) or "struct"
    storage = frozenset(w for w in words if w in _LINKAGE)
    constant = bool(_CONSTANT & set(words))
    return [
        Variable(tokens[name].text, view, first, last, name, "function" if called else base, stars, array,
                 pointed if stars else constant or "constexpr" in words, storage, value, len(found), function)
        for name, stars, array, pointed, value, called in found
    ]  # fmt: skip


def _specifiers(tokens: list[Token], index: int, last: int) -> tuple[list[str], int]:
    """The words of the type, and where the first declarator begins: at a star, or at the name before ``=``, ``[`` and such."""
    words: list[str] = []
    while index < last:
        token = tokens[index]
        if token.text in _ATTRIBUTES or (token.text == "[" and tokens[index + 1].text == "["):
            index = closing(tokens, index if token.text == "[" else index + 1, last) + 1
        elif token.text == "<" and words:
            end = behind_angles(tokens, index, last)
            words += [t.text for t in tokens[index:end]]
            index = max(end, index + 1)
        elif token.text == "::":
            words.append(token.text)
            index += 1
        elif token.kind == ID:
            if _typed(words) and words[-1] != "::" and token.text not in STORAGE and token.text not in _BUILT_IN:
                break
            words.append(token.text)
            index += 1
        else:
            break
    return words, index


def _typed(words: list[str]) -> bool:
    return any(w not in STORAGE for w in words)


def _each(tokens: list[Token], index: int, last: int, local: bool) -> Iterator[tuple[int, int, bool, bool, tuple[int, int] | None, bool]]:
    """Name, stars, whether an array, whether the pointer is constant, the initialiser of each declarator, and whether it
    points to a function."""
    while index < last:
        stars, array, constant, value, reference, called = 0, False, False, None, False, False
        while index < last and (tokens[index].text in ("*", "&", "&&", "(") or tokens[index].text in _CONSTANT or tokens[index].text == "volatile"):
            stars += tokens[index].text == "*"
            reference = tokens[index].text in ("&", "&&")
            constant = tokens[index].text in _CONSTANT or (constant and tokens[index].text != "*")
            index += 1
        name = _qualified(tokens, index, last)
        if name < 0:
            return
        index = name + 1
        while index < last and tokens[index].text in ("[", ")"):
            array = array or tokens[index].text == "["
            index = closing(tokens, index, last) + 1 if tokens[index].text == "[" else index + 1
        if index < last and tokens[index].text == "(":
            end = closing(tokens, index, last)
            if stars and tokens[index - 1].text == ")":  # (*name)(…): a pointer to a function
                index, called = end + 1, True
            elif local or _is_value(tokens[index + 1]):
                index = end + 1
            else:
                return
        if index < last and tokens[index].text in ("=", "{"):
            begin = index + (tokens[index].text == "=")
            index = _value_end(tokens, begin, last)
            value = (begin, index)
        if index >= last or tokens[index].text not in (",", ";", ":"):
            return
        bound = reference and value is not None and any(t.text == "(" for t in tokens[value[0] : value[1]])
        yield name, stars + bound, array, constant, value, called  # a reference that a call binds is a pointer set at run time
        index = index + 1 if tokens[index].text == "," else last


def _qualified(tokens: list[Token], index: int, last: int) -> int:
    """The index of the name in ``A::B<int>::name``; -1 where there is none."""
    while index < last and tokens[index].kind == ID and tokens[index].text != "operator":
        behind = behind_angles(tokens, index + 1, last) if tokens[index + 1].text == "<" else index + 1
        if behind < last and tokens[behind].text == "::":
            index = behind + 1
            continue
        return index
    return -1


def _is_value(token: Token) -> bool:
    """Whether what stands behind ``name (`` can begin no parameter."""
    return token.kind in (NUMBER, STRING, CHAR) or token.text in _VALUES


def _value_end(tokens: list[Token], index: int, last: int) -> int:
    while index < last and tokens[index].text not in (",", ";"):
        text = tokens[index].text
        if text == "<":
            index = max(behind_angles(tokens, index, last), index + 1)
        else:
            index = closing(tokens, index, last) + 1 if text in ("(", "[", "{") else index + 1
    return min(index, last)


def _joined(words: list[str]) -> str:
    text = " ".join(words)
    for mark in ("::", "<", ">", ","):
        text = text.replace(f" {mark}", mark).replace(f"{mark} ", f"{mark}") if mark != "," else text.replace(" ,", ",")
    return text
