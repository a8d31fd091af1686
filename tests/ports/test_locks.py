"""The lock around a C library holds: interpreters that run at the same time get what each would get alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from porter.pipeline import port
from porter.plan.scope import Scope
from porter.plan.stages import LIBRARIES
from porter.settings import Settings
from porter.span import encode

from .workshop import PORTS, Built, build, files, python, write_tree

EXAMPLE = PORTS / "library-with-a-lock"
TOGETHER = """
import sys, threading
try:
    import _interpreters as interpreters
    create, run = lambda: interpreters.create("isolated"), interpreters.exec
except ImportError:
    import _xxsubinterpreters as interpreters
    create, run = lambda: interpreters.create(isolated=True), interpreters.run_string

CODE = '''
import sys
sys.path.insert(0, {folder!r})
import numerals
base, number = {base}, {base} ** 5 + 1
for _ in range({rounds}):
    assert numerals.in_base(number, base) == "100001", "in_base"
    assert numerals.both(7) == ("7", "111"), "both"
    assert numerals.decimal(number) == str(number), "decimal"
'''
failed = []

def work(interpreter, base):
    try:
        problem = run(interpreter, CODE.format(folder=sys.argv[1], base=base, rounds=int(sys.argv[2])))
    except BaseException as failure:
        problem = failure
    if problem is not None:
        failed.append(str(getattr(problem, "msg", problem)))

own = [create() for _ in range(3)]
threads = [threading.Thread(target=work, args=(one, base)) for one, base in zip(own, (2, 7, 16))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(*failed)
"""


def together(built: Built, version: str, rounds: int) -> str:
    """What fails when three interpreters with their own GIL use the extension at once."""
    command = [python(version) or version, "-c", TOGETHER, str(built.folder), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_interpreters_that_run_at_once_do_not_meet_in_the_library(version: str, tmp_path: Path):
    assert together(build(EXAMPLE / "after", tmp_path, version), version, 60) == ""


def test_without_the_lock_they_would(tmp_path: Path):
    bare = {name: re.sub(rb"PyMutex_(Lock|Unlock)\(&numerals_lock\);", b";", text) for name, text in files(EXAMPLE / "after").items()}
    write_tree(tmp_path / "tree", bare)
    assert together(build(tmp_path / "tree", tmp_path / "built"), "3.13", 60) != ""


def ported(folder: Path, settings: Settings = Settings(jobs=1), unsafe: tuple[str, ...] = (LIBRARIES,), **texts: str):
    """The port of the example with some of its files said otherwise: name with __ for a dot, and a function of the text."""
    changed = {name.replace("__", "."): encode(text) for name, text in texts.items()}
    write_tree(folder, files(EXAMPLE / "before") | changed)
    return port(folder, settings, scope=Scope(unsafe=frozenset(unsafe)))


def source(*changes: tuple[str, str]) -> str:
    """The module's source with pieces replaced."""
    text = (EXAMPLE / "before" / "numerals.c").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_it_is_offered_and_made_only_when_asked_for(tmp_path: Path):
    report = ported(tmp_path, unsafe=())
    library = [d for d in report.decisions if d.place.file == "lib/digits.c"]
    assert [(d.symbol, d.decision, d.safety) for d in library] == [(n, "refused", "unsafe") for n in ("base", "buffer", "count")]
    assert "PyMutex" not in report.after["numerals.c"]


def test_the_setting_asks_for_it_too(tmp_path: Path):
    named = ported(tmp_path, Settings(jobs=1, guard=("digits_*",)), ())
    assert named.after == ported(tmp_path).after and named.extensions[0][1]


def test_a_pattern_that_leaves_one_out_is_no_guard(tmp_path: Path):
    report = ported(tmp_path, Settings(jobs=1, guard=("digits_of",)), ())
    assert not report.extensions[0][1]
    assert all("no pattern of the setting guard names it" in d.reason for d in report.refused if d.place.file == "lib/digits.c")


def test_places_are_those_of_the_sources_as_they_were(tmp_path: Path):
    lines = source().splitlines()
    for decision in ported(tmp_path).decisions:
        if decision.place.file == "numerals.c":
            assert decision.symbol in lines[decision.place.line - 1]


REFUSED = {
    "a callback": (("    length = digits_of(number, text, sizeof(text));\n    return Py", "    digits_on((void *)number_of);\n    length = digits_of(number, text, sizeof(text));\n    return Py"), "is handed on"),
    "Python meanwhile": (("    digits_set_base(2);\n", "    digits_set_base(2);\n    Py_XDECREF(PyObject_CallNoArgs(value));\n"), "runs Python meanwhile"),
    "a thread": (("    first = digits_of", "    pthread_create(NULL, NULL, NULL, NULL);\n    first = digits_of"), "starts threads"),
    "an address": (("    first = digits_of(", "    int (*f)(unsigned long, char *, int) = digits_of;\n    first = f("), "the address of digits_of() is taken"),
    "an init with two calls": (('    NumeralError = PyErr_NewException', '    digits_set_base(10);\n    digits_count();\n    NumeralError = PyErr_NewException'), "nothing can hold a lock around an init"),
}  # fmt: skip


@pytest.mark.parametrize("form", REFUSED)
def test_where_a_lock_would_not_do_none_is_offered(form: str, tmp_path: Path):
    change, reason = REFUSED[form]
    report = ported(tmp_path, numerals__c=source(change))
    assert not report.extensions[0][1] and "PyMutex" not in report.after.get("numerals.c", "")
    said = [d.reason for d in report.refused if d.place.file == "lib/digits.c"]
    assert len(said) == 3 and all(reason in each for each in said), said
