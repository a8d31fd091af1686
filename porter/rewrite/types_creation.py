"""The creation of heap types, in the place where static ones were readied."""

from __future__ import annotations

import re

from porter.facts.capi import SEQUENCE_FIELDS
from porter.facts.holds import is_type_object
from porter.facts.initializer import Value, fields
from porter.facts.program import Function, span_of
from porter.facts.uses import Use, uses_of
from porter.frontend.declarations import closing, statement_start
from porter.plan.model import Assignment, Refusal, TypeMove
from porter.plan.types_assigned import LATE, RELEASES, governing, is_ready, released_unasked
from porter.rewrite.types_part import TypePart, line_before
from porter.rewrite.uses import SymbolRefused
from porter.span import Span


class CreationWriter(TypePart):
    """Writes the calls that make types. ``created``: where each is made, by its name."""

    created: dict[str, tuple[str, int]]

    def base(self, move: TypeMove) -> str:
        """The base as an argument: C text of a ``PyTypeObject *``, or NULL."""
        if not move.base:
            return "NULL"
        if any(m.variable.name == move.base for m in self.plan.types):
            return f"{self.plan.state_name}->{move.base}"
        if move.base.startswith("PyExc_"):
            return f"(PyTypeObject *){move.base}"
        return self._said(move.fields["tp_base"].text)

    def _said(self, text: str) -> str:
        """An expression of the init with what moves in it reached through the state."""
        state = self.plan.state_name
        for each in self.plan.types:
            text = re.sub(rf"&\s*{each.variable.name}\b", f"{state}->{each.variable.name}", text)
        for each in self.plan.variables:
            if each.variable.function is None:
                text = re.sub(rf"(?<![.>\w]){each.variable.name}\b", f"{state}->{each.member}", text)
        return text

    def remove_assignments(self, move: TypeMove) -> None:
        """The statements that filled fields in the init go: the slots say them."""
        moved = {m.variable.name for m in self.plan.types} | {t.name for m in self.plan.types for t in m.tables}
        for assignment in move.assignments:
            tokens = assignment.value.view.tokens
            if assignment.chained - moved:
                raise Refusal(f"{assignment.field} is assigned together with that of {min(assignment.chained - moved)}, which stays static", self.plan.program.place(tokens[assignment.first]))
            span = span_of(tokens, assignment.first, assignment.last + 1)
            if span is None:
                raise Refusal(f"{assignment.field} is assigned in a macro", self.plan.program.place(tokens[assignment.first]))
            if assignment.late:
                self._late(move, assignment, span)
            else:
                self.draft.remove(span)

    def _late(self, move: TypeMove, assignment: Assignment, span: Span) -> None:
        """A size that only the init knows goes into a copy of the spec."""
        sized = f"{self.stem(move)}_sized"
        indent = line_before(self.draft.text(span.file), span.start)
        first = next(a for a in move.assignments if a.late) is assignment
        declared = f"PyType_Spec {sized} = {self.spec(move)};\n{indent}" if first else ""
        self.draft.replace(span, f"{declared}{sized}.{LATE[assignment.field]} = (int)({self._said(assignment.value.text)});")

    def write_ready(self, move: TypeMove) -> None:
        """``PyType_Ready(&T)`` becomes the creation of the type."""
        program = self.plan.program
        for use in uses_of(move.variable, self.places):
            tokens, i = use.view.tokens, use.index
            if not is_ready(tokens, i):
                continue
            span = span_of(tokens, i - 3, closing(tokens, i - 2) + 1)
            if span is None or use.function is None:
                raise Refusal("it is readied in a macro", program.place(use.token))
            self._check_condition(use)
            self.created[move.variable.name] = (span.file, span.start)
            self.draft.replace(span, self.creation(move, use.function))

    def write_heap_types(self) -> None:
        """Types that were made without the module are made with it."""
        for call in self.plan.heap_calls:
            tokens, end = call.view.tokens, closing(call.view.tokens, call.index + 1)
            name, opening, last = tokens[call.index], tokens[call.index + 1], tokens[end]
            if min(name.start, opening.start, last.start) < 0 or not name.file == opening.file == last.file:
                raise Refusal(f"{call.spec} is made into a type in a macro", self.plan.program.place(name))
            here = call.function.name_token is self.plan.init.exec.name_token
            module = self.plan.module_name if here else f"{self.plan.state_name}->module"
            self.draft.replace(Span(name.file, name.start, name.end), "PyType_FromModuleAndSpec")
            self.draft.insert(opening.file, opening.end, f"{module}, ")
            if name.text == "PyType_FromSpec":
                self.draft.insert(last.file, last.start, ", NULL")

    def write_sequence(self, move: TypeMove, use: Use) -> None:
        """``PyStructSequence_InitType(&T, &description)`` becomes the creation of the type."""
        tokens, first = use.view.tokens, use.index - 3
        end = closing(tokens, first + 1)
        span, described = span_of(tokens, first, end + 1), Value(use.view, use.index + 2, end)
        if span is None or use.function is None:
            raise Refusal("it is filled in a macro", self.plan.program.place(use.token))
        self._check_condition(use)
        name = self._sequence_name(described)
        builtin = f'"builtins.{name}"' if "." not in name else "NULL"
        call = f"{self.plan.prefix}_add_sequence(&{self.plan.state_name}->{move.variable.name}, {described.text}, {builtin})"
        self.created[move.variable.name] = (span.file, span.start)
        if tokens[first].text == "PyStructSequence_InitType2":
            self.draft.replace(span, call)
            return
        statement = span_of(tokens, first, end + 2)
        if use.function.name_token is not self.plan.init.exec.name_token or tokens[first - 1].text not in (";", "{", "}") or statement is None:
            raise Refusal("it is filled where no failure can be told", self.plan.program.place(use.token))
        indent = line_before(self.draft.text(span.file), span.start)
        step = self.draft.style(span.file).indent
        self.draft.replace(statement, f"if ({call} < 0) {{\n{indent}{step}return -1;\n{indent}}}")

    def _sequence_name(self, described: Value) -> str:
        """The name in the description of a struct sequence."""
        table = next((v for v in self.plan.program.variables() if v.name == described.name and v.value is not None), None)
        values = fields(table.view, *table.value, SEQUENCE_FIELDS) if table is not None else None
        name = values["name"].string if values and "name" in values else None
        if name is None:
            raise Refusal("its description has no name that porter can read", self.plan.program.place(described.view.tokens[described.first]))
        return name

    def _check_condition(self, use: Use) -> None:
        """A type that is made only if some variable says so has to be made in every interpreter."""
        moved = {id(v) for m in self.plan.variables for v in m.declarations}
        names = governing(use)
        for variable in self.plan.program.variables():
            here = variable.function is None or variable.function.name_token is use.function.name_token
            if variable.name in names and here and not variable.const and id(variable) not in moved and not is_type_object(variable):
                raise Refusal(f"it is made only where {variable.name} says so, which all interpreters share", self.plan.program.place(use.token))

    def remove_releases(self, move: TypeMove) -> None:
        """``Py_DECREF(&T);`` in the init of a reference nobody took there: that of the state would go."""
        for use in released_unasked(uses_of(move.variable, self.places), self.plan.init.exec):
            tokens, first = use.view.tokens, statement_start(use.view.tokens, use.index)
            span = span_of(tokens, first, closing(tokens, first + 1) + 2)
            if tokens[first].text not in RELEASES or span is None:
                raise Refusal("a reference to it is given back that nobody took", self.plan.program.place(use.token))
            self.draft.remove(span)

    def check_order(self) -> None:
        """A type that is made before its base would get object for a base."""
        for move in self.plan.types:
            base = self.created.get(move.base)
            own = self.created.get(move.variable.name)
            if base is not None and (own is None or own[0] != base[0] or own[1] < base[1]):
                problem = Refusal(f"it is made before its base {move.base}", self.plan.program.place_at(*base))
                raise SymbolRefused(move.variable, problem)

    def creation(self, move: TypeMove, function: Function) -> str:
        """The call that makes a type; its value is 0 or -1 as PyType_Ready's is."""
        plan = self.plan
        if function.name_token is plan.init.exec.name_token:
            module = plan.module_name
        else:
            plan.needs_module = True
            module = f"{plan.state_name}->module"
        spec = f"{self.stem(move)}_sized" if any(a.late for a in move.assignments) else self.spec(move)
        return f"{plan.prefix}_add_type({module}, &{plan.state_name}->{move.variable.name}, &{spec}, {self.base(move)})"
