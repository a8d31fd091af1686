"""The pages in a real browser, opened from disk: sorting, filtering, drilling down, themes, keyboard, narrow, print."""

from __future__ import annotations

import json

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from dashboard.conftest import media, open_page, wide

LUMINANCE = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
function rgb(colour) {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return Array.from(canvas.getImageData(0, 0, 1, 1).data);
}
function luminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map((c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}
function ground(element) {
  for (let e = element; e; e = e.parentElement) {
    const colour = rgb(getComputedStyle(e).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return rgb("Canvas");
}
const poor = [];
for (const element of document.querySelectorAll("body *")) {
  const own = Array.from(element.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest(".skip")) continue;
  const style = getComputedStyle(element);
  const colour = rgb(element instanceof SVGElement ? style.fill : style.color);
  const [a, b] = [luminance(colour), luminance(ground(element))].sort((p, q) => q - p);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) poor.push([element.textContent.trim(), ratio]);
}
return poor;
"""


def first_column(browser, table="extensions"):
    cells = browser.find_elements(By.CSS_SELECTOR, f"#{table} tbody tr:not([hidden]) > :first-child")
    return [cell.text for cell in cells]


def header(browser, name):
    return next(b for b in browser.find_elements(By.CSS_SELECTOR, "#extensions thead button") if b.text == name)


def test_the_overview_says_both_percentages(browser, site):
    open_page(browser, site)
    assert [big.text for big in browser.find_elements(By.CSS_SELECTOR, ".big")] == ["57%", "76%"]
    lines = [seed.text for seed in browser.find_elements(By.CSS_SELECTOR, ".seed")]
    assert lines == ["Port 4 extensions (57%, total: 7)", "Port 13 types to heap types (76%, total: 17)"]
    assert browser.find_element(By.CSS_SELECTOR, ".trend svg").rect["height"] > 100


def test_a_click_on_a_header_sorts_and_a_second_one_turns_it(browser, site):
    open_page(browser, site)
    header(browser, "objects").click()
    assert first_column(browser)[-2:] == ["pkg._half", "pkg._mod"]
    header(browser, "types").click()
    assert first_column(browser)[-1] == "pkg._c" and first_column(browser)[0] in ("fast._gen", "pkg._mod")
    header(browser, "extension").click()
    names = first_column(browser)
    assert names == sorted(names)
    header(browser, "extension").click()
    assert first_column(browser) == sorted(names, reverse=True)
    sorts = [th.get_attribute("aria-sort") for th in browser.find_elements(By.CSS_SELECTOR, "#extensions thead th")]
    assert sorts == ["descending"] + [None] * 7


def test_the_keyboard_sorts_too(browser, site):
    open_page(browser, site)
    button = header(browser, "extension")
    browser.execute_script("arguments[0].focus()", button)
    button.send_keys(Keys.SPACE)
    assert first_column(browser)[0] == "fast._gen"
    button.send_keys(Keys.ENTER)
    assert first_column(browser)[0] == "pkg._mod"
    assert browser.execute_script("return document.activeElement === arguments[0]", button)


def test_the_status_is_sorted_by_progress_not_by_letter(browser, site):
    open_page(browser, site)
    header(browser, "status").click()
    words = [s.text.partition(" (")[0] for s in browser.find_elements(By.CSS_SELECTOR, "#extensions .status")]
    assert words == ["untouched", "partly ported", "ported", "ported", "ported", "proven", "generated"]


def test_the_filter_finds_words_and_status_together(browser, site):
    open_page(browser, site)
    find, output = browser.find_element(By.NAME, "find"), browser.find_element(By.TAG_NAME, "output")
    assert output.text == "7 extensions"
    find.send_keys("PKG own-gil")
    assert first_column(browser) == ["pkg._a", "pkg._b", "pkg._c"]
    assert output.text == "3 of 7 extensions"
    Select(browser.find_element(By.NAME, "status")).select_by_visible_text("untouched")
    assert first_column(browser) == []
    find.clear()
    find.send_keys(Keys.SPACE)
    assert first_column(browser) == ["pkg._mod"]


def test_a_filter_is_in_the_address_and_comes_back(browser, site):
    open_page(browser, site)
    browser.find_element(By.NAME, "find").send_keys("half")
    assert browser.current_url.endswith("#find=half")
    browser.refresh()
    assert first_column(browser) == ["pkg._half"]
    open_page(browser, site, "index.html#status=proven")
    assert first_column(browser) == ["fast._ok"]


def test_a_status_word_filters_the_table(browser, site):
    open_page(browser, site)
    words = browser.find_elements(By.CSS_SELECTOR, ".words a")
    assert [word.text.replace("\n", " ") for word in words][1] == "partly ported 1"
    words[1].click()
    assert first_column(browser) == ["pkg._half"]


def test_from_the_overview_down_to_a_type_a_rule_and_back(browser, site):
    open_page(browser, site)
    browser.find_element(By.LINK_TEXT, "pkg._mod").click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "pkg._mod"
    types = browser.find_element(By.ID, "types").text
    assert "refused" in types and "by hand: its address is passed to a C library" in types
    variables = browser.find_element(By.ID, "variables").text
    assert "stays" in variables and "_PyArg_Parser" in variables
    browser.find_element(By.LINK_TEXT, "static-object").click()
    assert "Mod_Error" in browser.find_element(By.ID, "places").text
    browser.find_element(By.LINK_TEXT, "pkg._mod").click()
    browser.find_element(By.LINK_TEXT, "Extensions").click()
    assert len(first_column(browser)) == 7


def test_the_evidence_stands_on_the_page_of_what_is_proven(browser, site):
    open_page(browser, site)
    browser.find_element(By.LINK_TEXT, "fast._ok").click()
    main = browser.find_element(By.TAG_NAME, "main").text
    assert "proven (rung 4)" in main and "16 interpreters" in main and "Rung 4 was reached." in main


def test_the_types_of_all_extensions_are_in_one_list(browser, site):
    open_page(browser, site, "types.html")
    assert len(first_column(browser, "types")) == 17
    Select(browser.find_element(By.NAME, "status")).select_by_visible_text("refused")
    assert first_column(browser, "types") == ["Foo1_Type"]


def test_what_changed_says_better_and_links(browser, site):
    open_page(browser, site, "changes.html")
    groups = browser.find_elements(By.CSS_SELECTOR, ".changes > li")
    assert [group.text.splitlines() for group in groups] == [
        [
            f"pkg._{letter} in pkg",
            "better untouched \N{RIGHTWARDS ARROW} ported",
            "better type Done_Type is a heap type",
            "other type Foo_Type is gone",
        ]
        for letter in "ab"
    ]
    browser.find_element(By.LINK_TEXT, "pkg._b").click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "pkg._b"


def test_what_was_not_read_is_shown(browser, site):
    open_page(browser, site, "unread.html")
    assert "src/odd.c:7" in browser.find_element(By.ID, "unread").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_until_it_is_chosen(browser, site, scheme):
    media(browser, scheme)
    open_page(browser, site)
    dark = "return getComputedStyle(document.body).backgroundColor === 'rgb(20, 22, 26)'"
    assert browser.execute_script(dark) == (scheme == "dark")
    button = browser.find_element(By.CSS_SELECTOR, ".theme")
    assert button.accessible_name == f"Use the {'light' if scheme == 'dark' else 'dark'} theme"
    button.click()
    assert browser.execute_script(dark) == (scheme == "light")
    open_page(browser, site, "types.html")
    assert browser.execute_script(dark) == (scheme == "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["index.html", "types.html", "changes.html", "extensions/*", "rules/*"])
def test_every_text_has_the_contrast_of_wcag_aa(browser, site, scheme, page):
    media(browser, scheme)
    pages = sorted(path.relative_to(site).as_posix() for path in site.glob(page if "." in page else page + ".html"))
    for each in pages:
        open_page(browser, site, each)
        assert browser.execute_script(LUMINANCE) == []


def test_names_and_table_markup_for_screen_readers(browser, site):
    for page in [path.relative_to(site).as_posix() for path in site.rglob("*.html")]:
        open_page(browser, site, page)
        count = "return [...document.querySelectorAll(arguments[0])].length"
        assert browser.execute_script(count, "h1") == 1
        assert browser.execute_script(count, "th:not([scope])") == 0
        assert browser.execute_script(count, "table:not(:has(> caption))") == 0
        assert browser.execute_script(count, "svg[role=img]:not([aria-label]):not([aria-labelledby])") == 0
        controls = browser.find_elements(By.CSS_SELECTOR, "button, input, select, a, [role=region]")
        assert all(control.accessible_name for control in controls if control.is_displayed())


def test_the_first_tab_skips_to_the_content(browser, site):
    open_page(browser, site)
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to content" and skip.rect["x"] >= 0
    outline = browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", skip)
    assert outline == "solid"
    skip.send_keys(Keys.ENTER)
    assert browser.execute_script("return document.activeElement.id") == "main"


@pytest.mark.parametrize("width", [320, 390, 768])
def test_narrow_screens_scroll_tables_not_the_page(browser, site, width):
    wide(browser, width)
    for page in [path.relative_to(site).as_posix() for path in site.rglob("*.html")]:
        open_page(browser, site, page)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page


def test_print_is_light_and_without_controls(browser, site):
    media(browser, "dark", "print")
    open_page(browser, site)
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(253, 252, 250)"
    assert not browser.find_element(By.CSS_SELECTOR, ".filter").is_displayed()
    assert not browser.find_element(By.CSS_SELECTOR, ".theme").is_displayed()


def test_without_scripts_everything_is_there_to_read(browser, site):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        open_page(browser, site)
        assert len(browser.find_elements(By.CSS_SELECTOR, "#extensions tbody tr")) == 7
        assert not browser.find_element(By.CSS_SELECTOR, ".filter").is_displayed()
        assert not browser.find_elements(By.CSS_SELECTOR, "thead button")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_nothing_is_asked_of_a_network(browser, site):
    browser.get_log("performance")
    for page in [path.relative_to(site).as_posix() for path in site.rglob("*.html")]:
        open_page(browser, site, page)
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"}
    assert {(site / "index.html").as_uri(), (site / "assets" / "style.css").as_uri()} <= asked
    assert all(url.startswith(("file:///", "about:")) for url in asked)


def test_hostile_names_are_only_text(browser, hostile_site):
    pages = [path.relative_to(hostile_site).as_posix() for path in hostile_site.rglob("*.html")]
    assert len(pages) >= 8 + 2 + 5
    for page in pages:
        open_page(browser, hostile_site, page)
        assert browser.title != "owned"
        scripts = browser.execute_script("return [...document.scripts].map((s) => s.src.split('/').pop())")
        assert scripts == ["theme.js", "board.js"]
        text = browser.execute_script("return document.documentElement.textContent")
        assert "\u202e" not in text and "\u200f" not in text
    open_page(browser, hostile_site)
    assert any(name.startswith('<script>document.title="owned"</script>"\'&\\u202e') for name in first_column(browser))


def test_every_link_of_a_hostile_site_leads_to_a_page_of_it(browser, hostile_site):
    open_page(browser, hostile_site)
    links = {a.get_attribute("href").partition("#")[0] for a in browser.find_elements(By.CSS_SELECTOR, "a[href]")}
    files = {path.as_uri() for path in hostile_site.rglob("*") if path.is_file()}
    assert links <= files


def test_wide_names_do_not_widen_a_hostile_page(browser, hostile_site):
    wide(browser, 390)
    for page in [path.relative_to(hostile_site).as_posix() for path in hostile_site.rglob("*.html")]:
        open_page(browser, hostile_site, page)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390, page


def test_the_patch_of_an_extension_is_read_on_its_page_and_kept_as_a_file(browser, site):
    open_page(browser, site)
    browser.find_element(By.LINK_TEXT, "pkg._mod").click()
    lines = browser.find_elements(By.CSS_SELECTOR, ".diff span")
    assert [line.get_attribute("class") for line in lines] == ["file", "file", "place", "same", "remove", "add"]
    grounds = {browser.execute_script("return getComputedStyle(arguments[0]).backgroundColor", line) for line in lines}
    assert len(grounds) == 3
    link = browser.find_element(By.LINK_TEXT, "As a file").get_attribute("href")
    assert (site / "extensions" / link.rpartition("/")[2]).read_text().endswith("-static int y;\n+int y;\n")


def test_a_plot_reads_its_colours_from_the_page(browser, site):
    for scheme, colour in (("light", "rgb(10, 88, 115)"), ("dark", "rgb(124, 200, 224)")):
        media(browser, scheme)
        open_page(browser, site)
        line = browser.find_element(By.CSS_SELECTOR, ".trend .color-0 .line")
        assert browser.execute_script("return getComputedStyle(arguments[0]).stroke", line) == colour
