"""What a build really has: each variable with static storage in its debug information, and the memory it lies in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from elftools.dwarf.die import DIE
from elftools.dwarf.dwarfinfo import DWARFInfo
from elftools.elf.elffile import ELFFile

from porter.verify.dwarf import static_variables
from porter.verify.model import BuiltModule

SHARED, CONSTANT, THREAD, NOWHERE = "shared", "constant", "thread", "nowhere"
TABLE = "table"
WRITE, TLS = 0x1, 0x400  # sh_flags of ELF
RELOCATED = (".data.rel.ro", ".got", ".dynamic", ".init_array", ".fini_array")  # read-only once the file is loaded
THREAD_OPERATIONS = (0x9B, 0xE0)  # DW_OP_form_tls_address, DW_OP_GNU_push_tls_address
TEXTS = ("char * []", "const char * []")  # lists of keywords and names: tables that the C API reads
BLOCKS = ("DW_TAG_lexical_block", "DW_TAG_namespace", "DW_TAG_try_block", "DW_TAG_catch_block", "DW_TAG_class_type", "DW_TAG_structure_type")


@dataclass(frozen=True, order=True)
class Built:
    """One variable of one module. ``file``: without folders; ``kind``: ``type``, ``object``, ``table`` (of the C API) or ``other``; ``memory``:
    ``shared`` (writable, one for the process), ``constant``, ``thread``, or ``nowhere`` where the compiler left it out.
    """

    module: str
    file: str
    function: str
    name: str
    line: int
    ctype: str
    kind: str
    memory: str


@dataclass(frozen=True)
class Truth:
    """All of one build. ``units``: (module, source file without folders) of everything compiled with debug information."""

    variables: tuple[Built, ...]
    units: frozenset[tuple[str, str]]


def read_truth(modules: tuple[BuiltModule, ...]) -> Truth:
    """The variables of the built modules of a package. Raises what pyelftools raises for a file that is none of ELF."""
    variables: set[Built] = set()
    units: set[tuple[str, str]] = set()
    for module in modules:
        with open(module.path, "rb") as handle:
            elf = ELFFile(handle)
            info = elf.get_dwarf_info()
            variables |= set(_placed(module.name, elf, info)) | set(_left_out(module.name, info))
            units |= {(module.name, PurePosixPath(unit.get_top_DIE().get_full_path()).name) for unit in info.iter_CUs()}
    return Truth(tuple(sorted(variables)), frozenset(units))


def is_state(built: Built) -> bool:
    """Whether it is a writable variable that is neither a table of the C API nor a list of texts, nor a constant of C++
    that is worked out when the file is loaded."""
    constant = built.ctype.startswith("const ") and "*" not in built.ctype
    return built.memory == SHARED and built.kind != TABLE and built.ctype not in TEXTS and not constant


def _placed(module: str, elf: ELFFile, info: DWARFInfo) -> Iterator[Built]:
    """The variables that have an address."""
    sections = [(s["sh_addr"], s["sh_addr"] + s["sh_size"], _memory(s)) for s in elf.iter_sections() if s["sh_addr"]]
    for variable in static_variables(info):
        memory = next((kind for first, last, kind in sections if first <= variable.address < last), None)
        if memory and memory != THREAD and PurePosixPath(variable.file).suffix:  # headers of C++ itself have none
            place = (module, PurePosixPath(variable.file).name, variable.function or "", variable.name, variable.line)
            kind = TABLE if variable.table else variable.kind or "other"
            yield Built(*place, variable.ctype, kind, memory)


def _memory(section) -> str:
    if section["sh_flags"] & TLS:
        return THREAD
    return SHARED if section["sh_flags"] & WRITE and not section.name.startswith(RELOCATED) else CONSTANT


def _left_out(module: str, info: DWARFInfo) -> Iterator[Built]:
    """The variables that are declared and have no address: per thread, or in no memory at all."""
    for unit in info.iter_CUs():
        program = info.line_program_for_CU(unit)
        if program is not None:
            yield from _declared(module, program, unit.get_top_DIE(), "")


def _declared(module: str, program, parent: DIE, function: str) -> Iterator[Built]:
    for die in parent.iter_children():
        name = die.attributes.get("DW_AT_name")
        if die.tag == "DW_TAG_subprogram":
            yield from _declared(module, program, die, name.value.decode("utf-8", "replace") if name else function)
        elif die.tag in BLOCKS:
            yield from _declared(module, program, die, function)
        elif die.tag == "DW_TAG_variable" and name and "DW_AT_declaration" not in die.attributes:
            memory = _without_address(die)
            if memory:
                line = die.attributes.get("DW_AT_decl_line")
                place = (module, _file(program, die), function, name.value.decode("utf-8", "replace"))
                yield Built(*place, line.value if line else 0, "", "other", memory)


def _without_address(die: DIE) -> str:
    location = die.attributes.get("DW_AT_location")
    if location is None:
        return NOWHERE
    is_expression = isinstance(location.value, list) and location.value
    return THREAD if is_expression and location.value[-1] in THREAD_OPERATIONS else ""


def _file(program, die: DIE) -> str:
    index = die.attributes.get("DW_AT_decl_file")
    place = index.value - (program["version"] < 5) if index else -1
    entries = program["file_entry"]
    return entries[place].name.decode("utf-8", "replace") if 0 <= place < len(entries) else ""
