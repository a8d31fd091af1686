"""One declaration as a pycparser tree, with every node leading back to a token.

pycparser takes a lexer; it is given the preprocessed tokens with the token's index as the line, so ``node.coord.line``
is an index into the unit's tokens. Names that stand where only a type can stand are taken for types, and tried again.
"""

from __future__ import annotations

import re

from pycparser import c_ast
from pycparser.c_parser import CParser, ParseError

from porter.frontend.declarations import closing
from porter.frontend.lexer import CHAR, ID, NUMBER, STRING, Token

_KEYWORDS = {
    word: word.upper()
    for word in (
        "auto break case char const continue default do double else enum extern float for goto if inline int long "
        "register offsetof restrict return short signed sizeof static struct switch typedef union unsigned void volatile while"
    ).split()
} | {
    "_Bool": "_BOOL", "_Complex": "_COMPLEX", "_Noreturn": "_NORETURN", "_Thread_local": "_THREAD_LOCAL", "__int128": "__INT128",
    "_Static_assert": "_STATIC_ASSERT", "_Atomic": "_ATOMIC", "_Alignof": "_ALIGNOF", "_Alignas": "_ALIGNAS", "_Pragma": "_PRAGMA",
    "__inline": "INLINE", "__inline__": "INLINE", "__const": "CONST", "__const__": "CONST", "__volatile__": "VOLATILE", "__volatile": "VOLATILE",
    "__restrict": "RESTRICT", "__restrict__": "RESTRICT", "__signed__": "SIGNED", "__thread": "_THREAD_LOCAL", "__forceinline": "INLINE",
    "__builtin_offsetof": "OFFSETOF",
}  # fmt: skip
_PUNCTUATION = {
    "...": "ELLIPSIS", "<<=": "LSHIFTEQUAL", ">>=": "RSHIFTEQUAL", "++": "PLUSPLUS", "--": "MINUSMINUS", "->": "ARROW", "&&": "LAND",
    "||": "LOR", "<<": "LSHIFT", ">>": "RSHIFT", "<=": "LE", ">=": "GE", "==": "EQ", "!=": "NE", "*=": "TIMESEQUAL", "/=": "DIVEQUAL",
    "%=": "MODEQUAL", "+=": "PLUSEQUAL", "-=": "MINUSEQUAL", "&=": "ANDEQUAL", "|=": "OREQUAL", "^=": "XOREQUAL", "=": "EQUALS",
    "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "DIVIDE", "%": "MOD", "|": "OR", "&": "AND", "~": "NOT", "^": "XOR", "!": "LNOT",
    "<": "LT", ">": "GT", "?": "CONDOP", "(": "LPAREN", ")": "RPAREN", "[": "LBRACKET", "]": "RBRACKET", "{": "LBRACE", "}": "RBRACE",
    ",": "COMMA", ".": "PERIOD", ";": "SEMI", ":": "COLON",
}  # fmt: skip
_DROPPED = frozenset(("__extension__", "__cdecl", "__stdcall", "__fastcall", "_cdecl", "__unaligned", "WINAPI", "CALLBACK"))
_DROPPED_CALLS = frozenset(("__attribute__", "__attribute", "__declspec", "__asm__", "__asm", "asm", "_Alignas", "__pragma", "_Pragma", "_Static_assert"))
_CHARS = {"": "CHAR_CONST", "L": "WCHAR_CONST", "u8": "U8CHAR_CONST", "u": "U16CHAR_CONST", "U": "U32CHAR_CONST"}
_STRINGS = {"": "STRING_LITERAL", "L": "WSTRING_LITERAL", "u8": "U8STRING_LITERAL", "u": "U16STRING_LITERAL", "U": "U32STRING_LITERAL"}
_PLACE = re.compile(r"^\S*?:(\d+)")
_TYPE_SPECIFIERS = frozenset(("int", "char", "void", "long", "short", "double", "float", "unsigned", "signed", "_Bool", "struct", "union", "enum"))
_TRIES = 12


class Unparsed(Exception):
    """A declaration pycparser does not read; ``index`` is the token it stopped at."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(why)
        self.index, self.why = index, why


class _Fed:
    """A token as pycparser wants one."""

    __slots__ = ("type", "value", "lineno", "column", "filename")

    def __init__(self, kind: str, value: str, index: int) -> None:
        self.type, self.value, self.lineno, self.column, self.filename = kind, value, index, 0, ""


class _Feed:
    """The lexer given to pycparser: hands out prepared tokens."""

    filename = ""

    def __init__(self, *_args: object, **_options: object) -> None:
        self.tokens = iter(())

    def input(self, tokens, filename: str = "") -> None:
        self.tokens = iter(tokens)

    def token(self) -> _Fed | None:
        return next(self.tokens, None)


def parse(tokens: list[Token], first: int, last: int, types: set[str]) -> c_ast.FileAST:
    """The tree of the declarations in ``first <= i < last``. Names found to be types are added to ``types``.

    Raises :class:`Unparsed`.
    """
    fed = feed(tokens, first, last)
    names = {t.value for t in fed if t.type == "ID"}
    guessed: set[str] = set()
    for _ in range(_TRIES):
        try:
            tree = CParser(lexer=_Feed).parse([*_typedefs((types | guessed) & names), *fed])
            types |= guessed
            return tree
        except ParseError as problem:
            index = _stopped_at(problem, last)
            guess = _unknown_type(fed, index, types | guessed)
            if not guess:
                raise Unparsed(min(index, last - 1), _reason(problem)) from None
            guessed |= guess
        except (RecursionError, AssertionError, AttributeError, IndexError, TypeError, ValueError, KeyError) as problem:
            raise Unparsed(first, f"the parser failed ({type(problem).__name__})") from None
    raise Unparsed(first, "too many unknown names")


def feed(tokens: list[Token], first: int, last: int) -> list[_Fed]:
    """The tokens as the parser wants them, compiler extensions that change no meaning left out."""
    fed, index = [], first
    while index < last:
        token = tokens[index]
        text = token.text
        if token.kind == ID and text in _DROPPED:
            index += 1
            continue
        if token.kind == ID and text in _DROPPED_CALLS:
            index = _behind_call(tokens, index, last)
            continue
        fed.append(_Fed(_kind(token), text, index))
        index += 1
    return fed


def _behind_call(tokens: list[Token], index: int, last: int) -> int:
    index += 1
    while index < last and tokens[index].text in ("volatile", "__volatile__", "goto"):
        index += 1
    if index < last and tokens[index].text == "(":
        return closing(tokens, index, last) + 1
    return index


def _kind(token: Token) -> str:
    text = token.text
    if token.kind == ID:
        return _KEYWORDS.get(text, "ID")
    if token.kind == NUMBER:
        return _number(text)
    if token.kind == STRING:
        return _STRINGS[text[: text.index('"')]]
    if token.kind == CHAR:
        return _CHARS[text[: text.index("'")]]
    return _PUNCTUATION.get(text, "PPHASH")


def _number(text: str) -> str:
    low = text.lower()
    if low.startswith("0x"):
        return "HEX_FLOAT_CONST" if "p" in low else "INT_CONST_HEX"
    if low.startswith("0b"):
        return "INT_CONST_BIN"
    if any(c in low for c in ".e") or low[-1] == "f":
        return "FLOAT_CONST"
    return "INT_CONST_OCT" if low[0] == "0" and len(low.rstrip("ul")) > 1 else "INT_CONST_DEC"


def _typedefs(names: set[str]) -> list[_Fed]:
    made = []
    for name in sorted(names):
        made += [_Fed("TYPEDEF", "typedef", 0), _Fed("INT", "int", 0), _Fed("ID", name, 0), _Fed("SEMI", ";", 0)]
    return made


def _stopped_at(problem: ParseError, last: int) -> int:
    match = _PLACE.match(str(problem))
    return int(match[1]) if match else last


def _reason(problem: ParseError) -> str:
    return _PLACE.sub("", str(problem)).lstrip(": 0123456789") or "unexpected end"


def _unknown_type(fed: list[_Fed], index: int, types: set[str]) -> set[str]:
    """A name near the place the parser stopped at that can only be a type."""
    at = next((i for i, t in enumerate(fed) if t.lineno >= index), len(fed) - 1)
    for i in range(at, max(at - 8, -1), -1):
        token = fed[i]
        if token.type == "ID" and token.value not in types and _stands_as_type(fed, i):
            return {token.value}
    for i in range(at + 1, min(at + 3, len(fed))):
        if fed[i].type == "ID" and fed[i].value not in types and _stands_as_type(fed, i):
            return {fed[i].value}
    return set()


def _stands_as_type(fed: list[_Fed], i: int) -> bool:
    before = fed[i - 1].type if i else "SEMI"
    after = fed[i + 1].type if i + 1 < len(fed) else "SEMI"
    behind = fed[i + 2].type if i + 2 < len(fed) else "SEMI"
    if before in ("PERIOD", "ARROW", "GOTO", "STRUCT", "UNION", "ENUM"):
        return False
    if after == "ID":
        return before != "ID"
    if after == "TIMES":
        if before == "LPAREN" and behind in ("RPAREN", "TIMES", "ID", "CONST", "COMMA"):
            return True
        return before in ("SEMI", "LBRACE", "RBRACE", "STATIC", "CONST", "EXTERN", "INLINE", "COMMA", "TYPEDEF", "VOLATILE", "COLON", "REGISTER", "SIZEOF")
    if after == "RPAREN" and before == "LPAREN":
        return behind in ("ID", "LPAREN", "LBRACE", "STRING_LITERAL", "CHAR_CONST", "NOT", "LNOT") or "CONST_" in behind
    if after in ("CONST", "VOLATILE", "RESTRICT"):
        return True
    if after in ("COMMA", "RPAREN", "LPAREN", "LBRACKET"):
        return before in ("CONST", "TYPEDEF", "STATIC", "INLINE") or (after != "LBRACKET" and before == "LPAREN")
    return False
