"""``porter dashboard --serve``: on this machine only, alive while the ledger changes, gone without a word on Ctrl-C."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from ledger import scans
from ledger.conftest import run_of
from selenium.webdriver.common.by import By

import porter
from dashboard.conftest import package_runs
from porter.cli import main
from porter.ledger.database import open_ledger
from porter.ledger.write import record

HOME = str(Path(porter.__file__).parent.parent)
PATIENCE = 60


def keep(ledger, *runs):
    with open_ledger(ledger, create=True) as connection:
        assert all([record(connection, run) for run in runs])


def _as_in_a_terminal():
    """A shell lets its background jobs ignore interrupts, and so would what is started here."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def served(tmp_path):
    """(its port, its process, the ledger)."""
    ledger = tmp_path / "ledger.db"
    keep(ledger, package_runs()[0])
    call = [sys.executable, "-m", "porter", "dashboard", "--serve", "--port", "0", "--ledger", str(ledger)]
    environment = {**os.environ, "PYTHONPATH": HOME}
    process = subprocess.Popen(
        call, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, preexec_fn=_as_in_a_terminal
    )
    said = ""
    while "http" not in said:
        said = process.stderr.readline()
        assert said, "it ended"
    yield int(re.search(r"http://127\.0\.0\.1:(\d+)/", said)[1]), process, ledger
    process.kill()
    process.communicate()


def get(port, path, host=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{port}"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_pages_and_their_data_are_served_and_nothing_else(served):
    port, _, _ = served
    status, page = get(port, "/")
    assert status == 200 and 'src="/live.js"' in page and "connect-src 'self'" in page
    assert get(port, "/index.json")[0] == get(port, "/assets/style.css")[0] == get(port, "/live.js")[0] == 200
    assert get(port, "/../ledger.db")[0] == get(port, "/none.html")[0] == 404


def test_a_name_that_is_not_this_machine_s_is_turned_away(served):
    port, _, _ = served
    assert get(port, "/", host="example.org")[0] == 403
    assert get(port, "/", host=f"localhost:{port}")[0] == 200


def test_an_interrupt_ends_it_with_success(served):
    _, process, _ = served
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0 and "Traceback" not in said


def test_an_open_page_shows_a_run_that_is_recorded_meanwhile(served, browser):
    port, _, ledger = served
    browser.get(f"http://127.0.0.1:{port}/")
    assert browser.find_element(By.CSS_SELECTOR, ".big").text == "0%"
    browser.execute_script("window.before = true")
    time.sleep(1.5)
    assert browser.execute_script("return window.before"), "it loads again although nothing changed"
    keep(ledger, run_of(scans.scan([scans.isolated("pkg._a")]), "2025-06-01T00:00:00.000Z", content="c7"))
    deadline = time.monotonic() + PATIENCE
    while browser.execute_script("return window.before") or not browser.find_elements(By.CSS_SELECTOR, ".big"):
        assert time.monotonic() < deadline, "it was not loaded again"
        time.sleep(0.2)
    assert browser.find_element(By.CSS_SELECTOR, ".big").text == "100%"
    browser.get("about:blank")


def test_a_port_that_is_taken_is_said(served, tmp_path):
    port, _, ledger = served
    answer = CliRunner().invoke(main, ["dashboard", "--serve", "--port", str(port), "--ledger", str(ledger)])
    assert answer.exit_code == 2 and f"port {port}" in answer.output and "--port" in answer.output


def test_pages_need_a_place():
    answer = CliRunner().invoke(main, ["dashboard"])
    assert answer.exit_code == 2 and "give -o DIR, or --serve" in answer.output
