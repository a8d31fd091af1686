"""Argument Clinic's input: its class declarations name the types of the module state."""

from __future__ import annotations

import re

from porter.plan.model import Plan
from porter.rewrite.draft import Draft
from porter.span import Span

_INPUT = re.compile(r"\[clinic input\](.*?)\[clinic start generated code\]", re.DOTALL)
_CLASS = re.compile(r'^class\s+[\w.]+\s+"[^"\n]*"\s+"(&\s*(\w+))"', re.MULTILINE)


def declare_classes(plan: Plan, draft: Draft) -> None:
    """Each class of a type that moves names the member of the state; the output does not mention it, or the type would stay."""
    moves = {move.variable.name: move for move in plan.types}
    for file, text in sorted(plan.program.texts.items()):
        for block in _INPUT.finditer(text):
            for found in _CLASS.finditer(text, *block.span(1)):
                if found[2] in moves:
                    flags = moves[found[2]].fields.get("tp_flags")
                    final = flags is None or "Py_TPFLAGS_BASETYPE" not in flags.words
                    state = (
                        f"(({plan.state_type} *)PyType_GetModuleState(type))"
                        if final
                        else f"{plan.prefix}_get_state_by_type(type)"
                    )
                    draft.replace(Span(file, *found.span(1)), f"{state}->{found[2]}")
