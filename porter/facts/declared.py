"""What is declared in a translation unit, as written: functions, and variables with static storage."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from pycparser import c_ast

from porter.facts.locals import local_names
from porter.frontend.declarations import Declaration
from porter.frontend.lexer import Token
from porter.frontend.preprocess import Unit


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function: its name (or ``""``) and the text of its type."""

    name: str
    ctype: str


@dataclass(frozen=True, eq=False)
class Function:
    """A function definition. ``first``/``body``/``last`` are token indexes of its view; ``file`` is where its name is spelled."""

    name: str
    view: View
    declaration: Declaration
    parameters: tuple[Parameter, ...]
    returns: str
    static: bool

    @property
    def name_token(self) -> Token:
        """The token that names it."""
        return self.view.tokens[self.declaration.parameters - 1]

    @property
    def tokens(self) -> list[Token]:
        """Its tokens, from the first specifier to the closing brace."""
        return self.view.tokens[self.declaration.first : self.declaration.last]

    @cached_property
    def hidden(self) -> dict[str, list[tuple[int, int]]]:
        """The names of file scope that its parameters or local declarations hide, each with the stretches of tokens where."""
        names = local_names(self.view.tokens, self.declaration.body, self.declaration.last, self.view.types)
        return names | {p.name: [(0, self.declaration.last)] for p in self.parameters if p.name}


@dataclass(frozen=True, eq=False)
class Variable:
    """A declared variable with static storage, as written: one declarator of a declaration.

    ``value`` is the stretch of tokens of its initialiser, or None; ``declarators`` how many share the declaration.
    """

    name: str
    view: View
    first: int
    last: int
    name_index: int
    base: str
    stars: int
    array: bool
    const: bool
    storage: frozenset[str]
    value: tuple[int, int] | None
    declarators: int
    function: Function | None = None
    node: c_ast.Node | None = None

    @property
    def name_token(self) -> Token:
        """The token that names it."""
        return self.view.tokens[self.name_index]

    @property
    def ctype(self) -> str:
        """Its type as a person would write it."""
        return f"{self.base} {'*' * self.stars}".strip() + (" []" if self.array else "")


@dataclass(eq=False)
class View:
    """One translation unit, cut into declarations. ``holders``: classes of C++ that have a pointer to an object.

    ``unread``: the stretches of tokens of declarations that nothing is known of. ``fresh``: for a unit as another
    configuration has it, the indexes of the tokens that no view before it has; None for one of the target's own.
    """

    unit: Unit
    tokens: list[Token]
    declarations: list[Declaration]
    types: set[str]
    functions: dict[str, Function] = field(default_factory=dict)
    variables: list[Variable] = field(default_factory=list)
    typedefs: dict[str, c_ast.Node] = field(default_factory=dict)
    structs: dict[str, c_ast.Struct] = field(default_factory=dict)
    holders: set[str] = field(default_factory=set)
    confidence: str = "parsed"
    unread: list[tuple[int, int]] = field(default_factory=list)
    fresh: frozenset[int] | None = None

    @property
    def file(self) -> str:
        """The file it was made from."""
        return self.unit.file

    @property
    def knows_python(self) -> bool:
        """Whether it reads Python.h; a C library that is built along does not."""
        return any(i.name.rpartition("/")[2] == "Python.h" for i in self.unit.includes)
