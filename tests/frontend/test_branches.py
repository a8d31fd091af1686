"""The arms of conditionals, what has to hold for each, and what would make that so."""

from __future__ import annotations

import pytest

from porter.errors import Gap
from porter.frontend.preprocess import Unit
from porter.frontend.unit import Reader
from porter.frontend.ways import ways

FIXED = frozenset(("PY_VERSION_HEX", "__cplusplus"))


def reader(text: str) -> Reader:
    return Reader(lambda name: text if name == "m.c" else Gap(name, 0, name, "no such file"), (), (), "3.13")


def unit(text: str, forced: dict[tuple[str, int], int] | None = None, **changed: str) -> Unit:
    made = reader(text).unit("m.c", forced or {}, **changed)
    assert isinstance(made, Unit)
    return made


def words(made: Unit) -> list[str]:
    return [t.text for t in made.tokens]


def test_every_arm_says_what_has_to_hold() -> None:
    text = "#if A\none\n#elif B\n#ifdef C\ntwo\n#endif\n#else\nthree\n#endif\n"
    said = {text[b.start : b.end].split()[-1]: [(n.word, n.names, n.wanted) for level in b.levels for n in level.needs] for b in reader(text).branches("m.c")}
    assert said["one"] == [("if", ["A"], True)]
    assert said["two"] == [("if", ["A"], False), ("if", ["B"], True), ("ifdef", ["C"], True)]
    assert said["three"] == [("if", ["A"], False), ("if", ["B"], False)]


@pytest.mark.parametrize(("text", "expected"), [("#if 0\nx\n#endif", True), ("#if 1\n#else\nx\n#endif", True), ("#if A\nx\n#endif", False)])
def test_what_no_compiler_takes(text: str, expected: bool) -> None:
    assert [b.never for b in reader(text).branches("m.c") if "x" in text[b.start : b.end]] == [expected]


@pytest.mark.parametrize(
    "condition",
    [
        "#ifdef A",
        "#ifndef __linux__",
        "#if defined(A) && !defined(__linux__)",
        "#if A >= 3 && A != 3",
        "#if !(defined A || defined B) && __linux__ > 1",
        "#if 0x10L < A",
        "#if defined A && defined B && defined C",
    ],
)
def test_a_way_takes_the_arm(condition: str) -> None:
    text = f"{condition}\ntaken\n#endif\n"
    (branch,) = reader(text).branches("m.c")
    change = next(ways(branch.levels[-1].needs, unit(text).macros, FIXED))
    assert words(unit(text)) == [] and words(unit(text, **change)) == ["taken"]


@pytest.mark.parametrize("condition", ["#if 0", "#if PY_VERSION_HEX < 3", "#if A && !A", "#if F(1)"])
def test_there_is_no_way(condition: str) -> None:
    text = f"{condition}\ntaken\n#endif\n"
    (branch,) = reader(text).branches("m.c")
    assert list(ways(branch.levels[-1].needs, unit(text).macros, FIXED)) == []


def test_a_forced_arm_is_taken_in_place_of_the_others() -> None:
    text = "#if 1\none\n#elif F(2)\ntwo\n#else\nthree\n#endif\nfour\n"
    for branch, expected in zip(reader(text).branches("m.c"), ("one", "two", "three"), strict=True):
        assert words(unit(text, branch.forced)) == [expected, "four"]
