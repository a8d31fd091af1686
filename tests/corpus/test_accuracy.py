"""What a scan says is matched with what a build has, and each difference gets its reason."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import pytest

from porter.scanning import scan
from porter.report.json import to_json
from porter.settings import Settings
from porter.verify.model import BuiltModule

from .accuracy import Accuracy, compare
from .built import Built, Truth, is_state, read_truth

SOURCE = """#include <Python.h>
#ifdef OTHER
static int elsewhere = 1;
#endif
static PyTypeObject Box = {PyVarObject_HEAD_INIT(NULL, 0) "m.Box", sizeof(PyObject)};
static PyObject *kept;
static int counter;
static int limit[] = {3, 1, 2};
static __thread int each;
static PyObject *f(PyObject *self, PyObject *args, PyObject *more) {
    static PyObject *names[2];
    static char *words[] = {"a", NULL};
    PyObject *one = kept;
    if (!PyArg_ParseTupleAndKeywords(args, more, "O", words, &one)) return NULL;
    names[counter & 1] = one; kept = one; each++; counter += limit[counter % 3];
    return Py_NewRef(counter % 3 ? names[0] : kept);
}
static PyMethodDef methods[] = {{"f", (PyCFunction)(void (*)(void))f, METH_VARARGS | METH_KEYWORDS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "m", NULL, -1, methods};
PyMODINIT_FUNC PyInit_m(void) { return PyType_Ready(&Box) < 0 ? NULL : PyModule_Create(&def); }
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source alone in a folder, and m.so beside the folder, as a compiler makes it with debug information."""
    root = tmp_path_factory.mktemp("one")
    (root / "tree").mkdir()
    (root / "tree" / "m.c").write_text(SOURCE)
    include = sysconfig.get_path("include")
    flags = ["-shared", "-fPIC", "-O2", "-g", "-fno-eliminate-unused-debug-symbols"]
    subprocess.run(["gcc", *flags, f"-I{include}", "tree/m.c", "-o", "m.so"], check=True, cwd=root)
    return root


def test_the_truth_is_what_the_compiler_made(tree: Path) -> None:
    truth = read_truth((BuiltModule("m", tree / "m.so"),))
    states = {(v.name, v.function, v.kind, v.line) for v in truth.variables if is_state(v)}
    assert states == {("Box", "", "type", 5), ("kept", "", "object", 6), ("counter", "", "other", 7), ("names", "f", "object", 11)}
    memory = {v.name: v.memory for v in truth.variables}
    assert (memory["limit"], memory["each"], memory["methods"], memory["words"]) == ("constant", "thread", "shared", "shared")
    assert truth.units == {("m", "m.c")}


def test_a_scan_of_the_same_source_has_all_of_it(tree: Path) -> None:
    accuracy = measured(tree, SOURCE)
    assert (accuracy.found, accuracy.total) == ({"type": 1, "object": 2, "other": 1},) * 2
    assert (accuracy.missed, accuracy.differing, accuracy.kinds_agree) == ((), (), 4)
    assert [(row.name, row.explained) for row in accuracy.unfounded] == [("limit", True)]
    assert "made it constant" in accuracy.unfounded[0].reason


def test_what_a_scan_of_another_source_misses_and_makes_up_is_said(tree: Path) -> None:
    other = SOURCE.replace("#ifdef OTHER", "#if 1").replace("static int counter;", "").replace("static PyObject *kept", "static long kept")
    accuracy = measured(tree, other)
    assert [(row.place, row.name) for row in accuracy.missed] == [("m: m.c:7", "counter")]
    assert [(row.name, row.reason) for row in accuracy.differing] == [("kept", "object in the build (PyObject *), c-state in the scan")]
    assert [(row.name, row.reason, row.explained) for row in accuracy.unfounded if row.name == "elsewhere"] == [
        ("elsewhere", "the build does not declare it", False)
    ]


def measured(tree: Path, source: str) -> Accuracy:
    """The build of SOURCE against the scan of ``source``."""
    folder = tree / f"scan-{abs(hash(source))}"
    folder.mkdir(exist_ok=True)
    (folder / "m.c").write_text(source)
    report = to_json(scan(folder, Settings(jobs=1)))
    return compare(report, read_truth((BuiltModule("m", tree / "m.so"),)))


def variable(module: str, name: str, file: str = "a.c") -> Built:
    return Built(module, file, "", name, 1, "int", "other", "shared")


def extension(name: str, *names: str, sources: tuple[str, ...] = ("src/a.c",)) -> dict:
    entries = [{"name": n, "kind": "c-state", "function": None, "file": "src/a.c", "line": 1, "writes": []} for n in names]
    return {"name": name, "sources": list(sources), "types": [], "globals": entries}


def test_each_module_is_compared_with_its_own_extension() -> None:
    report = {"extensions": [extension("pkg.one", "v"), extension("two", "v", "w"), extension("three", "v")]}
    truth = Truth((variable("pkg.one", "v"), variable("pkg.two", "v"), variable("pkg.four", "v")), frozenset({("pkg.one", "a.c"), ("pkg.two", "a.c"), ("pkg.four", "a.c")}))
    accuracy = compare(report, truth)
    assert accuracy.found == {"other": 2}
    assert [row.reason for row in accuracy.missed] == ["the scan does not know the extension pkg.four"]
    assert {row.reason: row.explained for row in accuracy.unfounded} == {"the build does not declare it": False, "its extension is not built here": True}


def test_sources_that_are_not_known_or_not_compiled_are_the_reason() -> None:
    report = {"extensions": [extension("m", "w", sources=("src/b.c",))]}
    accuracy = compare(report, Truth((variable("m", "v"),), frozenset({("m", "c.c")})))
    assert [row.reason for row in accuracy.missed] == ["a.c is not among the sources found of m"]
    assert [(row.reason, row.explained) for row in accuracy.unfounded] == [("its file is not compiled here", True)]
