"""Functions of a header that use one variable of that header, as those that import a C API do.

What moves is a type the header defines, so the state that has it can only be defined behind the header: such a function
is handed the place of the variable in the state, in place of the state.
"""

from __future__ import annotations

from porter.facts.program import Function
from porter.frontend.lexer import ID
from porter.plan.model import Plan, Reach, VariableMove, key_of

HEADERS = (".h", ".hh", ".hpp")


def by_address(plan: Plan) -> dict[tuple, Reach]:
    """The ways to the state, with those of such functions changed."""
    names = {m.variable.name for m in (*plan.types, *plan.variables)} | {r.function.name for r in plan.reaches.values() if r.source == "parameter"}
    found = dict(plan.reaches)
    for key, reach in plan.reaches.items():
        move = _only_variable(plan, reach.function, names) if reach.source == "parameter" else None
        if move is not None:
            found[key] = Reach(reach.function, "address", (move.member,))
    return found


def address_of(plan: Plan, function: Function | None) -> VariableMove | None:
    """The variable whose place a function is handed; None for a function that is handed none."""
    reach = plan.reaches.get(key_of(function)) if function is not None else None
    if reach is None or reach.source != "address":
        return None
    return next(m for m in plan.variables if m.member == reach.arguments[0])


def _only_variable(plan: Plan, function: Function, names: set[str]) -> VariableMove | None:
    """The one variable of its own header that a function needs the state for; None where it needs more, or through a macro."""
    file, tokens = function.name_token.file, function.view.tokens
    if not file.endswith(HEADERS) or not function.static:
        return None
    inside = range(function.declaration.body, function.declaration.last)
    used = [tokens[i] for i in inside if tokens[i].text in names and tokens[i].kind == ID and tokens[i - 1].text not in (".", "->")]
    moves = [m for m in plan.variables if m.variable.function is None and m.variable.name in {t.text for t in used}]
    written = all(t.expansion is None and t.file == file for t in used)
    if len(moves) != 1 or {t.text for t in used} != {moves[0].variable.name} or not written:
        return None
    move = moves[0]
    return move if move.variable.name_token.file == file and move.written is None and move.member == move.variable.name else None
