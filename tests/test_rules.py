"""Every rule: one name everywhere, a file that tells, a check that finds what its fixture marks and nothing else."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from porter.checks import check, check_suppressions, module_of, selected
from porter.errors import Gap, PorterError, UsageError
from porter.facts.gather import gather
from porter.facts.model import Facts, Lifetime, Module, Place, TypeFact, Variable
from porter.findings import Finding
from porter.rules import load_rules, read_rule
from porter.settings import Settings
from porter.span import decode
from porter.suppressions import read_suppressions
from porter.tree.model import Extension
from porter.verify.pythons import find_python

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = sorted((ROOT / "fixtures" / "rules").glob("*/*.c"))
MARK = re.compile(r"/\* finds: ([\w-]+) \*/")
OFFICIAL = ("https://peps.python.org/pep-", "https://docs.python.org/3/", "https://cython.readthedocs.io/")


def findings(path: Path) -> tuple[Finding, ...]:
    """What all rules find in one file, which is the whole extension; a gap in it is a failure."""
    text = decode(path.read_bytes())
    facts = gather(Extension("example", (path.name,)), {path.name: text}.get, Settings())
    assert facts.gaps == ()
    return check_suppressions(check(facts), read_suppressions(path.name, text))


def identity(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_one_name_everywhere() -> None:
    rules = set(load_rules())
    assert rules == {path.stem for path in (ROOT / "rules").iterdir()}
    checks = {path.stem for path in (ROOT / "porter" / "checks").glob("*.py")} - {"__init__"}
    assert rules == {name.replace("_", "-") for name in checks}
    assert rules == {path.name for path in (ROOT / "fixtures" / "rules").iterdir()}
    assert rules == {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")} - {"README"}
    assert {identity(path) for path in FIXTURES} == {f"{rule}/{which}.c" for rule in rules for which in ("bad", "good")}


@pytest.mark.parametrize("name", load_rules())
def test_a_rule_tells_what_is_needed(name: str) -> None:
    rule = load_rules()[name]
    assert re.fullmatch(r"3\.\d+", rule.since)
    assert not rule.title.endswith(".") and len(rule.title) < 60
    for text in (rule.why, rule.fix):
        assert text.strip().endswith((".", "`"))
        assert all(len(line) <= 130 for line in text.split("\n"))
    assert rule.bad.strip() and rule.good.strip() and rule.bad != rule.good
    assert any(url.startswith(OFFICIAL) for _, url in rule.references)


@pytest.mark.parametrize("name", load_rules())
def test_a_check_has_one_entrance(name: str) -> None:
    entrances = {"find", "find_in_suppressions"} & vars(module_of(name)).keys()
    assert len(entrances) == 1


@pytest.mark.parametrize("path", FIXTURES, ids=identity)
def test_fixture_is_found_line_by_line(path: Path) -> None:
    lines = path.read_text().split("\n")
    marked = {(number, rule) for number, line in enumerate(lines, 1) for rule in MARK.findall(line)}
    found = {(f.place.line, f.rule) for f in findings(path) if f.suppressed is None}
    assert found == marked
    assert (path.parent.name in {rule for _, rule in marked}) == (path.name == "bad.c")


@pytest.mark.parametrize("path", FIXTURES, ids=identity)
def test_fixture_compiles_and_loads(path: Path, tmp_path: Path) -> None:
    python, compiler = real_python(), shutil.which("cc") or shutil.which("gcc")
    assert compiler, "these tests need a C compiler"
    include = [python, "-c", "import sysconfig; print(sysconfig.get_path('include'))"]
    folder = subprocess.run(include, capture_output=True, text=True, check=True).stdout.strip()
    flags = ["-shared", "-fPIC", "-Wall", "-Werror", f"-I{folder}"]
    subprocess.run([compiler, *flags, path, "-o", tmp_path / "example.so"], check=True)
    subprocess.run([python, "-c", "import example"], cwd=tmp_path, check=True)


def real_python() -> str:
    python = find_python(("3.13",)).python
    assert python is not None, "these tests need a Python 3.13"
    return str(python.path)


def test_pages_are_up_to_date() -> None:
    pages = runpy.run_path(str(ROOT / "docs" / "build.py"))["pages"]()
    there = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "rules").iterdir()}
    assert there == pages, "run 'make docs'"


def test_a_malformed_rule_file_is_named() -> None:
    good = (ROOT / "rules" / "static-type.toml").read_text("utf-8")
    assert read_rule("static-type", good).title == "Static type"
    for bad in ("title = ", good.replace('"error"', '"fatal"'), good.replace("since", "sinse"), 'title = "x"'):
        with pytest.raises(PorterError, match="rules/static-type.toml"):
            read_rule("static-type", bad)


def test_selection_and_severity() -> None:
    some, severity = ("static-type", "static-object"), (("static-type", "note"),)
    settings = Settings(select=some, ignore=("static-object",), severity=severity)
    assert [(rule.name, rule.severity) for rule in selected(settings).values()] == [("static-type", "note")]
    with pytest.raises(UsageError) as problem:
        selected(Settings(ignore=("static-typ",)))
    assert problem.value.hint == "did you mean 'static-type'?"


def made(**parts) -> Facts:
    return Facts(Extension("pkg.made", ("made.c",)), **parts)


def rules_of(facts: Facts) -> list[str]:
    return [finding.rule for finding in check(facts)]


def test_generated_code_has_one_note_with_a_remedy() -> None:
    place = Place("made.c", 7)
    facts = made(types=(TypeFact("T", "static", place),), generator="cython", banner=Place("made.c", 1))
    (finding,) = check(facts)
    assert (finding.rule, finding.severity, finding.place.line) == ("generated-code", "note", 1)
    assert "subinterpreters_compatible" in finding.message
    (unknown,) = check(made(generator="something-new"))
    assert unknown.place == Place("made.c", 1)


@pytest.mark.parametrize(
    ("size", "found"),
    [("-1", True), ("(-1)", True), ("( - 1 )", True), ("0", False), ("sizeof(state)", False), (None, False)],
)
def test_negative_size(size: str | None, found: bool) -> None:
    module = Module("made", Place("made.c", 3), "multi-phase", "not-supported", size=size)
    assert (rules_of(made(modules=(module,))) == ["negative-m-size"]) is found


@pytest.mark.parametrize("declares", ["own-gil", "shared-gil", "not-supported", None])
def test_only_an_own_gil_is_overclaimed(declares: str | None) -> None:
    module = Module("made", Place("made.c", 9), "multi-phase", declares)
    facts = made(modules=(module,), types=(TypeFact("T", "static", Place("made.c", 3)),))
    assert ("overclaimed-isolation" in rules_of(facts)) is (declares == "own-gil")


def test_locals_and_globals_have_a_rule_each() -> None:
    outside = Variable("o", "PyObject *", "object", Place("made.c", 1))
    inside = Variable("o", "PyObject *", "object", Place("made.c", 2), "f")
    assert rules_of(made(variables=(outside, inside))) == ["static-object", "function-static-object"]


def test_harmless_variables_are_left_alone() -> None:
    kinds = ("never-written", "thread-local")
    assert rules_of(made(variables=tuple(Variable("v", "int", kind, Place("made.c", 1)) for kind in kinds))) == []


GC, IMMUTABLE, CLOSED = "Py_TPFLAGS_HAVE_GC", "Py_TPFLAGS_IMMUTABLETYPE", "Py_TPFLAGS_DISALLOW_INSTANTIATION"


@pytest.mark.parametrize(
    ("slots", "flags", "found"),
    [
        (("tp_new", "tp_dealloc", "tp_traverse"), (GC, IMMUTABLE), set()),
        (("tp_new", "tp_dealloc"), (IMMUTABLE,), set()),
        (("tp_doc",), (), {"mutable-heap-type"}),
        (("tp_base", "tp_dealloc", "tp_traverse"), (GC, IMMUTABLE), set()),
        (("tp_dealloc", "tp_traverse"), (GC, IMMUTABLE, CLOSED), set()),
        (("tp_dealloc", "tp_traverse"), (GC, IMMUTABLE), {"instantiable-heap-type"}),
        (("tp_new", "tp_traverse"), (IMMUTABLE,), {"missing-gc"}),
        (("tp_new", "tp_dealloc"), (), {"missing-gc", "mutable-heap-type"}),
    ],
)
def test_heap_types(slots: tuple[str, ...], flags: tuple[str, ...], found: set[str]) -> None:
    heap = TypeFact("T", "heap", Place("made.c", 1), slots=dict.fromkeys(slots, "f"), flags=frozenset(flags), lifetime=Lifetime(base=""))
    assert set(rules_of(made(types=(heap,)))) == found


def suppressed(text: str, line: int) -> list[tuple[str, str | None]]:
    """What becomes of a finding of static-object on ``line`` of ``text``."""
    facts = made(variables=(Variable("o", "PyObject *", "object", Place("made.c", line)),))
    return [(f.rule, f.suppressed) for f in check_suppressions(check(facts), read_suppressions("made.c", text))]


def test_a_suppression_holds_for_its_line_and_the_line_below_when_it_stands_alone() -> None:
    comment = "/* porter: ignore[static-object] one for all */"
    found = [("static-object", "one for all")]
    lost = {("static-object", None), ("unused-suppression", None)}
    assert suppressed(f"static PyObject *o; {comment}\n", 1) == found
    assert suppressed(f"{comment}\nstatic PyObject *o;\n", 2) == found
    assert suppressed("// porter: ignore[static-object] one for all\nstatic PyObject *o;\n", 2) == found
    assert suppressed("/* porter: ignore[static-object]\n   one for all */\nstatic PyObject *o;\n", 3) == found
    assert set(suppressed(f"{comment}\n\nstatic PyObject *o;\n", 3)) == lost
    assert set(suppressed(f"int x; {comment}\nstatic PyObject *o;\n", 2)) == lost


def test_a_suppression_of_a_rule_that_is_not_asked_for_is_not_unused() -> None:
    text = "/* porter: ignore[static-object] reason */\n"
    only = Settings(select=("static-type", "unused-suppression"))
    assert check_suppressions((), read_suppressions("made.c", text), only) == ()
    (unknown,) = check_suppressions((), read_suppressions("made.c", text.replace("object", "objekt")), only)
    assert unknown.symbol == "static-objekt"


def test_a_source_that_is_missing_is_a_gap() -> None:
    facts = gather(Extension("example", ("gone.c",)), lambda file: Gap(file, 0, file, "no such file"), Settings())
    assert [gap.file for gap in facts.gaps] == ["gone.c"]
