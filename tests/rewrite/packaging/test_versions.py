"""Version ranges and classifiers raised to the oldest Python of a port."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from porter.rewrite.packaging.versions import outdated, raised


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">=3.6", ">=3.9"),
        (">=3.8, <4", ">=3.9, <4"),
        (">=2.7,!=3.0.*,!=3.1.*", ">=3.9"),
        (">=3.7,!=3.9.1", ">=3.9,!=3.9.1"),
        ("~=3.6", ">=3.9,<4"),
        ("^3.7", "^3.9"),
        (">3.5", ">=3.9"),
        ("*", ">=3.9"),
        ("", ">=3.9"),
        (">=3.8.1", ">=3.9"),
        ("<3.13", ">=3.9,<3.13"),
    ],
)
def test_what_lets_an_older_python_in_is_raised(old, new):
    assert raised(old, "3.9") == new


@pytest.mark.parametrize("old", [">=3.9", ">=3.10,<4", ">3.9.2", "~=3.11", "^3.9", "==3.12.*"])
def test_what_lets_no_older_python_in_stays(old):
    assert raised(old, "3.9") is None


@pytest.mark.parametrize("old", [">=3.6", ">=2.7,!=3.0.*", "~=3.6", "<4,>=3.5"])
def test_a_raised_range_raises_no_further_and_keeps_what_it_allowed(old):
    new = raised(old, "3.9")
    assert raised(new, "3.9") is None
    before, after = SpecifierSet(old), SpecifierSet(new)
    for minor in range(9, 20):
        assert before.contains(f"3.{minor}.1") == after.contains(f"3.{minor}.1")


def test_what_is_no_range_is_an_error():
    with pytest.raises(ValueError, match="no version range"):
        raised("python3 please", "3.9")


@pytest.mark.parametrize("version", ["2", "2.7", "3.0", "3.8", "2 :: Only"])
def test_classifiers_of_older_pythons_go(version):
    assert outdated(f"Programming Language :: Python :: {version}", "3.9")


@pytest.mark.parametrize(
    "rest",
    [
        "Python :: 3",
        "Python :: 3.9",
        "Python :: 3.13",
        "Python :: 3 :: Only",
        "C",
        "Python :: Implementation :: CPython",
    ],
)
def test_other_classifiers_stay(rest):
    assert not outdated(f"Programming Language :: {rest}", "3.9")
