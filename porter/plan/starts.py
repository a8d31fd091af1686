"""Arrays that start with values of their own: these stay as a constant, which the exec slot copies into the state."""

from __future__ import annotations

from porter.facts.holds import is_type_object
from porter.facts.program import Program, Variable, span_of, written_plainly
from porter.facts.uses import Use, uses_of
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, STRING
from porter.plan.compound import held_in
from porter.plan.model import VariableMove
from porter.plan.sharing import Sharing

_STORAGE = frozenset(("static", "register"))


class Starts:
    """Answers for the arrays of one program; ``file`` is the source the state is declared in."""

    def __init__(self, program: Program, places: dict[str, list], sharing: Sharing, known: list[Variable], file: str) -> None:
        self.program, self.places, self.sharing, self.known, self.file = program, places, sharing, known, file

    def move(self, variable: Variable, holds: bool) -> VariableMove | None:
        """An array as a member of the state, with the name of the constant it is copied from; None for what is no such array.

        Raises :class:`Refusal` where what it ``holds`` is not clear.
        """
        if not self._is_table(variable) or self._names_what_moves(variable):
            return None
        tokens, uses = variable.view.tokens, uses_of(variable, self.places)
        first = next(i for i in range(variable.first, variable.last) if tokens[i].text not in _STORAGE)
        head, end = span_of(tokens, first, variable.name_index), closing(tokens, variable.name_index + 1) + 1
        behind = span_of(tokens, end, variable.value[0] - 1) if end < variable.value[0] - 1 else None
        if head is None or span_of(tokens, variable.name_index, end) is None:
            return None
        copied = f"{variable.name}_start"
        if copied in self.places:
            return None
        text = self.program.texts[head.file]
        rest = text[behind.start : behind.end] if behind is not None else ""
        written = text[head.start : head.end], f"[sizeof({copied}) / sizeof({copied}[0])]{rest}"
        stolen: list[Use] = []
        held = held_in(self.program, variable, uses, stolen) if holds else ()
        kind = "object" if holds else "c-state"
        return VariableMove(variable, (variable,), variable.name, kind, False, held=held, written=written, copied=copied, stolen=tuple(stolen))

    def _is_table(self, variable: Variable) -> bool:
        """Whether a variable is an array of the file of the state, or of a header it reads, that says what it starts as."""
        tokens = variable.view.tokens
        alone = variable.function is None and variable.declarators == 1 and variable.view.file == self.file
        if not alone or not variable.array or variable.value is None or tokens[variable.name_index + 1].text != "[":
            return False
        once = sum(v.name == variable.name for v in self.program.variables()) == 1
        starts = tokens[variable.value[0]]
        return once and written_plainly(variable) and (starts.text == "{" or starts.kind == STRING)

    def _names_what_moves(self, variable: Variable) -> bool:
        """Whether the start names a variable that is not shared for certain: its address is another one then."""
        names = {t.text for t in variable.view.tokens[slice(*variable.value)] if t.kind == ID}
        named = [v for v in self.known if v.name in names and v.function is None]
        return any(is_type_object(v) or self.sharing.why_safe(v) is None for v in named)
