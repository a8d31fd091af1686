"""What is read from the built file."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from porter.verify.residue import find_residue


@pytest.mark.parametrize(
    ("by", "flags"),
    [
        ("gcc", ("-gdwarf-4",)),
        ("gcc", ("-gdwarf-5",)),
        ("gcc", ("-O2",)),
        ("gcc", ("-flto",)),
        ("clang", ("-gdwarf-4",)),
        ("clang", ("-gdwarf-5",)),
        ("clang", ("-O2", "-fdebug-types-section")),
    ],
)
def test_debug_information_names_types_and_objects(workshop, by, flags):
    residue = find_residue(workshop("residue", *flags, compiler=by).modules)
    left = residue.left
    assert {(v.kind, v.name) for v in left} == {
        ("type", "Plain_Type"),
        ("type", "many"),
        ("object", "pointer"),
        ("object", "array"),
        ("object", "in_struct"),
        ("object", "to_type"),
        ("object", "to_own"),
        ("object", "list"),
        ("object", "inner"),
        ("object", "instance"),
    }
    assert {v.function for v in left} == {None, "residue_exec"}
    assert {v.name for v in residue.other} == {"number", "text", "buffer", "calls"}
    assert {v.line > 0 and v.file.endswith("residue.c") for v in residue.left + residue.other} == {True}


def test_without_debug_information_symbols_are_read_and_it_is_said(workshop):
    build = workshop("residue")
    subprocess.run(
        [shutil.which("strip") or pytest.fail("binutils are missing"), "-g", str(build.modules[0].path)], check=True
    )
    residue = find_residue(build.modules)
    assert ("type", "Plain_Type", "symbols") in {(v.kind, v.name, v.source) for v in residue.left}
    assert "no debug information" in residue.notes[0]


def test_a_stripped_file_is_said_to_be(workshop):
    build = workshop("residue", "-fvisibility=hidden")
    subprocess.run(["strip", str(build.modules[0].path)], check=True)
    residue = find_residue(build.modules)
    assert residue.left == ()
    assert "stripped" in residue.notes[0]


def test_a_file_that_is_no_elf_is_a_note(workshop):
    build = workshop("residue")
    build.modules[0].path.write_bytes(b"no library")
    assert "cannot be read" in find_residue(build.modules).notes[0]
