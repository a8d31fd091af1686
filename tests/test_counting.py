"""``porter status --definition lines``: the published counts of a tree, on trees whose counts the two definitions tell apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from porter.cli import main

# What porter tells apart and lines do not: a type that is not `static`, types in comments, a module that is not isolated.
SOURCE = """
#include <Python.h>
PyTypeObject Shared_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "spam.Shared"};
static PyTypeObject Own_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "spam.Own"};
/* static PyTypeObject Old_Type = {0}; */
/* static PyTypeObject Older_Type = {0}; */
static PyType_Slot slots[] = {{0, NULL}};
static PyType_Spec Heap_spec = {"spam.Heap", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, slots};
static PyModuleDef_Slot exec[] = {{0, NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "spam", .m_size = 0, .m_slots = exec};
PyMODINIT_FUNC PyInit_spam(void)
{
    return PyModuleDef_Init(&def);
}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "spam.c").write_text(SOURCE)
    return tmp_path


def status(*words: object, code: int = 0) -> str:
    answer = CliRunner().invoke(main, ["status", *map(str, words)])
    assert answer.exit_code == code, answer.output
    return answer.output


def test_the_two_definitions_differ(tree: Path) -> None:
    lines = status(tree, "--definition", "lines")
    assert lines == "Port 1 extensions (100%, total: 1)\nPort 1 types to heap types (25%, total: 4)\n"
    own = status(tree).splitlines()[:2]
    assert own == ["Port 0 extensions (0%, total: 1)", "Port 1 types to heap types (33%, total: 3)"]


def test_lines_as_json(tree: Path) -> None:
    document = json.loads(status(tree, "--definition", "lines", "--format", "json"))
    assert document["definition"] == "lines" and document["table"] == []
    assert document["types"] == {"ported": 1, "total": 4, "percent": 25.0}
    assert json.loads(status(tree, "--format", "json"))["definition"] == "porter"


def test_a_gate_on_lines(tree: Path) -> None:
    status(tree, "--definition", "lines", "--fail-under", "25")
    status(tree, "--definition", "lines", "--fail-under", "26", code=1)


def test_what_cannot_be_read_is_told(tree: Path) -> None:
    (tree / "broken.c").write_bytes(b"\0")
    assert "1 place could not be read" in status(tree, "--definition", "lines", code=3)


def test_a_scan_has_no_lines(tree: Path) -> None:
    (tree / "scan.json").write_text("{}")
    assert "--scan does not have" in status(tree, "--definition", "lines", "--scan", tree / "scan.json", code=2)
