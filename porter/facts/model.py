"""What an extension declares and uses, as plain values. Every place is in an original file."""

from __future__ import annotations

from dataclasses import dataclass, field

from porter.errors import Gap
from porter.span import Span
from porter.tree.model import Extension


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: line and column count from 1."""

    file: str
    line: int
    column: int = 1


@dataclass(frozen=True)
class Lifetime:
    """What the functions of a heap type do with the references of an instance, and with what it is made.

    ``visits_type``: whether tp_traverse visits the type of the object; ``releases_type``: whether tp_dealloc gives its reference
    back. None where the type has no such function of its own, or where it hands the object on to one that is not known.
    ``holds``: members of the instance's struct that keep a reference. ``base``: the type it is made with, ``""`` for none,
    ``"?"`` where that is decided at run time.
    """

    traverse: Place | None = None
    visits_type: bool | None = None
    dealloc: Place | None = None
    releases_type: bool | None = None
    holds: tuple[str, ...] = ()
    base: str = "?"


@dataclass(frozen=True)
class TypeFact:
    """A type object the extension defines.

    ``kind``: ``static`` (PyTypeObject variable), ``static-structseq`` (made by PyStructSequence_InitType),
    ``heap`` (a PyType_Spec), ``heap-structseq`` (PyStructSequence_NewType).
    ``slots``: field or slot names that are set, with the text of their value (``tp_dealloc`` -> ``(destructor)Foo_dealloc``);
    for a heap type the names are those of the static field (``Py_tp_dealloc`` is ``tp_dealloc``).
    ``flags``: the Py_TPFLAGS_ names in its flags. ``stored_in``: for a heap type, the static variable that keeps it, if any.
    ``lifetime``: for a heap type of a spec, what its functions do. ``flags_span``: the bytes of its flags, if written in one piece.
    """

    name: str
    kind: str
    place: Place
    confidence: str = "parsed"
    slots: dict[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    stored_in: str | None = None
    lifetime: Lifetime = Lifetime()
    flags_span: Span | None = None


@dataclass(frozen=True)
class Variable:
    """A variable with static storage that is writable and no table of the C API.

    ``kind``: ``object``, ``type-pointer``, ``cache``, ``c-state``, ``never-written``, ``thread-local``.
    ``function``: the function it is declared in, or None. ``writes``: the places that write it.
    ``made_by``: the functions whose results are assigned to it. ``handed_on``: nothing there assigns to it, but its address is taken.
    ``atomic``: only atomic operations reach it.
    """

    name: str
    ctype: str
    kind: str
    place: Place
    function: str | None = None
    writes: tuple[Place, ...] = ()
    confidence: str = "parsed"
    made_by: frozenset[str] = frozenset()
    handed_on: bool = False
    atomic: bool = False


@dataclass(frozen=True)
class Parser:
    """A static ``_PyArg_Parser`` or ``_Py_Identifier``."""

    name: str
    kind: str
    place: Place


@dataclass(frozen=True)
class Module:
    """A module definition and its init.

    ``init``: ``single-phase`` or ``multi-phase``; ``declares``: ``own-gil``, ``shared-gil``, ``not-supported`` or None for no slot;
    ``size``: the text of m_size, or None where it is not written; ``state``: the struct of m_size = sizeof(...), or None.
    ``declared_span``: the bytes of what it declares. ``left_out``: where a slot that declares it stands in an ``#if`` arm not taken.
    """

    name: str
    place: Place
    init: str
    declares: str | None = None
    size: str | None = None
    state: str | None = None
    size_place: Place | None = None
    init_place: Place | None = None
    declared_span: Span | None = None
    left_out: Place | None = None


@dataclass(frozen=True)
class Mention:
    """A place that names something of the C API, or of a C library, that is one for the process.

    ``how``: ``call``, ``value`` (anything else in a function), or ``initialiser`` (of a variable with static storage).
    ``function``: the function it stands in, or None. ``span``: its bytes with an ``&`` in front, where they are written in one piece.
    """

    name: str
    place: Place
    how: str
    function: str | None = None
    span: Span | None = None
    confidence: str = "parsed"


@dataclass(frozen=True)
class TypeCheck:
    """A comparison of an object's type with a public type object: ``Py_TYPE(o) == &PyLong_Type`` and its like.

    ``exact``: subclasses do not pass; ``operand``: the text of the object; ``negated``: written with ``!=``;
    ``span``: the bytes of the whole, or None.
    """

    name: str
    place: Place
    exact: bool
    operand: str
    negated: bool = False
    function: str | None = None
    span: Span | None = None
    confidence: str = "parsed"


@dataclass(frozen=True)
class Facts:
    """All that porter knows of one extension. ``generator`` and ``banner`` say what wrote the sources, if a tool did.

    ``target``: the Python whose ``#if`` arms were taken. ``generator_version``: as the banner says, or "". ``clinic``:
    where Argument Clinic begins to write in each file that has its output.
    """

    extension: Extension
    types: tuple[TypeFact, ...] = ()
    variables: tuple[Variable, ...] = ()
    parsers: tuple[Parser, ...] = ()
    modules: tuple[Module, ...] = ()
    generator: str | None = None
    banner: Place | None = None
    gaps: tuple[Gap, ...] = ()
    mentions: tuple[Mention, ...] = ()
    type_checks: tuple[TypeCheck, ...] = ()
    target: str = "3.13"
    generator_version: str = ""
    clinic: tuple[Place, ...] = ()

    @property
    def module(self) -> Module | None:
        """The module the extension is loaded as, or None where no init was found and for the interpreter itself."""
        return self.modules[0] if self.modules and not self.extension.core else None
