"""Run a test suite in the main or in an own-GIL interpreter: ``suite.py GIVEN.json RESULT.json``.

``given`` is what suite_inside.py takes, and ``where``: ``main`` or ``own-gil``. The answer is written by
suite_inside.py; only what it could not catch is written here, as ``error``.
"""

import json
import sys
from pathlib import Path

import own_gil

SCRIPTS = ("suite_inside.py",)

if __name__ == "__main__":
    sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    given = json.loads(Path(sys.argv[1]).read_text("utf-8")) | {"result": sys.argv[2]}
    error = None
    if given["where"] == "main":
        own_gil.run_here(SCRIPTS, given)
    else:
        interpreter = own_gil.create()
        error = own_gil.run(interpreter, SCRIPTS, given)
        if not error:
            own_gil.destroy(interpreter)
    if error:
        Path(sys.argv[2]).write_text(json.dumps({"error": error, "outcomes": {}}), "utf-8")
