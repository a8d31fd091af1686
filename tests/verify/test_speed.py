"""Ratios of times, the pay-off of interpreters, and their pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pyperf
import pytest

from porter.verify import pay_off as paying
from porter.verify import speed
from porter.verify.model import PayOff, Python, Verification, Verifications
from porter.verify.pay_off import gains, pay_off, table
from porter.verify.plot import pay_off_plot
from porter.verify.speed import compare_speed, ratio_of
from porter.verify.text import render_text

STEADY = [[1.0, 1.01], [0.99, 1.0], [1.0, 1.0]]
PAID = PayOff("2 calls of <m>", 2, (1, 2), {"sequential": (1.0, 2.0), "interpreters": (1.0, 1.0)}, {"threads": "died"})


def see_pyperf(build) -> None:
    """Let the environment find the pyperf of the tests."""
    (build.site / "pyperf.pth").write_text(str(Path(pyperf.__file__).parent.parent))


def test_a_ratio_has_an_interval_that_holds_it_and_is_the_same_each_time():
    twice = [[2 * value for value in process] for process in STEADY]
    found = ratio_of("f()", STEADY, twice)
    assert found.ratio == pytest.approx(2.0)
    assert found.low <= found.ratio <= found.high
    assert found == ratio_of("f()", STEADY, twice)
    assert found.high - found.low < 0.1


def test_the_interval_of_a_noisy_machine_is_wide():
    noisy = [[0.5], [2.0], [1.0], [0.7]]
    found = ratio_of("f()", noisy, noisy)
    assert found.low < 0.8 and found.high > 1.25


def test_a_slow_port_is_told_by_the_call_that_is_slow(workshop, climb_of, monkeypatch, tmp_path):
    monkeypatch.setattr(speed, "TURNS", 2)
    before, after = workshop("timed"), workshop("timed", "-DSLOW")
    see_pyperf(before), see_pyperf(after)
    ratios, entry = compare_speed(climb_of(after, before), tmp_path)
    by_call = {ratio.call: ratio for ratio in ratios}
    assert by_call.keys() == {"m.work()", "m.rest()"}
    assert by_call["m.work()"].low > 2 > by_call["m.rest()"].ratio, entry.message
    assert "slower for certain: m.work()" in entry.message


def test_without_an_original_or_without_pyperf_it_is_not_proven(workshop, climb_of, tmp_path):
    build = workshop("timed")
    assert "no original" in compare_speed(climb_of(build), tmp_path)[1].message
    _, entry = compare_speed(climb_of(build, workshop("timed")), tmp_path)
    assert (entry.verdict, "No module named 'pyperf'" in entry.message) == ("not proven", True)


def test_the_same_work_is_done_in_every_way(workshop, climb_of, monkeypatch):
    monkeypatch.setattr(paying, "SHARE_SECONDS", 0.05)
    monkeypatch.setattr(paying, "TRIES", 1)
    found, entry = pay_off(climb_of(workshop("timed")))
    assert entry.verdict == "passed", entry.message
    assert set(found.seconds) == set(paying.WAYS)
    assert all(seconds > 0 for way in found.seconds.values() for seconds in way)
    assert found.counts[:2] == (1, 2)


def test_what_an_interpreter_refuses_is_a_line_of_the_table(workshop, climb_of, monkeypatch):
    monkeypatch.setattr(paying, "SHARE_SECONDS", 0.05)
    monkeypatch.setattr(paying, "TRIES", 1)
    found, entry = pay_off(climb_of(workshop("before/clean")))
    assert entry.verdict == "failed"
    assert "does not support loading in subinterpreters" in found.failed["interpreters"]
    assert table(found)[-1].startswith("interpreters")


def test_a_given_workload_is_what_is_timed(workshop, climb_of, monkeypatch, tmp_path):
    monkeypatch.setattr(paying, "SHARE_SECONDS", 0.05)
    monkeypatch.setattr(paying, "TRIES", 1)
    script = tmp_path / "work.py"
    script.write_text("import timed\nfor _ in range(10): timed.work()\n")
    found, entry = pay_off(climb_of(workshop("timed"), workload=script))
    assert (entry.verdict, found.work) == ("passed", str(script))


def test_the_picture_is_well_formed_and_says_the_figures():
    drawn = pay_off_plot(PAID)
    lines = ElementTree.fromstring(drawn).findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 2
    assert "2 calls of &lt;m&gt;" in drawn and "interpreters 2.00" in drawn
    assert gains(PAID, "interpreters") == (1.0, 2.0)


def test_the_report_has_the_table_and_the_ratios():
    run = Verification("m", None, Python("p", (3, 13, 0), True, True), ("m",), (), pay_off=PAID)
    run = Verification(**{**vars(run), "speed": (ratio_of("m.f()", STEADY, STEADY),)})
    text = render_text(Verifications((run,)))
    assert "1.00 s (2.00x)" in text and "threads         died" in text
    assert "1.00 s -> 1.00 s  m.f()" in text
