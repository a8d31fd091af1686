"""What instances owe their type: a visit of it in the traverse, its reference in the deallocator (bpo-35810, bpo-40217)."""

from __future__ import annotations

from porter.facts.program import Function
from porter.plan.dealloc import analyse
from porter.plan.model import Refusal, TypeMove
from porter.plan.types import library_dealloc
from porter.rewrite.functions import declares_next
from porter.rewrite.layout import body_indent
from porter.rewrite.types_part import TypePart


class InstanceWriter(TypePart):
    """Writes what traverse and deallocator of a type do for it."""

    def write_traverse(self, move: TypeMove) -> None:
        """The type visited by the type's own tp_traverse, once."""
        function = self.function(move, "tp_traverse")
        if function is None or not self.once(function):
            return
        names = [p.name for p in function.parameters]
        if len(names) != 3 or not all(names):
            raise Refusal("its tp_traverse has no three named parameters", self.plan.program.place(function.name_token))
        tokens = function.view.tokens[function.declaration.body : function.declaration.last]
        if any(t.text == "Py_TYPE" and tokens[i - 1].text == "(" and tokens[i - 2].text == "Py_VISIT" for i, t in enumerate(tokens)):
            return
        if names[1:] == ["visit", "arg"]:
            self.first_statement(function, f"Py_VISIT(Py_TYPE({names[0]}));")
        else:
            result = "porter_result"
            self.first_statement(function, f"{{ int {result} = {names[1]}((PyObject *)Py_TYPE({names[0]}), {names[2]}); if ({result}) return {result}; }}")

    def write_dealloc(self, move: TypeMove) -> None:
        """The type given back by the deallocator, behind the call that frees."""
        function = self.function(move, "tp_dealloc")
        if function is None or library_dealloc(move.fields["tp_dealloc"]) or not self.once(function):
            return
        self._check_shared(move, function)
        found = analyse(function)
        tokens, brace = function.view.tokens, function.view.tokens[function.declaration.body]
        stop = tokens[found.last]
        if brace.start < 0 or stop.start < 0 or stop.expansion is not None:
            raise Refusal("its deallocator is written in a macro", self.plan.program.place(function.name_token))
        name = next(n for n in ("tp", "type", "self_type") if n not in {t.text for t in function.tokens})
        text = self.draft.text(brace.file)
        indent = body_indent(text, brace.end)
        gap = "" if declares_next(self.draft, function) else "\n"
        self.draft.insert(brace.file, brace.end, f"\n{indent}PyTypeObject *{name} = Py_TYPE({found.self_name});{gap}")
        if "Py_TPFLAGS_HAVE_GC" in " ".join(move.fields["tp_flags"].words if "tp_flags" in move.fields else []) and not found.untracks:
            self.first_statement(function, f"PyObject_GC_UnTrack({found.self_name});")
        self.draft.insert(stop.file, stop.end, f"\n{indent}Py_DECREF({name});")

    def _check_shared(self, move: TypeMove, function: Function) -> None:
        """A deallocator shared with a type that stays static would give back references nobody took."""
        moved = {m.variable.name for m in self.plan.types}
        for view, owner, index in self.places.get(function.name, ()):
            variable = next((v for v in self.all_types if v.view is view and v.first <= index < v.last), None)
            if variable is not None and variable.name not in moved:
                raise Refusal(f"its deallocator serves {variable.name} too, which stays static", self.plan.program.place(view.tokens[index]))
