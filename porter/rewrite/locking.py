"""The port of an extension with a lock around the C library beneath it: made when asked for, and only where it is enough."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from porter.facts.holds import holds_object, is_type_object, is_type_pointer
from porter.facts.model import Place
from porter.facts.program import Program, Variable, reread
from porter.plan.decide import Planner
from porter.plan.guard import Guard, Guarding
from porter.plan.model import CHANGED, LEFT, REFUSED, Decision, Refusal
from porter.plan.outcome import thread_local
from porter.plan.scope import Scope
from porter.plan.sharing import written_at
from porter.plan.stages import DECLARE, LIBRARIES
from porter.rewrite.guard import OWN_NAMES, guard_edits
from porter.rewrite.port import Mentioned, Ported, all_unfolded, port_program
from porter.span import Edit, apply_edits


def with_lock(
    plain: Ported, program: Program, min_python: str, mentioned: Mentioned, scope: Scope, patterns: tuple[str, ...]
) -> Ported:
    """The port with the lock where that is asked for, by ``scope`` or by the setting guard; else ``plain``, which offers it.

    It is made only where all interpreters can have a GIL each with it. ``patterns``: those of the setting.
    """
    if scope.stage != DECLARE or (plain.own_gil and not patterns):
        return plain
    try:
        program, texts = all_unfolded(program)
        planner = Planner(program, min_python, mentioned, scope)
    except Refusal:
        return plain
    variables = [v for v in planner.known if _of_library(planner, v)]
    if not variables and not patterns:
        return plain
    try:
        if planner.limited is not None:
            raise Refusal("the limited API has no lock that every interpreter can share")
        guard = Guarding(program, planner.places, planner.sharing.graph, variables, patterns).guard((planner.init.init, planner.init.exec))
        edits = guard_edits(program, guard, planner.init, planner.prefix)
    except Refusal as problem:
        return _refused(plain, program, variables, problem)
    files = {e.span.file for e in edits}
    texts |= {file: apply_edits(program.texts[file], dict.fromkeys(e for e in edits if e.span.file == file)) for file in files}
    locked = port_program(reread(program, texts), min_python, mentioned, scope, frozenset(map(written_at, variables)))
    made = f"{{Py_mod_exec, {planner.prefix}_make_lock}}"
    if not locked.own_gil or not any(made in text for text in locked.texts.values()):
        return plain
    if LIBRARIES in scope.unsafe or patterns:
        return replace(locked, texts=texts | locked.texts, decisions=tuple(sorted(_made(locked, guard, program, edits, planner.prefix))))
    return _offered(plain, program, variables)


def _of_library(planner: Planner, variable: Variable) -> bool:
    """Whether a C library without Python keeps something in a variable that interpreters must not share."""
    holds = holds_object(variable) or is_type_pointer(variable) or is_type_object(variable)
    if variable.view.knows_python or holds or thread_local(variable):
        return False
    return planner.sharing.why_safe(variable) is None and planner.sharing.written_in_init(variable) is None


def _at(program: Program, variable: Variable) -> tuple[Place, str]:
    return program.place(variable.name_token), variable.name


def _refused(plain: Ported, program: Program, variables: list[Variable], problem: Refusal) -> Ported:
    """The plain port; its variables say why no lock is offered."""
    where = f" ({problem.place.file}:{problem.place.line})" if problem.place else ""
    mine = {_at(program, v) for v in variables}
    return _said(plain, mine, lambda d: replace(d, reason=f"{d.reason}; porter offers none: {problem.reason}{where}"))


def _offered(plain: Ported, program: Program, variables: list[Variable]) -> Ported:
    mine = {_at(program, v) for v in variables}
    return _said(plain, mine, lambda d: replace(d, operation=LIBRARIES))


def _said(plain: Ported, mine: set[tuple[Place, str]], say) -> Ported:
    decisions = [say(d) if d.decision == REFUSED and (d.place, d.symbol) in mine else d for d in plain.decisions]
    return replace(plain, decisions=tuple(decisions))


def _made(locked: Ported, guard: Guard, program: Program, edits: list[Edit], prefix: str) -> list[Decision]:
    """What became of everything that was there, at its place in the sources as they were; and the uses that changed."""
    mine, new = {written_at(v)[:2] for v in guard.variables}, {f"{prefix}_{end}" for end in OWN_NAMES}
    found = []
    for decision in (d for d in locked.decisions if d.symbol not in new):
        mark = LIBRARIES if decision.decision == LEFT and (decision.place.file, decision.symbol) in mine else decision.operation
        found.append(replace(decision, place=_before(decision.place, program, edits), operation=mark))
    for function, sites in guard.wrapped.values():
        for site in sites:
            place = program.place_at(site.span.file, site.span.start)
            found.append(Decision(place, "use", function.name, CHANGED, "a lock of the process is held around it", LIBRARIES))
    return found


def _before(place: Place, program: Program, edits: list[Edit]) -> Place:
    """A place of the changed text in the text as it was."""
    starts, shifts, shift = [], [], 0
    for edit in sorted(e for e in edits if e.span.file == place.file):
        lines = edit.text.count("\n")
        if lines:
            at = program.place_at(place.file, edit.span.start)
            starts.append(at.line + shift + lines + (at.column > 1))
            shift += lines
            shifts.append(shift)
    known = bisect_right(starts, place.line)
    return replace(place, line=place.line - (shifts[known - 1] if known else 0))
