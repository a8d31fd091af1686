"""Variables with static storage in an ELF file, and what they can hold, from its debug information (DWARF 2 to 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.die import DIE
from elftools.dwarf.dwarfinfo import DWARFInfo

OP_ADDR, OP_ADDRX = 0x03, 0xA1
QUALIFIERS = (
    "DW_TAG_typedef",
    "DW_TAG_const_type",
    "DW_TAG_volatile_type",
    "DW_TAG_restrict_type",
    "DW_TAG_atomic_type",
)
RECORDS = ("DW_TAG_structure_type", "DW_TAG_class_type", "DW_TAG_union_type")
BODIES = ("DW_TAG_lexical_block", "DW_TAG_namespace", "DW_TAG_try_block", "DW_TAG_catch_block")
OBJECTS = ("_object", "PyObject", "PyVarObject", "_typeobject", "PyTypeObject")
DEEP = 8
# Tables of the C API, safe to share (PEP 630; Tools/c-analyzer of CPython has the same exceptions).
TABLES = frozenset(
    "PyMethodDef PyGetSetDef PyMemberDef PyModuleDef PyModuleDef_Base PyModuleDef_Slot PyType_Slot PyType_Spec PySlot"
    " PyABIInfo PyNumberMethods PySequenceMethods PyMappingMethods PyAsyncMethods PyBufferProcs PyStructSequence_Field"
    " PyStructSequence_Desc _PyArg_Parser wrapperbase".split()
)


@dataclass(frozen=True)
class StaticVariable:
    """A variable at a fixed ``address``. ``kind``: ``type``, ``object`` or None for neither."""

    address: int
    name: str
    ctype: str
    kind: str | None
    file: str
    line: int
    function: str | None


def static_variables(info: DWARFInfo) -> Iterator[StaticVariable]:
    """Every variable with a fixed address, those inside functions included."""
    for unit in info.iter_CUs():
        yield from _walk(info, unit, unit.get_top_DIE(), None)


def _walk(info: DWARFInfo, unit: CompileUnit, parent: DIE, function: str | None) -> Iterator[StaticVariable]:
    for die in parent.iter_children():
        if die.tag == "DW_TAG_variable":
            if (address := _address(info, unit, die)) is not None and (
                found := _variable(info, die, address, function)
            ):
                yield found
        elif die.tag == "DW_TAG_subprogram":
            yield from _walk(info, unit, die, _name(_origin(die)) or function)
        elif die.tag in BODIES:
            yield from _walk(info, unit, die, function)


def _variable(info: DWARFInfo, die: DIE, address: int, function: str | None) -> StaticVariable | None:
    origin = _origin(die)
    if not (name := _name(origin)):
        return None
    ctype = _target(origin)
    line = origin.attributes.get("DW_AT_decl_line")
    return StaticVariable(
        address, name, spell(ctype), kind_of(ctype), _file(info, origin), line.value if line else 0, function
    )


def _address(info: DWARFInfo, unit: CompileUnit, die: DIE) -> int | None:
    location = die.attributes.get("DW_AT_location")
    if location is None or not isinstance(location.value, (list, bytes)) or not len(location.value):
        return None
    code, operand = location.value[0], bytes(location.value[1:])
    # More than the operand of one operation is a value worked out from an address, not a variable there.
    if code == OP_ADDR and len(operand) == unit["address_size"]:
        return int.from_bytes(operand, "little" if info.config.little_endian else "big")
    if code == OP_ADDRX and all(byte >= 0x80 for byte in operand[:-1]) and operand[-1] < 0x80:
        index = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(operand))
        return info.get_addr(unit, index)
    return None


def _origin(die: DIE) -> DIE:
    for link in ("DW_AT_abstract_origin", "DW_AT_specification"):
        if link in die.attributes:
            return _origin(die.get_DIE_from_attribute(link))
    return die


def _name(die: DIE | None) -> str:
    named = die.attributes.get("DW_AT_name") if die is not None else None
    return named.value.decode("utf-8", "replace") if named else ""


def _target(die: DIE) -> DIE | None:
    return die.get_DIE_from_attribute("DW_AT_type") if "DW_AT_type" in die.attributes else None


def _file(info: DWARFInfo, die: DIE) -> str:
    index = die.attributes.get("DW_AT_decl_file")
    program = info.line_program_for_CU(die.cu) if index else None
    if program is None:
        return ""
    entries = program["file_entry"]
    place = index.value if program["version"] >= 5 else index.value - 1
    return entries[place].name.decode("utf-8", "replace") if 0 <= place < len(entries) else ""


def spell(die: DIE | None, depth: int = 0) -> str:
    """A C type as a person writes it, near enough to recognise."""
    if die is None or depth > DEEP:
        return "void"
    inner = lambda: spell(_target(die), depth + 1)  # noqa: E731
    match die.tag:
        case "DW_TAG_pointer_type" | "DW_TAG_reference_type":
            return f"{inner()} *"
        case "DW_TAG_array_type":
            return f"{inner()} []"
        case "DW_TAG_const_type":
            return f"const {inner()}"
        case "DW_TAG_volatile_type" | "DW_TAG_restrict_type" | "DW_TAG_atomic_type":
            return inner()
        case "DW_TAG_structure_type" | "DW_TAG_class_type":
            return f"struct {_name(die)}".strip()
        case "DW_TAG_union_type":
            return f"union {_name(die)}".strip()
        case "DW_TAG_subroutine_type":
            return "function"
    return _name(die) or die.tag.removeprefix("DW_TAG_")


def kind_of(die: DIE | None) -> str | None:
    """``type`` for a PyTypeObject, arrays and structs of them; ``object`` for what can hold a reference or is an
    object; else None.
    """
    if _is_table(die):
        return None
    if _reaches(die, _is_type, 0):
        return "type"
    return "object" if _reaches(die, _holds, 0) else None


def _is_table(die: DIE | None) -> bool:
    while die is not None and (die.tag in QUALIFIERS or die.tag == "DW_TAG_array_type"):
        if _name(die) in TABLES:
            return True
        die = _target(die)
    return die is not None and _name(die) in TABLES


def _reaches(die: DIE | None, wanted, depth: int) -> bool:
    """Whether a value of this type is ``wanted`` or embeds one: through arrays and members, never through pointers."""
    if die is None or depth > DEEP or _is_table(die):
        return False
    if wanted(die):
        return True
    if die.tag in QUALIFIERS or die.tag == "DW_TAG_array_type":
        return _reaches(_target(die), wanted, depth)
    if die.tag in RECORDS:
        members = (c for c in die.iter_children() if c.tag in ("DW_TAG_member", "DW_TAG_inheritance"))
        return any(
            _reaches(_target(member), wanted, depth + 1)
            for member in members
            if "DW_AT_external" not in member.attributes
        )
    return False


def _is_type(die: DIE) -> bool:
    return die.tag in RECORDS and _name(die) == "_typeobject"


def _holds(die: DIE) -> bool:
    """An object's own struct, or a pointer to one, or a pointer to such a pointer."""
    if die.tag != "DW_TAG_pointer_type":
        return die.tag in RECORDS and _is_object(die, 0)
    target = _bare(_target(die))
    if target is not None and target.tag == "DW_TAG_pointer_type":
        target = _bare(_target(target))
    return target is not None and not _is_table(target) and _is_object(target, 0)


def _bare(die: DIE | None) -> DIE | None:
    while die is not None and die.tag in QUALIFIERS:
        die = _target(die)
    return die


def _is_object(die: DIE | None, depth: int) -> bool:
    """A struct that begins as every object does (PyObject_HEAD), by its first member or base class."""
    die = _bare(die)
    if die is None or die.tag not in RECORDS or depth > DEEP:
        return False
    if _name(die) in OBJECTS:
        return True
    first = next((c for c in die.iter_children() if c.tag in ("DW_TAG_member", "DW_TAG_inheritance")), None)
    return first is not None and _is_object(_target(first), depth + 1)
