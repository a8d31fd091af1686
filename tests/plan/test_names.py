"""Every name that new text gives at file scope is one the planner looks for before it chooses a prefix."""

from __future__ import annotations

import re
from pathlib import Path

from porter.plan.decide import _ENDINGS

TEMPLATES = Path(__file__).parents[2] / "templates" / "c"
_NAME = re.compile(r"\{\{ prefix \}\}_(\w+)")


def test_names_of_the_templates() -> None:
    given = {name for path in TEMPLATES.glob("*.c.j2") for name in _NAME.findall(path.read_text("utf-8"))}
    assert given | {"state", "exec"} == set(_ENDINGS)
