"""Interpreters by each of the modules that Pythons have for them; the one of 3.14 as a stand-in over that of 3.13."""

from __future__ import annotations

import pytest

from porter.verify import loading, memory
from porter.verify.climb import Climb
from porter.verify.loading import load_rung
from porter.verify.memory import no_leak
from porter.verify.model import VerifyOptions
from porter.verify.pythons import find_pythons

# What PEP 734 says of concurrent.interpreters, as far as it is used.
CONCURRENT = """
import concurrent, sys, types
import _interpreters
module = types.ModuleType("concurrent.interpreters")
class ExecutionFailed(Exception):
    def __init__(self, excinfo):
        self.excinfo = excinfo
class Interpreter:
    def __init__(self, number): self.number = number
    def prepare_main(self, **shared): _interpreters.set___main___attrs(self.number, shared)
    def exec(self, source):
        if (excinfo := _interpreters.exec(self.number, source)) is not None: raise ExecutionFailed(excinfo)
    def close(self): _interpreters.destroy(self.number)
def create():
    print("concurrent.interpreters asked")
    return Interpreter(_interpreters.create("isolated"))
module.ExecutionFailed, module.Interpreter, module.create = ExecutionFailed, Interpreter, create
concurrent.interpreters = sys.modules["concurrent.interpreters"] = module
"""
# A debug build's count of references: one more for each load of the extension that loses an object.
COUNTING = """
import sys
taken = sys.getallocatedblocks
sys.gettotalrefcount = lambda: taken()
"""


def at_start(build, text: str) -> None:
    """Have the environment's Python run ``text`` when it starts."""
    (build.site / "sitecustomize.py").write_text(text)


@pytest.mark.parametrize(("source", "verdict"), [("clean", "passed"), ("racing", "failed"), ("before/clean", "failed")])
def test_the_public_module_is_used_where_there_is_one(workshop, climb_of, monkeypatch, source, verdict):
    monkeypatch.setitem(loading.MODES, 4, ("concurrent", {"rounds": 2, "threads": 2}))
    monkeypatch.setattr(loading, "CONTROL_TRIES", 1)
    build = workshop(source)
    at_start(build, CONCURRENT)
    entry = load_rung(climb_of(build), 4)
    assert (entry.verdict, "concurrent.interpreters asked" in build.log.read_text()) == (verdict, True), entry.message
    assert source != "before/clean" or "ImportError: module clean does not support" in entry.message


def test_python_3_12_climbs_by_its_own_module(workshop_for, monkeypatch):
    monkeypatch.setitem(loading.MODES, 4, ("concurrent", {"rounds": 2, "threads": 2}))
    python, build = workshop_for("3.12", "clean")
    climb = Climb(python, build, None, VerifyOptions(timeout=120.0), lambda step: None)
    assert [load_rung(climb, rung).verdict for rung in (2, 3, 4)] == ["passed"] * 3
    python, build = workshop_for("3.12", "before/clean")
    entry = load_rung(Climb(python, build, None, VerifyOptions(timeout=120.0), lambda step: None), 2)
    assert "module clean does not support loading in subinterpreters" in entry.message


def test_references_are_counted_where_this_python_does(workshop, climb_of, monkeypatch):
    monkeypatch.setattr(memory, "ROUNDS", 45)
    build = workshop("leaking", "-DLOST=100")
    at_start(build, COUNTING)
    entry = no_leak(climb_of(build))
    assert entry.figures["modules"]["leaking"]["references_each_load"] == pytest.approx(1, abs=0.4)
    assert " references, " in entry.message


def test_one_python_of_each_version_is_found(python):
    lines = [found.version[:2] for found in find_pythons(("all",))]
    assert lines == sorted(lines) and (3, 13) in lines and min(lines) >= (3, 12)
    assert find_pythons((python.path, python.path)) == (python,)
