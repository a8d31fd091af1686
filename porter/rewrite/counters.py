"""Counters that stay: each step becomes a call of a function beside the variable that takes it atomically."""

from __future__ import annotations

from porter.facts.program import span_of
from porter.plan.counters import Counter
from porter.plan.model import Plan
from porter.render import render_c
from porter.rewrite.draft import Draft


def rewrite_counters(plan: Plan, draft: Draft) -> None:
    """Edits for every counter of the plan: its function, and its steps."""
    made: dict[tuple[str, int], list[str]] = {}
    for counter in plan.counters:
        name = f"count_{counter.variable.name}"
        while any(name in text for text in plan.program.texts.values()):
            name = f"porter_{name}"
        file, offset = _behind(counter, draft)
        made.setdefault((file, offset), []).append(_function(counter, name, draft.style(file).indent, file not in {f for f, _ in made}))
        for step in counter.steps:
            said = f"{name}({step.by})"
            before = f"{said} - 1" if step.alone else f"({said} - 1)"
            draft.replace(step.span, before if step.old else said)
    for (file, offset), texts in made.items():
        draft.insert(file, offset, "\n" + "\n".join(texts) + ("" if draft.text(file)[offset : offset + 1] in ("\n", "\r", "") else "\n"))


def _behind(counter: Counter, draft: Draft) -> tuple[str, int]:
    """The file of a counter, and the offset behind the line of its declaration."""
    variable = counter.variable
    span = span_of(variable.view.tokens, variable.first, variable.last)
    text = draft.text(span.file)
    return span.file, text.find("\n", span.end) + 1 or len(text)


def _function(counter: Counter, name: str, indent: str, first: bool) -> str:
    """The function that takes a step; ``first``: no other stands in the file yet."""
    width, exchange = counter.exchange
    pointer = f"{width}volatile *" if width.endswith("*") else f"{width} volatile *"
    return render_c("counter", name=name, variable=counter.variable.name, ctype=counter.ctype, width=width, pointer=pointer,
                    exchange=exchange, first=first, indent=indent)  # fmt: skip
