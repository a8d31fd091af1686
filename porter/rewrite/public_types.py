"""Comparisons with the address of a public type become calls of the check that says the same (PEP 684, stable ABI)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from porter.facts.calls import enclosing_call
from porter.facts.model import Place, TypeCheck
from porter.facts.process_wide import CHECKS_SINCE, TYPE_CHECKS, check_call
from porter.facts.program import Program, View
from porter.facts.type_checks import type_checks
from porter.plan.model import LEFT, OFFERED, Decision
from porter.plan.stages import PUBLIC_TYPES
from porter.rewrite.offer import Offer
from porter.settings import version
from porter.span import Edit

_PUBLIC = re.compile(r"Py[A-Z]\w*_Type|_PyWeakref_RefType")
_EFFECT = re.compile(r"\w\s*\(|\+\+|--|(?<![=!<>])=(?!=)")  # in an operand that a macro may put down twice
_PARSES = re.compile(r"_?PyArg_(Va)?Parse\w*")


def public_types(program: Program, places: dict[str, list], min_python: str) -> Offer:
    """The comparisons that a check replaces, and the other uses of such addresses with the reason they stay."""
    checks = {(c.name, c.place): c for c in type_checks(program, places)}
    edits, decisions = [], []
    for check in checks.values():
        reason = _why_not(check, min_python)
        decisions.append(_decision(check, reason))
        if reason is None:
            edits.append(Edit(check.span, check_call(check)))
    decisions += [d for d in _others(program, places) if (d.symbol, d.place) not in checks]
    return Offer(PUBLIC_TYPES, tuple(edits), tuple(dict.fromkeys(decisions)))


def _decision(check: TypeCheck, reason: str | None) -> Decision:
    if reason is not None:
        return Decision(check.place, "use", check.name, LEFT, reason)
    return Decision(check.place, "use", check.name, OFFERED, f"{check_call(check)} says the same without its address", PUBLIC_TYPES)


def _why_not(check: TypeCheck, min_python: str) -> str | None:
    name = TYPE_CHECKS[check.name][check.exact]
    if not name:
        return "no public function says the same in every Python" if check.exact else "no public check lets subclasses pass"
    if (since := CHECKS_SINCE.get(name)) and version(min_python) < version(since):
        return f"{name}() came with Python {since}, and the port serves {min_python}"
    if check.span is None:
        return "a macro puts the comparison together: change it there"
    if not check.exact and _EFFECT.search(check.operand):
        return f"{name}() may look at its argument twice: put {check.operand} into a variable first"
    return None


def _others(program: Program, places: dict[str, list]) -> Iterator[Decision]:
    """The uses of the addresses of public types that are no comparison."""
    own = {v.name for view in program.views for v in view.variables if "extern" not in v.storage}
    for name in sorted(n for n in places if _PUBLIC.fullmatch(n) and n not in own):
        for view, function, index in places[name]:
            if view.tokens[index - 1].text == "&":
                yield Decision(_place(program, view, index), "use", name, LEFT, _reason(view, function, index))


def _place(program: Program, view: View, index: int) -> Place:
    return program.place(view.tokens[index])


def _reason(view: View, function: object, index: int) -> str:
    if function is None:
        return "a table at file scope has no other way to name it: a spec's bases are given when it is made into a type"
    if any(t.text == "tp_base" for t in view.tokens[max(index - 8, 0) : index]):
        return "a base is named by its address"
    call = enclosing_call(view.tokens, index)
    if call is not None and _PARSES.fullmatch(view.tokens[call[0]].text):
        return "an O! of PyArg_ParseTuple needs the address"
    return "it is used as an object, for which no public function stands"
