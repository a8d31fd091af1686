"""The build descriptions beside setup.py, each the same extension."""

from __future__ import annotations

import json

import pytest

from porter.tree import discover
from porter.tree.cmake_condition import holds


def found(folder):
    tree = discover(folder.path)
    assert tree.gaps == ()
    return [(e.name, e.sources, e.include_dirs, e.macros) for e in tree.extensions]


def test_pyproject_setuptools(folder):
    folder.init("src/a.c").put("src/b.c").put("inc/b.h").put(
        "pyproject.toml",
        """[tool.setuptools]
ext-modules = [{name = "pkg.a", sources = ["src/a.c", "src/b.c"], include-dirs = ["inc"], define-macros = [["X", "1"], ["Y"]]}]
""",
    )
    assert found(folder) == [("pkg.a", ("src/a.c", "src/b.c"), ("inc",), (("X", "1"), ("Y", None)))]


def test_pyproject_maturin(folder):
    folder.put(
        "pyproject.toml",
        '[build-system]\nbuild-backend = "maturin"\n[project]\nname = "a-b"\n[tool.maturin]\nmodule-name = "p._r"',
    )
    (extension,) = discover(folder.path).extensions
    assert (extension.name, extension.generator, extension.declared_in) == ("p._r", "pyo3", "pyproject.toml")


@pytest.mark.parametrize(
    "text", ["[tool", "x = 1\nx = 2", "\xff = 1", "tool = 1\n", "[tool.setuptools]\next-modules = 3"]
)
def test_broken_pyproject_leaves_the_rest(folder, text):
    tree = discover(folder.init("a.c").put("pyproject.toml", text).path)
    assert [e.name for e in tree.extensions] == ["a"]


MESON = {
    "direct": "py.extension_module('a', 'src/a.c', 'src/b.c', subdir: 'pkg')",
    "list": "py.extension_module('a', ['src/a.c', 'src/b.c'], subdir: 'pkg', install: true)",
    "files": "s = files('src/a.c', 'src/b.c')\npy.extension_module('a', s, subdir: 'pkg',)",
    "append": "s = ['src/a.c']\ns += 'src/b.c'\npy.extension_module('a', s + [], subdir: 'pkg')",
    "sources": "py.extension_module('a', sources: ['src/a.c', 'src/b.c'], subdir: 'pkg')",
    "find": "import('python').find_installation(pure: false).extension_module('a', 'src/a.c', 'src/b.c', subdir: 'pkg')",
    "foreach": "foreach n, s : {'a': files('src/a.c', 'src/b.c')}\n  py.extension_module(n, s, subdir: 'pkg')\nendforeach",
    "items": "foreach e : [['a', ['src/a.c', 'src/b.c']]]\n  py.extension_module(e[0], e[1], subdir: 'pkg')\nendforeach",
    "get": "foreach n, d : {'a': {'s': ['src/a.c', 'src/b.c']}}\n  py.extension_module(n, d.get('s'), subdir: 'pkg')\nendforeach",
    "if": "if host_machine.system() == 'linux' and not get_option('x')\n  s = ['src/b.c']\nendif\n"
    "py.extension_module('a', ['src/a.c'] + s, subdir: 'pkg')",
    "format": "py.extension_module('@0@'.format('a'), 'src' / 'a.c', join_paths('src', 'b.c'), subdir: 'pkg')",
    "subdir": "subdir('src')",
    "lines": "project('x', # a comment\n  'c',\n  version: run_command('x', check: true).stdout().strip(),\n)\n"
    "a = x ? 'src/a.c' : 'none'\nm = py.extension_module(\n  'a',\n  a, 'src/b.c',\n  subdir: 'pkg',\n)",
}


@pytest.mark.parametrize("text", MESON.values(), ids=MESON)
def test_meson(folder, text):
    folder.init("src/a.c").put("src/b.c").put(
        "src/meson.build", "py.extension_module('a', 'a.c', 'b.c', subdir: 'pkg')"
    )
    folder.put("meson.build", text + "\n")
    assert found(folder) == [("pkg.a", ("src/a.c", "src/b.c"), (), ())]


def test_meson_details_and_gaps(folder):
    folder.init("a.c").put("inc/x.h").put("meson.build", "i = include_directories('inc')\nx = custom_target('x')\n"
    "py.extension_module('a', 'a.c', x, include_directories: i, c_args: ['-DX=1'])\n")  # fmt: skip
    tree = discover(folder.path)
    (extension,) = tree.extensions
    assert (extension.include_dirs, extension.macros) == (("inc",), (("X", "1"),))
    assert [(g.file, g.line, g.what) for g in tree.gaps] == [("meson.build", 3, "the sources of extension a")]


CMAKE = {
    "python": "python_add_library(a MODULE WITH_SOABI src/a.c src/b.c)",
    "Python": "Python_add_library(a MODULE\n  src/a.c # one\n  src/b.c)",
    "library": "add_library(a MODULE src/a.c src/b.c)",
    "set": 'set(S src/a.c "src/b.c")\nPython_add_library(a MODULE ${S})',
    "append": "set(S src/a.c)\nlist(APPEND S src/b.c)\nPython_add_library(a MODULE ${S})",
    "glob": "file(GLOB S src/*.c)\nPython_add_library(a MODULE ${S})",
    "glob recursive": "file(GLOB_RECURSE S CONFIGURE_DEPENDS *.c)\nPython_add_library(a MODULE ${S})",
    "here": "Python_add_library(a MODULE ${CMAKE_CURRENT_SOURCE_DIR}/src/a.c ${PROJECT_SOURCE_DIR}/src/b.c)",
    "sources": "Python_add_library(a MODULE)\ntarget_sources(a PRIVATE src/a.c src/b.c)",
    "subdirectory": "add_subdirectory(src)",
    "comment": "#[[ add_library(x MODULE src/a.c)\n]]\nadd_library(z STATIC src/b.c)\npython_add_library(a MODULE src/a.c src/b.c)",
}


@pytest.mark.parametrize("text", CMAKE.values(), ids=CMAKE)
def test_cmake(folder, text):
    folder.init("src/a.c").put("src/b.c").put(
        "src/CMakeLists.txt", "Python_add_library(a MODULE a.c ${PROJECT_SOURCE_DIR}/src/b.c)"
    )
    folder.put("CMakeLists.txt", "project(x C)\n" + text + "\ninstall(TARGETS a LIBRARY DESTINATION pkg)\n")
    assert found(folder) == [("pkg.a", ("src/a.c", "src/b.c"), (), ())]


def test_cmake_details(folder):
    folder.put("m.cpp").put("n.cpp").put("inc/x.h").put(
        "CMakeLists.txt",
        "pybind11_add_module(m MODULE m.cpp)\nnanobind_add_module(n n.cpp)\ntarget_include_directories(m PRIVATE inc)\n"
        "target_compile_definitions(m PRIVATE X=1)\ninstall(TARGETS n DESTINATION ${SKBUILD_PROJECT_NAME})",
    ).put("pyproject.toml", '[project]\nname = "my-pkg"\n')
    m, n = discover(folder.path).extensions
    assert (m.name, m.generator, m.language, m.include_dirs, m.macros) == (
        "m",
        "pybind11",
        "c++",
        ("inc",),
        (("X", "1"),),
    )
    assert (n.name, n.generator, n.language) == ("my_pkg.n", "nanobind", "c++")


def test_cmake_name_that_is_not_known(folder):
    tree = discover(
        folder.put("m.cpp").put("CMakeLists.txt", "function(f n)\n pybind11_add_module(${n} m.cpp)\nendfunction()").path
    )
    assert [(g.line, g.what) for g in tree.gaps] == [(2, "the name of an extension")]


def test_twice_described_is_one(folder):
    folder.init("src/a.c").put("src/b.c").put("CMakeLists.txt", "python_add_library(a MODULE src/a.c src/b.c)").put(
        "setup.py", "from setuptools import *\nsetup(ext_modules=[Extension('pkg.a', ['src/a.c'])])"
    )
    assert found(folder) == [("pkg.a", ("src/a.c", "src/b.c"), (), ())]


def test_compile_commands(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    folder.init("a.c").put("inc/x.h")
    command = {
        "directory": str(folder.path),
        "file": "a.c",
        "command": f"cc -DX=1 -D Y -Iinc -isystem {other} -I{other}/later -I none -c a.c",
    }
    folder.put("build/compile_commands.json", json.dumps([command, 3, {"file": "a.c"}]))
    (row,) = found(folder)
    assert row[2:] == (("inc", str(other), f"{other}/later", "."), (("X", "1"), ("Y", None)))


@pytest.mark.parametrize("text", ["[", "{}", '[{"directory": "/", "file": "\\u0000"}]', "\xff"])
def test_broken_compile_commands_leave_the_rest(folder, text):
    tree = discover(folder.init("a.c").put("compile_commands.json", text).path)
    assert [e.name for e in tree.extensions] == ["a"]


SETUP = """# comment
SRC=x
*shared*
@MODULE_A_TRUE@a amodule.c $(srcdir)/Modules/lib/b.c -I$(srcdir)/Modules/lib \\
    -DX=1 -lm
posix posixmodule.c
#c cmodule.c
d -lm
e emodule.c $(GENERATED)/e2.c
"""


def test_cpython_tree(folder):
    folder.put("Include/Python.h").put("Modules/Setup.stdlib.in", SETUP).put("Modules/Setup", "posix other.c\n").put(
        "Modules/lib/b.c"
    )
    folder.init("Modules/amodule.c", "Modules/posixmodule.c", "Modules/emodule.c", "Modules/other.c", "PC/winreg.c")
    assert found(folder) == [
        ("a", ("Modules/amodule.c", "Modules/lib/b.c"), ("Modules/lib",), (("X", "1"),)),
        ("e", ("Modules/emodule.c",), (), ()),
        ("posix", ("Modules/posixmodule.c",), (), ()),
    ]


SCRIPTS = {
    "function": "function(add name)\n python_add_library(${name} MODULE ${ARGN})\nendfunction()\nadd(a src/a.c src/b.c)",
    "macro": "macro(add name first)\n set(S ${first} ${ARGN})\n python_add_library(${name} MODULE ${S})\nendmacro()\nadd(a src/a.c src/b.c)",
    "foreach": "foreach(n a)\n python_add_library(${n} MODULE src/${n}.c src/b.c)\nendforeach()",
    "foreach in": "set(L a;b)\nset(S)\nforeach(n IN LISTS L)\n list(APPEND S src/${n}.c)\nendforeach()\npython_add_library(a MODULE ${S})",
    "other platform": "set(S src/a.c src/b.c)\nif(WIN32 AND NOT MINGW)\n list(APPEND S src/c.c)\nendif()\npython_add_library(a MODULE ${S})",
    "this platform": "set(S src/a.c)\nif(MSVC)\n set(S src/c.c)\nelseif(UNIX)\n list(APPEND S src/b.c)\nelse()\n set(S src/c.c)\nendif()\npython_add_library(a MODULE ${S})",
    "option": "option(FAST x ON)\nset(S src/a.c)\nif(FAST)\n list(APPEND S src/b.c)\nelse()\n list(APPEND S src/c.c)\nendif()\npython_add_library(a MODULE ${S})",
    "option that may be set": "option(SLOW x OFF)\nif(DEFINED ENV{X})\n set(SLOW ON)\nendif()\nset(S src/a.c)\nif(SLOW)\n list(APPEND S src/b.c)\nendif()\npython_add_library(a MODULE ${S})",
    "name of the system": 'set(S src/a.c)\nif(CMAKE_SYSTEM_NAME STREQUAL "Linux")\n list(APPEND S src/b.c)\nelseif("${CMAKE_SYSTEM_NAME}" MATCHES "Darwin")\n list(APPEND S src/c.c)\nendif()\npython_add_library(a MODULE ${S})',
    "library": "add_library(low STATIC src/b.c)\npython_add_library(a MODULE src/a.c)\ntarget_link_libraries(a PRIVATE low)",
    "library below": "python_add_library(a MODULE src/a.c)\nadd_subdirectory(low EXCLUDE_FROM_ALL)\ntarget_link_libraries(a PRIVATE low::b)",
    "library through another": "add_library(b OBJECT src/b.c)\nadd_library(c INTERFACE)\ntarget_link_libraries(c INTERFACE b c)\npython_add_library(a MODULE src/a.c)\ntarget_link_libraries(a c)",
    "objects": "add_library(b OBJECT src/b.c)\npython_add_library(a MODULE src/a.c $<TARGET_OBJECTS:b>)",
    "shared library": "add_library(c SHARED src/c.c)\npython_add_library(a MODULE src/a.c src/b.c)\ntarget_link_libraries(a c)",
    "set above": "add_subdirectory(names)\npython_add_library(a MODULE ${NAMES})",
    "parentheses": "set(S src/a.c)\nif(NOT (WIN32 OR APPLE))\n list(APPEND S src/b.c)\nendif()\npython_add_library(a MODULE ${S})",
    "assembly": "python_add_library(a MODULE src/a.c src/b.c src/fast.S src/fast.asm)",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_cmake_scripts(folder, text):
    folder.init("src/a.c").put("src/b.c").put("src/c.c").put("src/fast.S").put("CMakeLists.txt", f"project(x C)\n{text}\n")
    folder.put("low/CMakeLists.txt", "add_library(low_b STATIC ../src/b.c)\nadd_library(low::b ALIAS low_b)\n")
    folder.put("names/CMakeLists.txt", "set(NAMES src/a.c src/b.c PARENT_SCOPE)\n")
    assert found(folder) == [("a", ("src/a.c", "src/b.c"), (), ())]
    assert discover(folder.path).gaps == ()


def test_a_linked_library_brings_its_folders_and_macros(folder):
    folder.init("a.c").put("low/b.c").put("low/inc/b.h").put("low/CMakeLists.txt", "add_library(low b.c)\ntarget_include_directories(low PUBLIC inc)\ntarget_compile_definitions(low PRIVATE FAST=1)\n")
    folder.put("CMakeLists.txt", "python_add_library(a MODULE a.c)\nadd_subdirectory(low)\ntarget_link_libraries(a PRIVATE low)\n")
    assert found(folder) == [("a", ("a.c", "low/b.c"), ("low/inc",), (("FAST", "1"),))]


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("WIN32", False), ("NOT WIN32", True), ("UNIX AND NOT APPLE", True), ("FOO", None), ("WIN32 AND FOO", False), ("UNIX OR FOO", True),
        ("NOT FOO", None), ("ON", True), ("FALSE", False), ("SET_ON", True), ("SET_OFF OR WIN32", False), ("DEFINED FOO", None), ("TARGET x AND WIN32", False),
        ("FOO VERSION_LESS 3", None), ("SET_NAME STREQUAL one", True), ("SET_NAME MATCHES ^t", False), ("( UNIX", None), ("", None), ("NOT", None),
        ("A MATCHES (", None), ("${CMAKE_SYSTEM_NAME} STREQUAL Linux", True), ("${FOO} STREQUAL x", None), ("( WIN32 OR UNIX ) AND ON", True),
    ],
)  # fmt: skip
def test_conditions_of_cmake(condition, answer):
    known = {"SET_ON": "ON", "SET_OFF": "OFF", "SET_NAME": "one"}
    assert holds(condition.split(), lambda name: known.get(name, "")) is answer
