"""Texts made to be slow or deep: each is read in time that grows with its size, and never overflows a stack.

The limit is on growth: a text eight times as long may take at most about three times eight times as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from porter.errors import Gap
from porter.facts.gather import gather
from porter.settings import Settings
from porter.tree.model import Extension

DEEP = 10_000
SMALL, LARGE = 2_000, 16_000
ALLOWED = 3.0
FLOOR = 0.2
MOST = 60
TOO_MUCH = ("macro calls", "a macro bomb", "an argument bomb", "includes", "a condition")

REPEATED: dict[str, Callable[[int], str]] = {
    "unclosed functions": lambda n: "int f(void) {\n  if (\n}\n" * n,
    "unclosed braces": lambda n: "int f(void) {\n" * n,
    "unclosed parentheses": lambda n: "(\n" * n,
    "closing brackets": lambda n: "(" * n + "]" * n,
    "stray braces": lambda n: "}\n" * n,
    "unclosed macro calls": lambda n: "#define f(x) x\n" + "f(" * n,
    "stray directives": lambda n: "#else\n#endif\n" * n,
    "alternating elses": lambda n: "#if 0\n" + "#else\n" * n,
    "conditions not closed": lambda n: "#if 1\n" * n,
    "conditions that are none": lambda n: "#if )\n#endif\n" * n,
    "conditions in a row": lambda n: "#if 0\nint a;\n#elif 1\nint b;\n#else\nint c;\n#endif\n" * n,
    "quotes not closed": lambda n: '\\"' * n,
    "stars in a comment": lambda n: "/*" + "*a" * n,
    "splices": lambda n: "int a\\\nb;\n" * n,
    "declarators": lambda n: "int " + ", ".join(f"a{i} = {i}" for i in range(n)) + ";",
    "pointers to functions": lambda n: "int " + ", ".join(f"(*a{i})(int)" for i in range(n)) + ";",
    "an array": lambda n: "static int a[] = {" + "1, " * n + "};",
    "rows": lambda n: "static struct s { int a, b; } t[] = {" + "{1, 2}, " * n + "};",
    "members": lambda n: "struct s {" + "unknown a; " * n + "};",
    "constants": lambda n: "enum e {" + ", ".join(f"A{i}" for i in range(n)) + "};",
    "variables": lambda n: "".join(f"static int v{i};\n" for i in range(n)),
    "variables and their uses": lambda n: "".join(f"static PyObject *v{i};\nint f{i}(void) {{ v{i} = 0; return 1; }}\n" for i in range(n // 4)),
    "one variable, many uses": lambda n: "static int v;\nint f(void) {" + "v++;" * n + "}",
    "one function, many locals": lambda n: "static int v;\nint f(void) {" + "".join(f"static int l{i}; v = l{i};" for i in range(n // 4)) + "}",
    "old-style functions": lambda n: "int f(a, b) int a; char b; { return a; }\n" * n,
    "old-style declarations": lambda n: "int f(a) " + "int a; " * n,
    "braces behind a name": lambda n: "int f() , " + "{} " * n + ";",
    "an object macro a line": lambda n: "".join(f"#define M{i} {i}\nint a{i} = M{i};\n" for i in range(n)),
    "a chain of macros": lambda n: "#define M0 1\n" + "".join(f"#define M{i + 1} M{i}\n" for i in range(n // 20)) + f"M{n // 20}",
    "one big argument": lambda n: "#define f(x) x\nf(" + "a, b " * n + ")",
    "type pointers": lambda n: "".join(f"static PyTypeObject T{i};\n" for i in range(n // 4)),
    "includes of itself": lambda n: '#include "t.c"\n' * (n // 100),
    "raw strings": lambda n: 'R"(' * n,
}
CPP = {
    "classes": lambda n: "struct S { PyObject *a; void f() { static int x; } };\n" * n,
    "unclosed classes": lambda n: "class A {\n" * n,
    "classes in classes": lambda n: "struct A {" * n + "} x;" * n,
    "namespaces": lambda n: "namespace a {" * n + "}" * n,
    "templates": lambda n: "template <" * n,
    "angles": lambda n: "a<" * n,
    "constructors": lambda n: "A() : a{1}, b{2} {} " * n,
    "functions": REPEATED["variables and their uses"],
}
ONCE = {
    "parentheses": "int a = " + "(" * DEEP + "1" + ")" * DEEP + ";",
    "brackets of a declarator": "int " + "(" * DEEP + "a" + ")" * DEEP + ";",
    "pointers": "int " + "*" * DEEP + "a;",
    "arrays": "int a" + "[1]" * DEEP + ";",
    "braces": "int f(void) " + "{" * DEEP + "}" * DEEP,
    "structs": "struct s " + "{ struct " * DEEP + "x; }" * DEEP + ";",
    "a condition": "#if " + "(" * DEEP + "1" + ")" * DEEP + "\n#endif\n",
    "signs of a condition": "#if " + "-" * DEEP + "1\n#endif\n",
    "choices of a condition": "#if " + "1 ? 1 : " * DEEP + "1\n#endif\n",
    "conditions": "#if 1\n" * DEEP + "#endif\n" * DEEP,
    "macro calls": "#define f(x) x\n" + "f(" * DEEP + "1" + ")" * DEEP,
    "a macro bomb": "#define M0 a a a a a a a a a a\n" + "".join(f"#define M{i + 1} {f'M{i} ' * 10}\n" for i in range(12)) + "M12\n",
    "an argument bomb": "#define f(x) x x\n" + "f(" * 40 + "1" + ")" * 40,
    "includes": '#include "t.c"\n#include "t.c"\nint a;\n',
}


def _seconds(text: str, file: str = "t.c") -> float:
    return _read(text, file)[0]


def _read(text: str, file: str = "t.c") -> tuple[float, tuple[Gap, ...]]:
    started = time.process_time()
    facts = gather(Extension("m", (file,)), lambda name: text if name == file else Gap(name, 0, name, "absent"), Settings())
    return time.process_time() - started, facts.gaps


@pytest.mark.parametrize("name", REPEATED)
def test_time_grows_with_the_size(name: str) -> None:
    small = max(_seconds(REPEATED[name](SMALL)), FLOOR)
    assert _seconds(REPEATED[name](LARGE)) < ALLOWED * small * LARGE / SMALL


@pytest.mark.parametrize("name", CPP)
def test_time_grows_with_the_size_in_cpp(name: str) -> None:
    small = max(_seconds(CPP[name](SMALL), "t.cc"), FLOOR)
    assert _seconds(CPP[name](LARGE), "t.cc") < ALLOWED * small * LARGE / SMALL


@pytest.mark.parametrize("name", ONCE)
def test_depth_is_no_trap_and_what_is_too_much_is_a_gap(name: str) -> None:
    seconds, gaps = _read(ONCE[name])
    assert seconds < MOST
    assert gaps or name not in TOO_MUCH


def test_a_file_of_five_megabytes() -> None:
    line = "static PyObject *v%d; /* a comment of some length to fill the file */ int f%d(int a, char *b) { return v%d != 0 && a; }\n"
    text = "".join(line % (i, i, i) for i in range(40_000))
    assert len(text) > 5_000_000
    assert _seconds(text) < 120
