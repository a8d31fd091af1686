"""Time calls of a module with pyperf, by the processor's time: ``bench.py CALLS.json PYPERF-OPTION...``.

``CALLS.json``: what use.py's ``load`` takes, and ``calls``: each with a ``name``, ``setup`` and ``statement`` over
``m``, the module. pyperf starts this file again for each of its processes.
"""

import json
import os
import sys
import time
import timeit

import use

LEAST = 0.02  # seconds of the processor that one value takes


def loops(timer):
    """How often a statement is run for one value."""
    number = 1
    while (seconds := timer.timeit(number)) < LEAST:
        number = max(2 * number, min(10 * number, int(1.2 * number * LEAST / max(seconds, 1e-9))))
    return number


if __name__ == "__main__":
    here = sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    import pyperf

    calls = os.environ.get("PORTER_CALLS") or sys.argv.pop(1)
    os.environ["PORTER_CALLS"] = calls
    with open(calls, encoding="utf-8") as handle:
        given = json.load(handle)
    module = use.load(given)
    runner = pyperf.Runner(program_args=(os.path.join(here, os.path.basename(__file__)),))
    runner.argparser.set_defaults(inherit_environ=["PORTER_CALLS", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE"])
    options = runner.parse_args()
    for call in given["calls"]:
        timer = timeit.Timer(call["statement"], call["setup"] or "pass", time.process_time, {"m": module})
        if not options.worker:
            options.loops = loops(timer)
        runner.bench_time_func(call["name"], timer.timeit)
