"""What gcc puts into the writable sections of an object file is what the facts list, name by name."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path

from facts.texts import facts_of, facts_of_files

TEXT = """#include <Python.h>
#include <stdio.h>
#define NAMED(n) n##_made
#define TYPE(n) static PyTypeObject NAMED(n) = { PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m." #n, .tp_basicsize = sizeof(PyObject) }
TYPE(one); TYPE(two);
typedef struct { PyTypeObject base; int more; } Meta;
typedef struct { PyObject *object; int number; } Pair;
typedef Pair Pairs[3];
static Meta embedded = { { PyVarObject_HEAD_INIT(NULL, 0) "m.Embedded" }, 1 };
static PyTypeObject tentative; static PyTypeObject tentative = { PyVarObject_HEAD_INIT(NULL, 0) "m.T" };
static PyObject *object, *list[3], **pointer = list; static PyTypeObject *kept;
static Pair pair = { NULL, 1 }; static Pairs pairs; static struct { Pair inner; int bits : 3; } nested; static union { PyObject *o; long l; } either;
PyObject *exported; int number = 3; static unsigned long long big = 1, *to_big = &big; static int matrix[2][3], (*row)[3] = matrix;
static int (*callback)(int), (*callbacks[2])(PyObject *); static volatile int flag = 1; static char text[] = "abc"; static const char *said = "x";
static const int constant = 1; static int *const fixed = &number; static const char *const names[] = { "a" };
PyDoc_STRVAR(doc, "text");
static enum colour { RED, GREEN } colour = GREEN; static enum colour other; static int *literal = (int[]){ 1, 2 };
__attribute__((aligned(16))) static int aligned __attribute__((unused)) = 1;
static typeof(number) of_type = 1; static int ranged[] = { [0 ... 3] = 1, [4] = 2 }; static long extended = 1;
static inline int used(int a) { static int in_inline = 1; static const int in_constant = 1; return a + in_inline++ + in_constant; }
static int old(a, b) int a; char *b; { static int in_old = 1; if (a) { static PyObject *in_block = NULL; in_block = exported; Py_XINCREF(in_block); } in_old += *b; return in_old; }
static PyMethodDef methods[] = { { NULL } }; static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "m", doc, -1, methods };
#include "h.h"
#if defined(_WIN32)
static int windows = 1;
#else
static int elsewhere = 1;
#endif
PyMODINIT_FUNC PyInit_m(void) { static char *keywords[] = { "a", NULL }; PyArg_ParseTupleAndKeywords(object, object, "O", keywords, &exported);
  printf("%d%s", old(used(1), text), said); return PyModule_Create(&definition); }
"""
HEADER = "static int in_header = 1;\nextern PyObject *exported;\nextern int never_defined;\n"
WRITABLE = frozenset("bBdDuV")
NAME = re.compile(r"(\w+)(?:\.\d+|\[abi:\w+\])?$")


def _writable(folder: Path, file: str, compiler: str) -> set[str]:
    """The names of the variables in .data and .bss, compiled as they are written."""
    made = folder / "made.o"
    command = [compiler, "-c", "-O0", "-w", "-fno-pic", f"-I{sysconfig.get_path('include')}", "-o", str(made), str(folder / file)]
    subprocess.run(command, check=True, timeout=120)
    lines = subprocess.run(["nm", "--demangle", str(made)], check=True, capture_output=True, text=True).stdout.splitlines()
    rows = [line.split(maxsplit=2) for line in lines]
    names = [row[2] for row in rows if len(row) == 3 and row[1] in WRITABLE]
    return {NAME.search(name)[1] for name in names if not name.startswith(("__", "guard variable"))}


def test_the_writable_variables_of_a_file(tmp_path) -> None:
    (tmp_path / "t.c").write_text(TEXT)
    (tmp_path / "h.h").write_text(HEADER)
    facts = facts_of(TEXT, h=HEADER)
    assert facts.gaps == ()
    tables = {"methods", "definition", "keywords"}
    listed = {t.name for t in facts.types} | {v.name for v in facts.variables}
    assert listed == _writable(tmp_path, "t.c", "gcc") - tables


CPP = """#include <Python.h>
#include <string>
#include <vector>
namespace { int hidden = 1; namespace deep { PyObject *object = nullptr; } }
namespace a { namespace b { std::vector<int> numbers; const int constant = 3; } }
struct Named { int x; static int member; int get() { static int in_method = 1; return in_method++; } } named, *pointed = &named;
int Named::member = 1;
class Conv { public: Conv(int a) : a_{a} {} bool operator()(int b) const { return a_ == b; } private: int a_; };
static Conv constructed(1); Conv braced{2}; Conv function(int a);
extern "C" { static PyTypeObject type = { PyVarObject_HEAD_INIT(nullptr, 0) "m.T", 8 }; int in_c = 1; }
static int (*pointer)(int) = nullptr; static PyObject *several[3]; std::string text("abc");
int other(int a = 3) { static Conv in_function(1); static std::vector<PyObject *> objects; Named n; objects.clear(); return n.get() + in_function(a) + hidden + (pointer != nullptr); }
int behind = 1; PyObject *last(void) { return deep::object ? several[0] : (PyObject *)&type; } bool also() { return constructed(1); }
"""


def test_the_writable_variables_of_a_file_of_cpp(tmp_path) -> None:
    (tmp_path / "t.cpp").write_text(CPP)
    facts = facts_of_files({"t.cpp": CPP}, ("t.cpp",), "c++")
    listed = {t.name for t in facts.types} | {v.name for v in facts.variables}
    assert listed == _writable(tmp_path, "t.cpp", "g++")
