"""What this Python is, as JSON on standard output; any version from 3.8 must be able to answer."""

import importlib.util
import json
import sys
import sysconfig


def own_gil():
    """Whether an interpreter with its own GIL can be made, run and destroyed."""
    if sys.version_info < (3, 12):
        return False
    try:
        import own_gil as interpreters

        one = interpreters.create()
        interpreters.destroy(one)
    except Exception:
        return False
    return True


print(
    json.dumps(
        {
            "implementation": sys.implementation.name,
            "version": list(sys.version_info[:3]),
            "executable": sys.executable,
            "own_gil": own_gil(),
            "venv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
            "debug": bool(sysconfig.get_config_var("Py_DEBUG")),
            "gil": not sysconfig.get_config_var("Py_GIL_DISABLED"),
        }
    )
)
