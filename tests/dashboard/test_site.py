"""The site as files: data beside pages, safe names, the same bytes every time, nothing stale; and how it grows."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger import scans
from ledger.conftest import run_of
from selenium.webdriver.common.by import By

from dashboard.conftest import HOSTILE, hostile_run, open_page, package_runs, site_of
from porter.ledger.database import open_ledger
from porter.ledger.model import Decision, Patch, Totals
from porter.ledger.read import Point, points, states
from porter.ledger.write import record
from porter.report.badge import COLOURS, badge_json, badge_svg
from porter.report.dashboard.build import board_of
from porter.report.dashboard.moments import moments_of
from porter.report.dashboard.names import page_name
from porter.report.dashboard.plot import MOST, plot_of, thinned
from porter.report.dashboard.site import site as site_files
from porter.report.model import Counts
from porter.report.plain import printable
from porter.rules import Rule

RULE = Rule(
    "static-type",
    "A static type is shared",
    "error",
    "3.12",
    "why <b>",
    "fix",
    (("PEP 687", "https://peps.python.org/pep-0687/"),),
    "",
    "",
)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def board(tmp_path, runs, rules=()):
    with open_ledger(tmp_path / "ledger.db", create=True) as ledger:
        for run in runs:
            record(ledger, run)
        return board_of("Title", "0.1.0", states(ledger), points(ledger), dict(rules))


def point(day, ported, total, tree="a"):
    moment = (datetime(2025, 1, 1) + timedelta(days=day)).isoformat(timespec="milliseconds") + "Z"
    return Point(tree, moment, "", Totals(ported, total, ported, total, 0, 0, 0))


def test_every_page_has_its_data_beside_it(site):
    pages = [path for path in site.rglob("*.html")]
    assert len(pages) == 5 + 7 + 2
    for page in pages:
        document = json.loads(page.with_suffix(".json").read_text("ascii"))
        assert document["schema"].startswith("porter/dashboard/")


def test_the_same_ledger_gives_the_same_bytes(tmp_path_factory, site):
    again = site_of(tmp_path_factory.mktemp("again"), package_runs(), "--title", "Tracked")
    assert files(again) == files(site)


def test_pages_of_what_is_gone_are_removed_and_foreign_files_kept(tmp_path):
    runs = package_runs()
    site = site_of(tmp_path, runs)
    (site / "extensions" / "mine.html").write_text("kept")
    (tmp_path / "outside.html").write_text("kept")
    listed = json.loads((site / "files.json").read_text())
    (site / "files.json").write_text(json.dumps([*listed, "../outside.html", "extensions/../../outside.html", 3]))
    less = scans.scan([scans.isolated("pkg._a")])
    site_of(tmp_path, [run_of(less, "2025-05-01T00:00:00.000Z", content="c9")])
    names = [path.name.rpartition("-")[0] for path in (site / "extensions").glob("*-*.html")]
    assert sorted(names) == ["fast._gen", "fast._ok", "pkg._a"]
    assert (site / "extensions" / "mine.html").read_text() == (tmp_path / "outside.html").read_text() == "kept"


def test_badges_beside_the_site(site):
    root = ElementTree.fromstring((site / "badges" / "types.svg").read_text())
    assert root.attrib["aria-label"] == "heap types: 13 of 17 (76%)"
    shields = json.loads((site / "badges" / "extensions.json").read_text())
    assert shields == {"schemaVersion": 1, "label": "extensions ported", "message": "4 of 7 (57%)", "color": "yellow"}


@pytest.mark.parametrize(
    ("counts", "message", "colour"),
    [
        (Counts(0, 0), "none", "brightgreen"),
        (Counts(0, 9), "0 of 9 (0%)", "orange"),
        (Counts(199, 200), "199 of 200 (99%)", "green"),
        (Counts(5, 5), "5 of 5 (100%)", "brightgreen"),
    ],
)
def test_badges_of_all_kinds(counts, message, colour):
    document = json.loads(badge_json("x", counts))
    assert (document["message"], document["color"]) == (message, colour)
    assert "<b>" not in badge_svg("<b>", counts) and ElementTree.fromstring(badge_svg("<b>&", counts)) is not None


def test_the_colours_of_badges_carry_white_text():
    def luminance(text):
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    assert all(1.05 / (luminance(colour) + 0.05) >= 4.5 for _, _, colour in COLOURS)


@settings(deadline=None)
@given(st.text(st.characters()), st.text(st.characters()))
def test_any_name_has_a_safe_page_of_its_own(one, two):
    names = {page_name(one), page_name(two), page_name(one, "second")}
    assert len(names) == (2 if one == two else 3)
    assert all(
        name.isascii() and "/" not in name and not name.startswith((".", "-")) and len(name) < 80 for name in names
    )


@settings(deadline=None)
@given(st.text(st.characters()))
def test_shown_text_cannot_steer(text):
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown and bool(shown.encode("utf-8")) == bool(text)


def test_hostile_json_holds_the_names_as_they_are(hostile_site):
    document = json.loads((hostile_site / "index.json").read_text("ascii"))
    assert document["overview"]["extensions"][0]["name"] == HOSTILE


def test_names_that_stand_twice_have_two_pages(tmp_path):
    twice = scans.scan([scans.extension("_m"), scans.extension("_m"), scans.extension("_M")])
    pages = [row.page for row in board(tmp_path, [run_of(twice)]).rows]
    assert len({page.lower() for page in pages}) == 3


def test_a_page_of_a_rule_explains_it_and_escapes_it(tmp_path):
    found = dict(site_files(board(tmp_path, package_runs(), {"static-type": RULE}.items())))
    page = found[f"rules/{page_name('static-type')}.html"]
    assert "A static type is shared" in page and "why &lt;b&gt;" in page and "peps.python.org/pep-0687" in page


def test_the_board_counts_the_latest_run_of_each_tree(tmp_path):
    made = board(tmp_path, package_runs())
    assert (made.now.extensions, made.now.types) == (Counts(4, 7), Counts(13, 17))
    assert [len(moment.time) and moment.extensions.total for moment in made.moments] == [5, 5, 7, 7]
    assert dict(made.words) == {"untouched": 1, "partly ported": 1, "ported": 3, "proven": 1, "generated": 1}


def test_what_got_worse_is_said(tmp_path):
    runs = package_runs()
    worse = scans.scan(
        [scans.extension("pkg._a", [scans.type_()], [scans.variable()])], [scans.finding(extension="pkg._a")]
    )
    made = board(tmp_path, [runs[2], run_of(worse, "2025-06-01T00:00:00.000Z", content="c8")])
    said = {(change.extension, change.what, change.better) for change in made.changes}
    assert said >= {
        ("pkg._a", "ported \N{RIGHTWARDS ARROW} untouched", False),
        ("pkg._a", "type Foo_Type is static", False),
        ("pkg._a", "static objects: 0 \N{RIGHTWARDS ARROW} 1", False),
        ("pkg._a", "1 new of static-type", False),
        ("pkg._b", "is gone", None),
    }


def test_a_plot_keeps_its_first_and_last_moment():
    moments = moments_of(point(day, day, 999) for day in range(1000))
    assert len(thinned(moments)) == MOST
    assert (thinned(moments)[0], thinned(moments)[-1]) == (moments[0], moments[-1])


def test_a_plot_is_an_image_with_a_name_and_without_styles_or_scripts_of_its_own():
    plot = plot_of(moments_of([point(0, 1, 4), point(20, 2, 4), point(50, 4, 4)]))
    root = ElementTree.fromstring(plot.svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == plot.text == (
        "Percentage ported from 2025-01-01 to 2025-02-20: now extensions at 100%, types at 100%."
    )
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "g", "rect", "path", "text"}
    assert not [e for e in root.iter() if {"style", "id", "onclick"} & e.attrib.keys()]
    lines = [e for e in root.iter() if "nofill" in e.get("class", "")]
    assert [len(line.attrib["d"].split("L")[1].split()) for line in lines] == [8, 8]


def test_what_was_counted_by_lines_is_a_plot_of_its_own(tmp_path):
    by_lines = [
        run_of(scans.scan(), f"2020-{month}-01T00:00:00.000Z", content=f"l{month}", definition="lines",
               totals=Totals(month, 118, month, 200, 0, 0, 0))
        for month in (10, 11)
    ]  # fmt: skip
    made = board(tmp_path, [*package_runs(), *by_lines])
    assert [moment.extensions for moment in made.by_lines] == [Counts(10, 118), Counts(11, 118)]
    assert made.now.extensions == Counts(4, 7) and len(made.moments) == 4
    page = dict(site_files(made))["index.html"]
    assert page.count("<svg") == 4 and "Counted by lines" in page


def test_the_patch_of_a_port_stands_on_the_page_and_beside_it(tmp_path):
    diff = '--- a/m.c\n+++ b/m.c\n@@ -1 +1 @@\n-static <b>\u202e\n+\theap &amp;\n same\n'
    run = run_of(scans.scan([scans.extension()]), patches=(Patch("pkg._mod", diff),), decisions=(
        Decision("type", "Foo_Type", "", 0, "moved", "to the module state"),))  # fmt: skip
    made = dict(site_files(board(tmp_path, [run])))
    (name,) = [name for name in made if name.endswith(".diff")]
    assert made[name] == diff
    page = made[name.replace(".diff", ".html")]
    assert '<span class="remove">-static &lt;b&gt;\\u202e\n</span><span class="add">+\theap &amp;amp;\n</span>' in page
    assert "1 lines added, 1 removed" in page and json.loads(made[name.replace(".diff", ".json")])["extension"]["patch"] == diff


def test_what_was_decided_stays_on_the_page_under_the_names_of_then(tmp_path):
    decided = (
        Decision("type", "Foo_Type", "src/mod.c", 10, "moved", "to the module state"),
        Decision("type", "Foo_Type", "src/other.c", 10, "refused", "another extension's"),
        Decision("extension", "pkg._done", "", 0, "moved", "each interpreter has its own"),
        Decision("extension", "pkg._other", "", 0, "refused", "something stays shared"),
    )
    (row,) = board(tmp_path, [run_of(scans.scan([scans.isolated()]), decisions=decided)]).rows
    assert row.reasons == (
        ("Foo_Type", "moved", "to the module state"),
        ("pkg._done", "moved", "each interpreter has its own"),
    )


def test_what_moved_out_of_statics_counts_on_the_overview(tmp_path):
    before = scans.scan([scans.extension(variables=[scans.variable("a"), scans.variable("b")])])
    after = scans.scan([scans.extension(variables=[scans.variable("b")])])
    made = board(tmp_path, [run_of(before), run_of(after, "2025-02-01T00:00:00.000Z", content="c1")])
    assert made.objects == Counts(1, 2)
    assert "Make 1 objects per interpreter (50%, total: 2)" in json.loads(dict(site_files(made))["index.json"])["overview"]["lines"]


def test_one_run_is_no_trend():
    assert plot_of(moments_of([point(0, 1, 2)])) is None
    assert moments_of([])[0].extensions == Counts(0, 0)


def test_an_empty_tree_has_a_page_too(tmp_path):
    site = site_of(tmp_path, [run_of(scans.scan())])
    assert "No extensions in the ledger." in (site / "index.html").read_text()


def test_ten_thousand_hostile_extensions_are_shown_and_filtered_at_once(tmp_path, browser, site):
    odd = ['<b>"', "'&amp;", "\u202eabc", "\u200f", "</table>"]
    extensions = [scans.extension(f"pkg._m{i}{odd[i % 5]}", [scans.type_()]) for i in range(10_000)]
    made = board(tmp_path, [run_of(scans.scan(extensions)), hostile_run()])
    page = next(text for name, text in site_files(made) if name == "index.html")
    (tmp_path / "index.html").write_text(page, "utf-8")
    (tmp_path / "assets").symlink_to(site / "assets")
    open_page(browser, tmp_path)
    took = browser.execute_script("""
        const find = document.querySelector("[name=find]"), start = performance.now();
        find.value = "_m777"; find.dispatchEvent(new Event("input", {bubbles: true}));
        document.querySelector("#extensions thead button").click(); document.body.offsetHeight;
        const rows = document.querySelectorAll("#extensions tbody tr").length;
        return [rows, performance.now() - start, performance.getEntriesByType("navigation")[0].loadEventEnd];""")
    print("rows, filter and sort in ms, load in ms:", took)
    assert took[0] == 10_008
    assert browser.find_element(By.TAG_NAME, "output").text == "11 of 10008 extensions"
    shown = """return [...document.querySelectorAll("#extensions tbody tr")].filter((row) => row.checkVisibility()).length"""
    assert browser.execute_script(shown) == 11
    browser.execute_script("""const find = document.querySelector("[name=find]");
        find.value = ""; find.dispatchEvent(new Event("input", {bubbles: true}));""")
    assert browser.execute_script(shown) == 300
    browser.find_element(By.CSS_SELECTOR, ".more").click()
    assert browser.execute_script(shown) == 10_008
