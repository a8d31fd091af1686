"""A plan made into text: every edit collected in one draft, and planned again without what cannot be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from porter.errors import OverlappingEdits
from porter.facts.holds import is_type_object
from porter.facts.model import Place
from porter.facts.program import Program, reread, span_of
from porter.facts.variables import defined
from porter.frontend.declarations import closing
from porter.plan.clinic import OUTPUT
from porter.plan.decide import Planner, unplanned
from porter.plan.model import FIND_MODULE, MOVED, REFUSED, Decision, Plan, Refusal
from porter.plan.scope import Scope
from porter.rewrite.clinic import declare_classes
from porter.rewrite.counters import rewrite_counters
from porter.rewrite.definition import DefinitionWriter
from porter.rewrite.draft import Draft
from porter.rewrite.exec import ExecWriter
from porter.rewrite.prelude import moved_prelude
from porter.rewrite.functions import FunctionEscapes, rewrite_functions
from porter.rewrite.names import remove_names, rewrite_names
from porter.rewrite.parsers import remove_parsers, rewrite_parsers
from porter.rewrite.starts import keep_start
from porter.rewrite.state import StateWriter
from porter.rewrite.substitutes import Substitutes
from porter.rewrite.types import TypeWriter
from porter.rewrite.unfold import unfolded, uses_of_types, without_other_inits
from porter.rewrite.uses import Owners, SymbolRefused, rewrite_uses
from porter.span import Span

_TRIES = 200
_LEVELS = 6  # of macros in macros
Mentioned = Callable[[set[str]], dict[str, str]]
Locked = frozenset[tuple[str, str, str]]


@dataclass(frozen=True)
class Ported:
    """The port of one extension: the new texts by file (none where nothing changes), what was decided, and the files it reads."""

    extension: str
    texts: dict[str, str]
    decisions: tuple[Decision, ...]
    own_gil: bool
    reads: frozenset[str] = frozenset()


def port_program(
    program: Program, min_python: str, mentioned: Mentioned = lambda names: {}, scope: Scope = Scope(), locked: Locked = frozenset()
) -> Ported:
    """Port one extension as far as porter is sure, and as ``scope`` goes. Never raises for what is in it: a refusal is a decision.

    ``mentioned`` answers which of some names other C files of the tree mention, and where: name -> file. ``locked``: the
    variables that a lock is held for, as :func:`written_at` knows them.
    """
    in_macros = {use.token.text for use in uses_of_types(program)}
    made = _port(program, min_python, mentioned, scope, locked, bool(in_macros))
    if in_macros and not any(d.symbol in in_macros and d.decision == MOVED for d in made.decisions):
        return _port(program, min_python, mentioned, scope, locked, False)  # what is written out for nothing stays as it is
    return made


def _port(program: Program, min_python: str, mentioned: Mentioned, scope: Scope, locked: Locked, with_types: bool) -> Ported:
    """The same; ``with_types``: whether macros that ready types are written out."""
    written_out: dict[str, str] = {}
    try:
        program, written_out = all_unfolded(program, with_types)
        planner = Planner(program, min_python, mentioned, scope)
        planner.sharing.locked = locked
        for _ in range(_TRIES):
            plan = planner.plan()
            if plan.idle:
                return Ported(program.extension.name, {}, tuple(sorted(_left(d) for d in plan.decisions)), False)
            try:
                texts = _write(planner, plan, min_python)
                _check_generated(program, texts)
            except FunctionEscapes as problem:
                planner.escapes(problem.function, problem.place)
                continue
            except SymbolRefused as problem:
                planner.refuse(problem.variable, problem.refusal)
                continue
            return Ported(program.extension.name, written_out | texts, tuple(sorted(plan.decisions)), plan.own_gil)
        raise Refusal("no plan holds")
    except Refusal as problem:
        return Ported(program.extension.name, {}, tuple(unplanned(program, problem)), False)
    except OverlappingEdits as problem:
        return Ported(program.extension.name, {}, tuple(unplanned(program, Refusal(f"two edits meet ({problem.message})"))), False)


def all_unfolded(program: Program, with_types: bool = True) -> tuple[Program, dict[str, str]]:
    """The program with the init macros of its own written out, and what PyInit fills filled by the exec slot; and the texts that changed."""
    texts: dict[str, str] = {}
    for level in range(_LEVELS):
        changed = (without_other_inits(program) if level == 0 else {}) or unfolded(program, with_types) or moved_prelude(program)
        if not changed:
            break
        texts |= changed
        program = reread(program, texts)
    return program, texts


def _check_generated(program: Program, texts: dict[str, str]) -> None:
    """What Argument Clinic wrote is its own to change: a port that would edit it is none."""
    for file, text in sorted(texts.items()):
        if OUTPUT.findall(program.texts.get(file, "")) != OUTPUT.findall(text):
            reason = f"it needs a change in what Argument Clinic wrote in {file}: change its input, and run it again"
            raise Refusal(reason, Place(file, 1))


def _left(decision: Decision) -> Decision:
    """What would have moved stays where too little moves for a port to be worth its place."""
    if decision.decision != MOVED:
        return decision
    return replace(decision, decision=REFUSED, reason="it could move, but the interpreters would share the rest all the same")


def _write(planner: Planner, plan: Plan, min_python: str) -> dict[str, str]:
    plan.state_type = plan.existing or f"{plan.prefix}_state"
    draft, owners = Draft(plan.program), Owners(plan)
    types = TypeWriter(plan, draft, planner.places, planner.arms, [v for v in defined(plan.program) if is_type_object(v)])
    given = (plan, draft, planner.places, planner.arms, types, min_python)
    executed, definition, state = ExecWriter(*given), DefinitionWriter(*given), StateWriter(*given)
    for span in sorted(plan.assertions):
        draft.remove(span)
    for span in sorted(plan.without_module):
        draft.replace(span, executed.parameter)
    for span in sorted(plan.module_of_state):
        draft.replace(span, f"{plan.state_name}->module")
    _remove_variables(plan, draft)
    remove_names(plan, draft)
    remove_parsers(plan, draft)
    types.write()
    _find_module(plan, draft, planner)
    declare_classes(plan, draft)
    executed.write_exec()
    executed.write_references()
    definition.write_definition()
    rewrite_functions(plan, draft, planner.arms, owners)
    rewrite_uses(plan, draft, planner.arms, owners, planner.places)
    rewrite_counters(plan, draft)
    substitutes = Substitutes(plan, draft, owners)
    rewrite_names(plan, draft, planner.arms, owners, substitutes)
    rewrite_parsers(plan, draft, substitutes)
    substitutes.write()
    state.write_state()
    definition.write_slots(executed.gil)
    return draft.results()


def _remove_variables(plan: Plan, draft: Draft) -> None:
    for move in plan.variables:
        if move.copied:
            keep_start(plan, draft, move)
            continue
        for each in move.declarations:
            span = span_of(each.view.tokens, each.first, each.last)
            if span is None:
                raise SymbolRefused(move.variable, Refusal("its declaration is made by a macro", plan.program.place(each.name_token)))
            draft.remove(span)


def _find_module(plan: Plan, draft: Draft, planner: Planner) -> None:
    """``PyState_FindModule(&def)`` finds nothing after multi-phase init: the state knows its module."""
    for view, function, index in planner.places.get(FIND_MODULE, ()):
        if function is None:
            continue
        tokens = view.tokens
        first, last = tokens[index], tokens[closing(tokens, index + 1)]
        if first.start < 0 or last.start < 0 or first.file != last.file:
            raise Refusal(f"{FIND_MODULE} is called in pieces", plan.program.place(first))
        draft.replace(Span(first.file, first.start, last.end), f"{plan.state_name}->module")

