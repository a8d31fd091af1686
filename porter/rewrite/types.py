"""Type objects as slots and specs, their creation in the exec slot, and what instances owe their type."""

from __future__ import annotations

import re

from porter.facts.capi import METHOD_FIELDS, OFFSET_MEMBERS, REDUCING_BASES, TABLE_OF_FIELD
from porter.facts.initializer import Value, fields, rows
from porter.facts.program import Function, Variable, edge, span_of
from porter.facts.uses import uses_of
from porter.frontend.declarations import closing
from porter.plan.dealloc import analyse
from porter.plan.decide import type_base_name
from porter.plan.model import Plan, Refusal, TypeMove
from porter.plan.types import library_dealloc
from porter.render import render_c
from porter.rewrite.draft import Draft
from porter.rewrite.functions import DECLARING, declares_next
from porter.rewrite.layout import before_declaration, body_indent, file_indent, outermost_conditionals
from porter.rewrite.uses import SymbolRefused
from porter.span import Span

_FUNCTION_CAST = re.compile(r"^\(\s*\w+\s*\)\s*&?\s*(\w+)$")
_SPEC_FIELDS = frozenset(("tp_name", "tp_basicsize", "tp_itemsize", "tp_flags", "tp_base"))
_REDUCERS = frozenset(("__reduce__", "__reduce_ex__", "__getstate__"))
_POINTER_FIELDS = frozenset(("tp_doc", "tp_methods", "tp_members", "tp_getset"))


class TypeWriter:
    """Writes the types of one plan into a draft."""

    def __init__(self, plan: Plan, draft: Draft, places: dict[str, list]) -> None:
        self.plan, self.draft, self.places = plan, draft, places
        self.created: dict[str, tuple[str, int]] = {}
        self.completed: set[tuple[str, int]] = set()
        self.reduces: set[str] = set()

    def write(self) -> None:
        """Edits for every type that moves. Raises :class:`SymbolRefused`."""
        for move in self.plan.types:
            try:
                self._definition(move)
                self._assignments(move)
                self._ready(move)
                self._traverse(move)
                self._dealloc(move)
            except Refusal as problem:
                raise SymbolRefused(move.variable, problem) from None
        self._check_order()
        self._tables()

    # -- names -------------------------------------------------------------------

    def stem(self, move: TypeMove) -> str:
        """What the names of slots and spec begin with."""
        for stem in (type_base_name(move.variable.name), move.variable.name):
            wanted = {f"{stem}_slots", f"{stem}_spec", f"{stem}_type_members", f"{stem}_traverse", f"{stem}_clear"}
            wanted = wanted if move.traverse_base else {f"{stem}_slots", f"{stem}_spec"}
            if not any(name in self.places for name in wanted):
                return stem
        raise Refusal(f"the names porter would give ({move.variable.name}_spec …) are taken", None)

    def spec(self, move: TypeMove) -> str:
        """The name of a type's spec."""
        return f"{self.stem(move)}_spec"

    # -- definition ----------------------------------------------------------------

    def _definition(self, move: TypeMove) -> None:
        main, program = move.variable, self.plan.program
        exec_file = self.plan.init.exec.name_token.file
        exported = any("extern" in d.storage for d in move.declarations) or main.name_token.file != exec_file and main.view.file != exec_file
        for each in move.declarations:
            span = span_of(each.view.tokens, each.first, each.last)
            if "\n#" in "\n" + self.draft.text(span.file)[span.start : span.end] and each is not main:
                raise Refusal("its declaration has directives inside", program.place(each.name_token))
            if each is main:
                self._keep_live_arms(move, span)
                self._put(move, span, self._text(move, exported))
            elif "extern" in each.storage and exported and main.view.file != exec_file:
                self.draft.replace(span, f"extern PyType_Spec {self.spec(move)};")
            else:
                self.draft.remove(span)

    def _put(self, move: TypeMove, span: Span, text: str) -> None:
        """Slots and spec stand where the type stood; with fields that the init assigned, before the init, which knows them."""
        if not any(self._defined_behind(a.value.name, span) for a in move.assignments if a.field != "tp_base"):
            self.draft.replace(span, text.rstrip("\n"))
            return
        heads = [a.function.view.tokens[a.function.declaration.first] for a in move.assignments]
        places = [edge(head, False) for head in heads]
        if any(place is None or place[0] != span.file for place in places):
            raise Refusal("the init assigns its fields in another file", self.plan.program.place(move.variable.name_token))
        whole = self.draft.text(span.file)
        inside = outermost_conditionals(self.plan.program.reader.tokens(span.file), whole)
        self.draft.remove(span)
        self.draft.insert(span.file, before_declaration(whole, min(place[1] for place in places), inside), text + "\n")

    def _defined_behind(self, name: str | None, span: Span) -> bool:
        """Whether a name means something the extension defines behind ``span``, or in another file."""
        program = self.plan.program
        found = [f.name_token for f in program.functions() if f.name == name] + [v.name_token for v in program.variables() if v.name == name]
        return bool(found) and not any(t.file == span.file and 0 <= t.start < span.start for t in found)

    def _keep_live_arms(self, move: TypeMove, span: Span) -> None:
        """An initialiser whose fields differ between Pythons that matter is not said again in one way."""
        text = self.draft.text(span.file)[span.start : span.end]
        if "#" not in text:
            return
        for file, offset in self._arm_starts(span):
            if self.arms.state(file, offset) == "other":
                raise Refusal("its initialiser has #if arms that live on another Python or platform", self.plan.program.place_at(file, offset))

    def _arm_starts(self, span: Span):
        for view in self.plan.program.views:
            for arm in view.unit.skipped:
                if arm.file == span.file and span.start < arm.start < span.end:
                    yield arm.file, min(arm.start + 1, arm.end - 1)

    def _text(self, move: TypeMove, exported: bool) -> str:
        indent = file_indent(self.draft.text(move.variable.name_token.file))
        stem, values = self.stem(move), move.fields
        before, slots = "", []
        offsets = [(OFFSET_MEMBERS[f], values[f].text) for f in OFFSET_MEMBERS if f in values]
        for name, value in values.items():
            if name in _SPEC_FIELDS or name in OFFSET_MEMBERS or name in TABLE_OF_FIELD or name == "tp_dealloc" and library_dealloc(value):
                continue
            if name == "tp_members" and offsets:
                self._offsets_into_members(move, value, offsets)
                offsets = []
            slots.append((f"Py_{name}", self._slot_value(name, value)))
        if any(f in values for f in OFFSET_MEMBERS):
            self._include_members(move.variable.name_token.file)
        if offsets:
            before += render_c("members", name=f"{stem}_type_members", indent=indent, offsets=offsets)
            slots.append(("Py_tp_members", f"{stem}_type_members"))
        if move.traverse_base:
            before += render_c("traverse", name=stem, indent=indent, base=move.traverse_base)
            slots += [("Py_tp_traverse", f"{stem}_traverse"), ("Py_tp_clear", f"{stem}_clear")]
        before += self._reduce(move, stem, indent, slots)
        flags = values["tp_flags"].text if "tp_flags" in values else "Py_TPFLAGS_DEFAULT"
        if "#" in flags or "\n" in flags:
            flags = " ".join(values["tp_flags"].words)
        named = values["tp_name"].text if move.dotted else f'"builtins.{move.name}"'
        return before + render_c(
            "type", indent=indent, exported=exported and not self._same_file(move), slots_name=f"{stem}_slots", spec_name=f"{stem}_spec", slots=slots,
            name=named, basicsize=values["tp_basicsize"].text if "tp_basicsize" in values else "0",
            itemsize=values["tp_itemsize"].text if "tp_itemsize" in values else "", flags=" | ".join((flags, *move.flags)),
        )  # fmt: skip

    def _reduce(self, move: TypeMove, stem: str, indent: str, slots: list[tuple[str, str]]) -> str:
        """What keeps protocols 0 and 1 of pickle refusing: a static type does by itself, a heap type would leave its C fields out."""
        if "tp_new" in move.fields or move.base.startswith("PyExc_") or move.base in REDUCING_BASES:
            return ""  # copyreg stops at a type with a tp_new of its own; these bases pickle their own way
        row = f'{{"__reduce_ex__", {self.plan.prefix}_reduce_ex, METH_O, NULL}},'
        methods = move.fields.get("tp_methods")
        if methods is None:
            self.reduces.add(move.variable.view.file)
            slots.append(("Py_tp_methods", f"{stem}_type_methods"))
            return f"static PyMethodDef {stem}_type_methods[] = {{\n{indent}{row}\n{indent}{{NULL, NULL, 0, NULL}},\n}};\n\n"
        table = next((v for v in self.plan.program.variables() if v.name == methods.name and v.value is not None), None)
        brace = table.view.tokens[table.value[0]] if table is not None else None
        if brace is None or brace.start < 0 or method_names(table) & _REDUCERS:
            return ""
        self.reduces.add(brace.file)
        self.draft.insert(brace.file, brace.end, f"\n{body_indent(self.draft.text(brace.file), brace.end)}{row}")
        return ""

    def _same_file(self, move: TypeMove) -> bool:
        return move.variable.view.file == self.plan.init.exec.view.file

    def _slot_value(self, name: str, value: Value) -> str:
        text = value.text
        if "\n" in text and "#" in text:
            text = " ".join(value.words)
        if match := _FUNCTION_CAST.match(text):
            text = match[1] if name not in _POINTER_FIELDS else text
        if name == "tp_doc" and not text.startswith('"'):
            return f"(void *){text}" if re.fullmatch(r"\w+", text) else f"(void *)({text})"
        return text

    def _offsets_into_members(self, move: TypeMove, value: Value, offsets: list[tuple[str, str]]) -> None:
        """Rows for the offsets at the start of the type's own table of members."""
        table = next((v for v in self.plan.program.variables() if v.name == value.name and v.value is not None), None)
        brace = table.view.tokens[table.value[0]] if table is not None else None
        if brace is None or brace.start < 0 or brace.text != "{":
            raise Refusal("its table of members is out of reach", self.plan.program.place(value.view.tokens[value.first]))
        text = self.draft.text(brace.file)
        indent = body_indent(text, brace.end)
        for member, offset in offsets:
            self.draft.insert(brace.file, brace.end, f'\n{indent}{{"{member}", T_PYSSIZET, {offset}, READONLY, NULL}},')

    def _include_members(self, file: str) -> None:
        """T_PYSSIZET and READONLY come from structmember.h."""
        tokens, _ = self.draft.raw(file)
        if any("structmember.h" in v.unit.texts.get(file, "") for v in self.plan.program.views):
            return
        for i, token in enumerate(tokens):
            if token.text == "include" and tokens[i - 1].text == "#" and tokens[i + 2].text == "Python":
                text = self.draft.text(file)
                self.draft.insert(file, text.find("\n", token.start) + 1, "#include <structmember.h>\n")
                return
        raise Refusal("its offsets need structmember.h, and its file does not include Python.h itself", self.plan.program.place_at(file, 0))

    # -- creation --------------------------------------------------------------------

    def base(self, move: TypeMove) -> str:
        """The base as an argument: C text of a ``PyTypeObject *``, or NULL."""
        if not move.base:
            return "NULL"
        if any(m.variable.name == move.base for m in self.plan.types):
            return f"{self.plan.state_name}->{move.base}"
        if move.base.startswith("PyExc_"):
            return f"(PyTypeObject *){move.base}"
        value = move.fields["tp_base"]
        return value.text

    def _assignments(self, move: TypeMove) -> None:
        for assignment in move.assignments:
            tokens = assignment.value.view.tokens
            span = span_of(tokens, assignment.first, assignment.last + 1)
            if span is None:
                raise Refusal(f"{assignment.field} is assigned in a macro", self.plan.program.place(tokens[assignment.first]))
            self.draft.remove(span)

    def _ready(self, move: TypeMove) -> None:
        """``PyType_Ready(&T)`` becomes the creation of the type."""
        program = self.plan.program
        for use in uses_of(move.variable, self.places):
            tokens, i = use.view.tokens, use.index
            if tokens[i - 1].text != "&" or tokens[i - 2].text != "(" or tokens[i - 3].text != "PyType_Ready":
                continue
            span = span_of(tokens, i - 3, closing(tokens, i - 2) + 1)
            if span is None or use.function is None:
                raise Refusal("it is readied in a macro", program.place(use.token))
            self.created[move.variable.name] = (span.file, span.start)
            self.draft.replace(span, self.creation(move, use.function))

    def _check_order(self) -> None:
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
            module = self.module_name
        else:
            plan.needs_module = True
            module = f"{plan.state_name}->module"
        return f"{plan.prefix}_add_type({module}, &{plan.state_name}->{move.variable.name}, &{self.spec(move)}, {self.base(move)})"

    # -- instances ---------------------------------------------------------------------

    def _function(self, move: TypeMove, field: str) -> Function | None:
        value = move.fields.get(field)
        return self.plan.program.function(value.name, value.view) if value is not None and value.name else None

    def _traverse(self, move: TypeMove) -> None:
        function = self._function(move, "tp_traverse")
        if function is None or not self._once(function):
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

    def _dealloc(self, move: TypeMove) -> None:
        function = self._function(move, "tp_dealloc")
        if function is None or library_dealloc(move.fields["tp_dealloc"]) or not self._once(function):
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

    def _once(self, function: Function) -> bool:
        key = (function.name_token.file, function.name_token.start)
        if key in self.completed:
            return False
        self.completed.add(key)
        return True

    def first_statement(self, function: Function, statement: str) -> None:
        """Put a statement behind the declarations a body begins with."""
        tokens, index = function.view.tokens, function.declaration.body + 1
        last = tokens[function.declaration.body]
        while True:
            if self._gone(tokens[index]):
                index += 1
            elif tokens[index].text in function.view.types or tokens[index].text in DECLARING:
                while tokens[index].text != ";":
                    index = closing(tokens, index) + 1 if tokens[index].text in ("(", "{", "[") else index + 1
                last = tokens[index]
                index += 1
            else:
                break
        if last.start < 0:
            raise Refusal(f"{function.name}() begins in a macro", self.plan.program.place(function.name_token))
        text = self.draft.text(last.file)
        indent = body_indent(text, tokens[function.declaration.body].end)
        self.draft.insert(last.file, last.end, f"\n{indent}{statement}")

    def _gone(self, token) -> bool:
        return self.draft.is_covered(*_bytes(token)) and self.draft.is_removed(*_bytes(token))

    # -- tables --------------------------------------------------------------------------

    def _tables(self) -> None:
        """Sub-tables whose every use went with the types go too."""
        for table in {id(t): t for m in self.plan.types for t in m.tables}.values():
            if all(self.draft.is_covered(*_bytes(u.token)) for u in uses_of(table, self.places)):
                for each in [v for v in self.plan.program.variables() if v.name == table.name and v.function is None]:
                    span = span_of(each.view.tokens, each.first, each.last)
                    if span is not None:
                        self.draft.remove(self.draft.with_comment(span))

    all_types: list[Variable] = []
    arms = None
    module_name = "module"


def method_names(table: Variable) -> set[str]:
    """The names in a table of methods."""
    names = (fields(table.view, first, last, METHOD_FIELDS) or {} for first, last in rows(table.view, *table.value) or ())
    return {row["ml_name"].string or "" for row in names if "ml_name" in row}


def _bytes(token) -> tuple[str, int, int]:
    return token.file, token.start, token.end

