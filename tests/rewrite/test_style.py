"""New code is laid out as the file is, or as the tree asks of clang-format."""

from __future__ import annotations

from dataclasses import replace

import pytest

from porter.errors import Gap
from porter.rewrite.clang_format import asked_style
from porter.rewrite.style import Style, laid_out, written_style

NEW = """typedef struct {
    PyObject *a;
} m_state;

static PyObject *
m_make(PyObject *module, PyTypeObject **type, int n)
{
    m_state *state = (m_state *)PyModule_GetState(module);

    if (n > 0) {
        return PyObject_CallFunction((PyObject *)*type, n * 2);
    }
    else {
        for (; n < 0; n++) {
            m_step(n);
        }
    }
    return NULL;
}
"""
ALLMAN = Style("  ", head_lines=False, control_brace=True, pointer="left", spaced=False)
ATTACHED = Style(head_lines=False, function_brace=False, else_line=False, pointer="middle")


def test_the_style_of_cpython_is_what_porter_writes():
    assert laid_out(NEW, Style()) == NEW


def test_braces_of_their_own():
    assert laid_out(NEW, ALLMAN) == """typedef struct
{
    PyObject* a;
} m_state;

static PyObject* m_make(PyObject* module, PyTypeObject** type, int n)
{
    m_state* state = (m_state*)PyModule_GetState(module);

    if(n > 0)
    {
        return PyObject_CallFunction((PyObject*)*type, n * 2);
    }
    else
    {
        for(; n < 0; n++)
        {
            m_step(n);
        }
    }
    return NULL;
}
"""


def test_attached_braces():
    assert laid_out(NEW, ATTACHED) == """typedef struct {
    PyObject * a;
} m_state;

static PyObject * m_make(PyObject * module, PyTypeObject ** type, int n) {
    m_state * state = (m_state *)PyModule_GetState(module);

    if (n > 0) {
        return PyObject_CallFunction((PyObject *)*type, n * 2);
    } else {
        for (; n < 0; n++) {
            m_step(n);
        }
    }
    return NULL;
}
"""


def test_long_lines_are_broken_below_the_first_argument():
    text = "int\nm_call(void)\n{\n\tm_other(first, second(a, b, c), third, fourth);\n}\n"
    short = laid_out(text, Style("\t", columns=30))
    assert short == "int\nm_call(void)\n{\n\tm_other(first,\n\t        second(a, b, c),\n\t        third, fourth);\n}\n"


@pytest.mark.parametrize("style", [Style(), ATTACHED, replace(ALLMAN, indent="    ")])
def test_a_file_shows_its_style(style: Style):
    text = laid_out(NEW, style)
    assert written_style("\n".join([text] * 3), "    ") == style


def test_a_file_that_shows_little_or_this_and_that_has_none():
    assert written_style("int x;\n", "\t") == Style("\t")
    assert written_style(NEW * 2 + laid_out(NEW, ALLMAN) * 2, "    ") == Style()


def asked(text: str, written: Style = Style("\t"), name: str = ".clang-format", file: str = "src/m.c") -> Style | None:
    return asked_style(lambda path: text if path == name else Gap(path, 0, path, "absent"), file, written)


SETTINGS = {
    "ColumnLimit: 100": Style("  ", False, False, False, False, "right", True, 100),
    "BasedOnStyle: GNU": Style("  ", True, True, True, True, "right", True, 79),
    "BasedOnStyle: Google\nIndentWidth: 4": Style("    ", False, False, False, False, "right", True, 80),
    "BasedOnStyle: Google\nDerivePointerAlignment: false": Style("  ", False, False, False, False, "left", True, 80),
    "BasedOnStyle: InheritParentConfig\nIndentWidth: 3": Style("   ", True, True, False, True, "right", True, 0),
    "BreakBeforeBraces: Allman\nUseTab: Always\nIndentWidth: 8": Style("\t", False, True, True, True, "right", True, 80),
    "BreakBeforeBraces: Custom\nBraceWrapping:\n  AfterFunction: true\n  BeforeElse: true\nColumnLimit: 0": Style("  ", False, True, False, True, "right", True, 0),
    "AlwaysBreakAfterReturnType: TopLevelDefinitions\nSpaceBeforeParens: Never": Style("  ", True, False, False, False, "right", False, 80),
    "Language: JavaScript\nIndentWidth: 8\n---\nLanguage: Cpp\nIndentWidth: 4": Style("    ", False, False, False, False, "right", True, 80),
}  # fmt: skip


@pytest.mark.parametrize("text", SETTINGS)
def test_settings_of_clang_format(text: str):
    assert asked(text) == SETTINGS[text]


@pytest.mark.parametrize("text", ["DisableFormat: true", "IndentWidth: [", "- a\n- b", "", "\x00", "Language: Java\nIndentWidth: 8"])
def test_settings_that_say_nothing_of_c_are_none(text: str):
    assert asked(text) is None


@pytest.mark.parametrize("text", ["IndentWidth: wide", "ColumnLimit: -1.5", "TabWidth: 0\nUseTab: Always", "PointerAlignment: 3", "IndentWidth: 99999999"])
def test_odd_values_are_passed_over(text: str):
    assert asked(text).indent.strip() == "" and len(asked(text).indent) < 17


def test_the_nearest_file_counts():
    assert asked("IndentWidth: 4", name="_clang-format").indent == "    "
    assert asked("IndentWidth: 4", name="src/.clang-format").indent == "    "
    assert asked("IndentWidth: 4", name="other/.clang-format") is None
