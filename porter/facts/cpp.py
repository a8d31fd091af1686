"""Facts of C++ sources from tokens alone: pycparser does not read them. Everything here has the confidence ``tokens``."""

from __future__ import annotations

from collections.abc import Callable

from porter.errors import Gap
from porter.facts import model
from porter.facts.capi import API_TABLES, OBJECT_STRUCTS
from porter.frontend.lexer import ID, Token, tokenize
from porter.frontend.lexer import NEWLINE, PUNCT
from porter.span import Lines
from porter.tree.model import Extension

_STORAGE = frozenset(("static", "inline", "volatile", "struct", "thread_local", "__thread", "extern", "constexpr", "const", "unsigned", "signed"))
_NOT_A_TYPE = frozenset(("return", "else", "case", "goto", "new", "delete", "using", "namespace", "typedef", "template", "class", "enum", "union", "operator", "throw", "public", "private"))
_DECLARED = {"Py_MOD_PER_INTERPRETER_GIL_SUPPORTED": "own-gil", "Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED": "shared-gil",
             "Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED": "not-supported"}  # fmt: skip


def facts_by_tokens(extension: Extension, read: Callable[[str], str | Gap], generator: str | None, banner: model.Place | None) -> model.Facts:
    """What the tokens of the sources say: type objects, variables with static storage, modules. Headers are not followed."""
    types, variables, modules, gaps = [], [], [], []
    words: set[str] = set()
    for source in extension.sources:
        text = read(source)
        if isinstance(text, Gap):
            gaps.append(text)
            continue
        tokens, lines = _code(tokenize(text, source)), Lines(text)
        words |= {t.text for t in tokens if t.kind == ID}
        for names, name, after in _declarations(tokens):
            place = model.Place(source, lines.line(name.start), lines.column(name.start))
            _sort(names, name, after, place, types, variables, modules)
    multi = "PyModuleDef_Init" in words or any(w.startswith("Py_mod_") for w in words)
    declares = next((_DECLARED[w] for w in sorted(words) if w in _DECLARED), None)
    init = "multi-phase" if multi else "single-phase"
    found = tuple(model.Module(extension.leaf, m, init, declares, init_place=m) for m in modules[:1])
    return model.Facts(extension, tuple(types), tuple(variables), (), found, generator, banner, tuple(gaps))


def _code(tokens: list[Token]) -> list[Token]:
    """The tokens without directives and newlines; both arms of every condition stay."""
    out, index, fresh = [], 0, True
    while index < len(tokens):
        token = tokens[index]
        if fresh and token.text == "#" and token.kind == PUNCT:
            while index < len(tokens) and tokens[index].kind != NEWLINE:
                index += 1
            continue
        fresh = token.kind == NEWLINE
        if not fresh and token.start >= 0:
            out.append(token)
        index += 1
    return out


def _declarations(tokens: list[Token]):
    """Declarators at file scope, and ``static`` ones anywhere: the words before the name, the name, and what follows it."""
    depth, start, index, opened = 0, 0, 0, []
    while index < len(tokens):
        text = tokens[index].text
        if text == "{":
            transparent = any(t.text in ("namespace", "extern") for t in tokens[start:index])
            opened.append(transparent)
            depth += not transparent
            start = index + 1
        elif text == "}":
            if opened:
                depth -= not opened.pop()
            start = index + 1
        elif text == ";":
            start = index + 1
        elif text in ("=", "[") or (text in (",",) and index > start):
            pass
        if text in (";", "=", "[", "{") and index > 0 and tokens[index - 1].kind == ID:
            begin = _statement_start(tokens, index)
            head = tokens[begin : index - 1]
            if head and (depth == 0 and not any(opened[-1:]) or depth == 0 or head[0].text == "static"):
                yield head, tokens[index - 1], text
        index += 1


def _statement_start(tokens: list[Token], index: int) -> int:
    begin = index - 1
    while begin > 0 and tokens[begin - 1].text not in (";", "{", "}", ":", ")", ","):
        begin -= 1
    return begin


def _sort(head: list[Token], name: Token, after: str, place: model.Place, types, variables, modules) -> None:
    words = [t.text for t in head]
    if any(w in _NOT_A_TYPE for w in words) or any(t.kind != ID and t.text not in ("*", "&", "::", "<", ">", ",") for t in head):
        return
    bases = [w for w in words if w not in _STORAGE and w not in ("*", "&", "::", "<", ">", ",")]
    if not bases or ("extern" in words and after != "=") or after == "{" and "=" not in after and "*" not in words and "static" not in words:
        return
    pointer, base = "*" in words, bases[-1]
    if base == "PyTypeObject" and not pointer:
        if not any(t.name == name.text for t in types):
            types.append(model.TypeFact(name.text, "static", place, "tokens"))
    elif base == "PyModuleDef":
        modules.append(place)
    elif base not in API_TABLES and not ("const" in words and not pointer) and "constexpr" not in words and not (pointer and words[-1] == "const"):
        variables.append(model.Variable(name.text, " ".join(words), _kind(base, pointer, words), place, confidence="tokens"))


def _kind(base: str, pointer: bool, words: list[str]) -> str:
    if {"thread_local", "__thread"} & set(words):
        return "thread-local"
    if pointer and base == "PyTypeObject":
        return "type-pointer"
    return "object" if pointer and base in OBJECT_STRUCTS else "c-state"
