"""With a cache a scan says the same, byte for byte, whatever was edited since; and it says it without reading C again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from porter.facts import gather
from porter.report.json import render_json
from porter.scanning import scan
from porter.settings import Settings

ROOT = Path(__file__).parents[2]
SETUP = """
from setuptools import Extension, setup
from names import SOURCES
setup(name="demo", ext_modules=[Extension("demo", SOURCES + %s, include_dirs=["include"])])
"""
SOURCE = """
#include <Python.h>
#include "state.h"
#include "maybe.h"
static PyObject *cache_of_names;
int counter;
int use(void) { return ++counter; }
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "demo", NULL, -1};
PyMODINIT_FUNC PyInit_demo(void) { cache_of_names = NULL; return PyModule_Create(&def); }
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "include").mkdir(parents=True)
    (root / "setup.py").write_text(SETUP % "[]")
    (root / "names.py").write_text('SOURCES = ["demo.c"]\n')
    (root / "demo.c").write_text(SOURCE)
    (root / "other.c").write_text("static int other; int bump(void) { return other++; }\n")
    (root / "include" / "state.h").write_text(
        "static int in_header;\nstatic inline void bump_it(void) { in_header++; }\n"
    )
    return root


def said(tree: Path, settings: Settings = Settings(jobs=1)) -> str:
    """The report with the cache, after it was compared with the one without."""
    with_cache = render_json(scan(tree, settings))
    assert with_cache == render_json(scan(tree, replace(settings, cache=False)))
    return with_cache


@pytest.fixture
def gathered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The extensions that were gathered anew."""
    names, whole = [], gather.gather
    monkeypatch.setattr(gather, "gather", lambda e, read, settings: names.append(e.name) or whole(e, read, settings))
    return names


EDITS = {
    "a source": lambda tree: (tree / "demo.c").write_text(SOURCE.replace("int counter;", "static PyTypeObject T = {0};\nint counter;")),
    "a header": lambda tree: (tree / "include" / "state.h").write_text("static int renamed; static void f(void) { renamed = 1; }\n"),
    "a header that was missing": lambda tree: (tree / "maybe.h").write_text("static PyObject *late;\n"),
    "a header before another": lambda tree: (tree / "state.h").write_text("static long nearer;\n"),
    "a header that goes": lambda tree: (tree / "include" / "state.h").unlink(),
    "the build script": lambda tree: (tree / "setup.py").write_text(SETUP % '["other.c"]'),
    "a module of the build script": lambda tree: (tree / "names.py").write_text('SOURCES = ["demo.c", "other.c"]\n'),
    "a source that goes": lambda tree: (tree / "demo.c").unlink(),
    "a comment": lambda tree: (tree / "demo.c").write_text(SOURCE.replace("int counter;", "int counter; // porter: ignore[written-global] why")),
    "one letter of the same length": lambda tree: (tree / "demo.c").write_text(SOURCE.replace("counter", "kounter")),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_seen(tree: Path, empty_cache: Path, edit: str) -> None:
    before = said(tree)
    assert said(tree) == before
    EDITS[edit](tree)
    assert said(tree) == said(tree) != before


@pytest.mark.parametrize(
    "settings",
    [Settings(target_python="3.9"), Settings(macros=(("counter", "other_name"),)), Settings(include_dirs=("more",))],
)
def test_settings_that_change_how_files_are_read_are_seen(tree: Path, empty_cache: Path, settings: Settings) -> None:
    (tree / "more").mkdir()
    (tree / "more" / "maybe.h").write_text(
        "#if PY_VERSION_HEX < 0x030A0000\nstatic int old;\n#else\nstatic int fresh;\n#endif\n"
    )
    first = said(tree)
    assert said(tree, replace(settings, jobs=1)) != first
    assert said(tree) == first


def test_settings_that_only_judge_use_what_is_kept(tree: Path, empty_cache: Path, gathered: list[str]) -> None:
    scan(tree, Settings(jobs=1))
    for settings in (
        Settings(select=("static-object",)),
        Settings(severity=(("static-object", "note"),)),
        Settings(jobs=2),
    ):
        scan(tree, settings)
    assert gathered == ["demo"]


def test_every_setting_is_counted_on_one_of_the_two_sides() -> None:
    judged, reading = (
        {"select", "ignore", "severity", "jobs", "guard"},
        {"target_python", "min_python", "include_dirs", "macros", "cache", "build_dir"},
    )
    assert {field.name for field in fields(Settings)} == judged | reading


def test_a_copy_of_the_tree_uses_what_is_kept_of_its_files(
    tree: Path, empty_cache: Path, gathered: list[str], tmp_path: Path
) -> None:
    scan(tree, Settings(jobs=1))
    scan(shutil.copytree(tree, tmp_path / "copy"), Settings(jobs=1))
    assert gathered == ["demo"]


def test_entries_of_an_edited_porter_are_not_met(
    tree: Path, empty_cache: Path, gathered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(tree, Settings(jobs=1))
    monkeypatch.setattr("porter.cache.facts.stamp", lambda: ("another porter",))
    scan(tree, Settings(jobs=1))
    assert gathered == ["demo", "demo"]


def test_damaged_entries_change_nothing(tree: Path, empty_cache: Path) -> None:
    first = said(tree)
    for file in [path for path in empty_cache.rglob("*") if path.is_file()]:
        file.write_bytes(file.read_bytes()[:-9])
    assert said(tree) == first


def test_no_cache_touches_no_folder(tree: Path, empty_cache: Path) -> None:
    scan(tree, Settings(jobs=1, cache=False))
    assert not empty_cache.exists()


def test_the_golden_trees_say_the_same_twice(empty_cache: Path) -> None:
    for tree in sorted((ROOT / "fixtures" / "ports").glob("*/before"))[::4]:
        assert said(tree) == said(tree)


LOADED = "import sys; sys.argv[0] = 'porter'; from porter.cli import main\ntry: main()\nexcept SystemExit: pass\nprint(*sys.modules)"


def test_a_second_scan_loads_no_parser(tree: Path, empty_cache: Path) -> None:
    call = [sys.executable, "-c", LOADED, "scan", "-j", "1", tree]
    cold, warm = (
        subprocess.run(call, capture_output=True, text=True, cwd=ROOT, check=True).stdout.split("\n") for _ in "ab"
    )
    assert cold[:-2] == warm[:-2]
    parsers = {"porter.frontend.lexer", "pycparser", "libcst", "jinja2"}
    assert parsers - set(cold[-2].split()) <= {"jinja2"} and not parsers & set(warm[-2].split())


def test_clean_empties_it(tree: Path, empty_cache: Path) -> None:
    scan(tree, Settings(jobs=1))
    result = subprocess.run(
        [sys.executable, "-m", "porter", "clean"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert result.stderr == f"porter: {empty_cache}: 2 entries removed\n"
    assert [path for path in empty_cache.rglob("*") if path.is_file()] == []
