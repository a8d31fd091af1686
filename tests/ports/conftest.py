"""The option that writes the golden ports anew."""

from __future__ import annotations

import shutil

import pytest

from .workshop import EXAMPLES, after_port, python, write_tree


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-goldens``: write fixtures/ports/*/after as porter makes them now; review the difference."""
    parser.addoption("--update-goldens", action="store_true", help="write the golden ports anew")


@pytest.fixture(scope="session", autouse=True)
def goldens(request: pytest.FixtureRequest) -> None:
    """Without a Python 3.13 and gcc nothing here is proven, so nothing here passes."""
    if python("3.13") is None or shutil.which("gcc") is None:
        pytest.fail("these tests need Python 3.13 and gcc")
    if request.config.getoption("--update-goldens"):
        for each in EXAMPLES:
            write_tree(each.after, after_port(each.before))
