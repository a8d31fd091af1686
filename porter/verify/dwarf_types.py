"""C types as debug information tells them, and what a value of each can hold for Python.

Each type is one object that answers for itself: a record asks its members, an array its elements, a typedef what it
stands for. Nothing is followed through a pointer but the question whether an object begins there.
"""

from __future__ import annotations

from functools import cached_property

from elftools.dwarf.die import DIE

TYPE, OBJECT = "type", "object"
OBJECTS = frozenset({"_object", "PyObject", "PyVarObject", "_typeobject", "PyTypeObject"})
# Tables of the C API, safe to share (PEP 630; Tools/c-analyzer of CPython has the same exceptions).
TABLES = frozenset(
    [
        "PyMethodDef",
        "PyGetSetDef",
        "PyMemberDef",
        "PyModuleDef",
        "PyModuleDef_Base",
        "PyModuleDef_Slot",
        "PyType_Slot",
        "PyType_Spec",
        "PySlot",
        "PyABIInfo",
        "PyNumberMethods",
        "PySequenceMethods",
        "PyMappingMethods",
        "PyAsyncMethods",
        "PyBufferProcs",
        "PyStructSequence_Field",
        "PyStructSequence_Desc",
        "_PyArg_Parser",
        "wrapperbase",
    ]
)


class CType:
    """A type without parts: a number, a function, void."""

    def __init__(self, types: Types, die: DIE | None) -> None:
        self.types, self.die = types, die

    @cached_property
    def name(self) -> str:
        """The name it is declared by, if any."""
        named = self.die.attributes.get("DW_AT_name") if self.die else None
        return named.value.decode("utf-8", "replace") if named else ""

    @cached_property
    def inner(self) -> CType:
        """What it points to, is an array of or stands for."""
        return self.types.target(self.die)

    @property
    def spelling(self) -> str:
        """As a person writes it, near enough to recognise."""
        return self.name or ("function" if self.die and self.die.tag == "DW_TAG_subroutine_type" else "void")

    @property
    def bare(self) -> CType:
        """Without typedefs and qualifiers."""
        return self

    @property
    def begins_an_object(self) -> bool:
        """Whether a value starts as every object does (PyObject_HEAD)."""
        return False

    @property
    def is_table(self) -> bool:
        """Whether it is, or is an array of, a table of the C API."""
        return self.name in TABLES

    @property
    def holds(self) -> frozenset[str]:
        """Of ``type`` and ``object``: what a value contains, members and elements included."""
        return frozenset()


class Alias(CType):
    """A typedef or a qualifier."""

    @property
    def spelling(self) -> str:
        if self.die.tag == "DW_TAG_typedef":
            return self.name
        return "const " * (self.die.tag == "DW_TAG_const_type") + self.inner.spelling

    @property
    def bare(self) -> CType:
        return self.inner.bare

    @property
    def begins_an_object(self) -> bool:
        return self.inner.begins_an_object

    @property
    def is_table(self) -> bool:
        return self.name in TABLES or self.inner.is_table

    @property
    def holds(self) -> frozenset[str]:
        return frozenset() if self.name in TABLES else self.inner.holds


class Array(Alias):
    """Many of one type; it begins nothing itself."""

    @property
    def spelling(self) -> str:
        return f"{self.inner.spelling} []"

    @property
    def bare(self) -> CType:
        return self

    @property
    def begins_an_object(self) -> bool:
        return False


class Pointer(CType):
    """A pointer or a reference: it holds an object if one begins there, or where a pointer there points."""

    @property
    def spelling(self) -> str:
        return f"{self.inner.spelling} *"

    @property
    def holds(self) -> frozenset[str]:
        there = self.inner.bare
        there = there.inner.bare if isinstance(there, Pointer) else there
        return frozenset({OBJECT}) if there.begins_an_object and not there.is_table else frozenset()


class Record(CType):
    """A struct, a class or a union."""

    @property
    def spelling(self) -> str:
        return f"{'union' if self.die.tag == 'DW_TAG_union_type' else 'struct'} {self.name}".strip()

    @cached_property
    def members(self) -> tuple[CType, ...]:
        """The types of its members and bases in their order; static members are variables of their own."""
        return tuple(
            self.types.target(child)
            for child in self.die.iter_children()
            if child.tag in ("DW_TAG_member", "DW_TAG_inheritance") and "DW_AT_external" not in child.attributes
        )

    @cached_property
    def begins_an_object(self) -> bool:
        return self.name in OBJECTS or (bool(self.members) and self.members[0].begins_an_object)

    @cached_property
    def holds(self) -> frozenset[str]:
        if self.is_table:
            return frozenset()
        own = frozenset({TYPE}) if self.name == "_typeobject" else frozenset()
        own |= frozenset({OBJECT}) if self.begins_an_object else frozenset()
        return own.union(*(member.holds for member in self.members)) if TYPE not in own else own


KINDS = {
    "typedef": Alias,
    "const_type": Alias,
    "volatile_type": Alias,
    "restrict_type": Alias,
    "atomic_type": Alias,
    "array_type": Array,
    "pointer_type": Pointer,
    "reference_type": Pointer,
    "rvalue_reference_type": Pointer,
    "structure_type": Record,
    "class_type": Record,
    "union_type": Record,
}


class Types:
    """Every type of one file, made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[type, int, int], CType] = {}

    def target(self, die: DIE | None) -> CType:
        """The type that ``die`` refers to; void where it refers to none."""
        if die is None or "DW_AT_type" not in die.attributes:
            return CType(self, None)
        there = die.get_DIE_from_attribute("DW_AT_type")
        place = (type(there.cu), there.cu.cu_offset, there.offset)  # units of types are counted from 0 again
        if place not in self._made:
            self._made[place] = KINDS.get(str(there.tag).removeprefix("DW_TAG_"), CType)(self, there)
        return self._made[place]
