"""The definition of the module: size, slots, and the hooks that visit and clear the state."""

from __future__ import annotations

import re

from porter.facts.initializer import Value
from porter.facts.modules import module_fields
from porter.facts.program import Function, span_of
from porter.frontend.declarations import closing
from porter.frontend.lexer import Token
from porter.plan.model import Refusal, key_of
from porter.plan.ownership import RELEASES
from porter.render import render_c
from porter.rewrite.declared import declare_interpreters
from porter.rewrite.functions import declare_state, getters, used_parameter
from porter.rewrite.kept import Release, made_and_kept, releases
from porter.rewrite.layout import body_indent
from porter.rewrite.types_part import line_before
from porter.rewrite.writer import Writer
from porter.span import Span

_TRAILING = re.compile(r"([ \t]*,?)([ \t]*)(/\*[^*\n]*\*/|//[^\n]*)")
_ORDER = ("m_base", "m_name", "m_doc", "m_size", "m_methods", "m_slots", "m_traverse", "m_clear", "m_free")


class DefinitionWriter(Writer):
    """Writes the PyModuleDef and what it points to."""

    def write_definition(self) -> None:
        """Size, slots and hooks of the PyModuleDef."""
        plan, definition = self.plan, self.plan.init.definition
        values = module_fields(definition)
        if values is None:
            raise Refusal("the definition of its module is no plain list of fields", plan.program.place(definition.name_token))
        wanted = {} if plan.init.slots is not None else {"m_slots": f"{plan.prefix}_slots"}
        if not plan.existing and (self.has_state or wanted):
            wanted["m_size"] = f"sizeof({plan.state_type})" if self.has_state else "0"
        wanted |= {f"m_{hook}": f"{plan.prefix}_{hook}" for hook in self._new_hooks()}
        self._fill(definition, values, wanted)

    def _new_hooks(self) -> list[str]:
        """The hooks the definition lacks: for what moves, and for what its own hooks give back.

        A single-phase module lives as long as the process. One that is multi-phase is collected with what it holds, so
        all that it owns is visited, and cleared where no collector does it.
        """
        own = self.own_hooks
        lacking = [hook for hook in ("traverse", "clear", "free") if f"m_{hook}" not in own]
        if self.visited or "interpreter" in getters(self.plan):
            return lacking
        clear = {t.text for t in self._function_of(own["m_clear"])} if "m_clear" in own else set()
        again = bool(clear) and not clear & RELEASES
        return [hook for hook in lacking if hook == "traverse" and self._given_back() or hook == "free" and again]

    def _function_of(self, hook: Value) -> list[Token]:
        function = self.plan.program.function(hook.name or "", hook.view)
        return function.tokens if function is not None else []

    def _given_back(self) -> list[tuple[str, None]]:
        """The members of the state the module has already that its own hooks give back, and none of them visits."""
        if not self.plan.existing or "m_traverse" in self.own_hooks:
            return []
        return [(member, None) for member in dict.fromkeys(r.member for r in self._releases())] + [(m, None) for m in self._forgotten()]

    def _releases(self) -> list[Release]:
        """What the module's own hooks give back of the state it has already."""
        struct = self.plan.existing.split()[-1]
        return [r for hook in self.own_hooks.values() for r in releases(self._function_of(hook), struct)]

    def _forgotten(self) -> list[str]:
        """The members that the exec slot makes and no hook gives back: once for the process before, each time from now on."""
        if self.plan.init.slots is not None or not self._releases():
            return []
        given = {r.member for r in self._releases()}
        return [m for m in made_and_kept(self.plan.init.exec.tokens, self.plan.existing.split()[-1]) if m not in given]

    def _give_back_forgotten(self) -> None:
        """Behind the last thing that the module's own hooks give back."""
        for member in self._forgotten() if "m_traverse" not in self.own_hooks else ():
            last = self._releases()[-1]
            text = self.draft.text(last.end.file)
            indent = line_before(text, last.start.start)
            if indent.strip() or last.end.start < 0:
                raise Refusal(f"{last.state}->{member} is given back by no hook", self.plan.program.place(last.start))
            self.draft.insert(last.end.file, last.end.end, f"\n{indent}Py_XDECREF({last.state}->{member});")

    def _fill(self, definition, values: dict[str, Value], wanted: dict[str, str]) -> None:
        tokens = definition.view.tokens
        end = definition.value[1] - 1
        designated = any(t.text == "." and tokens[i + definition.value[0]].text in ("{", ",") for i, t in enumerate(tokens[definition.value[0] + 1 : end]))
        for field, text in wanted.items():
            if field in values:
                span = values[field].span
                if span is None:
                    raise Refusal(f"{field} is written in a macro", self.plan.program.place(definition.name_token))
                self._said_again(span, field, text)
        missing = [f for f in _ORDER if f in wanted and f not in values]
        if not missing:
            return
        last = tokens[end - 1]
        trailing = last.text == ","
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
        comment = _TRAILING.match(text, span.end)
        if comment is None or "\n" not in indent:
            self.draft.insert(span.file, span.end, "".join(f",{indent}{p}" for p in parts))
            return
        if not trailing:
            self.draft.insert(span.file, span.end, ",")
        self.draft.insert(span.file, comment.end(), ",".join(f"{indent}{p}" for p in parts) + "," * trailing)

    def _said_again(self, span: Span, field: str, new: str) -> None:
        """A new value in the place of an old one, the comment behind it kept in its column and by its right name."""
        text = self.draft.text(span.file)
        match = _TRAILING.match(text, span.end)
        if match is None:
            self.draft.replace(span, new)
            return
        blanks = max(1, len(match[2]) - (len(new) - (span.end - span.start))) if match[2] else 0
        comment = match[3].replace("m_reload", "m_slots") if field == "m_slots" else match[3]
        self.draft.replace(Span(span.file, span.start, match.end()), f"{new}{match[1]}{' ' * blanks if match[2].strip(chr(9)) else match[2]}{comment}")

    def write_slots(self, gil: str | None) -> None:
        """The hooks and the slots before the definition; ``gil`` is the value of Py_mod_gil, or None for no such slot.

        A module that has a table of slots keeps it, and says there what it supports from now on.
        """
        plan = self.plan
        definition_span = span_of(plan.init.definition.view.tokens, plan.init.definition.first, plan.init.definition.last)
        text = self.draft.text(definition_span.file)
        forget = "interpreter" in getters(plan)
        own = self.own_hooks
        self._extend_hooks(own, forget)
        if plan.existing:
            self._give_back_forgotten()
        lock = f"{plan.prefix}_make_lock"  # of a guard, for the one Python that has no lock that begins as zeros
        if plan.init.slots is not None and plan.own_gil:
            declare_interpreters(self.draft, plan.init.slots, self.declares[0], plan.datetime)
        held = self.visited + [each for each in self._given_back() if each not in self.visited]
        block = render_c("module", indent=self.indent, prefix=plan.prefix, hooks=self._new_hooks(), clear=self.clear_name, state=plan.state_type, visited=self.visited, held=held, exec=self.exec_name,
                         module=self.parameter, declares=self.declares[0], gil=gil, forget=forget, slot_at_run_time=plan.slot_at_run_time, datetime=plan.datetime and plan.own_gil,
                         table=plan.init.slots is None, lock=lock if any(lock in text for text in plan.program.texts.values()) else "")  # fmt: skip
        start = text.rfind("\n", 0, definition_span.start) + 1
        self.draft.insert(definition_span.file, start, block)

    def _extend_hooks(self, own: dict[str, Value], forget: bool) -> None:
        """The hooks the module has already do for the new members what they do for the old ones."""
        plan = self.plan
        for field, value in own.items():
            function = plan.program.function(value.name or "", value.view)
            names = [p.name for p in function.parameters] if function else []
            if function is None or not names or not names[0]:
                raise Refusal(f"its {field} is out of reach", plan.program.place(plan.init.definition.name_token))
            names[0] = used_parameter(self.draft, function, names[0]) if forget or self.visited else names[0]
            if field == "m_free":
                self._extend_free(function, names[0], forget)
            elif field == "m_traverse" and names[1:] != ["visit", "arg"]:
                raise Refusal("the parameters of its m_traverse are not named visit and arg", plan.program.place(function.name_token))
            elif self.visited:
                verb = "Py_VISIT" if field == "m_traverse" else "Py_CLEAR"
                if key_of(function) not in plan.reaches:
                    declare_state(plan, self.draft, function, f"({plan.state_type} *)PyModule_GetState({names[0]})")
                for member, array in self._not_visited_by(function, verb):
                    call = f"{verb}({plan.state_name}->{member});"
                    loop = f"for (size_t i = 0; i < Py_ARRAY_LENGTH({plan.state_name}->{array}); i++) {{ {call} }}"
                    self.types.first_statement(function, call if array is None else loop)

    def _not_visited_by(self, function: Function, verb: str) -> list[tuple[str, str | None]]:
        """The places a hook of the module's own does not visit or clear yet: a second visit would count a reference twice."""
        tokens, known = function.view.tokens, set()
        for i in range(function.declaration.body, function.declaration.last):
            if tokens[i].text == verb and tokens[i + 1].text == "(":
                known |= {t.text for t in tokens[i + 2 : closing(tokens, i + 1)]}
        named = {v.member: v.variable.name for v in self.plan.variables}
        return [(member, array) for member, array in self.visited if not _path(member, named) <= known]

    def _extend_free(self, function: Function, name: str, forget: bool) -> None:
        if forget:
            self.types.first_statement(function, f"{self.plan.prefix}_forget_state_by_interpreter(PyModule_GetState((PyObject *){name}));")
        if self.visited and self.clear_name not in {t.text for t in function.tokens}:
            self.types.first_statement(function, f"(void){self.clear_name}((PyObject *){name});")


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


def _path(member: str, named: dict[str, str]) -> set[str]:
    """The names a place in the state was reached by before: the variable's and those of members, without the index."""
    first, *rest = re.findall(r"\w+", member.replace("[i]", ""))
    return {named.get(first, first), *rest}
