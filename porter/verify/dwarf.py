"""Variables with a fixed address in an ELF file, from its debug information (DWARF 2 to 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.die import DIE
from elftools.dwarf.dwarf_expr import DWARFExprParser
from elftools.dwarf.dwarfinfo import DWARFInfo

from porter.verify.dwarf_types import OBJECT, TYPE, Types


@dataclass(frozen=True)
class StaticVariable:
    """A variable at a fixed ``address``. ``kind``: ``type``, ``object`` or None for neither; ``table``: it is one of
    the C API; ``function``: the one it is static in, or None.
    """

    address: int
    name: str
    ctype: str
    kind: str | None
    table: bool
    file: str
    line: int
    function: str | None


def static_variables(info: DWARFInfo) -> Iterator[StaticVariable]:
    """Every variable with a fixed address, those inside functions included, in the order of the file."""
    types = Types()
    for unit in info.iter_CUs():
        addresses = _Addresses(info, unit)
        for die in unit.iter_DIEs():
            if die.tag == "DW_TAG_variable" and (address := addresses.of(die)) is not None:
                yield from _variable(info, types, die, address)


def unit_names(info: DWARFInfo) -> Iterator[str]:
    """The file name of the source of each unit, without its folder."""
    for unit in info.iter_CUs():
        if name := _text(unit.get_top_DIE(), "DW_AT_name"):
            yield name.rpartition("/")[2]


class _Addresses:
    """Where the variables of one unit lie."""

    def __init__(self, info: DWARFInfo, unit: CompileUnit) -> None:
        self.info, self.unit = info, unit
        self.expressions = DWARFExprParser(unit.structs)

    def of(self, die: DIE) -> int | None:
        """The address, or None for what has none, or whose value is worked out from one."""
        location = die.attributes.get("DW_AT_location")
        if location is None or not isinstance(location.value, list) or not location.value:
            return None
        match self.expressions.parse_expr(location.value):
            case [only] if only.op_name == "DW_OP_addr":
                return only.args[0]
            case [only] if only.op_name == "DW_OP_addrx":
                return self.info.get_addr(self.unit, only.args[0])
        return None


def _variable(info: DWARFInfo, types: Types, die: DIE, address: int) -> Iterator[StaticVariable]:
    declared = _declaration(die)
    if not (name := _text(declared, "DW_AT_name")):
        return
    ctype = types.target(declared)
    kind = None if ctype.is_table else next((k for k in (TYPE, OBJECT) if k in ctype.holds), None)
    line = declared.attributes.get("DW_AT_decl_line")
    yield StaticVariable(
        address,
        name,
        ctype.spelling,
        kind,
        ctype.is_table,
        _file(info, declared),
        line.value if line else 0,
        _function(die),
    )


def _declaration(die: DIE) -> DIE:
    """Where a variable or function is described, if not where it is defined."""
    for link in ("DW_AT_abstract_origin", "DW_AT_specification"):
        if link in die.attributes:
            return _declaration(die.get_DIE_from_attribute(link))
    return die


def _function(die: DIE) -> str | None:
    """The innermost function around ``die``."""
    around = die.get_parent()
    while around is not None and around.tag != "DW_TAG_subprogram":
        around = around.get_parent()
    return (_text(_declaration(around), "DW_AT_name") or None) if around is not None else None


def _text(die: DIE, attribute: str) -> str:
    value = die.attributes.get(attribute)
    return value.value.decode("utf-8", "replace") if value else ""


def _file(info: DWARFInfo, die: DIE) -> str:
    index = die.attributes.get("DW_AT_decl_file")
    program = info.line_program_for_CU(die.cu) if index else None
    if program is None:
        return ""
    entries = program["file_entry"]
    at = index.value - (program["version"] < 5)
    return entries[at].name.decode("utf-8", "replace") if 0 <= at < len(entries) else ""
