"""Every name that new text gives at file scope is one the planner looks for before it chooses a prefix."""

from __future__ import annotations

import re
from pathlib import Path

from porter.plan.decide import _ENDINGS
from porter.rewrite.guard import OWN_NAMES

TEMPLATES = Path(__file__).parents[2] / "templates" / "c"
GUARD = {TEMPLATES / "guard.c.j2", TEMPLATES / "guarded.c.j2"}
_NAME = re.compile(r"\{\{ prefix \}\}_(\w+)")


def names(*paths: Path) -> set[str]:
    return {name for path in paths for name in _NAME.findall(path.read_text("utf-8"))}


def test_names_of_the_templates() -> None:
    assert names(*set(TEMPLATES.glob("*.c.j2")) - GUARD) | {"state", "exec"} == set(_ENDINGS)


def test_names_of_a_lock_are_looked_for_before_there_is_one() -> None:
    assert names(*GUARD) == set(OWN_NAMES)
