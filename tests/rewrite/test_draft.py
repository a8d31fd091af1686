"""Edits while they are collected: each byte claimed once, lines that go whole, nothing lost in silence."""

from __future__ import annotations

import pytest
from plan.programs import program

from porter.errors import OverlappingEdits
from porter.rewrite.draft import Draft
from porter.span import Span

TEXT = """int one;   /* a count */

static int two;
int f(void)
{
    int a; int b;

    return one;
}
"""


@pytest.fixture
def draft() -> Draft:
    return Draft(program(TEXT))


def span(words: str, text: str = TEXT) -> Span:
    return Span("m.c", text.index(words), text.index(words) + len(words))


def after(draft: Draft) -> str:
    return draft.results()["m.c"]


def test_nothing_changes_nothing(draft: Draft) -> None:
    draft.replace(span("two"), "two")
    assert draft.results() == {}


def test_replacements_and_insertions_are_made_where_they_say(draft: Draft) -> None:
    draft.replace(span("two"), "three")
    draft.insert("m.c", TEXT.index("return"), "first();\n    ")
    draft.insert("m.c", TEXT.index("return"), "second();\n    ")
    draft.insert("m.c", TEXT.index("return"), "first();\n    ")
    assert after(draft) == TEXT.replace("two", "three").replace("return", "first();\n    second();\n    return")


def test_the_same_edit_twice_is_one(draft: Draft) -> None:
    draft.replace(span("two"), "three")
    draft.replace(span("two"), "three")
    assert after(draft) == TEXT.replace("two", "three")


def test_two_texts_for_the_same_bytes_are_refused(draft: Draft) -> None:
    draft.replace(span("two"), "three")
    with pytest.raises(OverlappingEdits):
        draft.replace(span("two"), "four")


def test_an_edit_inside_a_replacement_is_said_by_it(draft: Draft) -> None:
    draft.replace(span("static int two;"), "int three;")
    draft.replace(span("two"), "unseen")
    assert after(draft) == TEXT.replace("static int two;", "int three;")


def test_new_text_inside_a_replacement_is_not_lost(draft: Draft) -> None:
    draft.replace(span("static int two;"), "")
    draft.insert("m.c", TEXT.index("two"), "new")
    with pytest.raises(OverlappingEdits):
        draft.results()


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("static int two;", TEXT.replace("static int two;\n", "")),
        ("int a;", TEXT.replace("    int a; int b;", "     int b;")),
        ("int one;", TEXT.replace("int one;   /* a count */\n\n", "")),
    ],
)
def test_what_goes_takes_its_line_along(draft: Draft, words: str, left: str) -> None:
    draft.remove(span(words))
    assert after(draft) == left


def test_what_is_covered_and_what_is_removed(draft: Draft) -> None:
    draft.replace(span("one;"), "1;")
    draft.remove(span("static int two;"))
    one, two = span("one"), span("two")
    assert draft.is_covered("m.c", one.start, one.end) and not draft.is_removed("m.c", one.start, one.end)
    assert draft.is_removed("m.c", two.start, two.end)
    assert not draft.is_covered("m.c", TEXT.index("return"), TEXT.index("return") + 6)


def test_tokens_as_they_are_written(draft: Draft) -> None:
    tokens, offsets = draft.raw("m.c")
    assert [t.text for t in tokens[:5]] == ["int", "one", ";", "static", "int"]
    assert tokens[draft.raw_index("m.c", TEXT.index("return"))].text == "return"
    assert offsets == sorted(offsets)
