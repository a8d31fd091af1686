"""What instances owe their type: a visit of it in the traverse, its reference in the deallocator (bpo-35810, bpo-40217)."""

from __future__ import annotations

from porter.facts.capi import GC_BASES
from porter.facts.program import Function, edge
from porter.frontend.declarations import closing, statement_start
from porter.frontend.lexer import ID, Token
from porter.plan.dealloc import FREES, Dealloc, Free, analyse, same_object
from porter.plan.model import Refusal, TypeMove, key_of
from porter.plan.types import library_dealloc
from porter.plan.types_own import SLOT_CASTS
from porter.rewrite.functions import declares_next
from porter.rewrite.heads import head_of
from porter.rewrite.layout import before_declaration, body_indent, outermost_conditionals
from porter.rewrite.types_part import TypePart, line_before
from porter.rewrite.uses import SymbolRefused


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
        condition = self._visited_by_base(move, function)
        if condition is None:
            return
        if names[1:] == ["visit", "arg"]:
            visit = f"Py_VISIT(Py_TYPE({names[0]}));"
        else:
            result = "porter_result"
            visit = f"{{ int {result} = {names[1]}((PyObject *)Py_TYPE({names[0]}), {names[2]}); if ({result}) return {result}; }}"
        self.first_statement(function, f"{condition}{{ {visit} }}" if condition else visit)

    def _visited_by_base(self, move: TypeMove, function: Function) -> str | None:
        """None where a traverse that this one goes on to visits the type; else the condition under which none does, or ``""``."""
        tokens, same = function.view.tokens, same_object(function)
        for i in range(function.declaration.body, function.declaration.last - 1):
            inner = tokens[i + 2 : closing(tokens, i + 1)] if tokens[i + 1].text == "(" else []
            if not any(t.text in same for t in inner[:8]) or not inner or inner[-1].text != function.parameters[2].name:
                continue
            if tokens[i].text == "tp_traverse" and tokens[i - 1].text in (".", "->"):
                return self._heap_base(move, function, tuple(t.text for t in tokens[_expression(tokens, i - 1) : i - 1]), "tp_traverse")
            if any((f := self.function(m, "tp_traverse")) is not None and f.name == tokens[i].text for m in self.plan.types):
                return None
        return ""

    def _heap_base(self, move: TypeMove, function: Function, words: tuple[str, ...], slot: str) -> str | None:
        """Whether a base's slot does for the type what it has to: None if so, ``""`` if not, else C text of the test for not."""
        moved = {m.variable.name for m in self.plan.types}
        names = [w for w in words if w in moved or w in GC_BASES or w.startswith("PyExc_") or any(v.name == w for v in self.all_types)]
        if names and "tp_base" in words:
            return self._base_of(names[0], function)
        if names:
            return None if names[0] in moved else ""
        if function.parameters[0].name not in words and not same_object(function) & set(words):
            return f"if (!PyType_HasFeature({' '.join(words)}, Py_TPFLAGS_HEAPTYPE)) "
        served = [m for m in self.plan.types if (f := self.function(m, slot)) is not None and f.name_token is function.name_token]
        final = all("Py_TPFLAGS_BASETYPE" not in (m.fields["tp_flags"].words if "tp_flags" in m.fields else ()) for m in served)
        if not final or len({m.base for m in served}) != 1:
            raise Refusal(f"{function.name}() goes on to the base of whatever type the object is", self.plan.program.place(function.name_token))
        return None if move.base in moved else ""

    def write_dealloc(self, move: TypeMove) -> None:
        """The type given back by the deallocator, behind each call that frees."""
        function = self.function(move, "tp_dealloc")
        if function is None or library_dealloc(move.fields["tp_dealloc"]) or not self.once(function):
            return
        self._check_shared(function)
        self._check_arms(function)
        found = analyse(self.plan.program, function)
        name = next(n for n in ("tp", "type", "self_type") if n not in {t.text for t in function.tokens})
        given = [(free, self._gives_back(move, found, free, name)) for free in found.frees]
        if any(text for _, text in given):
            self._keep_type(function, f"PyTypeObject *{name} = Py_TYPE({found.self_name});")
        written = move.fields["tp_flags"].words if "tp_flags" in move.fields else []
        if ("Py_TPFLAGS_HAVE_GC" in written or move.collected is not None) and not found.untracks:
            self.first_statement(function, f"PyObject_GC_UnTrack({found.self_name});")
        for free, text in given:
            if text:
                self._behind(function, free, text)

    def write_own_types(self) -> None:
        """Destruction slots that mention their own type, and helpers of theirs, find it from the type of the object."""
        for key in sorted(self.plan.own_types, key=str):
            own = self.plan.own_types[key]
            function, slot = own.function, f"({SLOT_CASTS[own.slot]}){own.through.name}"
            brace = function.view.tokens[function.declaration.body]
            if brace.start < 0:
                raise SymbolRefused(next(m.variable for m in self.plan.types if m.variable.name == own.name), Refusal(f"{function.name}() is made by a macro"))
            step = body_indent(self.draft.text(brace.file), brace.end)
            lines = (
                f"PyTypeObject *{own.local} = Py_TYPE({function.parameters[0].name});",
                f"while ({own.local}->{own.slot} != {slot} || {own.local}->tp_base->{own.slot} == {slot}) {{",
                f"{step}{own.local} = {own.local}->tp_base;",
                "}",
            )
            self.draft.insert(brace.file, brace.end, "".join(f"\n{step}{line}" for line in lines))
            self._declare_before(own.through, function)

    def _declare_before(self, function: Function, user: Function) -> None:
        """A declaration of a function for one that stands before it, where the author has none there."""
        start = edge(user.view.tokens[user.declaration.first], False)
        known = any(view is user.view and index < user.declaration.first for view, _, index in self.places.get(function.name, ()))
        if function.name_token is user.name_token or known:
            return
        head = head_of(function)
        if head is None or start is None or head.file != start[0]:
            raise Refusal(f"{function.name}() is not known in {user.name}()", self.plan.program.place(user.name_token))
        text = self.draft.text(head.file)
        at = before_declaration(text, start[1], outermost_conditionals(self.plan.program.reader.tokens(head.file), text))
        self.draft.insert(head.file, at, f"{text[head.start : head.end]};\n\n")

    def _keep_type(self, function: Function, line: str) -> None:
        brace = function.view.tokens[function.declaration.body]
        if brace.start < 0:
            raise Refusal("its deallocator is written in a macro", self.plan.program.place(function.name_token))
        gap = "" if declares_next(self.draft, function) else "\n"
        self.draft.insert(brace.file, brace.end, f"\n{body_indent(self.draft.text(brace.file), brace.end)}{line}{gap}")

    def _behind(self, function: Function, free: Free, text: str) -> None:
        """``text`` behind the statement that frees, with it in braces where it stood alone under a condition."""
        tokens = function.view.tokens
        stop, start = tokens[free.last], edge(tokens[free.first], False)
        if stop.start < 0 or stop.expansion is not None or start is None or start[0] != stop.file:
            raise Refusal("its deallocator is written in a macro", self.plan.program.place(function.name_token))
        whole, before = self.draft.text(stop.file), tokens[free.first - 1]
        indent = line_before(whole, start[1])
        behind = f" {text}" if indent.strip() else f"\n{indent}{text}"
        if not free.governed:
            self.draft.insert(stop.file, stop.end, behind)
        elif indent.strip() or before.start < 0 or before.file != stop.file:
            self.draft.insert(stop.file, start[1], "{ ")
            self.draft.insert(stop.file, stop.end, f" {text} }}")
        else:
            outer = line_before(whole, before.start)
            self.draft.insert(stop.file, before.end, " {")
            self.draft.insert(stop.file, stop.end, f"{behind}\n{outer[: len(outer) - len(outer.lstrip())]}}}")

    def _gives_back(self, move: TypeMove, found: Dealloc, free: Free, name: str) -> str:
        """The statement that gives the type back behind one that frees; ``""`` where what is called does."""
        given = f"Py_DECREF({name});"
        if free.hands_on is not None:
            return "" if self._given_by(move, free.hands_on) else given
        condition = self._heap_base(move, found.function, free.base, "tp_dealloc") if free.base else ""
        return "" if condition is None else f"{condition}{{ {given} }}" if condition else given

    def _given_by(self, move: TypeMove, function: Function) -> bool:
        """Whether a function that frees gives the type back: it is the deallocator of a type that moves, or goes on to one."""
        self._check_shared(function)
        if self._served(function) & {m.variable.name for m in self.plan.types}:
            return True
        inner = analyse(self.plan.program, function)
        answers = {self._gives_back(move, inner, free, "tp") == "" for free in inner.frees}
        if len(answers) > 1:
            raise Refusal(f"{function.name}() gives the type back on some paths only", self.plan.program.place(function.name_token))
        return answers == {True}

    def _base_of(self, name: str, function: Function) -> str | None:
        """As :meth:`_heap_base` for the base of a type that is named."""
        base = next((m.base for m in self.plan.types if m.variable.name == name), "")
        if any(m.variable.name == base for m in self.plan.types):
            return None
        own = self.plan.own_types.get(key_of(function))
        if base in GC_BASES or base.startswith("PyExc_") or any(v.name == base for v in self.all_types) or own is None:
            return ""
        return f"if (!PyType_HasFeature({own.local}->tp_base, Py_TPFLAGS_HEAPTYPE)) "

    def _served(self, function: Function) -> set[str]:
        """The types in whose initialisers a deallocator stands, or to whose field the init assigns it."""
        found = {m.variable.name for m in self.plan.types if (f := self.function(m, "tp_dealloc")) is not None and f.name_token is function.name_token}
        for view, owner, index in self.places.get(function.name, ()):
            found |= {v.name for v in self.all_types if owner is None and v.view is view and v.first <= index < v.last}
            start = statement_start(view.tokens, index)
            if owner is not None and view.tokens[start + 2].text == "tp_dealloc":
                found |= {v.name for v in self.all_types if v.name == view.tokens[start].text}
        return found

    def _check_arms(self, function: Function) -> None:
        """A call that frees in an arm of another Python or platform would free without giving the type back."""
        first, last = function.view.tokens[function.declaration.body], function.view.tokens[function.declaration.last - 1]
        words, read = FREES | {"tp_free", "tp_dealloc"}, {t.start for t in function.tokens}
        for token in self.draft.raw(first.file)[0]:
            if token.start not in read and first.start < token.start < last.start and token.text in words and self.arms.state(token.file, token.start) == "other":
                raise Refusal(f"{function.name}() frees in an #if arm that this configuration does not take", self.plan.program.place_at(token.file, token.start))

    def _check_shared(self, function: Function) -> None:
        """A deallocator shared with a type that stays static would give back references nobody took."""
        moved = {m.variable.name for m in self.plan.types}
        served = self._served(function)
        if served & moved and served - moved:
            raise Refusal(f"its deallocator serves {min(served - moved)} too, which stays static", self.plan.program.place(function.name_token))


def _expression(tokens: list[Token], index: int) -> int:
    """The first token of the expression whose member is taken at ``index``: ``Py_TYPE(self)->tp_base`` before ``->tp_traverse``."""
    while True:
        before = index - 1
        if tokens[before].text == ")":
            depth = 1
            while depth:
                before -= 1
                depth += (tokens[before].text == ")") - (tokens[before].text == "(")
            if tokens[before - 1].kind == ID and tokens[before - 1].text not in ("return", "if"):
                before -= 1
        if tokens[before - 1].text not in (".", "->"):
            return before
        index = before - 1
