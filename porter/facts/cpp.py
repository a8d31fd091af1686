"""C++ cut into what it declares by tokens alone, since no parser here reads it: everything has the confidence ``tokens``."""

from __future__ import annotations

from dataclasses import dataclass

from porter.facts.capi import OBJECT_STRUCTS
from porter.facts.declarators import STORAGE, behind_angles, declared
from porter.facts.declared import Function, Parameter, View
from porter.frontend.declarations import FUNCTION, OTHER, Declaration, brackets
from porter.frontend.lexer import ID, STRING, Token
from porter.frontend.preprocess import Unit

SUFFIXES = (".cc", ".cpp", ".cxx", ".c++", ".cp", ".C", ".mm", ".hpp", ".hh", ".hxx")
STANDARD = "201703L"
_SKIPPED = frozenset("using friend static_assert asm __asm__ concept export import goto".split())
_CLASSES = frozenset(("class", "struct", "union"))
_BEGINS = frozenset((";", "{", "}", ":", ")"))


@dataclass
class _Scope:
    """A namespace or class whose contents are being read: ``end`` is its closing brace."""

    end: int
    kind: str
    first: int
    name: str = ""


def view_of(unit: Unit) -> View:
    """The functions and variables of a unit of C++. Never raises: what is no declaration is passed over."""
    walk = _Walk(View(unit, _without_pragmas(unit.tokens), [], set(), confidence="tokens"))
    walk.run()
    return walk.view


def _without_pragmas(tokens: list[Token]) -> list[Token]:
    """The tokens but for ``_Pragma("…")``, which may stand before anything and declares nothing."""
    kept: list[Token] = []
    rest = 0
    for token in tokens:
        rest = 4 if token.text == "_Pragma" else rest
        if rest == 0:
            kept.append(token)
        rest -= rest > 0
    return kept


class _Walk:
    def __init__(self, view: View) -> None:
        self.view, self.tokens = view, view.tokens
        self.partners, self.scopes = brackets(view.tokens), [_Scope(len(view.tokens), "namespace", 0)]

    def run(self) -> None:
        index = 0
        while index < len(self.tokens):
            while index >= self.scopes[-1].end and len(self.scopes) > 1:
                index = self._leave(self.scopes.pop())
            if index < len(self.tokens):
                index = max(self._statement(index), index + 1)

    def _leave(self, scope: _Scope) -> int:
        """Behind the brace of a class stand the names of variables of it, or of the type."""
        if scope.kind != "class":
            return scope.end + 1
        end = self._semicolon(scope.end + 1)
        names = [t.text for t in self.tokens[scope.end + 1 : end] if t.kind == ID]
        if self.tokens[scope.first].text == "typedef":
            if scope.name in self.view.holders or not scope.name and "" in self.view.holders:
                self.view.holders.update(names)
        elif names:
            self._declare(scope.first, end, body=(scope.end + 1, scope.name))
        self.view.holders.discard("")
        return end

    def _statement(self, index: int) -> int:
        """Reads one declaration and answers with the index behind it, or behind the brace of the scope it opens."""
        tokens, text = self.tokens, self.tokens[index].text
        if text in (";", "}", ")", "]"):
            return index + 1
        if text == "template" and tokens[min(index + 1, len(tokens) - 1)].text == "<":
            return behind_angles(tokens, index + 1, len(tokens))
        if text in _SKIPPED:
            return self._semicolon(index)
        if index + 1 < len(tokens) and tokens[index + 1].text == ":" and tokens[index].kind == ID:
            return index + 2
        return self._shaped(index)

    def _shaped(self, first: int) -> int:
        """Finds whether a function, a class, a namespace or a plain declaration begins at ``first``."""
        tokens, index, parameters, colon, keyed = self.tokens, first, -1, False, ""
        end = self.scopes[-1].end
        while index < end:
            text = tokens[index].text
            if text == ";":
                self._plain(first, index + 1)
                return index + 1
            if text in (*_CLASSES, "enum", "namespace") and parameters < 0:
                keyed = keyed or text
            elif text == "=" and keyed != "namespace" and tokens[index - 1].text != "operator":
                stop = self._semicolon(index)
                self._plain(first, stop)
                return stop
            elif text == "<" and tokens[index - 1].kind == ID:
                index = max(behind_angles(tokens, index, end), index + 1) - 1
            elif text == ":" and parameters >= 0:
                colon = True
            elif text == "(" and index > first and parameters < 0 and tokens[index - 1].text not in ("__attribute__", "alignas", "__declspec"):
                parameters, index = index, self.partners.get(index, index)
            elif text == "{":
                behind = self._brace(first, index, parameters, colon, keyed)
                if behind >= 0:
                    return behind
                index = self.partners.get(index, index)
            elif text in ("(", "["):
                index = self.partners.get(index, index)
            index += 1
        return end

    def _brace(self, first: int, index: int, parameters: int, colon: bool, keyed: str) -> int:
        """What the brace at ``index`` opens; -1 where it only holds values."""
        tokens, end = self.tokens, self.partners.get(index, self.scopes[-1].end)
        if keyed == "namespace" or (tokens[first].text == "extern" and index == first + 2 and tokens[first + 1].kind == STRING):
            self.scopes.append(_Scope(end, "namespace", first))
            return index + 1
        if parameters >= 0:
            if colon and tokens[index - 1].text not in (")", "}") and end < self.scopes[-1].end:
                return -1
            self._function(first, parameters, index, end)
            return end + 1
        if keyed in _CLASSES:
            named = [t.text for t in tokens[first:index] if t.kind == ID and t.text not in STORAGE and t.text not in ("typedef", "final")]
            if self.view.holders.union(OBJECT_STRUCTS) & set(named[1:]):  # its bases
                self.view.holders.add(named[0])
            self.scopes.append(_Scope(end, "class", first, named[0] if named else ""))
            return index + 1
        return -1

    def _semicolon(self, index: int) -> int:
        """Behind the next semicolon that stands outside brackets."""
        end = self.scopes[-1].end
        while index < end and self.tokens[index].text != ";":
            index = self.partners.get(index, index) + 1
        return min(index + 1, len(self.tokens))

    def _plain(self, first: int, last: int) -> None:
        words = {t.text for t in self.tokens[first : min(first + 6, last)]}
        if self.scopes[-1].kind == "class":
            self._member(first, last, words)
        elif "typedef" not in words:
            self._declare(first, last)

    def _member(self, first: int, last: int, words: set[str]) -> None:
        """Members are no variables, but ``inline static`` ones; a class that has a pointer to an object holds it."""
        if {"inline", "static"} <= words:
            self._declare(first, last)
        elif "static" not in words and any(v.stars and v.base in OBJECT_STRUCTS or v.base in self.view.holders for v in declared(self.view, first, last)):
            self.view.holders.add(self.scopes[-1].name)

    def _declare(self, first: int, last: int, function: Function | None = None, body: tuple[int, str] | None = None) -> None:
        self.view.variables += declared(self.view, first, last, function, body)
        if function is None:
            self.view.declarations.append(Declaration(OTHER, body[0] if body else first, last))

    def _function(self, first: int, parameters: int, body: int, end: int) -> None:
        tokens = self.tokens
        name = tokens[parameters - 1].text
        declaration = Declaration(FUNCTION, first, min(end + 1, len(tokens)), name, body, parameters)
        static = any(t.text == "static" for t in tokens[first:parameters])
        last = self.partners.get(parameters, parameters)
        names = [
            Parameter(tokens[i].text, "") for i in range(parameters + 1, last) if tokens[i].kind == ID and tokens[i + 1].text in (",", ")", "=", "[")
        ]
        function = Function(name, self.view, declaration, tuple(names), "", static)
        self.view.declarations.append(declaration)
        key = name if name not in self.view.functions else f"{name}:{first}"
        self.view.functions[key] = function
        self._locals(function)

    def _locals(self, function: Function) -> None:
        tokens, index, end = self.tokens, function.declaration.body + 1, function.declaration.last
        while index < end:
            if tokens[index].text in ("static", "thread_local") and tokens[index - 1].text in _BEGINS:
                stop = index
                while stop < end and tokens[stop].text != ";":
                    stop = self.partners.get(stop, stop) + 1
                self._declare(index, min(stop + 1, end), function)
                index = stop
            index += 1
