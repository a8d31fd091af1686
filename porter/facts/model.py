"""What an extension declares and uses, as plain values. Every place is in an original file."""

from __future__ import annotations

from dataclasses import dataclass, field

from porter.errors import Gap
from porter.tree.model import Extension


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: line and column count from 1."""

    file: str
    line: int
    column: int = 1


@dataclass(frozen=True)
class TypeFact:
    """A type object the extension defines.

    ``kind``: ``static`` (PyTypeObject variable), ``static-structseq`` (made by PyStructSequence_InitType),
    ``heap`` (a PyType_Spec), ``heap-structseq`` (PyStructSequence_NewType).
    ``slots``: field or slot names that are set, with the text of their value (``tp_dealloc`` -> ``(destructor)Foo_dealloc``);
    for a heap type the names are those of the static field (``Py_tp_dealloc`` is ``tp_dealloc``).
    ``flags``: the Py_TPFLAGS_ names in its flags. ``stored_in``: for a heap type, the static variable that keeps it, if any.
    """

    name: str
    kind: str
    place: Place
    confidence: str = "parsed"
    slots: dict[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    stored_in: str | None = None


@dataclass(frozen=True)
class Variable:
    """A variable with static storage that is writable and no table of the C API.

    ``kind``: ``object``, ``type-pointer``, ``cache``, ``c-state``, ``never-written``, ``thread-local``.
    ``function``: the function it is declared in, or None. ``writes``: the places that write it.
    """

    name: str
    ctype: str
    kind: str
    place: Place
    function: str | None = None
    writes: tuple[Place, ...] = ()
    confidence: str = "parsed"


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
    """

    name: str
    place: Place
    init: str
    declares: str | None = None
    size: str | None = None
    state: str | None = None
    size_place: Place | None = None
    init_place: Place | None = None


@dataclass(frozen=True)
class Facts:
    """All that porter knows of one extension. ``generator`` and ``banner`` say what wrote the sources, if a tool did."""

    extension: Extension
    types: tuple[TypeFact, ...] = ()
    variables: tuple[Variable, ...] = ()
    parsers: tuple[Parser, ...] = ()
    modules: tuple[Module, ...] = ()
    generator: str | None = None
    banner: Place | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def module(self) -> Module | None:
        """The module the extension is loaded as, or None where no init was found."""
        return self.modules[0] if self.modules else None
