"""A site made by ``porter dashboard``, and a real browser that opens it from disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from ledger import scans
from ledger.conftest import run_of
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from porter.cli import main
from porter.ledger.database import open_ledger
from porter.ledger.model import Decision, Patch, Rung
from porter.ledger.write import record

HOSTILE = '<script>document.title="owned"</script>"\'&\u202egnp.\u200f' + "x" * 300
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def site_of(folder, runs, *options):
    """The folder of a site of these runs."""
    ledger, site = folder / "ledger.db", folder / "site"
    with open_ledger(ledger, create=True) as connection:
        for run in runs:
            record(connection, run)
    answer = CliRunner().invoke(main, ["dashboard", "-o", str(site), "--ledger", str(ledger), *options])
    assert answer.exit_code == 0, answer.output
    return site


def package_runs():
    """Two trees, the first in three states: it gets better, and one type is refused."""
    package = scans.package()
    first = scans.scan(
        [scans.extension(f"pkg._{letter}", [scans.type_()]) for letter in "abc"] + package["extensions"][3:]
    )
    second = scans.scan(first["extensions"][:2] + package["extensions"][2:], package["findings"])
    patch = Patch("pkg._mod", "--- a/src/mod.c\n+++ b/src/mod.c\n@@ -1,2 +1,2 @@\n int x;\n-static int y;\n+int y;\n")
    refused = Decision("type", "Foo1_Type", "src/mod.c", 11, "refused", "its address is passed to a C library")
    generated = scans.extension("fast._gen", [scans.type_("Gen_Type")], generator="cython", sources=["gen.c"])
    proof = Rung((), 4, ('{"rung": 4, "title": "many in threads", "verdict": "passed", "message": "16 interpreters"}',))
    return [
        run_of(first, "2025-01-01T00:00:00.000Z", content="c0"),
        run_of(second, "2025-02-01T00:00:00.000Z", content="c1"),
        run_of(package, "2025-03-01T00:00:00.000Z", content="c2", decisions=(refused,), patches=(patch,)),
        run_of(
            scans.scan([generated, scans.isolated("fast._ok")]), "2025-02-15T00:00:00.000Z", "/src/fast", rungs=(proof,)
        ),
    ]


def hostile_run():
    """A tree in which everything that can be named is named by an enemy."""
    types = [scans.type_(HOSTILE, file=HOSTILE), scans.type_("../../up")]
    variables = [scans.variable(HOSTILE, ctype=HOSTILE, function=HOSTILE, file=HOSTILE)]
    findings = [
        scans.finding(symbol=HOSTILE, extension=HOSTILE, message=HOSTILE, file=HOSTILE),
        scans.finding(
            "../" + HOSTILE, extension="../../etc/passwd", related=[{"file": HOSTILE, "line": 1, "message": HOSTILE}]
        ),
    ]
    gaps = [{"file": HOSTILE, "line": 1, "what": HOSTILE, "why": HOSTILE}]
    names = [HOSTILE, "../../etc/passwd", "CON", ".", "", "a/b", "A/B", "é\u0301\n"]
    extensions = [scans.extension(name, types, variables, sources=[HOSTILE], generator=None) for name in names]
    decisions = (Decision("type", HOSTILE, "", 0, "refused", HOSTILE),)
    return run_of(scans.scan(extensions, findings, gaps), tree="/src/" + HOSTILE.replace("/", ""), decisions=decisions)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    return site_of(tmp_path_factory.mktemp("dashboard"), package_runs(), "--title", "Tracked")


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory) -> Path:
    return site_of(tmp_path_factory.mktemp("hostile"), [hostile_run()], "--title", HOSTILE)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not browser or not driver:
        pytest.fail("these tests need chromium and its driver: apt-get install chromium chromium-driver", pytrace=False)
    options = Options()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    session = webdriver.Chrome(options=options, service=Service(driver))
    yield session
    session.quit()


@pytest.fixture
def browser(chromium):
    """The browser as a light desktop without memory; a test fails when a page complains on the console."""
    wide(chromium)
    media(chromium, "light")
    yield chromium
    complaints = [entry["message"] for entry in chromium.get_log("browser")]
    chromium.execute_script("try { localStorage.clear() } catch {}")
    assert complaints == []


def wide(browser, width=1280, height=900):
    """Give the window a size."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def media(browser, scheme="light", kind=""):
    """What the system prefers, and what the page is shown on."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": features})


def open_page(browser, site, page="index.html"):
    """Open a page of the site from disk."""
    browser.get("about:blank")
    file, mark, fragment = page.partition("#")
    browser.get((site / file).as_uri() + mark + fragment)
