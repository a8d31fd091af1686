"""Run pytest or unittest in this interpreter and write the outcome of every test.

``porter_main`` takes ``runner``: ``pytest`` or ``unittest``; ``arguments``; ``environ``: variables to set;
``folder`` to run in; ``path``: whether that folder is importable; ``result``: where the answer goes, ``result +
".now"`` the name of the test under way, for when it kills the process. The answer: ``exit``, and ``outcomes``: name
-> [outcome, last line of the reason].
"""

import json
import os
import sys

porter_outcomes = {}
porter_now = None


def note(name, outcome, reason=""):
    """Keep one outcome; a failure is never overwritten by the test's own teardown."""
    if porter_outcomes.get(name, ["passed"])[0] in ("passed", "skipped"):
        porter_outcomes[name] = [outcome, " ".join(str(reason).split())[-400:]]


def now(name):
    """Say which test is under way."""
    with open(porter_now, "w", encoding="utf-8", errors="replace") as handle:
        handle.write(name)


def run_pytest(arguments):
    """pytest's exit code; outcomes by node id."""
    import pytest

    class Recorder:
        """A plugin that listens."""

        def pytest_runtest_logstart(self, nodeid, location):
            now(nodeid)

        def pytest_runtest_logreport(self, report):
            crash = getattr(report.longrepr, "reprcrash", None)
            if report.when == "call" or report.outcome != "passed":
                note(report.nodeid, report.outcome, crash.message if crash else report.longrepr or "")

        def pytest_collectreport(self, report):
            if report.failed:
                note(report.nodeid, "failed", report.longrepr)

    return int(pytest.main(arguments, plugins=[Recorder()]))


def run_unittest(arguments):
    """As unittest's own exit code; outcomes by test id."""
    import unittest

    class Recorder(unittest.TextTestResult):
        """A result that keeps names."""

        def startTest(self, test):
            now(test.id())
            super().startTest(test)

        def addSuccess(self, test):
            note(test.id(), "passed")
            super().addSuccess(test)

        def addSkip(self, test, reason):
            note(test.id(), "skipped", reason)
            super().addSkip(test, reason)

        def addFailure(self, test, err):
            note(test.id(), "failed", f"{err[0].__name__}: {err[1]}")
            super().addFailure(test, err)

        def addError(self, test, err):
            note(test.id(), "failed", f"{err[0].__name__}: {err[1]}")
            super().addError(test, err)

        def addExpectedFailure(self, test, err):
            note(test.id(), "passed")
            super().addExpectedFailure(test, err)

        def addUnexpectedSuccess(self, test):
            note(test.id(), "failed", "unexpected success")
            super().addUnexpectedSuccess(test)

        def addSubTest(self, test, subtest, err):
            if err is not None:
                note(test.id(), "failed", f"{err[0].__name__}: {err[1]}")
            super().addSubTest(test, subtest, err)

    runner = unittest.TextTestRunner(resultclass=Recorder)
    program = unittest.main(module=None, argv=["unittest", *arguments], testRunner=runner, exit=False)
    return 0 if program.result.wasSuccessful() else 1


def run_suite(options):
    """The whole answer; an exception of the runner itself is its ``error``."""
    os.environ.update(options["environ"])
    os.chdir(options["folder"])
    if options["path"]:
        sys.path.insert(0, options["folder"])
    sys.argv = [options["runner"], *options["arguments"]]
    runner = run_pytest if options["runner"] == "pytest" else run_unittest
    answer = {"exit": None, "error": None, "outcomes": porter_outcomes}
    try:
        answer["exit"] = runner(options["arguments"])
    except SystemExit as raised:
        answer["exit"] = raised.code if isinstance(raised.code, int) else 1
    except Exception as raised:
        answer["error"] = " ".join(f"{type(raised).__name__}: {raised}".split())
    return answer


def porter_main(given):
    """Run the suite and write the answer."""
    global porter_now
    porter_now = given["result"] + ".now"
    answer = json.dumps(run_suite(given))
    sys.stdout.flush()
    with open(given["result"], "w", encoding="utf-8") as handle:
        handle.write(answer)
