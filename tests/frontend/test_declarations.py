"""Tokens are cut into declarations by brackets alone, whatever stands in them."""

from __future__ import annotations

import pytest

from porter.frontend.declarations import FUNCTION, OTHER, TYPEDEF, split
from porter.frontend.lexer import NEWLINE, tokenize
from porter.frontend.parse import Unparsed, parse

CUTS = {
    "int f(void) { return 1; } int x;": [(FUNCTION, "f"), (OTHER, "")],
    "int f(a, b) int a; char *b; { return 1; } int g(void) { }": [(FUNCTION, "f"), (FUNCTION, "g")],
    "local int f(s) state *s; { ; } int y;": [(FUNCTION, "f"), (OTHER, "")],
    "MACRO(a) static int x; int y;": [(OTHER, "MACRO"), (OTHER, "")],
    "MACRO(a) int f(int b) { } int y;": [(FUNCTION, "f"), (OTHER, "")],
    "static MACRO(int) f(int a) { } int y;": [(FUNCTION, "f"), (OTHER, "")],
    "int f(int a) ATTRIBUTE(1) { } int y;": [(FUNCTION, "f"), (OTHER, "")],
    "int f(void) __attribute__((noinline)) { } int y;": [(FUNCTION, "f"), (OTHER, "")],
    "__attribute__((noinline)) int f(void); int y;": [(OTHER, "f"), (OTHER, "")],
    "void (*signal(int s))(int) { } int y;": [(FUNCTION, "signal"), (OTHER, "")],
    "struct s f(struct s a) { } int y;": [(FUNCTION, "f"), (OTHER, "")],
    "static void (*h)(int) = 0; typedef int (*fn)(int);": [(OTHER, ""), (TYPEDEF, "")],
    "struct x { int a; } y, z; enum { A, B } e;": [(OTHER, ""), (OTHER, "")],
    "int a[] = { f(1), {2} }, b; int q;": [(OTHER, ""), (OTHER, "")],
    'extern "C" { int f(void) { } int x; } int y;': [(FUNCTION, "f"), (OTHER, ""), (OTHER, "")],
    "static char a[] = static int b;": [(OTHER, ""), (OTHER, "")],
    "int f(void) { int g(void) { } ({ int a; }); switch (1) { case 1 ... 2: ; } }": [(FUNCTION, "f")],
    "int f(a); int g(int); int y;": [(OTHER, "f"), (OTHER, "g"), (OTHER, "")],
    ";;} int x;": [(OTHER, "")],
}


def _tokens(text: str):
    return [t for t in tokenize(text, "t.c") if t.kind != NEWLINE]


@pytest.mark.parametrize("text", CUTS)
def test_where_declarations_end(text: str) -> None:
    found = split(_tokens(text))
    assert [(d.kind, d.name) for d in found] == CUTS[text]
    assert all(d.balanced for d in found)


def test_a_bracket_that_does_not_close_loses_one_declaration() -> None:
    text = "int a;\nint f(void)\n{\n  g(;\n}\nint b;\nint h( {\nint x;\nint y;\n"
    tokens = _tokens(text)
    starts = frozenset(i for i, t in enumerate(tokens) if t.start == 0 or text[t.start - 1] == "\n")
    found = split(tokens, lambda: starts)
    assert [d.balanced for d in found] == [True, True, True, False, True]
    assert [tokens[d.first + 1].text for d in found] == ["a", "f", "b", "h", "y"]


PARSED = {
    "EXPORT foo x;": "x", "static foo x UNUSED;": "x", "static Obj *x UNUSED = 0;": "x", "MACRO(a) static int x;": "x", "EXPORT int x;": "x",
    "struct PACKED s { int a; unknown b; } x;": "x", "typedef EXPORT foo *x;": "x", "foo (*x)(int, bar *) NOTHROW;": "x", "typeof(y) x;": "x",
    "[[maybe_unused]] static int x;": "x", '__attribute__((aligned(8))) int x __asm__("y");': "x", "static volatile foo_t x = f;": "x",
    "foo a[N * (M + 1)], b : 3, x;": None, "struct s { foo a, *b; bar c[N]; baz (*d)(foo); } x;": "x", "int bool, x;": "x",
    "typedef struct x x, *px;": "px", "static Known x[] = { [0 ... 3] = UNKNOWN(1), };": "x", "int x = ;": "x", "foo": None, "int 3;": None,
}  # fmt: skip


@pytest.mark.parametrize("text", PARSED)
def test_unknown_names_do_not_stop_the_parser(text: str) -> None:
    tokens = _tokens(text)
    types = {"Known", "Obj", "bool"}
    if PARSED[text] is None:
        with pytest.raises(Unparsed):
            parse(tokens, 0, len(tokens), types, values=False)
    else:
        tree = parse(tokens, 0, len(tokens), types, values=False)
        assert tree.ext[-1].name == PARSED[text]
        assert tokens[tree.ext[-1].coord.line].kind != NEWLINE
