"""What becomes of each type, each variable and each function that must reach the state, and why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from porter.facts.identifiers import Helpers
from porter.facts.initializer import Value
from porter.facts.model import Place
from porter.facts.modules import Creation
from porter.facts.program import Function, Program, Variable, View
from porter.facts.uses import Use
from porter.frontend.lexer import Token
from porter.plan.counters import Counter
from porter.plan.roles import Roles
from porter.span import Span

MOVED, CHANGED, LEFT, OFFERED, REFUSED = "moved", "changed", "left", "offered", "refused"
SAFE, UNSAFE = "safe", "unsafe"
FIND_MODULE = "PyState_FindModule"
UNUSED = "_unused_"
"""What the name of a parameter written ``Py_UNUSED(name)`` begins with: the stand-in of that macro makes it so."""
_SUFFIX = re.compile(r"_?(Type|type|Object_Type|TypeObject)$")


@dataclass(frozen=True, order=True)
class Decision:
    """What porter does with one symbol, and the reason a person reads.

    ``kind``: ``extension``, ``type``, ``variable`` or ``use``; ``decision``: ``moved`` (to the state), ``changed`` (where
    it stands), ``left`` (rightly as it is), ``offered`` (only made when asked for) or ``refused`` (a person has to do it).
    ``operation``: the one of OPERATIONS that it takes, or "" where it takes none.
    """

    place: Place
    kind: str
    symbol: str
    decision: str
    reason: str
    operation: str = ""

    @property
    def safety(self) -> str:
        """``safe``: made by itself; ``unsafe``: made only when asked for; ``refused``: not made."""
        return UNSAFE if self.operation else REFUSED if self.decision == REFUSED else SAFE


class Refusal(Exception):
    """Why a symbol, or a whole extension, is not ported; with the place that stands in the way."""

    def __init__(self, reason: str, place: Place | None = None) -> None:
        super().__init__(reason)
        self.reason, self.place = reason, place


@dataclass(frozen=True, eq=False)
class Assignment:
    """A statement ``Type.field = value;`` of the init: the tokens from the first name to the semicolon.

    ``chained``: the names of all types in ``A.tp_base = B.tp_base = value;``; ``late``: whether only the init knows the value.
    ``default``: whether it stands in ``if (!Type.field)``, which the tokens hold then too: a field that is written keeps its value.
    """

    field: str
    value: Value
    function: Function
    first: int
    last: int
    chained: frozenset[str] = frozenset()
    late: bool = False
    default: bool = False


@dataclass(frozen=True, eq=False)
class Collected:
    """What makes and frees the instances of a type that gets GC support: uses of PyObject_New from the name to the closing
    parenthesis; and calls, as view and index of the name."""

    allocations: tuple[tuple[Token, Token], ...]
    frees: tuple[tuple[View, int], ...]


@dataclass(frozen=True, eq=False)
class TypeMove:
    """A static type that becomes a heap type.

    ``fields`` holds every field that is set, sub-tables flattened; ``tables`` the sub-tables that go with it;
    ``base``: ``""`` for object, the name of another moved type, or C text; ``flags``: those to add;
    ``traverse_base``: for a type that inherits its GC support, the C text of the base type it has to delegate to.
    ``dotted``: whether its name has a dot; ``sequence``: for a struct sequence, the use that fills it from its description;
    ``collected``: what changes where the type gets GC support that it did not have.
    """

    variable: Variable
    declarations: tuple[Variable, ...]
    name: str
    fields: dict[str, Value]
    tables: tuple[Variable, ...]
    assignments: tuple[Assignment, ...]
    base: str
    flags: tuple[str, ...]
    traverse_base: str | None = None
    dotted: bool = True
    sequence: Use | None = None
    collected: Collected | None = None


@dataclass(frozen=True)
class Held:
    """A place that keeps a reference: ``path`` is what stands behind the variable's name to name it, an element as ``[i]``.

    ``array``: the path of the array it is an element of, or None; ``member``: the struct's member it is, or ``""``.
    """

    path: str
    array: str | None
    member: str = ""


@dataclass(frozen=True, eq=False)
class Fill:
    """What the exec slot puts into a struct: its initialiser; ``behind``: the index in the exec slot's view behind the
    statement that makes the last of the types it names, None where it names none that is made there."""

    value: Value
    behind: int | None


@dataclass(frozen=True, eq=False)
class VariableMove:
    """A variable that becomes a member of the state.

    ``member``: its name there; ``owned``: whether the state holds a reference that clear gives back;
    ``module``: whether it keeps the module itself (then it is set first and borrowed); ``start``: C text of a start value;
    ``held``: the places whose references clear gives back; ``written``: for an array or struct, what its declaration has
    before the name and behind it; ``copied``: for an array with a start, the name of the constant that keeps it, ``stolen``: the accesses to a member whose reference a call takes over although nobody took one for it; ``fill``: for a struct
    with a start of its own, what it starts as.
    """

    variable: Variable
    declarations: tuple[Variable, ...]
    member: str
    kind: str
    owned: bool
    start: str | None = None
    module: bool = False
    held: tuple[Held, ...] = ()
    written: tuple[str, str] | None = None
    copied: str = ""
    stolen: tuple[Use, ...] = ()
    fill: Fill | None = None


@dataclass(frozen=True, eq=False)
class NameMove:
    """An identifier of the private API that goes.

    ``text``: its C literal; ``member``: the member of the state that keeps it as a string, ``""`` where none does;
    ``unreached``: why every use is said with the literal, for want of a state.
    """

    variable: Variable
    text: str
    member: str
    unreached: Refusal | None = None

    @property
    def said(self) -> str:
        """What becomes of it, in words."""
        if self.member:
            return f"to the string {self.member} of the module state"
        return "to C text where it is used" + (f": {self.unreached.reason}" if self.unreached else "")


@dataclass(frozen=True, eq=False)
class ParserUse:
    """A call that parses with a parser: where the name of the function stands, and what parses in its place."""

    view: View
    call: int
    use: int
    public: str


@dataclass(frozen=True, eq=False)
class ParserMove:
    """A parser of the private API that goes: its calls parse with the public function. ``format``, ``keywords``: C text."""

    variable: Variable
    format: str
    keywords: str
    uses: tuple[ParserUse, ...]

    @property
    def said(self) -> str:
        """What becomes of it, in words."""
        return "to the arguments of PyArg_ParseTupleAndKeywords"


@dataclass(frozen=True, eq=False)
class Reach:
    """How one function gets the state. ``source``: ``exec``, ``parameter``, ``address`` (of the one member it needs), ``module``, ``type-final``, ``type``,
    ``self-final``, ``module-or-self``, ``self``, ``either``, ``any``, ``interpreter``; ``arguments``: the C text it is taken from."""

    function: Function
    source: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class OwnType:
    """A function of destruction that finds its own type by walking from the object's type to the one whose ``slot`` is
    ``through``: itself, or what calls it; ``local``: the variable for it."""

    function: Function
    name: str
    slot: str
    local: str
    through: Function


@dataclass(frozen=True, eq=False)
class HeapCall:
    """A call that makes a type of the spec named ``spec`` without its module; ``final``: whether nobody can subclass it."""

    view: View
    function: Function
    index: int
    spec: str
    final: bool


@dataclass(frozen=True, eq=False)
class InitPlan:
    """The function that becomes the exec slot, and PyInit.

    ``init``: PyInit; ``exec``: the function whose body becomes the exec slot's (PyInit itself, or a helper it returns);
    ``module``: the name of the module in it; ``creation``: the call that goes; ``parameter``: the name of the exec slot's
    parameter; ``reused``: whether the variable of the module holds other things before.
    ``slots``: the table of slots of a module that is multi-phase already, ``exec`` being the first exec slot in it and
    ``others`` the rest; such a module has no ``creation``.
    """

    init: Function
    exec: Function
    module: str
    creation: Creation | None
    definition: Variable
    parameter: str = "module"
    reused: bool = False
    slots: Variable | None = None
    others: tuple[Function, ...] = ()

    @property
    def roots(self) -> tuple[Function, ...]:
        """The functions that Python calls to load the module."""
        return (self.init,) if self.slots is None else (self.init, self.exec, *self.others)


@dataclass(eq=False)
class Plan:
    """The port of one extension: what moves, how it is reached, and what is decided about everything else."""

    program: Program
    init: InitPlan
    prefix: str
    types: list[TypeMove] = field(default_factory=list)
    variables: list[VariableMove] = field(default_factory=list)
    names: list[NameMove] = field(default_factory=list)
    helpers: Helpers = Helpers()  # own functions that names are handed to
    parsers: list[ParserMove] = field(default_factory=list)
    reaches: dict[tuple, Reach] = field(default_factory=dict)
    staying: list[Variable] = field(default_factory=list)  # those that hold objects and do not move
    decisions: list[Decision] = field(default_factory=list)
    without_module: set[Span] = field(default_factory=set)  # arguments NULL of calls in the exec slot where the module belongs
    module_of_state: set[Span] = field(default_factory=set)  # the same in other functions
    assertions: set[Span] = field(default_factory=set)  # those of destruction slots that want the state: they go
    pasted: set[Span] = field(default_factory=set)  # where ## begins to make names of what moved
    kept: set[tuple[str, int]] = field(default_factory=set)  # arguments that macros make strings or names of: they stay, by file and offset
    sites: dict[Span, str] = field(default_factory=dict)  # where bodies of such macros mean the argument, with the parameter's name
    heap_calls: list[HeapCall] = field(default_factory=list)
    counters: list[Counter] = field(default_factory=list)  # those that stay, and are counted atomically from now on
    own_types: dict[tuple, OwnType] = field(default_factory=dict)  # by the key of the function
    roles: Roles | None = None
    state_type: str = ""
    existing: Variable | None = None
    own_gil: bool = False
    idle: bool = False  # no type and no object moves, and something stays shared: the init stays as it is too
    needs_module: bool = False
    datetime: bool = False  # the C API of datetime is used: the same table for every interpreter, from 3.13 on
    slot_at_run_time: bool = False  # the limited API it is built for is older than the slot of the interpreters
    state_name: str = "state"

    @property
    def strings(self) -> dict[str, str]:
        """The members of the state that keep names, each with its C literal."""
        return {move.member: move.text for move in self.names if move.member}

    @property
    def module_name(self) -> str:
        """The name of the module in the exec slot."""
        if self.init.slots is not None:
            return self.init.parameter.removeprefix(UNUSED)
        if self.module_stays:
            return "module" if self.init.module != "module" else "mod"
        return "module" if any(v.module for v in self.variables) else self.init.parameter

    @property
    def module_stays(self) -> bool:
        """Whether a global that keeps the module itself stays where it is."""
        return any(v.name == self.init.module and v.function is None for v in self.staying)


def key_of(function: Function) -> tuple:
    """The identity of a function across the units that include it."""
    token: Token = function.name_token
    return (token.file, token.start, function.name)


def symbol_of(variable: Variable) -> tuple[str, str]:
    """The identity of a variable: its name, and the function whose static it is."""
    return variable.name, variable.function.name if variable.function else ""


def type_base_name(variable_name: str) -> str:
    """The stem new names are made from: ``Foo_Type`` gives ``Foo``."""
    return _SUFFIX.sub("", variable_name) or variable_name
