"""Children with limits: what dies, hangs or floods is a result, and nothing is left running."""

from __future__ import annotations

import os
import sys

import pytest

from porter.verify.process import Limits, run

DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
time.sleep(0.3)
"""


def test_children_of_a_child_end_with_it(gone, tmp_path):
    outcome = run(["/bin/sh", "-c", "sleep 60 & echo $!; wait"], tmp_path / "log", Limits(0.5, 512), cwd=tmp_path)
    assert outcome.ended == "no answer in 0.5 s"
    assert gone(int(outcome.output.split()[0]))


def test_a_daemon_in_a_session_of_its_own_ends_as_well(gone, tmp_path):
    outcome = run([sys.executable, "-c", DAEMON], tmp_path / "log", Limits(30, 512), cwd=tmp_path)
    assert outcome.ok
    assert gone(int(outcome.output))


@pytest.mark.parametrize("redirect", ["", ">&2"])
def test_a_flood_is_a_result_and_is_not_kept(tmp_path, redirect):
    outcome = run(["/bin/sh", "-c", f"yes {redirect}"], tmp_path / "log", Limits(60, 512, output=1), cwd=tmp_path)
    assert outcome.ended == "wrote more than 1 MiB of output"
    assert outcome.died
    assert os.path.getsize(tmp_path / "log") <= 2 << 20


def test_memory_of_a_child_in_another_session_counts(tmp_path):
    greedy = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    x = b'x' * (300 << 20)\n    time.sleep(60)\n"
    greedy += "os.wait()\n"
    outcome = run([sys.executable, "-c", greedy], tmp_path / "log", Limits(60, 128), cwd=tmp_path)
    assert outcome.ended == "took more than 128 MiB of memory"


def test_a_command_that_cannot_start_is_a_result(tmp_path):
    outcome = run(["/nonexistent"], tmp_path / "log", Limits(5, 512), cwd=tmp_path)
    assert (outcome.code, outcome.ok) == (127, False)
    assert "cannot be started" in outcome.output
