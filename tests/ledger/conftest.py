"""A ledger in a file of its own, and runs to put into it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger import scans
from porter.ledger.contract import read_scan
from porter.ledger.database import open_ledger
from porter.ledger.model import Run


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "ledger.db"


@pytest.fixture
def ledger(path):
    with open_ledger(path, create=True) as connection:
        yield connection


@pytest.fixture
def run():
    return run_of(scans.package())


def run_of(document, time="2025-01-01T00:00:00.000Z", tree="/src/pkg", content="c0", **values):
    """A run of a scan document."""
    scan = read_scan(document)
    base = Run(
        tree=tree,
        name=tree.rpartition("/")[2],
        revision=content,
        content=content,
        time=time,
        porter=scan.porter,
        target_python=scan.target_python,
        totals=scan.totals,
        extensions=scan.extensions,
        findings=scan.findings,
        gaps=scan.gaps,
    )
    return replace(base, **values)
