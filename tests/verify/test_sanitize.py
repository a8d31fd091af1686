"""Sanitizers and valgrind say what is wrong with the extension, and nothing about Python."""

from __future__ import annotations

import shutil

import pytest

from porter.verify import sanitize
from porter.verify.sanitize import flags, reports, under, valgrind

UNUSED = "-Wno-unused-function"
RACE = """
WARNING: ThreadSanitizer: data race (pid=1)
  Write of size 8 at 0x7f by thread T3:
    #0 qsort_r interceptors.inc:1 (libtsan.so.2+0x6)
    #1 setup Modules/posixmodule.c:14481 (libpython3.13.so+0x2)
WARNING: ThreadSanitizer: data race (pid=1)
  Read of size 4 at 0x7f by thread T3:
    #0 race src/mine.c:9 (mine.so+0x1)
  Location is global 'written' of size 4 at 0x7f (mine.so+0x4)
"""


@pytest.mark.parametrize(
    ("name", "define", "words"),
    [
        ("thread", "RACE", "data race (global 'written')"),
        ("address", "OVERRUN", "heap-buffer-overflow (overrun "),
        ("undefined", "WRAP", "signed integer overflow"),
    ],
)
def test_a_sanitizer_finds_its_kind_of_fault(workshop, climb_of, name, define, words):
    climb = climb_of(workshop("careless", f"-D{define}", UNUSED))
    entry = under(climb, workshop("careless", f"-D{define}", UNUSED, *flags(name)), name)
    assert (entry.verdict, words in entry.message) == ("failed", True), entry.message
    assert len(entry.figures["reports"]["careless"]) >= 1


def test_a_clean_module_gives_it_nothing_to_say(workshop, climb_of):
    entry = under(climb_of(workshop("clean")), workshop("clean", *flags("thread")), "thread")
    assert (entry.verdict, entry.message.endswith("nothing reported")) == ("passed", True), entry.message


def test_reports_are_told_apart():
    found = reports(RACE, sanitize.re.compile(sanitize.TOOLS["thread"].report, sanitize.re.M))
    assert [sanitize._is_about(report, {"mine.so", "mine.c"}) for report in found] == [False, True]


def test_what_is_not_installed_is_said(workshop, climb_of, monkeypatch):
    climb = climb_of(workshop("clean"))
    monkeypatch.setattr(sanitize.shutil, "which", lambda name: None)
    assert (valgrind(climb).verdict, valgrind(climb).message) == ("not proven", "valgrind is not installed")
    monkeypatch.setattr(sanitize, "c_compiler", lambda: [shutil.which("true") or "/bin/true"])
    assert "has no libtsan.so" in under(climb, climb.build, "thread").message


def test_valgrind_finds_what_is_read_past_the_end(workshop, climb_of, monkeypatch):
    monkeypatch.setitem(sanitize.IN_TURN, "rounds", 1)
    assert shutil.which("valgrind"), "this test needs valgrind"
    entry = valgrind(climb_of(workshop("careless", "-DOVERRUN", UNUSED)))
    assert (entry.verdict, "Invalid read of size 1 (overrun" in entry.message) == ("failed", True), entry.message
