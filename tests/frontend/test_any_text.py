"""Whatever the bytes are, the front end answers: with tokens that lead back to them, and gaps for what it could not read."""

from __future__ import annotations

from frontend.texts import TEXTS, reader, spliced
from hypothesis import given, settings
from hypothesis import strategies as st

from porter.facts.gather import gather
from porter.facts.program import read_program
from porter.frontend.declarations import split
from porter.frontend.lexer import NEWLINE, tokenize
from porter.frontend.parse import Unparsed, parse
from porter.settings import Settings
from porter.tree.model import Extension

ANY = st.one_of(TEXTS, spliced())
_EXTENSION = Extension("m", ("t.c",))


def _spelled(tokens, files) -> None:
    for token in tokens:
        if token.start >= 0:
            assert files[token.file][token.start : token.end] == token.text


@settings(max_examples=400, deadline=None)
@given(ANY)
def test_tokens_stand_where_they_say(text: str) -> None:
    _spelled(tokenize(text, "t.c"), {"t.c": text})


@settings(max_examples=400, deadline=None)
@given(ANY, ANY)
def test_preprocessed_tokens_stand_where_they_say(text: str, header: str) -> None:
    files = {"t.c": text, "h.h": header}
    unit = reader(files).unit("t.c")
    _spelled(unit.tokens, files)
    assert all(0 <= s.start <= s.end <= len(files[s.file]) for s in unit.skipped)


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_every_token_is_in_one_declaration_or_between_two(text: str) -> None:
    tokens = [t for t in tokenize(text, "t.c") if t.kind != NEWLINE]
    declarations = split(tokens)
    assert all(d.first < d.last <= len(tokens) for d in declarations)
    assert all(before.last <= after.first for before, after in zip(declarations, declarations[1:], strict=False))
    inside = {i for d in declarations for i in range(d.first, d.last)}
    assert all(tokens[i].text in (";", "}", "extern", "{") or tokens[i].kind == 2 for i in range(len(tokens)) if i not in inside)


@settings(max_examples=300, deadline=None)
@given(ANY, st.booleans())
def test_parse_answers_or_says_where_it_stopped(text: str, values: bool) -> None:
    tokens = [t for t in tokenize(text, "t.c") if t.kind != NEWLINE]
    try:
        parse(tokens, 0, len(tokens), {"PyObject"}, values)
    except Unparsed as problem:
        assert 0 <= problem.index <= len(tokens)
        assert problem.why


@settings(max_examples=300, deadline=None)
@given(ANY, ANY, st.sampled_from(("c", "c++")))
def test_facts_are_gathered_from_anything(text: str, header: str, language: str) -> None:
    files = {"t.c": text, "h.h": header}
    facts = gather(Extension("m", ("t.c",), language=language), reader(files).read, Settings())
    places = [*(t.place for t in facts.types), *(v.place for v in facts.variables), *(p.place for p in facts.parsers)]
    assert all(place.line >= 1 and place.column >= 1 for place in places)


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_reading_twice_gives_the_same(text: str) -> None:
    first, second = (read_program(_EXTENSION, lambda name: text, "3.13") for _ in range(2))
    assert first.gaps == second.gaps
    assert [v.name for v in first.variables()] == [v.name for v in second.variables()]
