"""The module itself: its state, the accessors, the exec slot, the definition and PyInit."""

from __future__ import annotations

from porter.facts.initializer import Value
from porter.facts.modules import module_fields
from porter.facts.program import Function, span_of
from porter.facts.uses import uses_of
from porter.frontend.declarations import closing
from porter.plan.arms import Arms
from porter.plan.init import ExecBody
from porter.plan.model import Plan, Refusal, VariableMove, key_of
from porter.plan.variables import stolen_without_reference
from porter.render import render_c
from porter.rewrite.draft import Draft
from porter.rewrite.functions import declare_state, getters
from porter.rewrite.layout import before_declaration, body_indent, file_indent, outermost_conditionals
from porter.rewrite.types import TypeWriter
from porter.span import Span

_ORDER = ("m_base", "m_name", "m_doc", "m_size", "m_methods", "m_slots", "m_traverse", "m_clear", "m_free")


class ModuleWriter:
    """Writes what belongs to the module into a draft."""

    def __init__(self, plan: Plan, draft: Draft, places: dict[str, list], arms: Arms, types: TypeWriter, min_python: str) -> None:
        self.plan, self.draft, self.places, self.arms, self.types = plan, draft, places, arms, types
        self.old = tuple(map(int, min_python.split("."))) < (3, 11)
        self.oldest = tuple(map(int, min_python.split("."))) < (3, 10)
        self.file = plan.init.definition.view.file
        self.indent = file_indent(draft.text(self.file))
        self.has_state = bool(plan.types or plan.variables or plan.existing or plan.needs_module or plan.reaches)
        kept = self._global_module()
        self.body = ExecBody(plan.program, plan.init, f"{plan.state_name}->{kept.member}" if kept else "")

    def _global_module(self) -> VariableMove | None:
        return next((v for v in self.plan.variables if v.module), None)

    @property
    def exec_name(self) -> str:
        """The name of the exec slot's function."""
        return f"{self.plan.prefix}_exec"

    @property
    def parameter(self) -> str:
        """The name of the module in the exec slot."""
        return "module" if self._global_module() or not self.plan.init.module else self.plan.init.module

    # -- the exec slot ----------------------------------------------------------------

    def write_exec(self) -> None:
        """The function that made the module becomes the exec slot; PyInit hands out the definition."""
        plan, function = self.plan, self.plan.init.exec
        for stretch in self.body.stretches():
            self._stretch(function, stretch)
        tokens, declaration = function.view.tokens, function.declaration
        end = closing(tokens, declaration.parameters, declaration.body)
        head = span_of(tokens, declaration.first, end + 1)
        if head is None or "#" in self.draft.text(head.file)[head.start : head.end]:
            raise Refusal(f"the head of {function.name}() is written in pieces", plan.program.place(function.name_token))
        if function.name_token is not plan.init.init.name_token:
            self._check_prototype(function)
        self.draft.replace(head, f"static int\n{self.exec_name}(PyObject *{self.parameter})")
        self._other_names(function)
        self._new_init(function)
        self._begin(function)

    def _stretch(self, function: Function, stretch) -> None:
        tokens = function.view.tokens
        span = span_of(tokens, stretch.first, stretch.last)
        if span is None or "\n#" in self.draft.text(span.file)[span.start : span.end]:
            span = self._in_macro(function, stretch)
        if stretch.text == "":
            text = self.draft.text(span.file)
            self.draft.remove(span) if text[span.end - 1 : span.end] in (";", "}") else self.draft.replace(span, "")
        else:
            self.draft.replace(span, stretch.text)

    def _in_macro(self, function: Function, stretch) -> Span:
        """A value written in the body of a macro that only the init uses: it is said there."""
        tokens = function.view.tokens[stretch.first : stretch.last]
        first, last = tokens[0], tokens[-1]
        here = self.plan.program.place(first)
        if first.start < 0 or last.start < 0 or first.file != last.file or first.expansion is None:
            raise Refusal("a statement of the init is written in pieces", here)
        name = first.expansion.macro.name.text
        users = {key_of(f) for v, f, i in self._expanded(name) if f is not None}
        if users != {key_of(function)}:
            raise Refusal(f"the init returns through the macro {name}, which other functions use", here)
        return Span(first.file, first.start, last.end)

    def _expanded(self, name: str):
        for view in self.plan.program.views:
            owners = {f.declaration.first: f for f in view.functions.values()}
            for declaration in view.declarations:
                for i in range(declaration.first, declaration.last):
                    expansion = view.tokens[i].expansion
                    while expansion is not None:
                        if expansion.macro.name.text == name:
                            yield view, owners.get(declaration.first), i
                        expansion = expansion.parent

    def _check_prototype(self, function: Function) -> None:
        for view, owner, index in self.places.get(function.name, ()):
            token = view.tokens[index]
            if owner is None and token.start != function.name_token.start:
                raise Refusal(f"{function.name}() is declared before it is defined", self.plan.program.place(token))

    def _other_names(self, function: Function) -> None:
        """Declarations of PyInit in headers stay right; a helper's call in PyInit goes with PyInit's body."""

    def _new_init(self, function: Function) -> None:
        plan, init = self.plan, self.plan.init.init
        if function.name_token is init.name_token:
            brace = function.view.tokens[function.declaration.last - 1]
            text = render_c("init", indent=self.indent, init=init.name, definition=plan.init.definition.name)
            self.draft.insert(brace.file, brace.end, text.rstrip("\n"))
        else:
            tokens, declaration = init.view.tokens, init.declaration
            span = span_of(tokens, declaration.body + 2, declaration.last - 2)
            if span is None:
                raise Refusal(f"{init.name}() is written in a macro", plan.program.place(init.name_token))
            self.draft.replace(span, f"PyModuleDef_Init(&{plan.init.definition.name})")

    def _begin(self, function: Function) -> None:
        """What the exec slot does first: find the state, remember the module, make types that nothing readied."""
        plan = self.plan
        if not self.has_state:
            return
        needed = key_of(function) in plan.reaches or plan.needs_module or any(v.start for v in plan.variables) or self._unmade()
        if not needed and "interpreter" not in getters(plan):
            return
        declare_state(plan, self.draft, function, f"({plan.state_type} *)PyModule_GetState({self.parameter})")
        state = plan.state_name
        if plan.needs_module:
            self.types.first_statement(function, f"{state}->module = {self.parameter};")
        for variable in plan.variables:
            if variable.start is not None:
                self.types.first_statement(function, f"{state}->{variable.member} = {variable.start};")
        if "interpreter" in getters(plan):
            self._checked(function, f"{plan.prefix}_keep_state_by_interpreter({state})")
        for move in self._unmade():
            self._checked(function, self.types.creation(move, function))

    def _unmade(self):
        return [m for m in self.plan.types if m.variable.name not in self.types.created]

    def _checked(self, function: Function, call: str) -> None:
        brace = function.view.tokens[function.declaration.body]
        step = body_indent(self.draft.text(brace.file), brace.end)
        self.types.first_statement(function, f"if ({call} < 0) {{\n{step}{step}return -1;\n{step}}}")

    # -- references that were taken for granted ------------------------------------------

    def write_references(self) -> None:
        """A call that takes over the only reference leaves none for the state: one is taken before it."""
        for move in (*self.plan.variables, *self.plan.types):
            if isinstance(move, VariableMove) and not move.owned:
                continue
            uses = uses_of(move.variable, self.places)
            for use in stolen_without_reference(move.variable, uses):
                self._take(move, use)

    def _take(self, move, use) -> None:
        tokens, first = use.view.tokens, use.index
        while tokens[first - 1].text not in (";", "{", "}"):
            first -= 1
        if tokens[first].start < 0 or use.function is None:
            raise Refusal(f"a reference to {move.variable.name} is given away in a macro", self.plan.program.place(use.token))
        member = move.member if isinstance(move, VariableMove) else move.variable.name
        text = self.draft.text(tokens[first].file)
        line = text.rfind("\n", 0, tokens[first].start) + 1
        indent = text[line : tokens[first].start]
        self.draft.insert(tokens[first].file, tokens[first].start, f"Py_XINCREF({self.plan.state_name}->{member});\n{indent if not indent.strip() else self.indent}")

    # -- the definition ----------------------------------------------------------------

    def write_definition(self) -> None:
        """Size, slots and hooks of the PyModuleDef."""
        plan, definition = self.plan, self.plan.init.definition
        values = module_fields(definition)
        if values is None:
            raise Refusal("the definition of its module is no plain list of fields", plan.program.place(definition.name_token))
        wanted = {"m_slots": f"{plan.prefix}_slots"}
        if not plan.existing:
            wanted["m_size"] = f"sizeof({plan.state_type})" if self.has_state else "0"
        if self._visited() or "interpreter" in getters(plan):
            for field, name in (("m_traverse", "traverse"), ("m_clear", "clear"), ("m_free", "free")):
                if field not in values or values[field].empty:
                    wanted[field] = f"{plan.prefix}_{name}"
        self._fill(definition, values, wanted)

    def _fill(self, definition, values: dict[str, Value], wanted: dict[str, str]) -> None:
        tokens = definition.view.tokens
        end = definition.value[1] - 1
        designated = any(t.text == "." and tokens[i + definition.value[0]].text in ("{", ",") for i, t in enumerate(tokens[definition.value[0] + 1 : end]))
        for field, text in wanted.items():
            if field in values:
                span = values[field].span
                if span is None:
                    raise Refusal(f"{field} is written in a macro", self.plan.program.place(definition.name_token))
                self.draft.replace(span, text)
        missing = [f for f in _ORDER if f in wanted and f not in values]
        if not missing:
            return
        last = tokens[end - 1]
        trailing = last.text == ","
        last_value = tokens[end - 2] if trailing else last
        span = span_of(tokens, end - 2 if trailing else end - 1, end - 1 if trailing else end)
        if span is None:
            raise Refusal("the definition of its module ends in a macro", self.plan.program.place(definition.name_token))
        text = self.draft.text(span.file)
        if designated:
            new = "".join(f"\n{body_indent(text, tokens[definition.value[0]].end)}.{f} = {wanted[f]}," for f in missing)
            at = last.end if trailing else span.end
            self.draft.insert(span.file, at, ("" if trailing else ",") + new)
            return
        if "m_base" not in values:
            raise Refusal("the definition of its module has no fields", self.plan.program.place(definition.name_token))
        final = _ORDER.index(missing[-1])
        names = [f for f in _ORDER[: final + 1] if f not in values]
        indent = _same_line_or_indent(text, definition, tokens)
        parts = [f"{wanted.get(f, 'NULL' if f != 'm_size' else '0')}" for f in names]
        joined = "".join(f",{indent}{p}" for p in parts)
        self.draft.insert(span.file, span.end, joined)
        del last_value

    # -- new text at file scope ------------------------------------------------------------

    def write_block(self) -> None:
        """The state and its accessors before their first user, hooks and slots before the definition."""
        plan = self.plan
        definition_span = span_of(plan.init.definition.view.tokens, plan.init.definition.first, plan.init.definition.last)
        text = self.draft.text(definition_span.file)
        forget = "interpreter" in getters(plan)
        hooks = bool(self._visited()) or forget
        values = module_fields(plan.init.definition) or {}
        own_hooks = [f for f in ("m_traverse", "m_clear", "m_free") if f in values and not values[f].empty]
        if own_hooks:
            self._extend_hooks(values, own_hooks, forget)
            hooks = False
            if len(own_hooks) < 3 and not {"m_traverse", "m_clear"} <= set(own_hooks):
                raise Refusal(f"its module has {', '.join(own_hooks)} and not the others", plan.program.place(plan.init.definition.name_token))
        declares = "Py_MOD_PER_INTERPRETER_GIL_SUPPORTED" if plan.own_gil else "Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED"
        block = render_c("module", indent=self.indent, prefix=plan.prefix, hooks=hooks, state=plan.state_type, visited=self._visited(), exec=self.exec_name,
                         module=self.parameter, declares=declares, gil=self._gil(), forget=forget)  # fmt: skip
        if own_hooks and "m_free" not in own_hooks:
            block = self._free_only(values, forget) + block
        start = text.rfind("\n", 0, definition_span.start) + 1
        self.draft.insert(definition_span.file, start, block)
        if self.has_state:
            self._state(definition_span)

    def _visited(self) -> list[str]:
        return [m.variable.name for m in self.plan.types] + [v.member for v in self.plan.variables if v.owned]

    def _free_only(self, values: dict[str, Value], forget: bool) -> str:
        clear = values["m_clear"].name
        body = f"{self.indent}{self.plan.prefix}_forget_state_by_interpreter(PyModule_GetState((PyObject *)module));\n" if forget else ""
        return f"static void\n{self.plan.prefix}_free(void *module)\n{{\n{body}{self.indent}(void){clear}((PyObject *)module);\n}}\n\n"

    def _extend_hooks(self, values: dict[str, Value], hooks: list[str], forget: bool) -> None:
        plan = self.plan
        for field in hooks:
            function = plan.program.function(values[field].name or "", values[field].view)
            names = [p.name for p in function.parameters] if function else []
            if function is None or not names or not names[0]:
                raise Refusal(f"its {field} is out of reach", plan.program.place(plan.init.definition.name_token))
            if field == "m_free":
                if forget:
                    self.types.first_statement(function, f"{plan.prefix}_forget_state_by_interpreter(PyModule_GetState((PyObject *){names[0]}));")
                continue
            verb = "Py_VISIT" if field == "m_traverse" else "Py_CLEAR"
            if field == "m_traverse" and names[1:] != ["visit", "arg"]:
                raise Refusal("the parameters of its m_traverse are not named visit and arg", plan.program.place(function.name_token))
            if self._visited():
                if key_of(function) not in plan.reaches:
                    declare_state(plan, self.draft, function, f"({plan.state_type} *)PyModule_GetState({names[0]})")
                for member in self._visited():
                    self.types.first_statement(function, f"{verb}({plan.state_name}->{member});")

    def _gil(self) -> str | None:
        if self.body.gil:
            return self.body.gil
        return self._gil_in_arm()

    def _gil_in_arm(self) -> str | None:
        """PyUnstable_Module_SetGIL in an arm for free-threaded builds: the whole conditional goes, the slot says it."""
        function = self.plan.init.exec
        brace, last = function.view.tokens[function.declaration.body], function.view.tokens[function.declaration.last - 1]
        tokens, _ = self.draft.raw(brace.file)
        text = self.draft.text(brace.file)
        for index, token in enumerate(tokens):
            if token.text == "PyUnstable_Module_SetGIL" and brace.start < token.start < last.start:
                value = tokens[closing(tokens, index + 1) - 1].text
                start, end = text.rfind("#if", 0, token.start), text.find("#endif", token.start)
                inner = text[text.find("\n", start) : end]
                if start < 0 or end < 0 or inner.count(";") != 1 or "#" in inner:
                    raise Refusal("PyUnstable_Module_SetGIL stands where porter cannot take it out", self.plan.program.place_at(brace.file, token.start))
                stop = text.find("\n", end)
                self.draft.remove(Span(brace.file, start, len(text) if stop < 0 else stop))
                return value
        return None

    # -- the state -----------------------------------------------------------------------

    def members(self) -> list[str]:
        """The declarations of the state's members."""
        found = ["PyObject *module"] if self.plan.needs_module else []
        found += [f"PyTypeObject *{m.variable.name}" for m in self.plan.types]
        for move in self.plan.variables:
            ctype = "PyTypeObject" if move.variable.base == "PyTypeObject" else move.variable.base
            found.append(f"{ctype} {'*' * move.variable.stars}{move.member}")
        return found

    def _state(self, definition_span: Span) -> None:
        plan = self.plan
        files = {r.function.name_token.file for r in plan.reaches.values()} | self._macro_files()
        several = files - {self.file}
        if plan.existing:
            self._extend_struct()
        elif several:
            self._header(several)
        flags = render_c("flags") + "\n" if plan.types and self.oldest else ""
        struct = "" if plan.existing or several else render_c("struct", indent=self.indent, members=self.members() or ["char unused"], state=plan.state_type) + "\n"
        shared = bool(several)
        forward = self._forward_definition()
        accessors = render_c("getters", getters=getters(plan), state=plan.state_type, prefix=plan.prefix, definition=plan.init.definition.name, indent=self.indent,
                             old=self.old, exported=shared, key=f"{plan.program.extension.name}.state")  # fmt: skip
        if flags and several:
            for file in sorted(several):
                if any(m.variable.view.file == file for m in plan.types):
                    self._insert_at_top(file, flags)
        self.draft.insert(self.file, self._first_need(definition_span), flags + struct + forward + accessors)

    def _forward_definition(self) -> str:
        definition = self.plan.init.definition
        if not {"type", "either"} & getters(self.plan):
            return ""
        word = "static" if "static" in definition.storage else "extern"
        return f"{word} struct PyModuleDef {definition.name};\n\n"

    def _macro_files(self) -> set[str]:
        return set()

    def _first_need(self, definition_span: Span) -> int:
        """Before the first function or definition in the main file that mentions the state."""
        offsets = [definition_span.start]
        for reach in self.plan.reaches.values():
            token = reach.function.view.tokens[reach.function.declaration.first]
            while token.start < 0 and token.expansion is not None:
                token = token.expansion.outermost.use
            if token.file == self.file:
                offsets.append(token.start)
        for (file, offset) in list(self.draft.insertions) + [(s.file, s.start) for s in self.draft.edits]:
            if file == self.file and self._mentions_state(file, offset):
                offsets.append(self._declaration_start(file, offset))
        text = self.draft.text(self.file)
        conditionals = outermost_conditionals(self.plan.program.reader.tokens(self.file), text)
        return before_declaration(text, min(offsets), conditionals)

    def _mentions_state(self, file: str, offset: int) -> bool:
        texts = self.draft.insertions.get((file, offset), [])
        texts = texts + [t for s, t in self.draft.edits.items() if s.file == file and s.start == offset]
        return any(self.plan.state_type in t for t in texts)

    def _declaration_start(self, file: str, offset: int) -> int:
        """The start of the declaration written around an offset: the line behind the last blank line before it."""
        text = self.draft.text(file)
        start = text.rfind("\n", 0, offset) + 1
        while start > 0:
            previous = text.rfind("\n", 0, start - 1) + 1
            if not text[previous:start].strip() or text[previous:start].rstrip().endswith((";", "}", "*/")) or text[previous:start].startswith("#"):
                break
            start = previous
        return start

    def _extend_struct(self) -> None:
        """New members at the end of the struct the module has for its state."""
        plan = self.plan
        if not self.members():
            return
        name = plan.existing.split()[-1]
        for view in plan.program.views:
            tokens = view.tokens
            for declaration in view.declarations:
                words = [t.text for t in tokens[declaration.first : declaration.last]]
                if "struct" not in words or name not in words or "{" not in words:
                    continue
                opening = declaration.first + words.index("{")
                end = closing(tokens, opening, declaration.last)
                if tokens[opening - 1].text != name and (end + 1 >= declaration.last or tokens[end + 1].text != name):
                    continue
                brace = tokens[end]
                if brace.start < 0:
                    break
                text = self.draft.text(brace.file)
                indent = body_indent(text, tokens[opening].end)
                line = text.rfind("\n", 0, brace.start) + 1
                self.draft.insert(brace.file, line, "".join(f"{indent}{m};\n" for m in self.members()))
                stop = text.find("\n", tokens[declaration.last - 1].end)
                if self._other_files():
                    self.draft.insert(brace.file, stop + 1, "\n" + render_c("prototypes", getters=getters(plan), state=plan.state_type, prefix=plan.prefix))
                return
        raise Refusal(f"{name}, the state it has, is not defined in its sources", plan.program.place(plan.init.definition.name_token))

    def _other_files(self) -> set[str]:
        return {r.function.name_token.file for r in self.plan.reaches.values()} - {self.file}

    def _header(self, files: set[str]) -> None:
        raise Refusal(f"its state is needed in {', '.join(sorted(files))} too", None)

    def _insert_at_top(self, file: str, text: str) -> None:
        offset = 0
        for index, token in enumerate(tokens := self.plan.program.reader.tokens(file)):
            if token.text == "include" and index and tokens[index - 1].text == "#" and self.arms.state(file, token.start) == "live":
                offset = self.draft.text(file).find("\n", token.start) + 1
        self.draft.insert(file, offset, "\n" + text.rstrip("\n") + "\n")


def _same_line_or_indent(text: str, definition, tokens) -> str:
    """What stands between two values of a positional definition: a new line with its indentation, or a blank."""
    first, end = definition.value
    commas = [i for i in range(first, end) if tokens[i].text == "," and tokens[i].start >= 0 and tokens[i + 1].start >= 0]
    if commas:
        between = text[tokens[commas[-1]].end : tokens[commas[-1] + 1].start] if tokens[commas[-1] + 1].text != "}" else text[tokens[commas[-1] - 1].start : tokens[commas[-1] - 1].start]
        if "\n" in between:
            return "\n" + between.rsplit("\n", 1)[1]
    opening = tokens[first]
    line = text.find("\n", opening.end)
    if 0 <= line < tokens[end - 1].start:
        return "\n" + body_indent(text, opening.end)
    return " "
