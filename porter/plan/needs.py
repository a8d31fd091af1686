"""The functions that need the state for one symbol that moves, and the uses of it that nothing can be said for."""

from __future__ import annotations

import re
from collections.abc import Callable

from porter.facts.alternates import Understood
from porter.facts.capi import DESTRUCTION_SLOTS
from porter.facts.program import Function, Program, Variable, span_of
from porter.facts.uses import Use, uses_of
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, Token
from porter.plan.arms import Arms
from porter.plan.clinic import Clinic
from porter.plan.gil import runs_at_exit, takes_gil
from porter.plan.model import FIND_MODULE, NameMove, Plan, Reach, Refusal, TypeMove, VariableMove, key_of
from porter.plan.names import Names
from porter.plan.pasted import Pasted
from porter.plan.reach import Reaching
from porter.plan.spelled import Spelled
from porter.plan.types_own import finds_itself

_WORD = re.compile(r"(?:^|[\s*])(?:\*|(?!return\b|else\b|case\b|goto\b)[A-Za-z_]\w*)$")  # what stands before a declared name
_NEAR = 80  # bytes of white space and comments between a name and its parenthesis
Mentioned = Callable[[set[str]], dict[str, str]]


class Needs:
    """Answers who needs the state, for one program and all plans of it."""

    def __init__(self, program: Program, places: dict[str, list], arms: Arms, mentioned: Mentioned) -> None:
        """``mentioned``: which of some names C files outside of the program mention, and where: name -> file."""
        self.program, self.places, self.arms, self.mentioned = program, places, arms, mentioned
        self.clinic = Clinic(program)
        self.pasted, self.spelled = Pasted(program, arms), Spelled(program, arms)
        self.understood = Understood(program)
        self._names: dict[str, list[tuple[str, Token]]] | None = None
        self._moved: tuple[Plan | None, set[tuple[int, int]]] = (None, set())

    def reaches(self, move: TypeMove | VariableMove, plan: Plan, reaching: Reaching, by_interpreter: bool) -> dict[tuple, Reach]:
        """The ways to the state of all functions that use what ``move`` moves. Raises :class:`Refusal`."""
        needed: dict[tuple, Function] = {}
        uses = uses_of(move.variable, self.places)
        for use in uses:
            if not finds_itself(use, move, plan, reaching.graph):
                self._need(use, needed, plan)
        self._keep_arguments(move, plan)
        self._need_other_arms(move.variable, needed)
        self._need_other_files(move.variable)
        return self._solved(reaching, needed, by_interpreter, uses)

    def reaches_name(self, move: NameMove, names: Names, plan: Plan, reaching: Reaching) -> dict[tuple, Reach]:
        """The ways to the state of all functions that want the string of a name. Raises :class:`Refusal`."""
        needed: dict[tuple, Function] = {}
        uses = [use for use in uses_of(move.variable, self.places) if names.takes_state(use, move, plan.helpers)]
        for use in uses:
            self._need(use, needed, plan)
        if move.member:
            self._need_other_arms(move.variable, needed)
        return self._solved(reaching, needed, False, uses)

    def finds_module(self, reaching: Reaching) -> dict[tuple, Reach] | None:
        """The ways to the state of all functions that look the module up by its definition; None where none does."""
        found: dict[tuple, Reach] = {}
        uses = [(view, function, index) for view, function, index in self.places.get(FIND_MODULE, ()) if function is not None]
        for view, function, index in uses:
            try:
                found |= reaching.solve({key_of(function): function}, by_interpreter=True)
            except Refusal as problem:
                raise Refusal(f"{FIND_MODULE} finds no module after multi-phase init, and {problem.reason}", self.program.place(view.tokens[index])) from None
        return found if uses else None

    def _need(self, use: Use, needed: dict[tuple, Function], plan: Plan) -> None:
        if use.token.start < 0:
            plan.pasted.update(self.pasted.sites(use, self._through_state(plan)))
            self._need_macro(use.token.expansion.macro.name.text, needed)
        if self.clinic.wrote(use.token.file, use.token.start):
            raise Refusal("Argument Clinic wrote a use of it: change its input, and run it again", self.program.place(use.token))
        if use.function is not None and self._asserted_at_the_end(use, plan):
            return
        if use.function is not None:
            needed[key_of(use.function)] = use.function
        elif not self._goes_along(use, plan):
            raise Refusal("it is used at file scope, where no state can be reached", self.program.place(use.token))

    def _keep_arguments(self, move: TypeMove | VariableMove, plan: Plan) -> None:
        """The arguments of macros that have to stay the symbol's name."""
        variables = {m.member for m in plan.variables if m.variable.function is None and m.member == m.variable.name}
        kept = self.spelled.keep(move.variable.name, {m.variable.name for m in plan.types}, variables)
        plan.kept |= kept.arguments
        plan.sites |= kept.sites

    def _through_state(self, plan: Plan) -> set[tuple[int, int]]:
        """The uses, as view and index, of the variables of file scope whose member has the variable's name."""
        if self._moved[0] is not plan:
            moves = [m for m in plan.variables if m.variable.function is None and m.member == m.variable.name]
            self._moved = plan, {(id(u.view), u.index) for m in moves for u in uses_of(m.variable, self.places)}
        return self._moved[1]

    def _need_macro(self, name: str, needed: dict[tuple, Function]) -> None:
        """The functions that use a macro only in an arm the target does not take need the state as well."""
        for each in {name, *self._macros_with(name)}:
            self._check_outside(each, f"a macro that uses it, {each},")
            for file, token in self._written().get(each, ()):
                function = self._enclosing(file, token.start) if self.arms.state(file, token.start) == "other" else None
                if function is not None:
                    needed[key_of(function)] = function

    def _asserted_at_the_end(self, use: Use, plan: Plan) -> bool:
        """Whether a use is an assertion of a slot that runs when the module may be gone: the assertion goes."""
        kinds = {role.kind for role in plan.roles.by_name.get(use.function.name, ())}
        tokens = use.view.tokens
        if not kinds or not kinds <= DESTRUCTION_SLOTS:
            return False
        for i in range(use.index, use.function.declaration.body, -1):
            if tokens[i].text in (";", "{", "}"):
                first = i + 1
                end = closing(tokens, first + 1)
                span = span_of(tokens, first, end + 2)
                if tokens[first].text != "assert" or not first < use.index < end or tokens[end + 1].text != ";" or span is None:
                    return False
                plan.assertions.add(span)
                return True
        return False

    def _goes_along(self, use: Use, plan: Plan) -> bool:
        """Whether a use at file scope stands in a declaration that goes or is rewritten: another definition of its own, or of a moved type."""
        written = [d for m in (*plan.types, *plan.variables) for d in m.declarations] + [t for m in plan.types for t in m.tables]
        return any(_holds_token(each, use.token) for each in written)

    def _need_other_arms(self, variable: Variable, needed: dict[tuple, Function]) -> None:
        """A use in an arm the target does not take: inside a function it is rewritten alike, elsewhere the symbol stays."""
        if variable.function is not None:
            return
        for file, token in self._written().get(variable.name, ()):
            if self.understood.has(file, token.start) or self.arms.state(file, token.start) != "other" or self.arms.defines(variable.name, file, token.start):
                continue
            function = self._enclosing(file, token.start)
            if function is None:
                raise Refusal("it is mentioned in an #if arm that this configuration does not take", self.program.place_at(file, token.start))
            needed[key_of(function)] = function

        for macro in self._macros_with(variable.name):
            self._check_outside(macro, f"a macro that uses it, {macro},")

    def elsewhere(self, variable: Variable) -> bool:
        """Whether an arm the target does not take mentions a variable, itself or by a macro."""
        names = {variable.name, *self._macros_with(variable.name)}
        return any(self.arms.state(file, token.start) == "other" for name in names for file, token in self._written().get(name, ()))

    def _macros_with(self, name: str) -> set[str]:
        """The macros whose bodies mention a name, or another such macro."""
        found: set[str] = set()
        defined = [m for view in self.program.all_views for m in view.unit.defined]
        while True:
            more = {m.name.text for m in defined if any(t.text == name or t.text in found for t in m.body)} - found - {name}
            if not more:
                return found
            found |= more

    def _check_outside(self, name: str, words: str, declared: bool = False) -> None:
        """Refuse what is mentioned in a function that stands in an arm the target does not take; ``declared``: but for declarations."""
        for file, token in self._written().get(name, ()):
            text = self.program.texts[file]
            before = text[text.rfind("\n", 0, token.start) + 1 : token.start].strip()
            head = declared and _WORD.search(text[max(token.start - 80, 0) : token.start].rstrip()) is not None
            if before.startswith("#") or head or self.understood.has(file, token.start) or self.arms.state(file, token.start) != "other":
                continue
            if self._enclosing(file, token.start) is None:
                raise Refusal(f"{words} is used in a function of an #if arm that this configuration does not take", self.program.place_at(file, token.start))

    def _written(self) -> dict[str, list[tuple[str, Token]]]:
        """Every name as it is written in any arm of any file, member access left out."""
        if self._names is None:
            self._names = {}
            for file in sorted(self.program.texts):
                before = ""
                for token in self.program.reader.tokens(file):
                    if token.kind == ID and token.start >= 0 and before not in (".", "->"):
                        self._names.setdefault(token.text, []).append((file, token))
                    before = token.text
        return self._names

    def _need_other_files(self, variable: Variable) -> None:
        """A symbol that files of another platform or extension share has to stay."""
        if variable.function is None and "static" not in variable.storage:
            for name, file in self.mentioned({variable.name}).items():
                raise Refusal(f"{file} mentions {name} too, and is no part of this extension")

    def _solved(self, reaching: Reaching, needed: dict[tuple, Function], by_interpreter: bool, uses: list[Use]) -> dict[tuple, Reach]:
        """The ways to the state; a function that other files call too cannot get a parameter more."""
        found = reaching.solve(needed, by_interpreter)
        self._check_gil(reaching, found, uses)
        for key, reach in found.items():
            if self.clinic.wrote_body(reach.function):
                raise Refusal(f"{reach.function.name}(), which Argument Clinic wrote, would have to find the state", self.program.place(reach.function.name_token))
            if reach.source == "parameter":
                if self.clinic.wrote(reach.function.name_token.file, reach.function.name_token.start):
                    raise Refusal(f"{reach.function.name}() would need the state as a parameter, and Argument Clinic writes its head", self.program.place(reach.function.name_token))
                self._check_calls(reaching, key, reach.function)
                for name in (reach.function.name, *sorted(self._macros_with(reach.function.name))):
                    self._check_outside(name, f"{reach.function.name}() would need the state as a parameter, and it", name == reach.function.name)
        shared = {r.function.name for r in found.values() if r.source == "parameter" and not r.function.static}
        for name, file in sorted(self.mentioned(shared).items()):
            raise Refusal(f"{name}() would need the state as a parameter, and {file}, which is no part of this extension, mentions it")
        return found

    def _check_gil(self, reaching: Reaching, found: dict[tuple, Reach], uses: list[Use]) -> None:
        """A callback that takes the GIL itself can ask the interpreter for the state only then."""
        for key, reach in found.items():
            if reach.source == "interpreter":
                if runs_at_exit(self.places, reach.function):
                    raise Refusal(f"{reach.function.name}() needs the state and runs when no interpreter is left", self.program.place(reach.function.name_token))
                behind = takes_gil(self.program, reach.function)
                wants = [u.index for u in uses if u.view is reach.function.view and u.function is not None and key_of(u.function) == key]
                wants += [c.index for k, r in found.items() if r.source == "parameter" for c in reaching.graph.calls.get(k, ()) if key_of(c.caller) == key]
                if any(index < behind for index in wants):
                    raise Refusal(f"{reach.function.name}() needs the state before it takes the GIL", self.program.place(reach.function.name_token))

    def _check_calls(self, reaching: Reaching, key: tuple, function: Function) -> None:
        """Every call has to be written out, so that the state can be written into it, and has to be one in every configuration."""
        for view in self.program.all_views:
            macro = next((m for m in view.unit.defined if m.name.text == function.name and m.parameters is not None), None)
            if macro is not None:
                raise Refusal(f"{function.name}() would need the state as a parameter, and is a macro in another #if arm", self.program.place(macro.name))
        for call in reaching.graph.calls.get(key, ()):
            name, opening = call.caller.view.tokens[call.index - 1], call.caller.view.tokens[call.index]
            if _renamed(name) and name.expansion.last.end <= opening.start <= name.expansion.last.end + _NEAR:
                continue
            if name.start < 0 or opening.start < 0 or name.file != opening.file or not name.end <= opening.start <= name.end + _NEAR:
                raise Refusal(f"{function.name}() would need the state as a parameter, and a macro puts a call of it together", self.program.place(name))

    def _enclosing(self, file: str, offset: int) -> Function | None:
        for function in self.program.functions():
            tokens, declaration = function.view.tokens, function.declaration
            start, end = tokens[declaration.body], tokens[declaration.last - 1]
            if start.file == end.file == file and 0 <= start.start < offset < end.start:
                return function
        return None


def _holds_token(variable: Variable, token: Token) -> bool:
    """Whether a token is written inside a declaration."""
    span = span_of(variable.view.tokens, variable.first, variable.last)
    return span is not None and span.file == token.file and span.start <= token.start < span.end


def _renamed(name: Token) -> bool:
    """Whether a name came out of a macro that is nothing but another name for it, used where it is written."""
    return name.expansion is not None and name.expansion.parent is None and name.expansion.macro.parameters is None and len(name.expansion.macro.body) == 1
