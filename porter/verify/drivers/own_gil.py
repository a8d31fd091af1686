"""Interpreters with their own GIL, by whichever private module this Python has for them (PEP 684).

Runs inside the Python under test, 3.12 to 3.15: only the standard library.
"""

import datetime  # noqa: F401  3.13.0 crashes when two interpreters import it and the main one has not
import json
import re
from pathlib import Path

try:
    import _interpreters as _implementation
except ImportError:
    import _xxsubinterpreters as _implementation

HERE = Path(__file__).resolve().parent


def create():
    """A new interpreter with its own GIL, as an id."""
    if hasattr(_implementation, "get_config"):
        return _implementation.create("isolated")
    return _implementation.create(isolated=True)


def destroy(interpreter):
    """End an interpreter."""
    _implementation.destroy(interpreter)


def run(interpreter, script, given):
    """Run the driver ``script`` (a file name beside this one) there with ``given`` (plain JSON values).

    Returns None, or the uncaught exception as ``Name: message`` on one line.
    """
    shared = {"porter_given": json.dumps(given)}
    try:
        problem = _implementation_run(interpreter, (HERE / script).read_text("utf-8"), shared)
    except Exception as raised:  # 3.12 raises RunFailedError with the name and message in its text
        problem = re.sub(r"^<class '([\w.]+)'>", r"\1", str(raised))
    return " ".join(problem.split()) if problem else None


def _implementation_run(interpreter, source, shared):
    if not hasattr(_implementation, "exec"):
        _implementation.run_string(interpreter, source, shared)
        return None
    problem = _implementation.exec(interpreter, source, shared)
    return None if problem is None else f"{problem.type.__name__}: {problem.msg or ''}"


def run_here(script, given):
    """Run the same in the main interpreter, with nothing caught; returns the globals it left."""
    space = {"__name__": "__main__", "porter_given": json.dumps(given)}
    exec(compile((HERE / script).read_text("utf-8"), script, "exec"), space)
    return space
