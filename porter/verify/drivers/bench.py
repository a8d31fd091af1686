"""Time calls of a module with pyperf: ``bench.py CALLS.json PYPERF-OPTION...``.

``CALLS.json``: what use.py's ``load`` takes, and ``calls``: each with a ``name``, ``setup`` and ``statement`` over
``m``, the module. pyperf starts this file again for each of its processes.
"""

import json
import os
import sys

import use

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
    for call in given["calls"]:
        runner.timeit(call["name"], stmt=call["statement"], setup=call["setup"] or "pass", globals={"m": module})
