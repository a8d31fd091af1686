"""How the author indents, and where new text can stand."""

from __future__ import annotations

import pytest
from plan.programs import program

from porter.rewrite.layout import before_declaration, body_indent, file_indent, line_end, outermost_conditionals


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("int f(void)\n{\n    return 0;\n}\n", "    "),
        ("int f(void) {\n  return 0;\n}\n", "  "),
        ("int f(void)\n{\n\treturn 0;\n}\n", "\t"),
        ("int f(void)\n{\n    if (a) {\n        b();\n    }\n    if (c) {\n        d();\n    }\n}\n", "    "),
        ("int a;\n", "    "),
    ],
)
def test_one_step(text: str, indent: str) -> None:
    assert file_indent(text) == indent


@pytest.mark.parametrize(("text", "indent"), [("{\n\tint a;", "\t"), ("{\n\n   int a;", "   "), ("{}", "    ")])
def test_the_first_line_of_a_body(text: str, indent: str) -> None:
    assert body_indent(text, 1) == indent


@pytest.mark.parametrize(
    ("text", "end"),
    [("{ /* a */ // b\nint", 14), ("{\nint", 1), ("{ int a;\n", None), ("{", 1), ("{ /* a */ int b;\n", None)],
)
def test_what_follows_on_the_line(text: str, end: int | None) -> None:
    assert line_end(text, 1) == end


def conditionals(text: str) -> list[str]:
    tokens = program(text).reader.tokens("m.c")
    return [text[start:end] for start, end in outermost_conditionals(tokens, text)]


def test_conditionals_at_the_outermost_level() -> None:
    inner = "#if A\n#ifdef B\nint b;\n#endif\n#else\nint a;\n#endif\n"
    assert conditionals(f"int x;\n{inner}int y;\n#ifdef C\n#endif\n") == [inner, "#ifdef C\n#endif\n"]


def test_an_include_guard_is_no_conditional() -> None:
    assert conditionals("#ifndef M_H\n#define M_H\n#if A\nint a;\n#endif\n#endif\n") == ["#if A\nint a;\n#endif\n"]


@pytest.mark.parametrize(
    ("text", "stands_at"),
    [
        ("int a;\n\nint HERE;\n", "int HERE"),
        ("int a;\n\n/* about it */\nint HERE;\n", "/* about"),
        ("int a;\n\n// about\n// it\nint HERE;\n", "// about"),
        ("int a; /* about a */\nint HERE;\n", "int HERE"),
        ("int a;\n#if A\nint HERE;\n#endif\n", "#if A"),
    ],
)
def test_before_a_declaration(text: str, stands_at: str) -> None:
    tokens = program(text).reader.tokens("m.c")
    found = before_declaration(text, text.index("HERE"), outermost_conditionals(tokens, text))
    assert found == text.index(stands_at)
