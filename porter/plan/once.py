"""What is done once for the process: where a variable that stays says that it is done, what moves would never be filled again."""

from __future__ import annotations

from collections.abc import Iterator

from porter.facts.program import Function, Variable
from porter.facts.uses import Use, uses_of
from porter.frontend.declarations import closing, statement_end
from porter.plan.model import Refusal, TypeMove, VariableMove, key_of
from porter.plan.reach import CallGraph
from porter.plan.types_assigned import is_ready

_LEAVES = frozenset(("return", "goto"))
Stretch = tuple[int, int]


class Once:
    """Conditions ``if (!done) { …; done = 1; }`` and ``if (done) return; …; done = 1;``."""

    def __init__(self, places: dict[str, list], graph: CallGraph) -> None:
        self.places, self.graph = places, graph

    def refusals(self, staying: list[Variable], moves: list[TypeMove | VariableMove]) -> Iterator[tuple[Variable, Refusal]]:
        """The moves that are filled only where one of ``staying`` does not say yet that it is done; each with the reason."""
        filled = [(move.variable, self._fillings(move)) for move in moves]
        for variable in staying:
            uses = uses_of(variable, self.places)
            for use in [u for u in uses if u.how == "read" and u.function is not None]:
                stretches = list(_governed(use))
                if stretches and self._within(use.function, stretches, [u for u in uses if u.how != "read"]):
                    for each, fillings in filled:
                        if self._within(use.function, stretches, fillings):
                            yield each, Refusal(f"it is filled only where {variable.name} says so, which all interpreters share", self.graph.program.place(use.token))

    def _fillings(self, move: TypeMove | VariableMove) -> list[Use]:
        """The uses that fill what moves: a type is readied, anything else is written."""
        uses = uses_of(move.variable, self.places)
        if isinstance(move, TypeMove):
            return [u for u in uses if is_ready(u.view.tokens, u.index) or move.sequence is u]
        return [u for u in uses if u.how != "read"]

    def _within(self, function: Function, stretches: list[Stretch], uses: list[Use]) -> bool:
        """Whether one of ``uses`` stands in the stretches, or in a function that is called there."""
        called: set[tuple] | None = None
        for use in uses:
            if use.function is None:
                continue
            if use.function.name_token is function.name_token:
                if any(a <= use.index < b for a, b in stretches):
                    return True
                continue
            called = self._called(function, stretches) if called is None else called
            if key_of(use.function) in called:
                return True
        return False

    def _called(self, function: Function, stretches: list[Stretch]) -> set[tuple]:
        names = {function.view.tokens[i].text for a, b in stretches for i in range(a, b)}
        found = [self.graph.program.function(name, function.view) for name in names]
        return self.graph.reachable([f for f in found if f is not None and f.name_token is not function.name_token])


def _governed(use: Use) -> Iterator[Stretch]:
    """What runs only where a name is nothing yet: under ``if (!name)``, and behind ``if (name) return``."""
    tokens, start = use.view.tokens, use.function.declaration.body
    first = use.index
    while first > start and tokens[first].text not in (";", "{", "}"):
        first -= 1
        if tokens[first].text == "if" and first < use.index < closing(tokens, first + 1):
            begin = closing(tokens, first + 1) + 1
            end = statement_end(tokens, begin)
            done = _asks_whether_done(tokens, use.index)
            if done is False:
                yield begin, end
            elif done and tokens[end].text == "else":
                yield end, statement_end(tokens, end + 1)
            if done and any(t.text in _LEAVES for t in tokens[begin:end]):
                yield end, use.function.declaration.last
            return


def _asks_whether_done(tokens, index: int) -> bool | None:
    """True where a condition asks for a name being something, False for its being nothing, None where it asks for something else."""
    before, behind, value = tokens[index - 1].text, tokens[index + 1].text, tokens[index + 2].text
    nothing = value in ("NULL", "0", "-")
    if before in ("NULL", "0"):
        return None
    if before == "!" or behind in ("==", "<", "<=") and nothing:
        return False
    return True if behind in (")", "&&", "||") and before in ("(", "&&", "||") or behind in ("!=", ">") and nothing else None
