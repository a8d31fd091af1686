"""Headers of a third library, in a folder outside of the tree: read for macros and type names, and for nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ports.workshop import python

from porter.cli import main
from porter.errors import Gap
from porter.frontend import outside, unit
from porter.frontend.lexer import tokenize
from porter.frontend.outside import type_names
from porter.frontend.unit import Reader

SOURCE = """#include <Python.h>
#include "third/third.h"
typedef struct {
    PyObject_HEAD
    third_handle handle;
    third_table (*open)[THIRD_TABLES];
    THIRD_LINK links;
} Box;
THIRD_STATIC PyObject *last_box;
#ifdef THIRD_TABLES
static PyObject *tables;
#endif
static void Box_dealloc(PyObject *self)
{
    THIRD_CLOSE(&((Box *)self)->handle);
    PyObject_Free(self);
}
static PyTypeObject Box_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "shelf.Box",
    .tp_basicsize = sizeof(Box),
    .tp_dealloc = Box_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};
static PyObject *make(PyObject *module, PyObject *ignored)
{
    Box *box = PyObject_New(Box, &Box_Type);
    third_open(&box->handle);
    Py_INCREF(box);
    Py_XSETREF(last_box, (PyObject *)box);
#ifdef THIRD_TABLES
    Py_XSETREF(tables, PyLong_FromLong(THIRD_TABLES));
#endif
    return (PyObject *)box;
}
static PyMethodDef methods[] = {{"make", make, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef shelf = {PyModuleDef_HEAD_INIT, "shelf", NULL, -1, methods};
PyMODINIT_FUNC PyInit_shelf(void)
{
    if (PyType_Ready(&Box_Type) < 0) return NULL;
    return PyModule_Create(&shelf);
}
"""
THIRD = """#ifndef THIRD_H
#define THIRD_H
#include <Python.h>
#include <stdint.h>
#include "details.h"
#define THIRD_STATIC static
#define THIRD_HANDLE(name) typedef struct name##_parts { int fd; } name
THIRD_HANDLE(third_handle);
typedef struct { int rows; } third_table, *third_table_pointer;
#define THIRD_CLOSE(handle) do { third_close(handle); } while (0)
#undef PyObject_HEAD
#define PyObject_HEAD int broken;
static PyObject *object_of_the_library;
static PyTypeObject Third_Type;
static int counter_of_the_library = 3;
static inline void third_open(third_handle *h) { h->fd = counter_of_the_library++; }
static inline void third_close(third_handle *h) { h->fd = -1; }
@ not C {{{
#if THIS(IS, NO) CONDITION
#endif
#endif
"""
DETAILS = "#pragma once\n#define THIRD_TABLES 4\n#define THIRD_LINK struct { struct third_link *next; }\n"
SETUP = "from setuptools import *\nsetup(ext_modules=[Extension('shelf', ['shelf.c'])])\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root, library = tmp_path / "tree", tmp_path / "opt" / "third"
    root.mkdir()
    library.mkdir(parents=True)
    (root / "shelf.c").write_text(SOURCE)
    (root / "setup.py").write_text(SETUP)
    (library / "third.h").write_text(THIRD)
    (library / "details.h").write_text(DETAILS)
    return root


def called(tree: Path, verb: str, *words: str) -> Result:
    return CliRunner().invoke(main, [verb, str(tree), "-j", "1", *words])


def scanned(tree: Path, *words: str) -> dict:
    answer = called(tree, "scan", "--format", "json", *words)
    assert answer.exit_code in (1, 3), answer.output
    return json.loads(answer.stdout)


def names(document: dict) -> tuple[list[str], list[str]]:
    (row,) = document["extensions"]
    return [each["name"] for each in row["types"]], [each["name"] for each in row["globals"]]


def by_option(tree: Path) -> list[str]:
    return ["-I", str(tree.parent / "opt")]


def by_build(tree: Path) -> list[str]:
    words = ["cc", f"-I{tree.parent / 'opt'}", "-c", "shelf.c"]
    entry = {"directory": str(tree), "file": "shelf.c", "arguments": words}
    (tree.parent / "out").mkdir()
    (tree.parent / "out" / "compile_commands.json").write_text(json.dumps([entry]))
    return ["-p", str(tree.parent / "out")]


def by_settings(tree: Path) -> list[str]:
    (tree / "pyproject.toml").write_text('[tool.porter]\ninclude-dirs = ["../opt"]\n')
    return []


ways = pytest.mark.parametrize("way", [by_option, by_build, by_settings])


@ways
def test_what_the_library_declares_is_no_part_of_the_extension(tree: Path, way) -> None:
    said = scanned(tree, *way(tree))
    assert said["unanalysed"] == []
    assert names(said) == (["Box_Type"], ["last_box", "tables"])
    assert {finding["file"] for finding in said["findings"]} == {"shelf.c"}


def test_without_the_folder_the_rest_of_the_file_is_read_all_the_same(tree: Path) -> None:
    assert names(scanned(tree)) == (["Box_Type"], ["last_box"])  # what its macros choose is not known


@ways
def test_a_port_with_its_types_compiles(tree: Path, way) -> None:
    answer = called(tree, "port", "--write", *way(tree))
    assert answer.exit_code == 0, answer.output
    text = (tree / "shelf.c").read_text()
    assert "Box_spec" in text and "static PyTypeObject Box_Type" not in text and "THIRD_STATIC" not in text
    (tree.parent / "opt" / "third" / "third.h").write_text(THIRD.replace("@ not C {{{\n#if THIS(IS, NO) CONDITION\n#endif\n", "").replace("#undef PyObject_HEAD\n#define PyObject_HEAD int broken;\n", "").replace("static PyTypeObject Third_Type;\n", ""))
    include = subprocess.run([python("3.13"), "-c", "import sysconfig; print(sysconfig.get_path('include'))"], capture_output=True, text=True, check=True).stdout.strip()
    call = ["gcc", "-fsyntax-only", "-Werror", f"-I{include}", f"-I{tree.parent / 'opt'}", str(tree / "shelf.c")]
    made = subprocess.run(call, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_headers_of_python_are_passed_over(tree: Path) -> None:
    include = tree.parent / "opt"
    (include / "Python.h").write_text('#define PyObject_HEAD int\n#include "own_of_python.h"\n#include "object.h"\n')
    for name in ("own_of_python.h", "object.h", "structmember.h", "stdint.h"):
        (include / name).write_text("#define PyVarObject_HEAD_INIT(a, b)\n#define THIRD_STATIC const\n#error\n")
    (tree / "shelf.c").write_text('#include "own_of_python.h"\n#include <structmember.h>\n#include <stdint.h>\n' + SOURCE)
    said = scanned(tree, *by_option(tree))
    assert said["unanalysed"] == [] and names(said) == (["Box_Type"], ["last_box", "tables"])


def test_a_header_that_cannot_be_read_is_a_gap_at_its_include(tree: Path) -> None:
    (tree.parent / "opt" / "third" / "third.h").write_bytes(b"\0\1")
    gaps = scanned(tree, *by_option(tree))["unanalysed"]
    assert (gaps[0]["file"], gaps[0]["line"], gaps[0]["what"]) == ("shelf.c", 2, "#include third/third.h")
    assert "third.h" in gaps[0]["why"] and "a binary file" in gaps[0]["why"]


def test_what_the_headers_say_is_part_of_what_is_kept(tree: Path, empty_cache: Path) -> None:
    assert names(scanned(tree, *by_option(tree)))[1] == ["last_box", "tables"]
    details = tree.parent / "opt" / "third" / "details.h"
    details.write_text(DETAILS + "#define last_box box_of_late\n")
    assert names(scanned(tree, *by_option(tree)))[1] == ["box_of_late", "tables"]
    shutil.rmtree(tree.parent / "opt")
    assert names(scanned(tree, *by_option(tree)))[1] == ["last_box"]


def test_a_folder_that_comes_later_is_seen(tree: Path, empty_cache: Path) -> None:
    shutil.move(tree.parent / "opt", tree.parent / "away")
    by_build(tree)
    shutil.move(tree.parent / "out" / "compile_commands.json", tree)
    os.utime(tree / "compile_commands.json", (1_000_000_000.5, 1_000_000_000.5))
    assert names(scanned(tree))[1] == ["last_box"]
    shutil.move(tree.parent / "away", tree.parent / "opt")
    assert names(scanned(tree))[1] == ["last_box", "tables"]


def units(files: dict[str, str], *folders: str) -> Reader:
    return Reader(lambda name: files.get(name, Gap(name, 0, name, unit.NOT_THERE)), folders, (), "3.13")


def test_a_header_outside_may_include_one_of_the_tree() -> None:
    files = {"t.c": "#include <out.h>\nint b;", "/o/out.h": 'typedef int o;\n#include "in.h"\nint lost;\n', "inc/in.h": "int a;\n"}
    made = units(files, "/o", "inc").unit("t.c")
    assert [t.text for t in made.tokens] == ["int", "a", ";", "int", "b", ";"]
    assert set(made.texts) == {"t.c", "inc/in.h"} and type_names(made.outside) == {"o"}


def test_an_include_never_leads_out_of_the_tree_by_itself() -> None:
    files = {"t.c": '#include "../up.h"\n#include "/o/out.h"\nUP OUT', "../up.h": "#define UP 1\n", "/o/out.h": "#define OUT 1\n"}
    assert [t.text for t in units(files, ".").unit("t.c").tokens] == ["UP", "OUT"]


def test_c_plus_plus_is_read_without_them() -> None:
    files = {"t.cpp": "#include <out.h>\nOUT", "/o/out.h": "#define OUT 1\n"}
    assert [t.text for t in units(files, "/o").unit("t.cpp", __cplusplus="201703L").tokens] == ["OUT"]


@pytest.mark.parametrize(("limit", "most"), [("MOST_FILES", 3), ("MOST_TOKENS", 20)])
def test_how_much_is_read_is_limited_and_said_once(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(outside, limit, most)
    files = {"t.c": "\n#include <h0.h>\n#include <g.h>\nint a;", "/o/g.h": "int g;\n"}
    files |= {f"/o/h{i}.h": f"typedef int t{i};\n#include <h{i + 1}.h>\n" for i in range(9)}
    made = units(files, "/o").unit("t.c")
    (gap,) = made.gaps
    assert (gap.file, gap.line) == ("t.c", 2) and "too large" in gap.why
    assert "t0" in type_names(made.outside) and "t8" not in type_names(made.outside)
    assert [t.text for t in made.tokens] == ["int", "a", ";"]


def test_a_header_that_includes_itself_ends() -> None:
    made = units({"t.c": "#include <o.h>\nint a;", "/o/o.h": "#include <o.h>\n"}, "/o").unit("t.c")
    assert len(made.gaps) == 1 and made.gaps[0].file == "t.c"


def test_macros_without_end_are_a_gap() -> None:
    doubled = "".join(f"#define M{i + 1} M{i} M{i} M{i} M{i} M{i} M{i} M{i} M{i}\n" for i in range(12))
    made = units({"t.c": "#include <o.h>\nint a;", "/o/o.h": f"#define M0 x\n{doubled}M12\n"}, "/o").unit("t.c")
    assert len(made.gaps) == 1 and [t.text for t in made.tokens] == ["int", "a", ";"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("typedef struct s { int a; struct { int x; } b; } one, *two, three[4];", {"one", "two", "three"}),
        ("typedef int (*call)(int a, void (*b)(void));", {"call"}),
        ("typedef int function(int a);", {"function"}),
        ("typedef int (__stdcall *decorated)(void);", {"decorated"}),
        ("typedef unsigned long size __attribute__((aligned(8)));", {"size"}),
        ("typedef enum { A, B = (1 + 2) } kind; kind k; int f(void) { typedef int inner; }", {"kind"}),
        ("typedef", set()),
        ("typedef ;", set()),
        ("typedef ( (", set()),
    ],
)
def test_names_of_typedefs(text: str, expected: set[str]) -> None:
    assert type_names(tokenize(text, "")) == expected
