"""What is done with a declaration that does not parse at first: unknown names are taken for types, unknown macros left out.

C cannot be parsed without knowing which names are types. A name that stands where only a type can stand is one; a name that
stands where nothing can stand is a macro of a header that was not read, such as an export or alignment attribute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Fed(Protocol):
    """A token as pycparser wants one; ``lineno`` is its index in the unit."""

    type: str
    value: str
    lineno: int


_SPECIFIERS = frozenset("INT CHAR VOID LONG SHORT DOUBLE FLOAT UNSIGNED SIGNED _BOOL __INT128 _COMPLEX".split())
_TAGS = frozenset(("STRUCT", "UNION", "ENUM"))
_OTHERS = frozenset("STATIC CONST EXTERN INLINE TYPEDEF VOLATILE REGISTER _THREAD_LOCAL RESTRICT _NORETURN AUTO".split())
_WORDS = _SPECIFIERS | _TAGS | _OTHERS | {"ID"}
_BEFORE_TYPE = _OTHERS | {"SEMI", "LBRACE", "RBRACE", "COMMA", "COLON", "LPAREN"}
_UNTYPED = frozenset(("TIMES", "RBRACE", "RPAREN", "RBRACKET"))


def without_macros(fed: Sequence[Fed], types: set[str]) -> tuple[list[Fed], set[str]]:
    """The tokens without names and calls that can only be macros that expand to attributes or to nothing, and the types found.

    In a run of words such as ``EXPORT static foo x UNUSED`` one is the type and one the name; a word in capitals is rather
    neither.
    """
    kept: list[Fed] = []
    found: set[str] = set()
    index = 0
    while index < len(fed):
        size = fed[index].type == "LBRACKET"
        end = _run_end(fed, index)
        if size or end == index:
            behind = _behind_bracket(fed, index) if size else index + 1
            kept += fed[index:behind]
            index = behind
            continue
        run = _Run(fed, index, end, kept[-1].type if kept else "SEMI", types | found)
        kept += run.words()
        found |= run.found
        index = end
    return kept, found


def _run_end(fed: Sequence[Fed], index: int) -> int:
    """The end of the words at ``index``; a macro's arguments belong to it where more words follow."""
    while index < len(fed) and fed[index].type in _WORDS:
        behind = _behind_call(fed, index)
        index = behind if behind and _at(fed, behind) in _WORDS and _at(fed, behind + 1) != "LPAREN" else index + 1
    return index


def _behind_bracket(fed: Sequence[Fed], index: int) -> int:
    depth = 0
    for i in range(index, len(fed)):
        depth += (fed[i].type == "LBRACKET") - (fed[i].type == "RBRACKET")
        if depth == 0:
            return i + 1
    return len(fed)


def _behind_call(fed: Sequence[Fed], index: int) -> int:
    if fed[index].type != "ID" or _at(fed, index + 1) != "LPAREN":
        return 0
    depth = 0
    for i in range(index + 1, len(fed)):
        depth += (fed[i].type == "LPAREN") - (fed[i].type == "RPAREN")
        if depth == 0:
            return i + 1
    return 0


class _Run:
    """Words side by side: specifiers, a type, a name, and what is none of them."""

    def __init__(self, fed: Sequence[Fed], first: int, end: int, before: str, types: set[str]) -> None:
        self.before, self.after, self.types = before, _at(fed, end), types
        self.pointer = self.after == "TIMES" or (self.after == "LPAREN" and _at(fed, end + 1) == "TIMES")
        self.units: list[list[Fed]] = []
        self.found: set[str] = set()
        while first < end:
            behind = _behind_call(fed, first)
            width = behind - first if behind and behind < end else 1
            if fed[first].type in _TAGS and _at(fed, first + 1) == "ID":
                width = 3 if _at(fed, first + 2) == "ID" and self.after == "LBRACE" and first + 3 == end else 2
            self.units.append(list(fed[first : first + width]))
            first += width

    def words(self) -> list[Fed]:
        names = [i for i, unit in enumerate(self.units) if len(unit) == 1 and unit[0].type == "ID"]
        typed = self.before in _UNTYPED or any(self._is_type(unit) for unit in self.units)
        unknown = [i for i in names if self.units[i][0].value not in self.types]
        chosen = set()
        if not self.pointer and unknown:
            alone = typed or len(unknown) == 1 or self.before not in _BEFORE_TYPE
            chosen.add(self._pick(unknown) if alone or self._pick(unknown) != unknown[0] else unknown[1])  # the first is the type
        if not typed and (rest := [i for i in unknown if not chosen or i < min(chosen)]) and self.before in _BEFORE_TYPE:
            chosen.add(kind := self._pick(rest))
            self.found.add(self.units[kind][0].value)
        if self.before in ("RBRACKET", "RPAREN") and self.after in ("SEMI", "COMMA", "EQUALS"):
            chosen = set()
        if len(unknown) == 1 and not self.found and self.before not in ("RBRACKET", "RPAREN") and not (self.pointer and typed):
            chosen = set(unknown)
        return [token for i, unit in enumerate(self.units) for token in self._unit(unit, i in chosen or i not in unknown)]

    def _unit(self, unit: list[Fed], wanted: bool) -> list[Fed]:
        if unit[0].type == "ID":
            return unit if wanted and len(unit) == 1 else []
        return [unit[0], unit[2]] if len(unit) == 3 else unit

    def _is_type(self, unit: list[Fed]) -> bool:
        return unit[0].type in _SPECIFIERS | _TAGS or (len(unit) == 1 and unit[0].value in self.types)

    def _pick(self, candidates: list[int]) -> int:
        quiet = [i for i in candidates if not _loud(self.units[i][0].value)]
        behind_type = [i for i in candidates if (self._is_type(self.units[i - 1]) if i else self.before == "TIMES")]
        return (quiet[-1:] or behind_type or candidates[-1:])[0]


def _loud(name: str) -> bool:
    """Whether a name looks like that of a macro."""
    return name.isupper() or name.startswith("__")


def unknown_type(fed: Sequence[Fed], index: int, types: set[str]) -> set[str]:
    """A name near the place the parser stopped at (the token ``index`` of the unit) that can only be a type."""
    at = next((i for i, t in enumerate(fed) if t.lineno >= index), len(fed) - 1)
    for i in (*range(at, max(at - 8, -1), -1), *range(at + 1, min(at + 3, len(fed)))):
        if fed[i].type == "ID" and fed[i].value not in types and _stands_as_type(fed, i):
            return {fed[i].value}
    return set()


def _stands_as_type(fed: Sequence[Fed], i: int) -> bool:
    before = fed[i - 1].type if i else "SEMI"
    after, behind = _at(fed, i + 1), _at(fed, i + 2)
    if before in ("PERIOD", "ARROW", "GOTO", "STRUCT", "UNION", "ENUM"):
        return False
    if after == "ID":
        return before != "ID"
    if after == "TIMES":
        if before == "LPAREN" and behind in ("RPAREN", "TIMES", "ID", "CONST", "COMMA"):
            return True
        return before in _BEFORE_TYPE or before == "SIZEOF"
    if after == "RPAREN" and before == "LPAREN":
        return behind in ("ID", "LPAREN", "LBRACE", "STRING_LITERAL", "CHAR_CONST", "NOT", "LNOT") or "CONST_" in behind
    if after in ("CONST", "VOLATILE", "RESTRICT"):
        return True
    if after in ("COMMA", "RPAREN", "LPAREN", "LBRACKET"):
        return before in ("CONST", "TYPEDEF", "STATIC", "INLINE") or (after != "LBRACKET" and (before == "LPAREN" or _among_parameters(fed, i)))
    return False


def _among_parameters(fed: Sequence[Fed], i: int) -> bool:
    """Whether a name stands alone between two commas or parentheses of a parameter list."""
    depth = 0
    for at in range(i - 1, -1, -1):
        kind = fed[at].type
        depth += (kind in ("RPAREN", "RBRACE")) - (kind in ("LPAREN", "LBRACE"))
        if depth < 0:
            return kind == "LPAREN" and fed[i - 1].type == "COMMA"
    return False


def _at(fed: Sequence[Fed], index: int) -> str:
    return fed[index].type if index < len(fed) else "SEMI"
