"""``porter record`` and ``porter status`` as a shell calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import porter as package
from ledger import scans
from porter.ledger.database import open_ledger
from porter.ledger.read import all_runs, points

HOME = str(Path(package.__file__).parent.parent)
SOURCE = """
#include <Python.h>
static PyTypeObject Foo_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "mod.Foo", .tp_basicsize = sizeof(PyObject)};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "mod", .m_size = -1};
PyMODINIT_FUNC PyInit_mod(void) { return PyType_Ready(&Foo_Type) < 0 ? NULL : PyModule_Create(&def); }
"""


@pytest.fixture
def porter(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "PORTER_LEDGER"} | {"PYTHONPATH": HOME}

    def call(*words, given=None, code=0, **extra):
        answer = subprocess.run(
            [sys.executable, "-m", "porter", *map(str, words)],
            cwd=tmp_path,
            env={**environment, **extra},
            input=given,
            capture_output=True,
            text=True,
        )
        assert answer.returncode == code, answer.stderr
        assert "Traceback" not in answer.stderr
        return answer

    return call


def whole():
    """The package without what could not be read."""
    return json.dumps({**scans.package(), "unanalysed": []})


def test_status_speaks_the_two_counts(porter):
    answer = porter("status", "--scan", "-", given=whole())
    assert answer.stdout.splitlines()[:4] == [
        "Port 3 extensions (60%, total: 5)",
        "Port 12 types to heap types (80%, total: 15)",
        "Make 0 objects per interpreter (0%, total: 2)",
        "Make 0 caches per interpreter (0%, total: 1)",
    ]
    assert "pkg._half  partly ported   9/10" in answer.stdout


def test_status_of_a_tree_without_extensions(porter):
    answer = porter("status", "--scan", "-", given=json.dumps(scans.scan()))
    assert answer.stdout == "No extensions in this tree\n"
    porter("status", "--scan", "-", "--fail-under", "100", given=json.dumps(scans.scan()))


@pytest.mark.parametrize(("percent", "code"), [("60", 0), ("60.1", 1), ("100", 1), ("0", 0)])
def test_status_fails_under_a_percentage(porter, percent, code):
    answer = porter("status", "--scan", "-", "--fail-under", percent, given=whole(), code=code)
    assert bool(code) == ("extensions 60.0%, types 80.0%" in answer.stderr)


def test_status_as_json(porter, tmp_path):
    porter("status", "--scan", "-", "--format", "json", "-o", "status.json", given=whole())
    document = json.loads((tmp_path / "status.json").read_text())
    assert document["types"] == {"ported": 12, "total": 15, "percent": 80.0}
    assert [line["status"]["word"] for line in document["table"]][-2:] == ["partly ported", "untouched"]


def test_status_says_what_could_not_be_read(porter):
    answer = porter("status", "--scan", "-", given=json.dumps(scans.package()), code=3)
    assert "1 place could not be read" in answer.stdout


def test_a_real_tree_is_scanned_recorded_and_known(porter, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "mod.c").write_text(SOURCE)
    assert "Port 0 types to heap types (0%, total: 1)" in porter("status", "tree").stdout
    assert "tree: recorded" in porter("record", "tree").stderr
    assert "tree: nothing new" in porter("record", "tree").stderr
    with open_ledger(tmp_path / ".porter" / "ledger.db") as ledger:
        (run,) = all_runs(ledger)
    assert [(e.name, [t.name for t in e.types]) for e in run.extensions] == [("mod", ["Foo_Type"])]


def test_status_knows_what_the_ledger_knows(porter, tmp_path):
    refused = {
        "name": "Foo1_Type",
        "file": "src/mod.c",
        "line": 11,
        "decision": "refused",
        "reason": "its address escapes",
    }
    (tmp_path / "port.json").write_text(json.dumps({"extensions": [{**refused, "name": "pkg._mod"}]}))
    (tmp_path / "verify.json").write_text(json.dumps({"reached": 4, "evidence": [{"rung": 4, "verdict": "passed"}]}))
    (tmp_path / "scan.json").write_text(whole())
    porter("record", "--scan", "scan.json", "--port", "port.json", "--verify", "verify.json")
    answer = porter("status", "--scan", "scan.json")
    assert "proven (rung 4)" in answer.stdout
    assert "refused (its address escapes)" in answer.stdout


def test_what_moved_since_an_earlier_run_counts_as_made_per_interpreter(porter):
    mod = scans.extension("pkg._mod", [scans.type_()], [scans.variable("a"), scans.variable("b"), scans.variable("c")])
    porter("record", "--scan", "-", given=json.dumps(scans.scan([mod])))
    less = json.dumps(scans.scan([scans.extension("pkg._mod", [scans.type_()], [scans.variable("c")])]))
    assert "Make 2 objects per interpreter (66%, total: 3)" in porter("status", "--scan", "-", given=less).stdout


def test_statics_with_a_reason_to_stay_are_counted_apart(porter):
    mod = scans.extension(types=[scans.type_()], variables=[scans.variable("a"), scans.variable("b")])
    ignored = [
        scans.finding(suppressed="a singleton"),
        scans.finding("static-object", "a", suppressed="never shared", line=4),
    ]
    answer = porter("status", "--symbols", "--scan", "-", given=json.dumps(scans.scan([mod], ignored)))
    assert answer.stdout.splitlines()[:4] == [
        "Port 0 extensions (0%, total: 1)",
        "Port 0 types to heap types (100%, total: 0)",
        "Make 0 objects per interpreter (0%, total: 1)",
        "Leave 2 statics with a reason (not counted above)",
    ]
    assert "justified (a singleton)" in answer.stdout and "justified (never shared)" in answer.stdout
    assert "run porter port: 1 static object or cache, multi-phase init" in answer.stdout


WORSE = [
    (scans.isolated("pkg._a"), scans.extension("pkg._a"), "pkg._a: ported → untouched"),
    (None, scans.extension("pkg._new"), "pkg._new: is new: untouched"),
    (scans.extension(types=[]), scans.extension(types=[scans.type_()]), "type Foo_Type is static"),
    (scans.extension(), scans.extension(variables=[scans.variable()]), "static objects: 0 → 1"),
    (scans.extension(), scans.extension(variables=[scans.variable(kind="cache")]), "caches: 0"),
]
NOT_WORSE = [
    (scans.extension("pkg._a", [scans.type_()]), scans.isolated("pkg._a")),
    (None, scans.isolated("pkg._new")),
    (scans.extension(types=[scans.type_()]), scans.extension(types=[scans.type_(line=99)])),
    (scans.extension("pkg._gone", [scans.type_()]), None),
]


def _tree(*extensions):
    return json.dumps(scans.scan([each for each in extensions if each]))


@pytest.mark.parametrize(("before", "after", "said"), WORSE)
def test_a_gate_fails_when_something_got_worse_than_a_base(porter, tmp_path, before, after, said):
    (tmp_path / "base.json").write_text(_tree(before))
    (tmp_path / "now.json").write_text(_tree(after))
    assert said in porter("status", "--scan", "now.json", "--against", "base.json", code=1).stderr
    porter("record", "--scan", "base.json")
    assert said in porter("status", "--scan", "now.json", "--against", "ledger", code=1).stderr


@pytest.mark.parametrize(("before", "after"), NOT_WORSE)
def test_a_gate_lets_pass_what_is_as_bad_as_before(porter, tmp_path, before, after):
    (tmp_path / "base.json").write_text(_tree(before))
    porter("status", "--scan", "-", "--against", "base.json", given=_tree(after))


def test_the_ledger_is_where_the_option_or_the_environment_says(porter, tmp_path):
    porter("record", "--scan", "-", "--ledger", "a.db", given=whole())
    porter("record", "--scan", "-", given=whole(), PORTER_LEDGER="b.db")
    assert (tmp_path / "a.db").is_file() and (tmp_path / "b.db").is_file()
    assert not (tmp_path / ".porter").exists()


def test_export_and_import(porter, tmp_path):
    porter("record", "--scan", "-", "--ledger", "a.db", "--time", "2025-01-31T12:00:00+02:00", given=whole())
    text = porter("record", "--ledger", "a.db", "--export", "-").stdout
    assert "imported 1 of 1 runs" in porter("record", "--ledger", "b.db", "--import", "-", given=text).stderr
    assert "imported 0 of 1 runs" in porter("record", "--ledger", "b.db", "--import", "-", given=text).stderr
    assert porter("record", "--ledger", "b.db", "--export", "-").stdout == text
    with open_ledger(tmp_path / "b.db") as ledger:
        assert [point.time for point in points(ledger)] == ["2025-01-31T10:00:00.000Z"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["record"], "no tree is given"),
        (["record", ".", ".", "--tree", "x"], "--tree speaks of one tree"),
        (["record", "--scan", "-", "--time", "soon"], "--time"),
        (["record", "--scan", "-"], "no JSON"),
        (["record", "--import", "-"], "no export of a ledger"),
        (["record", "--export", "-"], "there is no ledger"),
        (["status", "--scan", "-"], "no JSON"),
        (["status", "--ledger", "none.db", "--scan", "s.json"], "there is no ledger"),
        (["status", "missing"], "missing"),
        (["status", "--scan", "s.json", "--against", "ledger"], "there is no ledger"),
        (["status", "--scan", "s.json", "--against", "none.json"], "none.json"),
    ],
)
def test_wrong_calls_are_said_in_words(porter, tmp_path, words, said):
    (tmp_path / "s.json").write_text(whole())
    assert said in porter(*words, given="not json", code=2).stderr
