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
from porter.frontend.recover import unknown_type, without_macros

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
    "__builtin_offsetof": "OFFSETOF", "thread_local": "_THREAD_LOCAL", "__auto_type": "INT", "__complex__": "_COMPLEX", "__alignof__": "_ALIGNOF", "constexpr": "CONST",
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
_DROPPED_CALLS = frozenset(("__attribute__", "__attribute", "__declspec", "__asm__", "__asm", "asm", "_Alignas", "__pragma", "_Pragma", "_Static_assert", "static_assert", "alignas"))
_TYPE_CALLS = frozenset(("typeof", "__typeof__", "__typeof", "typeof_unqual", "_BitInt"))
_CHARS = {"": "CHAR_CONST", "L": "WCHAR_CONST", "u8": "U8CHAR_CONST", "u": "U16CHAR_CONST", "U": "U32CHAR_CONST"}
_STRINGS = {"": "STRING_LITERAL", "L": "WSTRING_LITERAL", "u8": "U8STRING_LITERAL", "u": "U16STRING_LITERAL", "U": "U32STRING_LITERAL"}
_PLACE = re.compile(r"^\S*?:(\d+)")
_HIDDEN = re.compile(r"Non-typedef '(\w+)' previously declared as typedef")
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


def parse(tokens: list[Token], first: int, last: int, types: set[str], values: bool = True) -> c_ast.FileAST:
    """The tree of the declarations in ``first <= i < last``. Names found to be types are added to ``types``.

    Without ``values`` the initialisers are left out: what a variable is set to does not change what it is.
    Raises :class:`Unparsed`.
    """
    fed = feed(tokens, first, last, values)
    known, guessed = types & {t.value for t in fed if t.type == "ID"}, set()
    for attempt in range(_TRIES):
        try:
            tree = CParser(lexer=_Feed).parse([*_typedefs(known | guessed), *fed])
            types |= guessed
            return tree
        except ParseError as problem:
            index, hidden = _stopped_at(problem, last), _HIDDEN.search(str(problem))
            for token in fed:  # the parser marks the names it knows as types
                token.type = "ID" if token.type == "TYPEID" else token.type
            guess = unknown_type(fed, index, known | guessed) if attempt else set()
            if attempt == 0:
                fed, guess = without_macros(fed, known)
            elif hidden and hidden[1] in known:
                known.discard(hidden[1])
            elif not guess:
                raise Unparsed(min(index, last - 1), _reason(problem)) from None
            guessed |= guess
        except (RecursionError, AssertionError, AttributeError, IndexError, TypeError, ValueError, KeyError) as problem:
            raise Unparsed(first, f"the parser failed ({type(problem).__name__})") from None
    raise Unparsed(first, "too many unknown names")


def feed(tokens: list[Token], first: int, last: int, values: bool = True) -> list[_Fed]:
    """The tokens as the parser wants them, compiler extensions that change no meaning left out."""
    fed, index, depth = [], first, 0
    while index < last:
        token = tokens[index]
        text = token.text
        if not values and text == "=" and not depth:
            index = _behind_value(tokens, index, last)
        elif token.kind == ID and text in _DROPPED:
            index += 1
        elif token.kind == ID and (text in _DROPPED_CALLS or text in _TYPE_CALLS):
            if text in _TYPE_CALLS:
                fed.append(_Fed("INT", "int", index))
            index = _behind_call(tokens, index, last)
        elif text == "[" and index + 1 < last and tokens[index + 1].text == "[":
            index = closing(tokens, index, last) + 1
        elif token.kind == ID and fed and fed[-1].type.endswith("STRING_LITERAL"):  # a macro between literals: PRIu64
            index = _behind_call(tokens, index, last)
        else:
            depth += (text in "([{") - (text in ")]}") if len(text) == 1 else 0
            fed.append(_Fed(_kind(token), text, index))
            index += 1
    if not values and fed and fed[-1].type != "SEMI" and not depth:
        fed.append(_Fed("SEMI", ";", last - 1))
    return fed


def _behind_value(tokens: list[Token], index: int, last: int) -> int:
    while index < last and tokens[index].text not in (",", ";"):
        index = closing(tokens, index, last) if tokens[index].text in ("(", "[", "{") else index
        index += 1
    return min(index, last)


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
        return _STRINGS[text[: text.index('"')].rstrip("R")]
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
