"""The exec slot: the function that made the module fills it (PEP 489), and PyInit hands out the definition."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property

from porter.facts.alternates import variants
from porter.facts.program import Function, Variable, edge, span_of
from porter.facts.uses import Use, uses_of
from porter.frontend.declarations import closing, statement_start
from porter.frontend.lexer import Token
from porter.plan.init import ExecBody
from porter.plan.model import Refusal, TypeMove, VariableMove, key_of
from porter.plan.ownership import RELEASES, STATEMENTS, argument_of, filled_again, given_back, references_to_nobody, stolen_without_reference, taken_late
from porter.plan.sharing import Sharing
from porter.render import render_c
from porter.rewrite.conditionals import conditionals
from porter.rewrite.filling import filling
from porter.rewrite.functions import declare_state, getters, used_parameter
from porter.rewrite.heads import declare_definition, head_of, new_init, remove_prototypes, replace_head
from porter.rewrite.layout import before_declaration, body_indent, line_end, outermost_conditionals
from porter.rewrite.starts import access, copying
from porter.rewrite.uses import SymbolRefused
from porter.rewrite.writer import Writer
from porter.span import Span


_LITERAL = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_NAME = re.compile(r"\b[A-Za-z_]\w*")


class ExecWriter(Writer):
    """Writes the exec slot and PyInit."""

    gil: str | None = None

    def write_exec(self) -> None:
        """The function that made the module becomes the exec slot; PyInit hands out the definition."""
        plan, function = self.plan, self.plan.init.exec
        if plan.init.slots is not None:
            if self._begin(function):
                used_parameter(self.draft, function, plan.init.parameter)
            return
        kept = self.kept_module
        stays = plan.module_stays
        kept_in = f"{plan.state_name}->{kept.member}" if kept else plan.init.module if stays else ""
        body = ExecBody(plan.program, plan.init, kept_in, self.parameter)
        for stretch in body.stretches():
            self._stretch(function, stretch)
        self.gil = body.gil or self._gil_in_arm()
        self._write_arms(function, kept_in)
        self._new_init(function)
        self._fill(function)
        used = self._begin(function) or self._mentions_module(function) or stays
        if stays:
            self.types.first_statement(function, f"Py_INCREF({self.parameter});  /* {plan.init.module} keeps it */")
        name = self.parameter if used else f"Py_UNUSED({self.parameter})"
        replace_head(self.draft, self.arms, function, f"static int\n{self.exec_name}(PyObject *{name})")

    def _write_arms(self, function: Function, kept_in: str) -> None:
        """The statements that only other configurations have."""
        program, made = self.plan.program, self.plan.init.creation
        for each in variants(program, function)[1:]:
            inside = range(each.declaration.body, each.declaration.last)
            creation = next((i for i in inside if each.view.tokens[i] is made.view.tokens[made.index]), None)
            if each.view.fresh.isdisjoint(inside):
                continue
            if creation is None:
                raise Refusal(f"{function.name}() makes its module in another way in another #if arm", program.place(function.name_token))
            init = replace(self.plan.init, exec=each, creation=replace(made, view=each.view, function=each, index=creation))
            for stretch in ExecBody(program, init, kept_in, self.parameter).stretches():
                if not each.view.fresh.isdisjoint(range(stretch.first, stretch.last)):
                    self._stretch(each, stretch)

    def _mentions_module(self, function: Function) -> bool:
        """Whether anything that stays in the exec slot's body, or is put there, mentions the module."""
        left = [t for each in variants(self.plan.program, function) for t in each.tokens if t.text == self.parameter]
        if any(t.start >= 0 and not self.draft.is_covered(t.file, t.start, t.end) for t in left):
            return True
        return self.kept_module is not None or self.plan.init.reused or bool(self.plan.types)

    def _stretch(self, function: Function, stretch) -> None:
        tokens = function.view.tokens
        span = _whole_use(tokens, stretch) or span_of(tokens, stretch.first, stretch.last)
        if span is None or "\n#" in self.draft.text(span.file)[span.start : span.end]:
            span = self._in_macro(function, stretch)
        if stretch.text == "":
            text = self.draft.text(span.file)
            if text[span.end - 1 : span.end] in (";", "}"):
                self._remove_statement(span)
            else:
                blanks = len(text[span.end :]) - len(text[span.end :].lstrip(" "))
                self.draft.replace(Span(span.file, span.start, span.end + blanks), "")
        else:
            self.draft.replace(span, stretch.text)

    def _remove_statement(self, span: Span) -> None:
        """A statement goes; with it the conditional it was all that lives of."""
        file, text = span.file, self.draft.text(span.file)
        for each in conditionals(self.plan.program.reader.tokens(file), text):
            arm = next(((a, b) for a, b in each.arms if a <= span.start < b), None)
            others = [(a, b) for a, b in each.arms if (a, b) != arm]
            alone = arm is not None and not (text[arm[0] : span.start] + text[span.end : arm[1]]).strip()
            if alone and others and all(self.arms.state(file, a) == "dead" for a, b in others if text[a:b].strip()):
                self.draft.remove(Span(file, each.start, each.end - 1))
                return
        self.draft.remove(span)

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
        for view in self.plan.program.all_views:
            owners = {f.declaration.first: f for f in view.functions.values()}
            for declaration in view.declarations:
                for i in range(declaration.first, declaration.last):
                    expansion = view.tokens[i].expansion
                    while expansion is not None:
                        if expansion.macro.name.text == name:
                            yield view, owners.get(declaration.first), i
                        expansion = expansion.parent

    def _new_init(self, function: Function) -> None:
        plan, init = self.plan, self.plan.init.init
        if function.name_token is init.name_token:
            brace = function.view.tokens[function.declaration.last - 1]
            text = new_init(plan.program, init, self.definition, self.indent, self._slot_at_run_time())
            self.draft.insert(brace.file, brace.end, text.rstrip("\n"))
        else:
            tokens, declaration = init.view.tokens, init.declaration
            span = span_of(tokens, declaration.body + 2, declaration.last - 2)
            if span is None:
                raise Refusal(f"{init.name}() is written in a macro", plan.program.place(init.name_token))
            self.draft.replace(span, f"PyModuleDef_Init(&{self.definition})")
            self._slot_before(init)
            declare_definition(self.draft, init, plan.init.definition, self.definition)
            remove_prototypes(self.draft, self.places, function)

    def _slot_at_run_time(self) -> str:
        """What fills in the slot that the limited API does not know, or nothing."""
        name, number = self.declares
        return render_c("slot", indent=self.indent, prefix=self.plan.prefix, declares=name, number=number) if self.plan.slot_at_run_time else ""

    def _slot_before(self, init: Function) -> None:
        """The same at the start of a PyInit that stays where it is."""
        brace = init.view.tokens[init.declaration.body]
        if not self.plan.slot_at_run_time:
            return
        if brace.start > self.plan.init.definition.name_token.start and line_end(self.draft.text(brace.file), brace.end) is not None:
            self.draft.insert(brace.file, brace.end, "\n" + self._slot_at_run_time().rstrip("\n"))
        else:
            raise Refusal(f"{init.name}() is written so that it cannot fill in a slot", self.plan.program.place(init.name_token))

    def _begin(self, function: Function) -> bool:
        """What the exec slot does first: find the state, remember the module, make types that nothing readied."""
        plan = self.plan
        if not self.has_state:
            return False
        starts = any(v.start or v.copied or v.fill for v in plan.variables)
        needed = key_of(function) in plan.reaches or plan.needs_module or starts or plan.strings or self._unmade()
        if not needed and "interpreter" not in getters(plan):
            return False
        declare_state(plan, self.draft, function, f"({plan.state_type} *)PyModule_GetState({self.parameter})")
        state = plan.state_name
        if plan.needs_module:
            self.types.first_statement(function, f"{state}->module = {self.parameter};")
        for variable in plan.variables:
            if variable.start is not None:
                self._check_names(variable, function)
                self.types.first_statement(function, f"{state}->{variable.member} = {variable.start};")
            if variable.copied:
                self.types.first_statement(function, copying(plan, variable))
        if plan.strings:
            self._checked(function, f"{plan.prefix}_intern_names({state})")
        if "interpreter" in getters(plan):
            self._checked(function, f"{plan.prefix}_keep_state_by_interpreter({state})")
        for move in self._unmade():
            if move.variable.view.fresh is not None:
                raise SymbolRefused(move.variable, Refusal("it is defined in an #if arm, and not readied there", plan.program.place(move.variable.name_token)))
            self._declare_spec(move, function)
            self._checked(function, self.types.creation(move, function))
        for move in plan.variables:
            if move.fill is not None and move.fill.behind is None:
                brace = function.view.tokens[function.declaration.body]
                self.types.first_statement(function, filling(plan, move, body_indent(self.draft.text(brace.file), brace.end)))
        return True

    def _fill(self, function: Function) -> None:
        """Structs that name types get their start behind the statement that makes the last of these."""
        for move in self.plan.variables:
            if move.fill is None or move.fill.behind is None:
                continue
            last = edge(function.view.tokens[move.fill.behind - 1], True)
            if last is None:
                raise SymbolRefused(move.variable, Refusal("the types it names are made in a macro", self.plan.program.place(move.variable.name_token)))
            file, text = last[0], self.draft.text(last[0])
            brace = function.view.tokens[function.declaration.body]
            indent = body_indent(text, brace.end)
            end = line_end(text, last[1])
            self.draft.insert(file, last[1] if end is None else end, f"\n{indent}{filling(self.plan, move, indent)}")

    def _check_names(self, move: VariableMove, function: Function) -> None:
        """The names a start value is written with have to mean the same in the file of the exec slot."""
        if _NAME.search(_LITERAL.sub("", move.start)) and move.variable.name_token.file not in function.view.unit.texts:
            raise SymbolRefused(move.variable, Refusal(f"it starts as {move.start}, which the file of the init does not know"))

    def _declare_spec(self, move: TypeMove, function: Function) -> None:
        """The spec of a type that no file the exec slot's reads has declared: nobody mentioned the type there before."""
        head = head_of(function)
        read = function.view.unit.texts
        if any(each.name_token.file in read for each in move.declarations) or head is None:
            return
        text = self.draft.text(head.file)
        at = before_declaration(text, head.start, outermost_conditionals(self.plan.program.reader.tokens(head.file), text))
        self.draft.insert(head.file, at, f"extern PyType_Spec {self.types.stem(move)}_spec;\n\n")

    def _unmade(self):
        return [m for m in self.plan.types if m.variable.name not in self.types.created]

    def _checked(self, function: Function, call: str) -> None:
        brace = function.view.tokens[function.declaration.body]
        step = body_indent(self.draft.text(brace.file), brace.end)
        self.types.first_statement(function, f"if ({call} < 0) {{\n{step}{step}return -1;\n{step}}}")

    def _gil_in_arm(self) -> str | None:
        """PyUnstable_Module_SetGIL in an arm for free-threaded builds: the whole conditional goes, the slot says it."""
        function = self.plan.init.exec
        brace, last = function.view.tokens[function.declaration.body], function.view.tokens[function.declaration.last - 1]
        tokens, _ = self.draft.raw(brace.file)
        for index, token in enumerate(tokens):
            if token.text == "PyUnstable_Module_SetGIL" and brace.start < token.start < last.start:
                arm = self._only_statement(tokens, index)
                if arm is None:
                    raise Refusal("PyUnstable_Module_SetGIL stands where porter cannot take it out", self.plan.program.place_at(brace.file, token.start))
                self.draft.remove(arm)
                return tokens[closing(tokens, index + 1) - 1].text
        return None

    def _only_statement(self, tokens, index: int) -> Span | None:
        """The conditional that holds nothing but the statement of the call at ``index``; None where it holds more."""
        token, text = tokens[index], self.draft.text(tokens[index].file)
        first, end = index, closing(tokens, index + 1) + 1
        if tokens[index - 2].text == "if":
            first, end = index - 2, closing(tokens, index - 1) + 1
            end = closing(tokens, end) if tokens[end].text == "{" else next(i for i in range(end, len(tokens)) if tokens[i].text == ";")
        for each in conditionals(self.plan.program.reader.tokens(token.file), text):
            arm = next(((a, b) for a, b in each.arms if a <= token.start < b), None)
            if arm is not None:
                alone = not (text[arm[0] : tokens[first].start] + text[tokens[end].end : arm[1]]).strip()
                return Span(token.file, each.start, each.end - 1) if alone and len(each.arms) == 1 else None
        return None

    @cached_property
    def _in_init(self) -> list[Token]:
        """The names of the functions that run in the init, where they are defined."""
        plan = self.plan
        return [f.name_token for f in Sharing(plan.program, self.places, plan.init).in_init()]

    # -- references that were taken for granted ------------------------------------------

    def write_references(self) -> None:
        """A call that takes over the only reference leaves none for the state, or for a static that stays.

        One is taken before it. The static had its reference from the copy of its dictionary that a single-phase module
        keeps for good (``m_copy``), which multi-phase init does not make.
        """
        for variable in self.plan.staying:
            for use in stolen_without_reference(variable, uses_of(variable, self.places)):
                self._take(variable, variable.name, use)
        for move in (*self.plan.variables, *self.plan.types):
            for use in move.stolen if isinstance(move, VariableMove) else ():
                self._take(move.variable, access(use), use)
            uses = uses_of(move.variable, self.places)
            for use, path in filled_again(uses, self.plan.init.exec, {h.path for h in move.held}) if isinstance(move, VariableMove) else ():
                if not self._asks_the_state(use):
                    self._before(move.variable, use, f"Py_CLEAR({self.plan.state_name}->{move.member}{path});")
            if isinstance(move, VariableMove) and not move.owned:
                continue
            for use in stolen_without_reference(move.variable, uses):
                self._take(move.variable, f"{self.plan.state_name}->{move.member if isinstance(move, VariableMove) else move.variable.name}", use)
            if isinstance(move, VariableMove):
                for use in taken_late(move.variable, uses):
                    self._let_go(use)
                for use in given_back(uses):
                    self._keep(move.variable, use)
            if isinstance(move, TypeMove):
                for use in references_to_nobody(move.variable, uses, self.plan.init.exec):
                    self._let_go(use)

    def _asks_the_state(self, use: Use) -> bool:
        """Whether the call that a use is an argument of gets at the state itself, and so at what it held before."""
        name, _ = argument_of(use) or ("", 0)
        callee = self.plan.program.function(name, use.view)
        return callee is not None and key_of(callee) in self.plan.reaches

    def _let_go(self, use) -> None:
        """``Py_INCREF(&T);`` for nobody: it leaked a static type, which does no harm, and would leak one for each module."""
        tokens, first = use.view.tokens, statement_start(use.view.tokens, use.index)
        last = closing(tokens, first + 1) + 1
        span = span_of(tokens, first, last + 1)
        if tokens[first].text in STATEMENTS and tokens[last].text == ";" and span is not None:
            self.draft.remove(span)

    def _keep(self, variable: Variable, use: Use) -> None:
        """``Py_DECREF(x);`` of the only reference in the init: it stays, for the state gives it back at its end.

        In any other function the static may be a temporary or live on what another object holds: that is refused.
        """
        tokens, first = use.view.tokens, use.index
        while tokens[first].text not in RELEASES:
            first -= 1
        last = closing(tokens, first + 1) + 1
        span = span_of(tokens, first, last + 1)
        if span is None or tokens[last].text != ";" or use.function.name_token not in self._in_init:
            reason = f"{use.function.name}() makes it and gives back the only reference, and who holds it then is not clear"
            raise SymbolRefused(variable, Refusal(reason, self.plan.program.place(use.token)))
        if tokens[first - 1].text in (";", "{", "}") or tokens[first - 1].text == ":" and tokens[last + 1].text != "}":
            self.draft.remove(span)
        else:
            self.draft.replace(span, "{ }  /* the state gives it back */")

    def _take(self, variable: Variable, held: str, use: Use) -> None:
        self._before(variable, use, f"Py_XINCREF({held});")

    def _before(self, variable: Variable, use: Use, taken: str) -> None:
        """``taken`` in front of the statement that holds a use, where it runs before it and only then."""
        tokens = use.view.tokens
        first, governed = _statement_of(tokens, use.index)
        if tokens[first].start < 0 or use.function is None or governed and tokens[first].text in ("if", "while", "for", "switch"):
            refusal = Refusal(f"a reference to {variable.name} is given away where porter cannot take one before", self.plan.program.place(use.token))
            raise refusal if variable in self.plan.staying else SymbolRefused(variable, refusal)
        file, text = tokens[first].file, self.draft.text(tokens[first].file)
        if governed:
            last = next(i for i in range(use.index, len(tokens)) if tokens[i].text == ";")
            self.draft.insert(file, tokens[first].start, f"{{ {taken} ")
            self.draft.insert(file, tokens[last].end, " }")
            return
        indent = text[text.rfind("\n", 0, tokens[first].start) + 1 : tokens[first].start]
        self.draft.insert(file, tokens[first].start, f"{taken}\n{indent if not indent.strip() else self.indent}")


def _statement_of(tokens, index: int) -> tuple[int, bool]:
    """The first token of the statement that holds ``index``, and whether an ``if``, ``else`` or loop governs it alone."""
    first = statement_start(tokens, index)
    governed = False
    while tokens[first].text in ("else", "if", "while", "for"):
        after = first + 1 if tokens[first].text == "else" else closing(tokens, first + 1) + 1
        if after > index:
            break
        first, governed = after, True
    return first, governed


def _whole_use(tokens, stretch) -> Span | None:
    """The macro use a value came through as its argument, where the use makes nothing else: ``RESULT(m)``."""
    first, last = tokens[stretch.first], tokens[stretch.last - 1]
    if first.expansion is None or last.expansion is None or not stretch.text:
        return None
    outermost = first.expansion.outermost
    beyond = (tokens[stretch.first - 1].expansion, tokens[stretch.last].expansion)
    if last.expansion.outermost is not outermost or any(e is not None and e.outermost is outermost for e in beyond):
        return None
    return Span(outermost.use.file, outermost.use.start, outermost.last.end) if outermost.use.start >= 0 else None
