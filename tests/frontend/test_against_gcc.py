"""Valid macro programs preprocess to the tokens that gcc makes of them."""

from __future__ import annotations

import subprocess

import pytest
from frontend.texts import words
from hypothesis import given, settings
from hypothesis import strategies as st

from porter.frontend.lexer import NEWLINE, tokenize

_PLAIN = ("a", "b", "1", "2u", "+", "-", ",", '"s"', "'c'", "x", "[", "]", ";", '"q\\"\\\\"', "'\\n'", ".", "...", "<<=")
_OBJECTS, _FUNCTIONS, _VARIADIC = ("A0", "A1", "A2"), ("F0", "F1", "F2"), ("V0", "V1")
_PARAMETERS = ("p", "q")


def _gcc(text: str) -> list[str]:
    done = subprocess.run(
        ["gcc", "-E", "-P", "-undef", "-x", "c", "-w", "-"], input=text, capture_output=True, text=True, timeout=60, check=True
    )
    return [t.text for t in tokenize(done.stdout, "") if t.kind != NEWLINE]


@st.composite
def calls(draw: st.DrawFn, names: tuple[str, ...], depth: int = 2) -> str:
    """Tokens that use macros, with balanced parentheses and the right number of arguments."""
    pieces = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.integers(0, 9 if depth else 5))
        if kind < 5:
            pieces.append(draw(st.sampled_from(names)))
        elif kind == 5:
            pieces.append(draw(st.sampled_from(_OBJECTS)))
        elif kind == 6:
            pieces.append("(" + draw(calls(names, depth - 1)) + ")")
        else:
            pieces.append(draw(call(names, depth - 1)))
    return draw(st.sampled_from((" ", " ", "\n" if names is _PLAIN else " "))).join(pieces)


@st.composite
def call(draw: st.DrawFn, names: tuple[str, ...], depth: int) -> str:
    """One use of a function-like macro."""
    quiet = tuple(n for n in names if n != ",")
    argument = calls(quiet, depth).map(lambda tokens: tokens if tokens.strip() else "e")  # gcc counts its own padding as an argument
    name = draw(st.sampled_from(_FUNCTIONS + _VARIADIC))
    count = {"F0": 1, "F1": 2, "F2": 0, "V0": draw(st.integers(1, 3)), "V1": draw(st.integers(2, 4))}[name]
    return f"{name}({', '.join(draw(argument) for _ in range(count))})"


@st.composite
def bodies(draw: st.DrawFn, parameters: tuple[str, ...]) -> str:
    """A macro's body: tokens, parameters, # and ##."""
    pieces = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.integers(0, 9))
        if parameters and kind == 0:
            pieces.append("#" + draw(st.sampled_from(parameters)))
        elif parameters and kind == 1:
            pieces.append(f"x{draw(st.integers(0, 3))} ## {draw(st.sampled_from(parameters))}")
        elif kind == 2:
            pieces.append(draw(st.sampled_from(("A ## 1", "F ## 0", "x ## y", "1 ## 2", "< ## <="))))
        elif "__VA_ARGS__" in parameters and kind == 3:
            pieces.append(draw(st.sampled_from((", ## __VA_ARGS__", "__VA_OPT__(a p,)", "__VA_OPT__(#p __VA_ARGS__)"))))
        elif parameters and kind < 6:
            pieces.append(draw(st.sampled_from(parameters)))
        else:
            pieces.append(draw(calls(tuple(n for n in _PLAIN if n != "..."), 1)).replace("\n", " "))
    return " ".join(pieces)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Definitions of all macros, and uses of them."""
    lines = [f"#define {name} {draw(bodies(()))}" for name in _OBJECTS]
    lines.append(f"#define F0(p) {draw(bodies(('p',)))}")
    lines.append(f"#define F1(p, q) {draw(bodies(_PARAMETERS))}")
    lines.append(f"#define F2() {draw(bodies(()))}")
    lines.append(f"#define V0(p, ...) {draw(bodies(('p', '__VA_ARGS__')))}")
    lines.append(f"#define V1(p, q...) {draw(bodies(('p', 'q')))}")
    return "\n".join([*lines, draw(calls(_PLAIN, 3)), draw(calls(_PLAIN, 3)), ""])


@settings(max_examples=150, deadline=None)
@given(programs())
def test_expansion_is_that_of_gcc(program: str) -> None:
    try:
        expected = _gcc(program)
    except subprocess.CalledProcessError:
        return  # two tokens that cannot be pasted: no program
    assert words(program) == expected, program


CASES = {
    "the example of the standard": """
#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };
""",
    "strings of strings": '#define s(x) #x\n#define xs(x) s(x)\nxs(s("a\\n" \'b\\\\\' c)) s(  a   b\n c ) s(L"\\"")\n',
    "names made by pasting": "#define T(n) static int n##_type; static char *n##_name = #n;\nT(a) T(b)\n#define U(n) T(n##x)\nU(c)\n",
    "variadic": "#define e(f, ...) p(f, ##__VA_ARGS__)\n#define o(f, ...) p(f __VA_OPT__(,) __VA_ARGS__)\n#define n(a...) q(a)\ne(1) e(1, 2) o(1) o(1, 2, 3) n() n(1, 2)\n",
    "conditions": "#if defined(A) || !defined B && 1 ? (2 > 1u) : 0\nyes\n#elif 1 / 0\n#else\nno\n#endif\n#define HAS defined(B)\n#if HAS\nbad\n#elif -1 > 0u && '\\377' < 0\ngood\n#endif\n",
    "arms in arms": "#if 0\n#if 1\na\n#else\nb\n#endif\n#elif 1\n#ifdef X\nc\n#else\nd\n#endif\n#else\ne\n#endif\nf\n",
    "lines continued": "#define m(a, \\\n b) a \\\n+ b\nm(1,\\\n2) in\\\nt x;\n",
    "calls over lines and directives": "#define f(a, b) a-b\nf(1,\n#define B 2\nB\n)\n#undef f\nf(1, 2)\n",
    "recursion": "#define foo foo bar\n#define a b\n#define b a\n#define f(x) x f\nfoo a b f(1)(2) f(f)(3)\n",
    "a comment is a space": "#define f(x)/**/x\n#define g /* c */ (x)\nf(1)/*\n*/g // end\nh\n",
    "the null directive": "#\n# /* c */\na\n # define b c\n b\n",
}


@pytest.mark.parametrize("name", CASES)
def test_the_known_corners_are_those_of_gcc(name: str) -> None:
    assert words(CASES[name]) == _gcc(CASES[name])


_OPERANDS = st.sampled_from(("0", "1", "2", "7", "-3", "0x7fffffffffffffff", "1u", "'a'", "'\\377'", "~0", "!3", "0xFFFFFFFFFFFFFFFF", "010", "A", "defined A"))
_EXPRESSIONS = st.recursive(
    _OPERANDS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+ - * / % & | ^ && || == != < > <= >=".split()), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from(("<<", ">>")), st.integers(0, 63)).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
        inner.map(lambda e: f"-{e}" if not e.startswith("-") else f"~{e}"),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(_EXPRESSIONS)
def test_conditions_are_those_of_gcc(expression: str) -> None:
    program = f"#if {expression}\nyes\n#else\nno\n#endif\n"
    try:
        expected = _gcc(program)
    except subprocess.CalledProcessError:
        return  # division by zero
    assert words(program) == expected
