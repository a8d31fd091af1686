"""A unit: what it is made of, which arms were not taken, what it includes, and where each token comes from."""

from __future__ import annotations

import pytest
from frontend.texts import reader, unit_of, words

from porter.frontend.lexer import tokenize
from porter.frontend.unit import version_macros

VERSIONED = "#include <Python.h>\n#if PY_VERSION_HEX >= 0x030C0000\nnew\n#else\nold\n#endif\n"


@pytest.mark.parametrize(("python", "expected"), [("3.9", "old"), ("3.11", "old"), ("3.12", "new"), ("3.13", "new")])
def test_arms_are_chosen_by_the_target(python: str, expected: str) -> None:
    assert [t.text for t in reader({"t.c": VERSIONED}, python).unit("t.c").tokens] == [expected]
    assert version_macros(python)["PY_MINOR_VERSION"] == python.partition(".")[2]


def test_an_arm_not_taken_is_known_by_its_bytes_and_its_condition() -> None:
    text = "#ifdef _WIN32\nint w;\n#elif defined(X)\nint x;\n#else\nint e;\n#endif\n"
    unit = unit_of(text)
    assert [(text[s.start : s.end].strip(), s.condition) for s in unit.skipped] == [("int w;", "ifdef _WIN32"), ("int x;", "elif defined(X)")]
    assert [t.text for t in unit.tokens] == ["int", "e", ";"]


def test_another_configuration_of_the_same_file() -> None:
    read = reader({"t.c": "#ifdef _WIN32\nint w;\n#else\nint e;\n#endif\n"})
    assert [t.text for t in read.unit("t.c", _WIN32="1").tokens] == ["int", "w", ";"]
    assert [t.text for t in read.unit("t.c").tokens] == ["int", "e", ";"]
    assert [t.text for t in reader({"t.c": "__linux__ __GNUC__"}).unit("t.c", __linux__="").tokens] == ["__linux__", "12"]


def test_includes_lead_to_files_stand_ins_or_nothing() -> None:
    unit = unit_of('#include "h.h"\n#include <Python.h>\n#include <stdio.h>\n#include "absent.h"\n', h="int h;\n")
    assert [(i.name, i.target) for i in unit.includes] == [("h.h", "h.h"), ("Python.h", ""), ("stdio.h", ""), ("absent.h", None)]
    assert set(unit.texts) == {"t.c", "h.h"}


def test_a_header_named_from_a_folder_above_is_found() -> None:
    files = {"src/deep/t.c": '#include "src/deep/t.h"\n#include <src/deep/t.h>\n', "src/deep/t.h": "int t;\n"}
    assert [t.text for t in reader(files).unit("src/deep/t.c").tokens] == ["int", "t", ";"]


def test_guards_and_once() -> None:
    guarded = "#ifndef H\n#define H\nint h;\n#endif\n"
    assert words('#include "h.h"\n#include "h.h"\n', h=guarded) == ["int", "h", ";"]
    assert words('#include "h.h"\n#include "h.h"\n', h="#pragma once\nint h;\n") == ["int", "h", ";"]


def test_a_header_that_includes_itself_is_a_gap() -> None:
    unit = unit_of('#include "h.h"\nint a;', h='#include "h.h"\n')
    assert [t.text for t in unit.tokens] == ["int", "a", ";"]
    assert "cycle" in unit.gaps[0].why


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [("\n#if FOO(1)\n#endif\n", 2, "#if FOO(1)"), ("\n\n#if 1\nint a;\n", 3, "#if"), ("#endif\n", 1, "#endif"), ("#if 1 / 0\n#endif", 1, "#if 1 / 0")],
)
def test_directives_that_cannot_be_followed_are_gaps(text: str, line: int, what: str) -> None:
    (gap,) = unit_of(text).gaps
    assert (gap.line, gap.what) == (line, what)


def test_a_token_out_of_a_macro_knows_its_spelling_and_its_use() -> None:
    text = "#define ADD(a, b) ((a) + (b) + base)\nint x = ADD(one, 2);\n"
    by_text = {t.text: t for t in unit_of(text).tokens}
    assert text[by_text["one"].start :].startswith("one, 2")
    assert text[by_text["base"].start :].startswith("base)\n")
    assert by_text["base"].expansion.outermost.use.start == text.index("ADD(one")
    assert text[by_text["base"].expansion.last.start] == ")"
    assert by_text["x"].expansion is None


def test_a_name_made_by_pasting_has_no_spelling_but_a_use() -> None:
    text = "#define T(n) n##_Type\nT(Foo);\n"
    token = unit_of(text).tokens[0]
    assert (token.text, token.start, token.expansion.outermost.use.start) == ("Foo_Type", -1, text.index("T(Foo)"))


@pytest.mark.parametrize("splice", ("\\\n", "\\\r\n", "\\  \n"))
def test_continued_lines_keep_offsets(splice: str) -> None:
    text = f"int a{splice} ; lo{splice}ng b;"
    tokens = tokenize(text, "t.c")
    assert [t.text for t in tokens] == ["int", "a", ";", "long", "b", ";"]
    assert [text[t.start : t.end] if t.start >= 0 else None for t in tokens] == ["int", "a", ";", None, "b", ";"]


def test_bytes_of_any_encoding_are_names_and_texts() -> None:
    text = 'int \xe9t\xe9 = "\xff";'
    assert [t.text for t in tokenize(text, "t.c")] == ["int", "\xe9t\xe9", "=", '"\xff"', ";"]


def test_a_literal_that_does_not_end_stops_at_its_line() -> None:
    assert words("#error don't\nint a;\n#if 0\nit's\n#endif\nint b;\n") == ["int", "a", ";", "int", "b", ";"]


def test_a_raw_string_that_never_ends_is_a_gap() -> None:
    unit = unit_of('int a;\nchar *s = R"x(\nint b;\n')
    assert [(gap.line, gap.why) for gap in unit.gaps] == [(2, "it never ends; the rest of the file is not read")]
