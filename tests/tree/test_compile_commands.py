"""``-p BUILD_DIR``: the flags that a build used decide which ``#if`` arms a scan sees and which headers it finds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from porter.cli import main
from porter.tree import discover

SOURCE = """
#include "state.h"
#include <Python.h>
#ifdef FAST
STATE fast;
static PyObject *put(PyObject *self, PyObject *o) { Py_XDECREF(fast); fast = Py_NewRef(o); Py_RETURN_NONE; }
#else
STATE slow;
static PyObject *put(PyObject *self, PyObject *o) { Py_XDECREF(slow); slow = Py_NewRef(o); Py_RETURN_NONE; }
#endif
static PyMethodDef methods[] = {{"put", put, METH_O}, {NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "spam", NULL, -1, methods};
PyMODINIT_FUNC
PyInit_spam(void)
{
    return PyModule_Create(&def);
}
"""
SETUP = "from setuptools import *\nsetup(ext_modules=[Extension('spam', ['spam.c'], define_macros=[('SLOW', '1')])])\n"


@pytest.fixture
def tree(folder):
    folder.put("spam.c", SOURCE).put("setup.py", SETUP).put("inner/state.h", "#define STATE static PyObject *\n")
    return folder


def commands(folder, arguments, directory=None, place="out"):
    directory = directory or str(folder.path)
    entry = {"directory": directory, "file": "spam.c", "arguments": ["cc", *arguments, "-c", "spam.c"]}
    return folder.put(f"{place}/compile_commands.json", json.dumps([entry]))


def scan(folder, *words):
    answer = CliRunner().invoke(main, ["scan", str(folder.path), "--format", "json", "-j", "1", "--no-cache", *words])
    assert answer.exit_code in (0, 1), answer.output
    (row,) = json.loads(answer.stdout)["extensions"]
    return [variable["name"] for variable in row["globals"] if variable["kind"] == "object"]


@pytest.mark.parametrize(("flags", "names"), [(["-DFAST", "-Iinner"], ["fast"]), (["-I", "inner"], ["slow"])])
def test_the_arms_of_the_build_are_taken(tree, flags, names):
    commands(tree, flags)
    assert scan(tree, "-p", str(tree.path / "out")) == names


def test_a_build_outside_of_the_tree_speaks_of_it(tree, tmp_path_factory):
    other = tmp_path_factory.mktemp("build")
    commands(tree, ["-DFAST", "-Iinner"])
    shutil.move(tree.path / "out" / "compile_commands.json", other)
    assert scan(tree, "-p", str(other)) == ["fast"]


def test_a_link_to_the_tree_is_the_tree(tree, tmp_path_factory):
    link = tmp_path_factory.mktemp("links") / "link"
    link.symlink_to(tree.path)
    commands(tree, ["-DFAST", "-Iinner"], directory=str(link))
    assert scan(tree, "-p", str(tree.path / "out")) == ["fast"]


def test_the_settings_of_the_tree_can_name_it(tree):
    commands(tree, ["-DFAST", "-Iinner"])
    tree.put("pyproject.toml", '[tool.porter]\nbuild-dir = "out"\n')
    assert scan(tree) == ["fast"]


def test_macros_of_the_build_stand_in_place_of_those_of_the_description(tree):
    commands(tree, ["-DFAST", "-Iinner"])
    (extension,) = discover(tree.path, tree.path / "out").extensions
    assert extension.macros == (("FAST", None),)
    (extension,) = discover(tree.path).extensions
    assert extension.macros == (("SLOW", "1"),)


def test_a_source_without_a_command_stays_as_described(tree):
    tree.put("out/compile_commands.json", "[]")
    (extension,) = discover(tree.path, tree.path / "out").extensions
    assert extension.macros == (("SLOW", "1"),)


@pytest.mark.parametrize("verb", ["scan", "port", "status"])
def test_a_folder_without_commands_is_said(tree, verb):
    answer = CliRunner().invoke(main, [verb, str(tree.path), "-p", str(tree.path / "none")])
    assert answer.exit_code == 2 and "no compile_commands.json there" in answer.output


def test_port_sees_what_the_build_saw(tree):
    commands(tree, ["-DFAST", "-Iinner"])
    answer = CliRunner().invoke(main, ["port", str(tree.path), "-p", str(tree.path / "out"), "--explain"])
    assert answer.exit_code in (0, 1) and "fast" in answer.output


def test_commands_that_cmake_writes(tree):
    tree.put(
        "CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.5)\nproject(spam C)\nadd_library(spam MODULE spam.c)\n"
        "target_include_directories(spam PRIVATE inner)\ntarget_compile_definitions(spam PRIVATE FAST)\n",
    )
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    words = [
        shutil.which("cmake", path=beside),
        "-S",
        str(tree.path),
        "-B",
        str(tree.path / "out"),
        "-DCMAKE_EXPORT_COMPILE_COMMANDS=1",
    ]
    subprocess.run(words, check=True, capture_output=True)
    assert scan(tree, "-p", str(tree.path / "out")) == ["fast"]
