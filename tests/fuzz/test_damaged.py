"""Some hundred damaged files on each run of the tests; ``python -m tests.fuzz`` takes as many as one has time for."""

from __future__ import annotations

import pytest

from tests.fuzz.complaints import complaint
from tests.fuzz.mutants import CANARY, TAIL, good_files, mutants


@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_are_read_or_named(seed: int) -> None:
    said = [(number, each) for number, mutant in enumerate(mutants(40, seed)) if (each := complaint(*mutant))]
    assert said == []


def test_good_files_have_the_canary_and_a_lost_one_is_noticed() -> None:
    for text in good_files()[::20]:
        assert complaint("t.c", text + TAIL) is None
        assert "lost" in complaint("t.c", "int nothing;")
    assert CANARY in TAIL


def test_mutants_are_the_same_for_the_same_seed_and_damaged() -> None:
    assert list(mutants(20, 3)) == list(mutants(20, 3)) != list(mutants(20, 4))
    assert sum(any(text[: -len(TAIL)] in good for good in good_files()) for _, text in mutants(60, 5)) < 10
