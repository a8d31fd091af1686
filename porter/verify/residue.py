"""What interpreters still share: writable variables of type or object kind in the built files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from elftools.common.exceptions import DWARFError, ELFError
from elftools.elf.elffile import ELFFile

from porter.verify.dwarf import static_variables, unit_names
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, BuiltModule, Evidence, Left, Residue

SHF_WRITE, SHF_TLS = 0x1, 0x400
TYPE_SIZES = {64: range(392, 449), 32: range(192, 225)}  # sizeof(PyTypeObject), 3.8 to 3.15
UNREADABLE = (ELFError, DWARFError, OSError, AssertionError, KeyError, IndexError, ValueError)
TEXTS = ("char * []", "const char * []")  # lists of keywords and names, which the C API only reads
ORDER = ("type", "object", "other")
TOOLCHAIN = {"completed", "__dso_handle", "_DYNAMIC", "__TMC_END__"}  # the C runtime's own
OBJECT_NAMES = re.compile(r"(_?type|error|exception|exc|_obj(ect)?|module|interned|singleton)s?\d*$", re.IGNORECASE)


def find_residue(modules: tuple[BuiltModule, ...]) -> Residue:
    """Read every built file: its debug information, or where it has none the sizes and names of its symbols."""
    found_left, notes = set(), []
    for module in modules:
        try:
            found, note = _read(module)
        except UNREADABLE as problem:
            found, note = [], f"{module.path.name} cannot be read: {problem or type(problem).__name__}"
        found_left.update(found)
        notes += [f"{module.name}: {note}"] if note else []
    ordered = sorted(found_left, key=lambda v: (v.module, ORDER.index(v.kind), v.file, v.line, v.name))
    left = tuple(v for v in ordered if v.kind != "other")
    return Residue(left, tuple(v for v in ordered if v.kind == "other"), tuple(notes))


def verdict_on(residue: Residue, declared: dict[str, bool | None]) -> Evidence:
    """Evidence beside the ladder. ``declared``: module -> whether it lets interpreters with an own GIL load it, None
    where that is not known. What lets them and still shares types or objects is overclaimed: worse than not ported.
    """
    overclaimed = sorted({v.module for v in residue.left if declared.get(v.module)})
    figures = {
        "types": sum(v.kind == "type" for v in residue.left),
        "objects": sum(v.kind == "object" for v in residue.left),
        "other": len(residue.other),
        "declares_own_gil": declared,
    }
    counted = f"{figures['types']} types and {figures['objects']} object variables left"
    if overclaimed:
        message = f"overclaimed: {', '.join(overclaimed)} says own GIL with {counted} that interpreters share"
        return Evidence(None, "residue", FAILED, message, figures=figures | {"overclaimed": overclaimed})
    if residue.left:
        unknown = any(declared.get(v.module) is None for v in residue.left)
        why = "whether the module says own GIL is not known" if unknown else "as the module says: not for an own GIL"
        return Evidence(None, "residue", NOT_PROVEN, f"{counted}; {why}", figures=figures)
    others = f"no type, no object; {len(residue.other)} other writable variables" if residue.other else ""
    message = "; ".join([*residue.notes, *filter(None, [others])])
    return Evidence(None, "residue", NOT_PROVEN if residue.notes else PASSED, message, figures=figures)


def source_names(modules: tuple[BuiltModule, ...]) -> Iterator[str]:
    """The file names of the sources that the built files were made of, as far as their debug information says."""
    for module in modules:
        try:
            with open(module.path, "rb") as handle:
                elf = ELFFile(handle)
                yield from unit_names(elf.get_dwarf_info()) if elf.has_dwarf_info() else ()
        except UNREADABLE:
            continue


def _read(module: BuiltModule) -> tuple[list[Left], str]:
    with open(module.path, "rb") as handle:
        elf = ELFFile(handle)
        shared = _writable(elf)
        variables = _from_debug(elf) if elf.has_dwarf_info() else []
        covered = {v.address for v in variables}
        left = [
            Left(module.name, v.kind or "other", v.name, v.ctype, v.file, v.line, v.function)
            for v in variables
            if not v.table and v.ctype not in TEXTS and any(v.address in r for r in shared)
        ]
        symbols = list(_symbols(elf, shared))
        left += [s for address, s in _guess(module.name, elf, symbols, bool(variables)) if address not in covered]
        if variables:
            return left, ""
        return (
            left,
            "no debug information: read from symbol sizes and names"
            if symbols
            else "stripped: nothing can be said of it",
        )


def _from_debug(elf: ELFFile) -> list:
    by_address = {}
    for variable in static_variables(elf.get_dwarf_info()):
        known = by_address.get(variable.address)
        if known is None or (known.kind is None and variable.kind):
            by_address[variable.address] = variable
    return list(by_address.values())


def _writable(elf: ELFFile) -> list[range]:
    """Addresses that stay writable after loading and are one for the process."""
    return [
        range(s["sh_addr"], s["sh_addr"] + s["sh_size"])
        for s in elf.iter_sections()
        if s["sh_flags"] & SHF_WRITE
        and not s["sh_flags"] & SHF_TLS
        and not s.name.startswith((".data.rel.ro", ".got", ".dynamic"))
    ]


def _symbols(elf: ELFFile, shared: list[range]) -> Iterator[tuple[str, int, int]]:
    """Name, address and size of every data symbol in writable memory."""
    table = elf.get_section_by_name(".symtab") or elf.get_section_by_name(".dynsym")
    for symbol in table.iter_symbols() if table else ():
        address = symbol["st_value"]
        if symbol["st_info"]["type"] == "STT_OBJECT" and any(address in r for r in shared):
            yield symbol.name, address, symbol["st_size"]


def _guess(
    module: str, elf: ELFFile, symbols: list[tuple[str, int, int]], have_debug: bool
) -> Iterator[tuple[int, Left]]:
    """Types by size; where there is no debug information at all, objects by a pointer's size and a telling name, and
    the rest.
    """
    for name, address, size in symbols:
        plain = name.partition(".")[0]
        if size in TYPE_SIZES[elf.elfclass]:
            yield address, Left(module, "type", plain, source="symbols")
        elif not have_debug and plain not in TOOLCHAIN:
            object_ = size == elf.elfclass // 8 and OBJECT_NAMES.search(plain)
            yield address, Left(module, "object" if object_ else "other", plain, source="symbols")


def place(left: Left) -> str:
    """Where a variable stands, for a person."""
    where = f"{Path(left.file).name}:{left.line}" if left.file else left.source
    return f"{where}, in {left.function}()" if left.function else where
