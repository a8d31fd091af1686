"""What a scan of many extensions holds in memory: no program outlives its facts, though no collector runs."""

from __future__ import annotations

import gc
import importlib
import weakref

import pytest

from porter.facts.collector import paused
from porter.facts.program import read_program
from porter.settings import Settings
from porter.tree.model import Extension

TEXT = "#include <Python.h>\nstatic PyObject *cache;\nstatic int count;\nstatic int f(int a) { static int n; count = a; return n++; }\n"


def test_a_program_goes_when_its_facts_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    module, views = importlib.import_module("porter.facts.gather"), []

    def noted(*given):
        program = read_program(*given)
        views.extend(weakref.ref(view) for view in program.views)
        return program

    monkeypatch.setattr(module, "read_program", noted)
    with paused():
        facts = module.gather(Extension("spam", ("spam.c", "eggs.c")), lambda file: TEXT, Settings())
        assert {variable.name for variable in facts.variables} == {"cache", "count", "n"}
        assert [view() for view in views] == [None, None]


def test_a_pause_ends_as_it_began() -> None:
    assert gc.isenabled()
    with paused():
        with paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
