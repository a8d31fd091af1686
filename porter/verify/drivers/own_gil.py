"""Interpreters with their own GIL (PEP 684), by whichever module this Python has for them.

Runs inside the Python under test: 3.14 and newer have ``concurrent.interpreters`` (PEP 734), 3.12 and 3.13 a private
module each. Only the standard library.
"""

import datetime  # noqa: F401  3.13.0 crashes when two interpreters import it and the main one has not
import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Public:
    """``concurrent.interpreters``: an interpreter is an object; it is isolated unless one asks for less."""

    def __init__(self):
        from concurrent import interpreters

        self.module = interpreters

    def create(self):
        return self.module.create()

    def destroy(self, interpreter):
        interpreter.close()

    def run(self, interpreter, source, shared):
        interpreter.prepare_main(**shared)
        try:
            interpreter.exec(source)
        except self.module.ExecutionFailed as raised:
            return f"{raised.excinfo.type.__name__}: {raised.excinfo.msg or ''}"


class Private:
    """``_interpreters`` of 3.13: an interpreter is a number, an uncaught exception a value."""

    def __init__(self):
        import _interpreters

        self.module = _interpreters

    def create(self):
        return self.module.create("isolated")

    def destroy(self, interpreter):
        self.module.destroy(interpreter)

    def run(self, interpreter, source, shared):
        problem = self.module.exec(interpreter, source, shared)
        return None if problem is None else f"{problem.type.__name__}: {problem.msg or ''}"


class First(Private):
    """``_xxsubinterpreters`` of 3.12: an uncaught exception is raised here, its name and message in the text."""

    def __init__(self):
        import _xxsubinterpreters

        self.module = _xxsubinterpreters

    def create(self):
        return self.module.create(isolated=True)

    def run(self, interpreter, source, shared):
        try:
            self.module.run_string(interpreter, source, shared)
        except self.module.RunFailedError as raised:
            return re.sub(r"^<class '([\w.]+)'>", r"\1", str(raised))


def _implementation():
    for kind in (Public, Private):
        try:
            return kind()
        except ImportError:
            continue
    return First()


THERE = _implementation()


def create():
    """A new interpreter with its own GIL."""
    return THERE.create()


def destroy(interpreter):
    """End an interpreter."""
    THERE.destroy(interpreter)


def run(interpreter, scripts, given):
    """Run ``porter_main(given)`` there, as the driver ``scripts`` (file names beside this one) define it.

    ``given``: plain JSON values. Returns None, or the uncaught exception as ``Name: message`` on one line.
    """
    problem = THERE.run(interpreter, source(scripts), {"porter_given": json.dumps(given)})
    return " ".join(problem.split()) if problem else None


def run_here(scripts, given):
    """Run the same in the main interpreter, with nothing caught."""
    exec(compile(source(scripts), scripts[-1], "exec"), {"__name__": "__main__", "porter_given": json.dumps(given)})


def source(scripts):
    """The text an interpreter is given: the scripts, then the call."""
    texts = [(HERE / script).read_text("utf-8") for script in scripts]
    return "\n".join([*texts, "import json", "porter_main(json.loads(porter_given))"])
