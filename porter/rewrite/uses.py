"""Every mention of a moved symbol, said through the state; a mention porter cannot say so keeps the symbol where it is."""

from __future__ import annotations

from porter.facts.alternates import variants
from porter.facts.program import Function, Variable, edge
from porter.facts.uses import Places, is_another, shadows
from porter.frontend.lexer import CHAR, ID, NUMBER, STRING, Token
from porter.plan.address import address_of
from porter.plan.arms import Arms
from porter.plan.model import Plan, Refusal, TypeMove, VariableMove, key_of
from porter.rewrite.draft import Draft
from porter.span import Span

_OPERAND = (ID, NUMBER, STRING, CHAR)


class SymbolRefused(Exception):
    """The rewrite met a mention it cannot say: the plan is made again without the symbol."""

    def __init__(self, variable: Variable, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.variable, self.refusal = variable, refusal


def rewrite_uses(plan: Plan, draft: Draft, arms: Arms, owners: Owners, places: Places) -> None:
    """Edits for all mentions of all moved symbols, in every file and arm that is not dead. Raises :class:`SymbolRefused`."""
    for move in (*plan.types, *plan.variables):
        try:
            for file in sorted(plan.program.texts):
                _rewrite_in(plan, draft, arms, owners, move, file, places)
        except Refusal as problem:
            raise SymbolRefused(move.variable, problem) from None
    for span in sorted(plan.pasted):
        draft.insert(span.file, span.start, f"{plan.state_name}->")
    for span, name in sorted(plan.sites.items()):
        draft.replace(span, f"{plan.state_name}->{name}")


class Owners:
    """The function a byte of a file belongs to, by what is written, and the macro whose body holds it."""

    def __init__(self, plan: Plan) -> None:
        self.ranges: dict[str, list[tuple[int, int, Function]]] = {}
        self._views, self._read = plan.program.all_views, None
        self.heads: set[tuple[str, int]] = set()
        for function in plan.program.functions():
            self.heads.add((function.name_token.file, function.name_token.start))
            declaration, tokens = function.declaration, function.view.tokens
            start, end = tokens[declaration.first], tokens[declaration.last - 1]
            first = _where(start, end)
            if first is not None and end.file == first[0] and end.start > first[1] >= 0:
                self.ranges.setdefault(first[0], []).append((first[1], end.end, function))
        self.macros: dict[tuple[str, int], str] = {}
        for view in plan.program.all_views:
            for macro in view.unit.defined:
                for token in macro.body:
                    if token.start >= 0:
                        self.macros[(token.file, token.start)] = macro.name.text

    def is_read(self, file: str, offset: int) -> bool:
        """Whether the compiler sees the token written at ``offset``, so that it is not only part of what ``#`` or ``##`` makes."""
        if self._read is None:
            self._read = {(t.file, t.start) for view in self._views for t in view.tokens}
        return (file, offset) in self._read

    def function(self, file: str, offset: int) -> Function | None:
        """The function whose text holds ``offset``."""
        for start, end, function in self.ranges.get(file, ()):
            if start <= offset < end:
                return function
        return None

    def is_head(self, token: Token) -> bool:
        """Whether a token is the name of a function where that is defined."""
        return (token.file, token.start) in self.heads

    def macro(self, token: Token) -> str | None:
        """The macro whose body a token is written in."""
        return self.macros.get((token.file, token.start))


def _where(start: Token, end: Token) -> tuple[str, int] | None:
    """Where a function that ends with ``end`` begins: at the macro use that makes its first words, unless all of it stands in the macro."""
    if end.expansion is None:
        return edge(start, False)
    while start.start < 0 and start.expansion is not None:
        start = start.expansion.outermost.use
    return (start.file, start.start) if start.start >= 0 else None


def _rewrite_in(plan: Plan, draft: Draft, arms: Arms, owners: Owners, move: TypeMove | VariableMove, file: str, places: Places) -> None:
    name = move.variable.name
    if name not in draft.text(file):
        return
    tokens, _ = draft.raw(file)
    for index, token in enumerate(tokens):
        if token.text != name or token.kind != ID or _is_member(tokens, index) or draft.is_covered(file, token.start, token.end):
            continue
        if not means(plan, owners, move.variable, token):
            continue
        state = arms.state(file, token.start)
        if state == "dead" or state == "live" and owners.function(file, token.start) is None and owners.macro(token) is None and not places.spelled(name, file, token.start):
            continue
        if arms.defines(name, file, token.start) or (file, token.start) in plan.kept:
            continue
        if not state_there(plan, owners, token):
            raise Refusal("a use of it is out of reach of the state", plan.program.place_at(file, token.start))
        _say(plan, draft, owners, move, tokens, index)


def _is_member(tokens: list[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].text in (".", "->")


def means(plan: Plan, owners: Owners, variable: Variable, token: Token) -> bool:
    """Whether a token written like the symbol means it: not a local of the same name, not another function's static."""
    function = owners.function(token.file, token.start)
    if variable.function is not None:
        if function is None or function.name_token.start != variable.function.name_token.start or function.name != variable.function.name:
            return False
        index = _stream_index(function, token)
        return index is None or not is_another(variable, function, index)
    if _has_its_own(plan, variable, token.file):
        return False
    if function is None:
        return True
    function, index = next(((f, i) for f in variants(plan.program, function) if (i := _stream_index(f, token)) is not None), (function, None))
    if index is None:
        return not any(p.name == variable.name for p in function.parameters)
    if any(p.name == variable.name for p in function.parameters):
        return False
    if shadows(function, variable.name, index):
        raise Refusal("a local variable has the same name", plan.program.place(token))
    return True


def _has_its_own(plan: Plan, variable: Variable, file: str) -> bool:
    """Whether ``file`` defines a static of the same name, and the variable is one of another file that does not include it."""
    if file in variable.view.unit.texts:
        return False
    defining = {v.name_token.file for v in plan.program.variables() if v.name == variable.name and v.function is None and "static" in v.storage}
    return variable.name_token.file in defining and variable.name_token.file != file and file in defining


def _stream_index(function: Function, token: Token) -> int | None:
    declaration, tokens = function.declaration, function.view.tokens
    return next((i for i in range(declaration.first, declaration.last) if tokens[i].start == token.start and tokens[i].file == token.file), None)


def state_there(plan: Plan, owners: Owners, token: Token) -> bool:
    """Whether the state is at hand where a token is written."""
    if owners.macro(token) is not None:
        return True  # every function that expands the macro was counted as a user
    function = owners.function(token.file, token.start)
    return function is not None and (key_of(function) in plan.reaches or _own(plan, function, token) is not None)


def _own(plan: Plan, function: Function | None, token: Token) -> str | None:
    """The local variable for a type in a destruction slot of its own."""
    own = plan.own_types.get(key_of(function)) if function is not None else None
    return own.local if own is not None and own.name == token.text else None


def _say(plan: Plan, draft: Draft, owners: Owners, move: TypeMove | VariableMove, tokens: list[Token], index: int) -> None:
    token = tokens[index]
    state = plan.state_name
    if isinstance(move, VariableMove) and owners.macro(token) is None and address_of(plan, owners.function(token.file, token.start)) is not None:
        following = tokens[index + 1].text
        said = f"(*{move.member})" if following in ("->", "[", "(", "++", "--") else f"*{move.member}"
        draft.replace(Span(token.file, token.start, token.end), said)
        return
    if isinstance(move, VariableMove):
        draft.replace(Span(token.file, token.start, token.end), f"{state}->{move.member}")
        return
    function = owners.function(token.file, token.start)
    said = _own(plan, function, token) or f"{state}->{move.variable.name}"
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is not None and following.text == ".":
        draft.replace(Span(token.file, token.start, following.end), f"{said}->")
        return
    before = tokens[index - 1] if index else None
    if before is None or before.text != "&" or (index > 1 and (tokens[index - 2].kind in _OPERAND and tokens[index - 2].text != "return" or tokens[index - 2].text in (")", "]") and not _is_cast(tokens, index - 2))):
        if not _addressed_by_macro(function, token):
            raise Refusal("it is used as a whole, not by its address", plan.program.place(token))
        draft.replace(Span(token.file, token.start, token.end), f"(*{said})")
        return
    draft.replace(Span(token.file, before.start, token.end), said)


def _addressed_by_macro(function: Function | None, token: Token) -> bool:
    """Whether a name is the argument of a macro that takes its address, or a member of it, wherever it puts it."""
    if function is None:
        return False
    tokens, declaration = function.view.tokens, function.declaration
    found = [i for i in range(declaration.body, declaration.last) if tokens[i].start == token.start and tokens[i].file == token.file]
    return bool(found) and all(tokens[i].expansion is not None and _addressed(tokens, i) for i in found)


def _addressed(tokens: list[Token], index: int) -> bool:
    left, right = index - 1, index + 1
    while tokens[left].text == "(" and tokens[right].text == ")":
        left, right = left - 1, right + 1
    return tokens[right].text == "." or tokens[left].text == "&" and tokens[left - 1].kind not in _OPERAND


def _is_cast(tokens: list[Token], index: int) -> bool:
    """Whether the parenthesis that closes at ``index`` is a cast: ``(PyObject *)``."""
    return tokens[index].text == ")" and index > 1 and tokens[index - 1].text == "*"
