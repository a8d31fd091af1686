"""Objects that outlive their module: ``lifetime.py GIVEN.json RESULT.json``.

``given``: what use.py takes. ``result``: ``error``: None or what was raised.
"""

import json
import sys
from pathlib import Path

import own_gil

SCRIPTS = ("use.py", "outlive.py")
TIMES = 2


def once(given):
    """The error of one interpreter, if any."""
    interpreter = own_gil.create()
    try:
        return own_gil.run(interpreter, SCRIPTS, given)
    finally:
        own_gil.destroy(interpreter)


if __name__ == "__main__":
    sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    wanted = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    errors = [error for error in (once(wanted) for _ in range(TIMES)) if error]
    Path(sys.argv[2]).write_text(json.dumps({"error": errors[0] if errors else None}), "utf-8")
