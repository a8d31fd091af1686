"""A repository of a few revisions, made with git itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

STATIC = """#include <Python.h>
static PyObject *error;
static PyTypeObject T_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "%(name)s.T", .tp_basicsize = sizeof(PyObject)};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "%(name)s", .m_size = -1};
PyMODINIT_FUNC PyInit_%(name)s(void)
{
    error = PyErr_NewException("%(name)s.error", NULL, NULL);
    return PyType_Ready(&T_Type) < 0 ? NULL : PyModule_Create(&def);
}
"""
HEAP = """#include <Python.h>
static PyType_Slot slots[] = {{0, NULL}};
static PyType_Spec T_spec = {.name = "%(name)s.T", .basicsize = sizeof(PyObject), .slots = slots};
static int exec(PyObject *module) { return PyModule_AddObject(module, "T", PyType_FromModuleAndSpec(module, &T_spec, NULL)); }
static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, exec}, {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {0, NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "%(name)s", .m_size = 0, .m_slots = module_slots};
PyMODINIT_FUNC PyInit_%(name)s(void) { return PyModuleDef_Init(&def); }
"""


class Repo:
    """A work tree whose commits are made at given days."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, **environment: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        answer = subprocess.run(
            ["git", *who, *words], cwd=self.path, env={**os.environ, **environment}, check=True, capture_output=True, text=True
        )
        return answer.stdout.strip()

    def commit(self, day: str, files: dict[str, str | bytes | None]) -> str:
        """A commit that writes ``files``; None removes one."""
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
        when = f"{day}T12:00:00+0000"
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", day, GIT_COMMITTER_DATE=when, GIT_AUTHOR_DATE=when)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path):
    """Two extensions; the first is ported in March, the second in May."""
    made = Repo(tmp_path / "repo")
    made.commit("2024-01-10", {"a.c": STATIC % {"name": "a"}, "b.c": STATIC % {"name": "b"}, "README": "x"})
    made.commit("2024-01-20", {"README": "y"})
    made.commit("2024-03-05", {"a.c": HEAP % {"name": "a"}})
    made.git("tag", "v3.1")
    made.commit("2024-03-25", {"notes.txt": "z"})
    made.commit("2024-05-01", {"b.c": None, "src/b.c": HEAP % {"name": "b"}})
    made.git("tag", "-a", "v3.2", "-m", "two")
    made.git("tag", "other")
    return made
