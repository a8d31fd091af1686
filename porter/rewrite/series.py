"""A port as a series of patches for ``git am``: each step one thought, with a message that says what and why.

The format is that of git-format-patch(1): a mail with the message, and the diff after three dashes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from textwrap import fill

from porter import __version__
from porter.facts.model import Place
from porter.plan.model import CHANGED, MOVED, REFUSED, Decision
from porter.plan.stages import ARGS, DECLARE, INIT, LIBRARIES, PUBLIC_TYPES, SINGLETONS, TYPES
from porter.render import render_text
from porter.rewrite.patch import unified

AUTHOR = "porter <porter@localhost>"
_WIDTH = 76
_MOST_NAMED = 3  # extensions in a subject
_FILLED = "filled"  # the first stage of a module that is multi-phase already
_SUBJECTS = {
    PUBLIC_TYPES: "Compare no types by their address",
    SINGLETONS: "Name None and its like by their macros",
    _FILLED: "Fill the module where it is known",
}
_PACKAGING = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in")


@dataclass(frozen=True)
class Step:
    """One state of the series: the texts of all files that differ from the original, and what was decided to get there.

    ``extensions``: (name, whether it declares an own GIL, decisions) as in the report of a port.
    """

    stage: str
    label: str
    texts: dict[str, str]
    extensions: tuple[tuple[str, bool, tuple[Decision, ...]], ...]


@dataclass(frozen=True)
class Patch:
    """``name``: of the file; ``text``: the mail, Latin-1 held."""

    name: str
    subject: str
    text: str


def patches(originals: dict[str, str], steps: Iterable[Step], author: str = AUTHOR) -> list[Patch]:
    """The patches from each step to the next; a step that changes nothing gives none.

    ``originals``: the texts before the port of every file that some step changes and that was there.
    """
    before, moved, made = originals, frozenset(), []
    for step in steps:
        after = originals | step.texts
        diff = unified(before, after)
        now = _moved(step)
        if diff:
            changed = sorted(file for file in after if before.get(file) != after[file])
            already = step.stage == INIT and any("PyModuleDef_Init" in before.get(file, "") for file in changed)
            step = replace(step, label=_FILLED) if already else step
            made.append((_subject(step, now - moved), _body(step, now - moved, changed), diff))
        before, moved = after, now
    return [_patch(number, len(made), *each, author) for number, each in enumerate(made, 1)]


def _moved(step: Step) -> frozenset[tuple[str, str, Place]]:
    """(kind, name, place) of every symbol that has moved so far: two functions may have a static of one name each."""
    return frozenset((d.kind, d.symbol, d.place) for _, _, each in step.extensions for d in each if d.decision == MOVED)


def _subject(step: Step, new: frozenset[tuple[str, str, Place]]) -> str:
    names = _names([name for name, _, _ in step.extensions])
    if step.label in _SUBJECTS:
        return f"{_SUBJECTS[step.label]} in {names}"
    if step.stage == INIT:
        return f"Make the init of {names} multi-phase"
    if step.stage == ARGS:
        return f"Replace the private argument parsers and identifiers of {names}"
    if step.stage == DECLARE:
        return f"Declare that {_names(_isolated(step))} can have a GIL for each interpreter"
    plural = "types" if step.stage == TYPES else "variables"
    moved = sorted(name for kind, name, _ in new if plural.startswith(kind))
    if len(moved) == 1:
        return f"Make {moved[0]} a heap type" if step.stage == TYPES else f"Move {moved[0]} to the module state"
    what = (
        f"the {plural} of {step.label}"
        if step.label and step.label not in moved
        else f"{len(moved)} {plural} of {names}"
    )
    return f"Make {what} heap types" if step.stage == TYPES else f"Move {what} to the module state"


def _names(names: list[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return f"{names[0]} and {len(names) - 1} more extensions"


def _isolated(step: Step) -> list[str]:
    return [name for name, own_gil, _ in step.extensions if own_gil]


def _body(step: Step, new: frozenset[tuple[str, str, Place]], changed: list[str]) -> str:
    left = [d for _, _, each in step.extensions for d in each if d.decision == REFUSED] if step.stage == DECLARE else []
    text = render_text(
        "series/message",
        stage=step.label if step.label in _SUBJECTS else step.stage,
        names=_names([name for name, _, _ in step.extensions]),
        isolated=_names(_isolated(step)),
        locked=any(d.operation == LIBRARIES and d.decision == CHANGED for _, _, each in step.extensions for d in each),
        moved=_wrapped(_said(step, new)),
        files=", ".join(file for file in changed if file in _PACKAGING or file.endswith(".py")),
        left=_wrapped(f"{d.symbol} ({d.place.file}:{d.place.line}): {d.reason}" for d in left),
    )
    return text.rstrip("\n") + "\n"


def _said(step: Step, new: frozenset[tuple[str, str, Place]]) -> list[str]:
    """What moved, with where to for what does not go to the state itself."""
    if step.stage != ARGS:
        counts = Counter(f"{kind} {name}" for kind, name, _ in new)
        return [f"{each} ({times} of that name)" if times > 1 else each for each, times in sorted(counts.items())]
    moved = {d for _, _, each in step.extensions for d in each if d.decision == MOVED and (d.kind, d.symbol, d.place) in new}
    return list(dict.fromkeys(f"{d.symbol} {d.reason}" for d in sorted(moved)))


def _wrapped(entries: Iterable[str]) -> list[str]:
    return [fill(entry, _WIDTH, subsequent_indent="  ", break_long_words=False) for entry in entries]


def _patch(number: int, total: int, subject: str, body: str, diff: str, author: str) -> Patch:
    name = f"{number:04}-{re.sub(r'[^A-Za-z0-9.]+', '-', subject)[:52].strip('-.')}.patch"
    head = ("From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001", f"From: {author}",
            f"Subject: [PATCH {number}/{total}] {subject}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8",
            "Content-Transfer-Encoding: 8bit", "", _mailed(body))  # fmt: skip
    return Patch(name, subject, "\n".join(head) + f"---\n{diff}-- \nporter {__version__}\n\n")


def _mailed(body: str) -> str:
    """The message as UTF-8, Latin-1 held like the diff beside it; no line of it can be taken for the start of the diff."""
    return (
        re.sub(r"^(?=---|diff -|Index: )", " ", body, flags=re.MULTILINE)
        .encode("utf-8", "surrogateescape")
        .decode("latin-1")
    )
