"""All files of one extension as declarations: what is defined where, before anything is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pycparser import c_ast

from porter.errors import Gap
from porter.facts import cpp
from porter.facts.collector import paused
from porter.facts.declared import Function, Variable, View
from porter.facts.model import Place
from porter.facts.parameters import parameters_of
from porter.frontend.declarations import FUNCTION, OTHER, TYPEDEF, Declaration, closing, split, unclosed
from porter.frontend.lexer import ID, Token
from porter.frontend.macros import Expansion
from porter.frontend.outside import type_names, typedef_names
from porter.frontend.parse import Unparsed, parse
from porter.frontend.preprocess import Unit
from porter.frontend.unit import Reader, standard_types
from porter.span import Lines, Span
from porter.tree.model import Extension


@dataclass(eq=False)
class Program:
    """An extension's units together. Places are found through :meth:`place`.

    ``alternates``: units as other configurations have them, read for the arms of ``#if`` that the target does not take.
    """

    extension: Extension
    reader: Reader
    views: list[View] = field(default_factory=list)
    alternates: list[View] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    _lines: dict[str, Lines] = field(default_factory=dict)

    def place(self, token: Token) -> Place:
        """Where a token stands in the text: its spelling, or the macro use it came out of."""
        while token.start < 0 and token.expansion is not None:
            token = token.expansion.use
        return self.place_at(token.file, max(token.start, 0))

    def place_at(self, file: str, offset: int) -> Place:
        """Line and column of an offset."""
        if file not in self._lines:
            self._lines[file] = Lines(self.texts.get(file, ""))
        lines = self._lines[file]
        return Place(file, lines.line(offset), lines.column(offset))

    @property
    def all_views(self) -> list[View]:
        """The units of the target, and behind them those of other configurations."""
        return [*self.views, *self.alternates]

    def function(self, name: str, view: View) -> Function | None:
        """The function a name means in a view: its own, else that of the same file in another configuration, else one another file exports."""
        if name in view.functions:
            return view.functions[name]
        for other in self.all_views if view.fresh is not None else self.views:
            found = other.functions.get(name)
            if found is not None and (not found.static or other.file == view.file):
                return found
        return None

    def functions(self) -> list[Function]:
        """Every function once, also those of headers that many files include."""
        seen, out = set(), []
        for view in self.all_views:
            for function in view.functions.values():
                token = function.name_token
                key = (token.file, token.start) if token.start >= 0 else (view.file, function.name)
                if key not in seen:
                    seen.add(key)
                    out.append(function)
        return out

    def variables(self) -> list[Variable]:
        """Every variable once; of an ``extern`` declaration and its definition, the definition."""
        seen, out = set(), []
        for view in self.all_views:
            for variable in view.variables:
                token = variable.name_token
                owner = variable.function.name if variable.function else ""
                key = (token.file, token.start, token.expansion.outermost.use.start if token.expansion else -1, variable.name, owner)
                if key not in seen:
                    seen.add(key)
                    out.append(variable)
        return out

    def release(self) -> None:
        """Let go of everything at once: views and what they declare name each other, and only a collector would find that."""
        for view in self.all_views:
            view.functions.clear()
            view.variables.clear()
        self.views.clear()
        self.alternates.clear()


@paused()
def read_program(extension: Extension, read: Callable[[str], str | Gap], python: str, include_dirs=(), macros=()) -> Program:
    """Read, preprocess and cut all sources of an extension. Never raises for what is in them: gaps say what was lost."""
    return _read_all(extension, Reader(read, (*extension.include_dirs, *include_dirs), (*extension.macros, *macros), python))


def reread(program: Program, texts: dict[str, str]) -> Program:
    """The program as it is with ``texts`` in the places of some of its files."""
    reader = program.reader
    return _read_all(program.extension, Reader(lambda f: texts[f] if f in texts else reader.read(f), reader.include_dirs, reader.given, reader.python))


def _read_all(extension: Extension, reader: Reader) -> Program:
    program = Program(extension, reader)
    for source in extension.compiled:
        other = is_cpp(extension, source)
        unit = reader.unit(source, **({"__cplusplus": cpp.STANDARD} if other else {}))
        if isinstance(unit, Gap):
            program.gaps.append(unit)
            continue
        program.texts.update(unit.texts)
        program.gaps.extend(unit.gaps)
        program.views.append(view := cpp.view_of(unit) if other else read_view(program, cut(unit)))
        if other and (opened := unclosed(unit.tokens)) is not None:
            _gap(program, view, opened, len(unit.tokens), "its brackets do not close")
    return program


def is_cpp(extension: Extension, source: str) -> bool:
    """Whether a source is compiled as C++: by its suffix, which outweighs what the extension is linked as."""
    return source.endswith(cpp.SUFFIXES) or (extension.language == "c++" and not source.endswith(".c"))


def cut(unit: Unit) -> View:
    """A unit cut into declarations, of which nothing is read yet."""
    tokens = unit.tokens
    return View(unit, tokens, split(tokens, lambda: _starts(unit)), {*standard_types(), *type_names(unit.outside)})


def read_view(program: Program, view: View) -> View:
    """Read what the declarations of a view say: all of them, or those that have something fresh. Gaps go to the program."""
    fresh = view.fresh
    for declaration in view.declarations:
        new = fresh is None or not fresh.isdisjoint(range(declaration.first, declaration.last))
        if not declaration.balanced:
            _gap(program, view, declaration.first, declaration.last, "its brackets do not close")
        elif declaration.kind == FUNCTION:
            _function(program, view, declaration, new)
        elif new and not _is_prototype(view.tokens, declaration):
            _declared(program, view, declaration)
    return view


def _starts(unit: Unit) -> list[int]:
    """Indexes of tokens in the first column of a line."""
    texts = unit.texts
    return [
        i for i, t in enumerate(unit.tokens) if t.start >= 0 and t.expansion is None and (t.start == 0 or texts[t.file][t.start - 1] == "\n")
    ]


def _is_prototype(tokens: list[Token], declaration: Declaration) -> bool:
    """Whether a declaration only declares one function: nothing of it is needed."""
    opening = declaration.parameters
    if declaration.kind != OTHER or opening < 0 or tokens[opening + 1].text == "*" or tokens[opening - 1].text in standard_types():
        return False
    return tokens[closing(tokens, opening, declaration.last) + 1 : declaration.last][:1] != [] and tokens[
        closing(tokens, opening, declaration.last) + 1
    ].text in (";", "__attribute__")


def _gap(program: Program, view: View, index: int, last: int, why: str) -> None:
    view.unread.append((index, last))
    place = program.place(view.tokens[index])
    words = " ".join(t.text for t in view.tokens[index : index + 6])
    program.gaps.append(Gap(place.file, place.line, words[:80], why))


def _function(program: Program, view: View, declaration: Declaration, new: bool) -> None:
    tokens = view.tokens
    head = [t.text for t in tokens[declaration.first : declaration.parameters - 1]]
    returns = " ".join(w for w in head if w not in ("static", "inline", "extern", "__inline", "__inline__"))
    function = Function(declaration.name, view, declaration, parameters_of(tokens, declaration), returns, "static" in head)
    if view.functions.setdefault(declaration.name, function) is not function:
        view.unread.append((declaration.first, declaration.last))
    if new:
        _local_statics(program, view, function)


def _local_statics(program: Program, view: View, function: Function) -> None:
    tokens, index, last = view.tokens, function.declaration.body + 1, function.declaration.last
    if not any([t.text == "static" for t in tokens[index:last]]):
        return
    while index < last:
        if tokens[index].text == "static" and tokens[index].kind == ID and _begins(tokens, index):
            end = index
            while end < last and tokens[end].text != ";":
                end = closing(tokens, end, last) + 1 if tokens[end].text in "([{" else end + 1
            _declared(program, view, Declaration("declaration", index, min(end + 1, last)), function)
            index = end
        index += 1


def _begins(tokens: list[Token], index: int) -> bool:
    return tokens[index - 1].text in ("{", "}", ";", ")", ":", "const", "volatile", "register")


def _declared(program: Program, view: View, declaration: Declaration, function: Function | None = None) -> None:
    try:
        tree = parse(view.tokens, declaration.first, declaration.last, view.types, values=False)
    except Unparsed as problem:
        if declaration.kind == TYPEDEF:
            view.types.update(typedef_names(view.tokens, declaration))
        view.unread.append((declaration.first, declaration.last))
        _gap(program, view, min(problem.index, declaration.last - 1), declaration.last, f"this declaration did not parse: {problem.why}")
        return
    nodes = [n for n in tree.ext if not (isinstance(n, c_ast.Typedef) and n.coord.line == 0)]
    variables = []
    for node in nodes:
        _remember_structs(view, node)
        if isinstance(node, c_ast.Typedef):
            view.types.add(node.name)
            view.typedefs[node.name] = node.type
        elif isinstance(node, c_ast.Decl) and node.name and not isinstance(node.type, c_ast.FuncDecl):
            variables.append(node)
    for node in variables:
        made = _variable(view, declaration, node, len(variables), function)
        if made is not None:
            view.variables.append(made)


def _remember_structs(view: View, node: c_ast.Node) -> None:
    inner = node
    while isinstance(inner, (c_ast.Decl, c_ast.Typedef, c_ast.TypeDecl, c_ast.PtrDecl, c_ast.ArrayDecl)):
        inner = inner.type
    if isinstance(inner, (c_ast.Struct, c_ast.Union)) and inner.decls:
        if inner.name:
            view.structs[inner.name] = inner
        for member in inner.decls:
            _remember_structs(view, member)


def _variable(view: View, declaration: Declaration, node: c_ast.Decl, count: int, function: Function | None) -> Variable | None:
    stars, array, inner, const = 0, False, node.type, False
    while not isinstance(inner, c_ast.TypeDecl):
        if isinstance(inner, c_ast.ArrayDecl):
            array = True
        elif isinstance(inner, c_ast.PtrDecl):
            stars += 1
            const = const or (stars == 1 and "const" in inner.quals)
        elif isinstance(inner, c_ast.FuncDecl):
            return _function_pointer(view, declaration, node, count, function, array, const)
        inner = inner.type
    const = const if stars else "const" in inner.quals
    name_index = _name_index(view.tokens, declaration, node.name, _start(node, declaration))
    if name_index < 0 or (node.name.startswith("__") and view.tokens[name_index - 1].text == "}"):  # struct s {…} __packed;
        return None
    return Variable(node.name, view, declaration.first, declaration.last, name_index, _base(inner.type), stars, array, const,
                    frozenset(node.storage), _value(view.tokens, name_index, declaration.last), count, function, node)  # fmt: skip


def _function_pointer(view, declaration, node, count, function, array, const) -> Variable | None:
    name_index = _name_index(view.tokens, declaration, node.name, _start(node, declaration))
    if name_index < 0:
        return None
    return Variable(node.name, view, declaration.first, declaration.last, name_index, "function", 1, array, const,
                    frozenset(node.storage), _value(view.tokens, name_index, declaration.last), count, function, node)  # fmt: skip


def _start(node: c_ast.Decl, declaration: Declaration) -> int:
    """The index of a token at or before the name a declarator gives."""
    inner = node.type
    while not isinstance(inner, c_ast.TypeDecl):
        inner = inner.type
    return inner.coord.line if inner.coord else declaration.first


def _base(node: c_ast.Node) -> str:
    if isinstance(node, c_ast.IdentifierType):
        return " ".join(node.names)
    if isinstance(node, (c_ast.Struct, c_ast.Union, c_ast.Enum)):
        return f"{type(node).__name__.lower()} {node.name or ''}".strip()
    return "?"


def _name_index(tokens: list[Token], declaration: Declaration, name: str, start: int) -> int:
    for index in range(max(start, declaration.first), declaration.last):
        if tokens[index].text == name and tokens[index].kind == ID:
            return index
    return -1


def _value(tokens: list[Token], name_index: int, last: int) -> tuple[int, int] | None:
    index = name_index + 1
    while index < last:
        text = tokens[index].text
        if text in ("(", "[", "{"):
            index = closing(tokens, index, last)
        elif text in (",", ";"):
            return None
        elif text == "=":
            end = _comma(tokens, index + 1, last - 1)
            return (index + 1, end) if index + 1 < end else None
        index += 1
    return None


def _comma(tokens: list[Token], index: int, last: int) -> int:
    """The index of the next comma outside brackets, or ``last``."""
    while index < last and tokens[index].text != ",":
        index = (closing(tokens, index, last) if tokens[index].text in ("(", "[", "{") else index) + 1
    return min(index, last)


def span_of(tokens: list[Token], first: int, last: int) -> Span | None:
    """The bytes that ``first <= i < last`` cover, where all of it is written in one file outside macros' bodies; else None.

    A stretch that is part of what one macro use makes is not written in one piece, so it has no span either.
    """
    if first >= last:
        return None
    start, end = tokens[first], tokens[last - 1]
    if all(t.expansion is not None and t.expansion.outermost is _outermost(start) and _spelled_in_use(t) for t in tokens[first:last]):
        return Span(start.file, start.start, end.end) if start.file == end.file and start.start < end.end else None
    if _torn(tokens, first, first - 1) or _torn(tokens, last - 1, last):
        return None
    begins, ends = _bound(start, False), _bound(end, True)
    if begins is None or ends is None or begins[0] != ends[0] or begins[1] >= ends[1]:
        return None
    return Span(begins[0], begins[1], ends[1])


def _outermost(token: Token) -> Expansion | None:
    return token.expansion.outermost if token.expansion is not None else None


def _bound(token: Token, behind: bool) -> tuple[str, int] | None:
    """Where a token begins or ends, or the whole macro use it came out of, arguments or not."""
    if token.expansion is not None:
        outermost = token.expansion.outermost
        token = outermost.last if behind else outermost.use
    return None if token.start < 0 else (token.file, token.end if behind else token.start)


def _torn(tokens: list[Token], inside: int, outside: int) -> bool:
    """Whether the token beyond an edge comes out of the same macro use as the token at it."""
    outermost = _outermost(tokens[inside])
    return outermost is not None and 0 <= outside < len(tokens) and _outermost(tokens[outside]) is outermost


def written_plainly(variable: Variable) -> bool:
    """Whether a declaration stands in the text itself: no macro of the tree makes its first token or its name."""
    tokens = (variable.view.tokens[variable.first], variable.name_token, variable.view.tokens[variable.last - 1])
    return all(t.expansion is None or t.expansion.outermost.macro.name.start < 0 for t in tokens) and variable.name_token.start >= 0


def written_but_for_its_name(variable: Variable) -> bool:
    """Whether a declaration stands in the text itself, though a macro use may make its name and nothing else."""
    tokens, at = variable.view.tokens, variable.name_index
    made = (tokens[variable.first].expansion, tokens[variable.last - 1].expansion)
    return span_of(tokens, at, at + 1) is not None and all(e is None or e.outermost.macro.name.start < 0 for e in made)


def name_as_written(program: Program, variable: Variable) -> str:
    """The name of a variable, or the macro use that makes its name and nothing else: ``MODULE_DEF`` for ``foo_module``."""
    span = span_of(variable.view.tokens, variable.name_index, variable.name_index + 1)
    return variable.name if span is None else program.texts[span.file][span.start : span.end]


def edge(token: Token, behind: bool) -> tuple[str, int] | None:
    """Where a token, or the outermost macro use it came out of, begins (or ends) in its file."""
    if token.expansion is not None and not _spelled_in_use(token):
        outermost = token.expansion.outermost
        token = outermost.last if behind else outermost.use
    if token.start < 0:
        return None
    return token.file, token.end if behind else token.start


def _spelled_in_use(token: Token) -> bool:
    """Whether a token that came through a macro is an argument, spelled between the parentheses of the outermost use."""
    outermost = token.expansion.outermost
    return token.file == outermost.use.file and outermost.use.end <= token.start < outermost.last.end and outermost.use.end >= 0
