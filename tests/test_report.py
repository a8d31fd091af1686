"""One report, many formats: the contract of the JSON, and that every format tells the same truth."""

from __future__ import annotations

import json
import re

import pytest

from porter.baseline import KNOWN, apply_baseline, read_baseline, write_baseline
from porter.checks import check, check_suppressions
from porter.errors import Gap, UsageError
from porter.facts.model import Facts, Module, Parser, Place, TypeFact, Variable
from porter.report.github import render_github
from porter.report.json import render_json, to_json
from porter.report.markdown import render_markdown
from porter.report.merge import merge
from porter.report.model import Counts, Report
from porter.report.sarif import render_sarif, to_sarif
from porter.report.summary import port_line, summary_lines
from porter.report.text import render_text
from porter.settings import Settings
from porter.suppressions import read_suppressions
from porter.tree.model import Extension

SOURCE = """\
static PyTypeObject Foo_Type = {
\tstatic PyObject *cache; /* caf\xc3\xa9 */ static int n;
static PyObject *kept; /* porter: ignore[static-object] one for all */
"""


def made(name: str = "pkg._mod", file: str = "src/mod.c", **parts) -> Facts:
    return Facts(Extension(name, (file,), declared_in="setup.py"), **parts)


@pytest.fixture
def report() -> Report:
    file = "src/mod.c"
    facts = made(
        types=(TypeFact("Foo_Type", "static", Place(file, 1, 21)), TypeFact("Bar", "heap-structseq", Place(file, 9))),
        variables=(
            Variable("cache", "PyObject *", "object", Place(file, 2, 19), "f", (Place(file, 3, 2),)),
            Variable("n", "int", "c-state", Place(file, 2, 48)),
            Variable("kept", "PyObject *", "object", Place(file, 3, 18)),
        ),
        parsers=(Parser("parser", "_PyArg_Parser", Place(file, 5)),),
        modules=(Module("_mod", Place(file, 7), "single-phase"),),
    )
    done = made("pkg._done", "src/done.c", modules=(Module("_done", Place("src/done.c", 1), "multi-phase", "own-gil"),))
    findings = check_suppressions([*check(facts), *check(done)], read_suppressions(file, SOURCE))
    gaps = (Gap("src/odd\udcff.c", 4, "declaration of x", "an unknown name"),)
    return Report("tree", "3.13", (facts, done), findings, gaps, {file: SOURCE})


def test_json_is_the_contract(report: Report) -> None:
    document = to_json(report)
    assert list(document) == [
        "schema",
        "porter",
        "root",
        "target_python",
        "extensions",
        "findings",
        "unanalysed",
        "totals",
    ]
    assert document["schema"] == "porter/scan/1" and document["root"] == "tree" and document["target_python"] == "3.13"
    extension, done = document["extensions"]
    keys = {"name", "sources", "language", "generator", "init", "declares", "isolated", "types", "globals", "parsers"}
    assert keys <= extension.keys()
    assert (extension["name"], extension["sources"], extension["init"]) == ("pkg._mod", ["src/mod.c"], "single-phase")
    assert (extension["declares"], extension["isolated"]) == (None, False)
    assert (done["declares"], done["isolated"]) == ("own-gil", True)
    assert extension["types"][0] == {
        "name": "Foo_Type", "kind": "static", "file": "src/mod.c", "line": 1, "ported": False, "confidence": "parsed",
    }  # fmt: skip
    assert [type_["ported"] for type_ in extension["types"]] == [False, True]
    cache = {"name": "cache", "ctype": "PyObject *", "kind": "object", "function": "f", "line": 2}
    assert cache.items() <= extension["globals"][0].items()
    assert extension["parsers"] == [{"name": "parser", "kind": "_PyArg_Parser", "file": "src/mod.c", "line": 5}]
    assert document["unanalysed"] == [
        {"file": "src/odd\udcff.c", "line": 4, "what": "declaration of x", "why": "an unknown name"}
    ]
    assert document["totals"]["extensions"] == {"ported": 1, "total": 2}
    assert document["totals"]["types"] == {"ported": 1, "total": 2}
    assert {"object": 2, "cache": 0, "c-state": 1}.items() <= document["totals"]["globals"].items()


def test_a_finding_in_json(report: Report) -> None:
    document = to_json(report)
    found = next(f for f in document["findings"] if f["symbol"] == "cache")
    assert list(found) == [
        *("rule", "severity", "confidence", "file", "line", "column", "symbol", "extension", "message"),
        *("related", "fingerprint", "suppressed", "fix"),
    ]
    assert (found["rule"], found["severity"]) == ("function-static-object", "error")
    assert (found["line"], found["column"]) == (2, 19)
    assert found["related"] == [{"file": "src/mod.c", "line": 3, "column": 2, "message": "cache is written here"}]
    assert re.fullmatch("[0-9a-f]{16}", found["fingerprint"]) and found["suppressed"] is None
    assert [f["suppressed"] for f in document["findings"] if f["symbol"] == "kept"] == ["one for all"]


def test_machine_formats_are_ascii_and_stable(report: Report) -> None:
    for render in (render_json, render_sarif):
        assert render(report).isascii() and render(report) == render(report)
        json.loads(render(report))


def test_a_fingerprint_outlives_a_move(report: Report) -> None:
    moved = check(made(types=(TypeFact("Foo_Type", "static", Place("src/mod.c", 99)),)))
    (here,) = [f for f in report.findings if f.rule == "static-type"]
    assert moved[0].fingerprint == here.fingerprint


def test_text_shows_the_line_and_points_at_it(report: Report) -> None:
    lines = render_text(report).split("\n")
    at = next(i for i, line in enumerate(lines) if "function-static-object" in line)
    assert lines[at].startswith("tree/src/mod.c:2:19: error: cache in f()")
    assert lines[at + 1] == "    2 | \tstatic PyObject *cache; /* café */ static int n;"
    assert lines[at + 2] == "      | \t                 ^^^^^"
    assert lines[at + 3] == "   = tree/src/mod.c:3: cache is written here"


def test_columns_count_characters(report: Report) -> None:
    """n stands behind a character of two bytes."""
    assert "tree/src/mod.c:2:47: warning: n " in render_text(report)
    (result,) = [r for r in to_sarif(report)["runs"][0]["results"] if r["ruleId"] == "written-global"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 47, "endColumn": 48}


def test_text_ends_with_the_counts(report: Report) -> None:
    text = render_text(report)
    assert text.endswith(
        "5 findings (3 errors, 1 warning, 1 note), 1 suppressed, 1 not read\n"
        "Port 1 extensions (50%, total: 2)\nPort 1 types to heap types (50%, total: 2)\n"
    )
    assert "tree/src/odd\udcff.c:4: not read: declaration of x: an unknown name\n" in text
    assert "kept" not in text and "suppressed: one for all" in render_text(report, verbosity=1)
    quiet = render_text(report, verbosity=-1).split("\n")
    assert len(quiet) == 7 and not any("Port " in line for line in quiet)


def test_colours_only_on_demand(report: Report) -> None:
    plain, coloured = render_text(report), render_text(report, colour=True)
    assert "\x1b" not in plain and re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_nothing_to_port_is_said() -> None:
    empty = Report("tree", "3.13", (), (), (), {})
    assert render_text(empty) == "No extension modules in tree\n"
    assert to_json(empty)["totals"]["extensions"] == {"ported": 0, "total": 0}


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        (Counts(0, 1), "Port 0 extensions (0%, total: 1)"),
        (Counts(1, 3), "Port 1 extensions (33%, total: 3)"),
        (Counts(999, 1000), "Port 999 extensions (99%, total: 1000)"),
        (Counts(2, 2), "Port 2 extensions (100%, total: 2)"),
        (Counts(0, 0), "Port 0 extensions (100%, total: 0)"),
    ],
)
def test_the_seed_line(counts: Counts, line: str) -> None:
    assert port_line("extensions", counts) == line


def test_sarif(report: Report) -> None:
    log = to_sarif(report)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0" and [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)
    assert len(run["results"]) == len(report.findings)
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["level"] in ("error", "warning", "note")
        assert result["partialFingerprints"] == {"porter/v1": f"{finding.fingerprint}:1"}
        assert ("suppressions" in result) == (finding.suppressed is not None)
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "tree/src/mod.c"
    (suppressed,) = [r["suppressions"] for r in run["results"] if "suppressions" in r]
    assert suppressed == [{"kind": "inSource", "status": "accepted", "justification": "one for all"}]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "tree/src/odd%FF.c"


def test_the_baseline_is_an_external_suppression(report: Report) -> None:
    findings, _ = apply_baseline(report.findings, frozenset({("src/mod.c", "n", "written-global")}))
    known = Report(report.root, report.target_python, report.facts, findings, (), report.sources)
    results = to_sarif(known)["runs"][0]["results"]
    kinds = {r["ruleId"]: r["suppressions"][0]["kind"] for r in results if "suppressions" in r}
    assert kinds == {"written-global": "external", "static-object": "inSource"}


def test_github_escapes(report: Report) -> None:
    lines = render_github(report).split("\n")
    assert "::error file=tree/src/mod.c,line=1,col=21,title=static-type::static type Foo_Type is one object" in lines[0]
    assert sum(line.startswith("::notice ") for line in lines) == 1
    assert lines[-2] == "::warning file=tree/src/odd\udcff.c,line=4,title=not read::declaration of x: an unknown name"
    odd = Report("a,b:c", "3.13", (), (), (Gap("100%.c", 0, "two\nlines", "a, b: c"),), {})
    assert render_github(odd) == "::warning file=a%2Cb%3Ac/100%25.c,line=1,title=not read::two%0Alines: a, b: c\n"


def test_markdown_escapes(report: Report) -> None:
    page = render_markdown(report)
    assert "| pkg.\\_mod | single-phase | nothing | 1 | 2 | no |" in page
    assert "- `tree/src/mod.c:1` error: static type Foo\\_Type is" in page
    assert "## Not read" in page and "kept" not in page


def test_several_trees_are_one_report(report: Report) -> None:
    whole = merge(".", [("a", report), ("b/c", report)])
    assert summary_lines(whole)[0] == "Port 2 extensions (50%, total: 4)"
    assert {f.place.file for f in whole.findings} == {"a/src/mod.c", "b/c/src/mod.c"}
    assert {p.file for f in whole.findings for r in f.related for p in [r.place]} == {"a/src/mod.c", "b/c/src/mod.c"}
    document = to_json(whole)
    assert document["extensions"][2]["sources"] == ["b/c/src/mod.c"]
    assert document["unanalysed"][1]["file"] == "b/c/src/odd\udcff.c"
    assert "b/c/src/mod.c:2:19: error" in render_text(whole)


def test_a_finding_that_extensions_share_is_shown_once(report: Report) -> None:
    shared = Report("tree", "3.13", report.facts, (*report.findings, *report.findings), (), report.sources)
    assert render_text(shared).count("[static-type]") == 1


def test_baseline_round_trip(report: Report) -> None:
    text = write_baseline(report.findings)
    assert write_baseline(reversed(report.findings)) == text
    known = read_baseline(text, "known.json")
    findings, stale = apply_baseline(report.findings, known)
    assert stale == () and all(f.suppressed for f in findings)
    assert [f.suppressed for f in findings if f.symbol == "kept"] == ["one for all"]
    assert write_baseline(findings) == text


def test_baseline_knows_no_lines_and_says_what_is_stale(report: Report) -> None:
    known = frozenset({("src/mod.c", "Foo_Type", "static-type"), ("src/mod.c", "Gone", "static-type")})
    moved = check(made(types=(TypeFact("Foo_Type", "static", Place("src/mod.c", 99)),)))
    findings, stale = apply_baseline(moved, known)
    assert [f.suppressed for f in findings] == [KNOWN]
    assert stale == (("src/mod.c", "Gone", "static-type"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"schema": "porter/baseline/2", "findings": []}',
        '{"schema": "porter/baseline/1"}',
        '{"schema": "porter/baseline/1", "findings": [{"file": "a"}]}',
        '{"schema": "porter/baseline/1", "findings": 3}',
        "[" * 99999,
    ],
)
def test_a_malformed_baseline_is_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="^known.json: malformed baseline: [^\n]*$"):
        read_baseline(text, "known.json")


def test_severity_of_the_settings_reaches_the_report() -> None:
    facts = made(types=(TypeFact("T", "static", Place("src/mod.c", 1)),))
    assert [f.severity for f in check(facts, Settings(severity=(("static-type", "note"),)))] == ["note"]
