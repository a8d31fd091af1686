"""A static type said again as a table of slots and a spec (PEP 384), in the place where it stood."""

from __future__ import annotations

import re

from porter.facts.capi import GC_BASES, METHOD_FIELDS, OFFSET_MEMBERS, REDUCING_BASES, TABLE_OF_FIELD
from porter.facts.initializer import Value, fields, rows
from porter.facts.program import Variable, View, edge, span_of
from porter.facts.uses import uses_of
from porter.frontend.lexer import Token
from porter.frontend.preprocess import Include, Unit
from porter.plan.model import Refusal, TypeMove
from porter.plan.types import library_dealloc
from porter.plan.types_assigned import is_ready
from porter.render import render_c
from porter.rewrite.layout import before_declaration, body_indent, outermost_conditionals
from porter.rewrite.types_part import TypePart
from porter.span import Span

_FUNCTION_CAST = re.compile(r"^\(\s*\w+\s*\)\s*&?\s*(\w+)$")
_SIZE_OF = re.compile(r"\bsizeof\s*\(\s*(\w+)\s*\)")
_SPEC_FIELDS = frozenset(("tp_name", "tp_basicsize", "tp_itemsize", "tp_flags", "tp_base"))
_REDUCERS = frozenset(("__reduce__", "__reduce_ex__", "__getstate__"))
_POINTER_FIELDS = frozenset(("tp_doc", "tp_methods", "tp_members", "tp_getset"))


class SlotsWriter(TypePart):
    """Writes slots and specs. ``reduces``: the files whose types refuse the old protocols of pickle."""

    reduces: set[str]

    def write_definition(self, move: TypeMove) -> None:
        """Slots and spec in the place of a type; its other declarations go."""
        main, program = move.variable, self.plan.program
        exec_file = self.plan.init.exec.name_token.file
        exported = any("extern" in d.storage for d in move.declarations) or self._made_elsewhere(move)
        forward = self._made_before(move)
        for each in move.declarations:
            span = span_of(each.view.tokens, each.first, each.last)
            if "\n#" in "\n" + self.draft.text(span.file)[span.start : span.end] and each is not main:
                raise Refusal("its declaration has directives inside", program.place(each.name_token))
            if each is main and not move.sequence:
                self._keep_live_arms(move, span)
                self._put(move, span, self._text(move, exported))
            elif "extern" in each.storage and exported and not move.sequence and main.view.file != exec_file:
                self.draft.replace(span, f"extern PyType_Spec {self.spec(move)};")
            elif forward and each.name_token.file == main.name_token.file and span.start < forward:
                self.draft.replace(span, f"{'extern' if exported else 'static'} PyType_Spec {self.spec(move)};")
                forward = 0
            else:
                self.draft.remove(span)

    def _made(self, move: TypeMove) -> list[tuple[Token, View]]:
        """Where a type is made: the calls that ready it, or the exec slot."""
        ready = [(u.token, u.view) for u in uses_of(move.variable, self.places) if is_ready(u.view.tokens, u.index)]
        return ready or [(self.plan.init.exec.name_token, self.plan.init.exec.view)]

    def _made_elsewhere(self, move: TypeMove) -> bool:
        """Whether another file than the type's own has to know its spec."""
        main = move.variable
        return any(token.file != main.name_token.file and view.file != main.view.file for token, view in self._made(move))

    def _made_before(self, move: TypeMove) -> int:
        """The offset of the call that readies a type before its definition, in the same file; 0 where none does."""
        main = move.variable.name_token
        return next((t.start for t, v in self._made(move) if t.file == main.file and t.start < main.start and t is not self.plan.init.exec.name_token), 0)

    def _put(self, move: TypeMove, span: Span, text: str) -> None:
        """Slots and spec stand where the type stood; with fields that the init assigned, before the init, which knows them."""
        if not any(self._defined_behind(a.value.name, span) for a in move.assignments if a.field != "tp_base"):
            self.draft.replace(span, text.rstrip("\n"))
            return
        heads = [a.function.view.tokens[a.function.declaration.first] for a in move.assignments]
        places = [edge(head, False) for head in heads]
        files = {place[0] for place in places if place is not None}
        same_unit = all(a.function.view is move.variable.view for a in move.assignments)
        if None in places or len(files) != 1 or files != {span.file} and not same_unit:
            raise Refusal("the init assigns its fields in another file", self.plan.program.place(move.variable.name_token))
        file = files.pop()
        whole = self.draft.text(file)
        inside = outermost_conditionals(self.plan.program.reader.tokens(file), whole)
        self.draft.remove(span)
        self.draft.insert(file, before_declaration(whole, min(place[1] for place in places), inside), text + "\n")

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
            if self.arms.state(file, offset) == "other" and not self._says_nothing(file, offset):
                raise Refusal("its initialiser has #if arms that live on another Python or platform", self.plan.program.place_at(file, offset))

    def _says_nothing(self, file: str, offset: int) -> bool:
        """Whether an arm only has zeros: fields that some Pythons have and others do not."""
        arm = next(a for v in self.plan.program.views for a in v.unit.skipped if a.file == file and a.start <= offset < a.end)
        words = [t.text for t in self.draft.raw(file)[0] if arm.start < t.start < arm.end]
        return set(words) <= {"0", "NULL", ","}

    def _arm_starts(self, span: Span):
        for view in self.plan.program.views:
            for arm in view.unit.skipped:
                if arm.file == span.file and span.start < arm.start < span.end:
                    yield arm.file, min(arm.start + 1, arm.end - 1)

    def _text(self, move: TypeMove, exported: bool) -> str:
        indent = self.draft.style(move.variable.name_token.file).indent
        stem, values = self.stem(move), move.fields
        before, slots = "", []
        offsets = [(OFFSET_MEMBERS[f], values[f].text) for f in OFFSET_MEMBERS if f in values]
        for name, value in values.items():
            if name in _SPEC_FIELDS or name in OFFSET_MEMBERS or name in TABLE_OF_FIELD or name == "tp_dealloc" and library_dealloc(value):
                continue
            if name == "tp_doc" and self._describes_its_instances(values):
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
        if move.collected is not None:
            before += render_c("visit", name=stem, indent=indent)
            slots.append(("Py_tp_traverse", f"{stem}_traverse"))
        before += self._annotations(move, stem, indent, slots) + self._reduce(move, stem, indent, slots)
        flags = values["tp_flags"].text if "tp_flags" in values else "Py_TPFLAGS_DEFAULT"
        if "#" in flags or "\n" in flags:
            flags = " ".join(values["tp_flags"].words)
        named = values["tp_name"].text if move.dotted else f'"builtins.{move.name}"'
        return before + render_c(
            "type", indent=indent, exported=exported and not self._same_file(move), slots_name=f"{stem}_slots", spec_name=f"{stem}_spec", slots=slots,
            name=named, basicsize=self._size(values.get("tp_basicsize")) or "0", itemsize=self._size(values.get("tp_itemsize")), flags=" | ".join((flags, *move.flags)),
        )  # fmt: skip

    def _size(self, value: Value | None) -> str:
        """A size as it is written; that of a type object itself keeps its meaning where the object is gone."""
        if value is None:
            return ""
        gone = {m.variable.name for m in self.plan.types}
        return _SIZE_OF.sub(lambda match: "sizeof(PyTypeObject)" if match[1] in gone else match[0], value.text)

    def _reduce(self, move: TypeMove, stem: str, indent: str, slots: list[tuple[str, str]]) -> str:
        """What keeps protocols 0 and 1 of pickle refusing: a static type does by itself, a heap type would leave its C fields out."""
        if "tp_new" in move.fields or move.base.startswith("PyExc_") or move.base in REDUCING_BASES:
            return ""  # copyreg stops at a type with a tp_new of its own; these bases pickle their own way
        if move.base and move.base not in GC_BASES and not any(v.name == move.base for v in self.all_types):
            return ""  # a base that is known when the module is loaded has a way of its own, if any
        if self._inherits_reducer(move):
            return ""
        row = f'{{"__reduce_ex__", {self.plan.prefix}_reduce_ex, METH_O, NULL}},'
        methods = move.fields.get("tp_methods")
        if methods is None:
            self.reduces.add(move.variable.view.file)
            slots.append(("Py_tp_methods", f"{stem}_type_methods"))
            return f"static PyMethodDef {stem}_type_methods[] = {{\n{indent}{row}\n{indent}{{NULL, NULL, 0, NULL}},\n}};\n\n"
        table = self._table(methods)
        brace = table.view.tokens[table.value[0]] if table is not None else None
        if brace is None or brace.start < 0 or method_names(table) & _REDUCERS:
            return ""
        self.reduces.add(brace.file)
        self.draft.insert(brace.file, brace.end, f"\n{body_indent(self.draft.text(brace.file), brace.end)}{row}")
        return ""

    def _annotations(self, move: TypeMove, stem: str, indent: str, slots: list[tuple[str, str]]) -> str:
        """A heap type makes an ``__annotations__`` of its own when it is asked for one, in front of one it inherits: so it gets that one."""
        row = self._inherited_annotations(move)
        if row is None:
            return ""
        getset = move.fields.get("tp_getset")
        if getset is None:
            slots.append(("Py_tp_getset", f"{stem}_type_getset"))
            return f"static PyGetSetDef {stem}_type_getset[] = {{\n{indent}{row},\n{indent}{{NULL, NULL, NULL, NULL, NULL}},\n}};\n\n"
        table = self._table(getset)
        brace = table.view.tokens[table.value[0]] if table is not None else None
        if brace is None or brace.start < 0:
            raise Refusal("its table of attributes is out of reach", self.plan.program.place(getset.view.tokens[getset.first]))
        self.draft.insert(brace.file, brace.end, f"\n{body_indent(self.draft.text(brace.file), brace.end)}{row},")
        return ""

    def _inherits_reducer(self, move: TypeMove) -> bool:
        """Whether a base of the extension says how it is pickled, or gets the refusal itself."""
        bases, each = {m.variable.name: m for m in self.plan.types}, move
        while (each := bases.get(each.base)) is not None:
            table = self._table(each.fields["tp_methods"]) if "tp_methods" in each.fields else None
            if table is not None and method_names(table) & _REDUCERS or "tp_new" not in each.fields and not each.base:
                return True
        return False

    def _inherited_annotations(self, move: TypeMove) -> str | None:
        """The row for ``__annotations__`` in the attributes of a base that moves; None where there is none, or one of its own."""
        bases = {m.variable.name: m for m in self.plan.types}
        own, each = True, move
        while each is not None:
            table = self._table(each.fields["tp_getset"]) if "tp_getset" in each.fields else None
            for first, last in (rows(table.view, *table.value) if table is not None else None) or ():
                if any(t.text == '"__annotations__"' for t in table.view.tokens[first:last]):
                    return None if own else Value(table.view, first, last).text
            own, each = False, bases.get(each.base)
        return None

    def _table(self, value: Value) -> Variable | None:
        """The table a field names, where it is defined with its rows."""
        return next((v for v in self.plan.program.variables() if v.name == value.name and v.value is not None), None)

    def _describes_its_instances(self, values: dict[str, Value]) -> bool:
        """Whether instances have a ``__doc__`` of their own: Py_tp_doc would put the type's in its place in the type's dictionary."""
        names = {values[f].name for f in ("tp_getset", "tp_members") if f in values}
        tables = [v for v in self.plan.program.variables() if v.name in names and v.value is not None]
        return any(t.text == '"__doc__"' for v in tables for t in v.view.tokens[slice(*v.value)])

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
        table = self._table(value)
        brace = table.view.tokens[table.value[0]] if table is not None else None
        if brace is None or brace.start < 0 or brace.text != "{":
            raise Refusal("its table of members is out of reach", self.plan.program.place(value.view.tokens[value.first]))
        text = self.draft.text(brace.file)
        indent = body_indent(text, brace.end)
        for member, offset in offsets:
            self.draft.insert(brace.file, brace.end, f'\n{indent}{{"{member}", T_PYSSIZET, {offset}, READONLY, NULL}},')

    def _include_members(self, file: str) -> None:
        """T_PYSSIZET and READONLY come from structmember.h, which is read behind Python.h."""
        if any("structmember.h" in v.unit.texts.get(file, "") for v in self.plan.program.views):
            return
        text = self.draft.text(file)
        inside = outermost_conditionals(self.plan.program.reader.tokens(file), text)
        reading = [v.unit for v in self.plan.program.views if file in v.unit.texts]
        for offset in sorted({i.start for unit in reading for i in unit.includes if i.file == file and _leads_to_python(unit, i)}):
            if not any(a <= offset < b for a, b in inside):
                self.draft.insert(file, text.find("\n", offset) + 1, "#include <structmember.h>\n")
                return
        raise Refusal("its offsets need structmember.h, and nothing its file includes leads to Python.h", self.plan.program.place_at(file, 0))


def _leads_to_python(unit: Unit, include: Include, depth: int = 20) -> bool:
    """Whether an ``#include`` reads Python.h, at once or through headers of the tree."""
    if include.name.rpartition("/")[2] == "Python.h":
        return True
    inner = [i for i in unit.includes if i.file == include.target] if include.target and depth else []
    return any(_leads_to_python(unit, i, depth - 1) for i in inner)


def method_names(table: Variable) -> set[str]:
    """The names in a table of methods."""
    names = (fields(table.view, first, last, METHOD_FIELDS) or {} for first, last in rows(table.view, *table.value) or ())
    return {row["ml_name"].string or "" for row in names if "ml_name" in row}
