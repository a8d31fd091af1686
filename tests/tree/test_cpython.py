"""CPython's own tree: which lists name its modules, what belongs to the interpreter itself, and what is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from porter.cli import main
from porter.tree import discover
from porter.tree.cpython import is_cpython
from porter.tree.model import Extension

STDLIB = """\
# lists have remarks
*shared*
@MODULE_A_TRUE@a amodule.c -DX=1 lib/a.c \\
    -I$(srcdir)/Modules/lib
@MODULE_B_TRUE@b bmodule.c lib/libb.a
FLAGS = -O3
"""
MAKEFILE = """\
OBJECT_OBJS=	\\
		Objects/spamobject.o \\
		Objects/gone.o
PYTHON_OBJS= \\
		Python/Python-tree.o \\
		$(MACHDEP_OBJS)
MODULE_OBJS= Modules/config.o Modules/gcmodule.o Modules/amodule.o
LIBRARY_OBJS_OMIT= Modules/getpath.o $(OBJECT_OBJS) \\
		$(PYTHON_OBJS) $(MODULE_OBJS) $(MODOBJS)
LIBRARY_OBJS= $(LIBRARY_OBJS_OMIT) Python/frozen.o
LIBOTHER_OBJS= Modules/lib/other.o
Programs/_test.o: Programs/_test.c
"""
SCRIPT = """\
import os, sys
from distutils.command.build_ext import build_ext
from distutils.core import Extension, setup
class Build(build_ext):
    def add(self, extension):
        self.extensions.append(extension)
    def detect_simple(self):
        for name in ("c", "d"):
            self.add(Extension(name, [name + "module.c"]))
        if self.compiler.find_library_file([], "z"):
            self.add(Extension("z", ["zmodule.c"], include_dirs=["/usr/include/z"]))
    def detect_endless(self):
        with open("/usr/include/z.h") as lines:
            while 1:
                line = lines.readline()
                if not line:
                    break
        sources = ["emodule.c"]
        sources.append("lib/e.c")
        self.add(Extension("e", sources))
        self.add(Extension("a", ["elsewhere.c"]))
setup(cmdclass={"build_ext": Build}, ext_modules=[Extension("placeholder", ["nothing.c"])])
"""
MODULE = """\
#include "Python.h"
static PyModuleDef def = {{PyModuleDef_HEAD_INIT, "{0}", NULL, {1}}};
PyMODINIT_FUNC PyInit_{0}(void) {{ return {2}(&def); }}
"""
CORE = """\
#include "Python.h"
PyTypeObject PySpam_Type = {PyVarObject_HEAD_INIT(&PyType_Type, 0) "spam"};
static PyObject *cached;
static struct _PyArg_Parser *parsers;
#ifdef O_CLOEXEC
static int works = -1;
#endif
int spam_works(struct _PyArg_Parser *parser) { parsers = parser; return works = 0; }
PyObject *spam(void) { if (!cached) cached = PyLong_FromLong(1); return cached; }
"""


@pytest.fixture
def tree(folder):
    folder.put("Include/Python.h").put("Include/internal/pycore_spam.h").put("Makefile.pre.in", MAKEFILE)
    folder.put("Modules/Setup.stdlib.in", STDLIB).put("Modules/Setup", "a other.c\n#c ccmodule.c\n")
    for name, size, init in (("a", "0", "PyModuleDef_Init"), ("b", "-1", "PyModule_Create")):
        folder.put(f"Modules/{name}module.c", MODULE.format(name, size, init))
    folder.put("Modules/lib/a.c").put("Modules/other.c").put("Modules/getpath.c").put("Modules/gcmodule.c")
    folder.put("Objects/spamobject.c", CORE).put("Python/Python-tree.c").put("Programs/_test.c").put("Python/win.c")
    return folder


def found(folder) -> dict[str, Extension]:
    tree = discover(folder.path)
    assert tree.gaps == ()
    return {extension.name: extension for extension in tree.extensions}


def test_a_module_comes_from_the_first_list_that_names_it(tree):
    assert is_cpython(tree.path)
    modules = found(tree)
    assert set(modules) == {"a", "b", "python"}
    assert modules["a"].sources == ("Modules/amodule.c", "Modules/lib/a.c")
    assert modules["a"].macros == (("X", "1"),)
    assert modules["a"].include_dirs == ("Modules/lib", "Include/internal")
    assert modules["a"].declared_in == "Modules/Setup.stdlib.in"


def test_the_core_is_what_the_makefile_links_and_no_module_claims(tree):
    core = found(tree)["python"]
    assert core.core and core.declared_in == "Makefile.pre.in"
    assert core.sources == (
        "Modules/gcmodule.c",
        "Modules/getpath.c",
        "Objects/spamobject.c",
        "Python/Python-tree.c",
    )


def test_a_tree_without_a_makefile_has_no_core(tree):
    (tree.path / "Makefile.pre.in").unlink()
    assert set(found(tree)) == {"a", "b"}


def test_modules_that_a_build_command_adds(tree):
    tree.put("setup.py", SCRIPT).put("Modules/lib/e.c").init("Modules/cmodule.c", "Modules/dmodule.c")
    tree.init("Modules/zmodule.c", "Modules/emodule.c")
    modules = found(tree)
    assert set(modules) == {"a", "b", "c", "d", "e", "z", "python"}
    assert modules["e"].sources == ("Modules/emodule.c", "Modules/lib/e.c")
    assert modules["a"].declared_in == "Modules/Setup.stdlib.in"
    assert modules["z"].declared_in == "setup.py"


def test_a_configured_tree_has_the_macros_of_its_configuration(tree):
    tree.put("pyconfig.h", '#define HAVE_A 1\n#  define EMPTY\n/* #undef B */\n#define TEXT "x" \n')
    modules = found(tree)
    assert modules["b"].macros == modules["python"].macros[:3] == (("HAVE_A", "1"), ("EMPTY", None), ("TEXT", '"x"'))
    assert modules["a"].macros[3:] == (("X", "1"),)


def test_a_source_that_is_not_there_is_a_gap(tree):
    (tree.path / "Modules/bmodule.c").unlink()
    gaps = discover(tree.path).gaps
    assert [gap.what for gap in gaps] == ["the sources of extension b"]


def scanned(folder: Path, code: int) -> dict:
    answer = CliRunner().invoke(main, ["scan", str(folder), "--format", "json", "-j", "1"])
    assert answer.exit_code == code, answer.output
    return json.loads(answer.stdout)


def test_the_core_is_scanned_and_not_counted(tree):
    document = scanned(tree.path, 1)
    rows = {row["name"]: row for row in document["extensions"]}
    assert {name: (row["core"], row["init"]) for name, row in rows.items()} == {
        "a": (False, "multi-phase"),
        "b": (False, "single-phase"),
        "python": (True, None),
    }
    assert [t["name"] for t in rows["python"]["types"]] == ["PySpam_Type"]
    assert [v["name"] for v in rows["python"]["globals"]] == ["cached", "parsers", "works"]
    assert document["totals"]["extensions"]["total"] == 2
    assert document["totals"]["types"]["total"] == 0
    assert document["totals"]["globals"] == {"object": 0, "type-pointer": 0, "cache": 0, "c-state": 0} | {
        key: 0 for key in document["totals"]["globals"]
    }
    assert {f["rule"] for f in document["findings"] if f["extension"] == "python"} >= {"static-type"}


def test_the_core_is_not_ported(tree):
    answer = CliRunner().invoke(main, ["port", str(tree.path), "--explain"])
    assert answer.exit_code == 1
    assert "the interpreter itself" in answer.output
    assert "PySpam_Type" not in answer.stdout


def test_status_speaks_of_modules_alone(tree):
    lines = CliRunner().invoke(main, ["status", str(tree.path)]).stdout
    assert "Port 0 extensions (0%, total: 2)" in lines
    assert "python" not in lines
