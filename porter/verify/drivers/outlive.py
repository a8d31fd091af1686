"""What an interpreter runs after use.py: objects that outlive their module, the module loaded again, objects that are
left at the interpreter's end. ``porter_main`` takes what use.py's takes.
"""

import builtins
import gc
import sys


def gather(module, given):
    """Everything public of a module, and an instance of each of its types."""
    kept = [attempt(getattr, module, name) for name in dir(module)]  # noqa: F821  use.py's
    if given["call"]:
        kept += [attempt(value) for value in kept if isinstance(value, type)]  # noqa: F821
    return kept


def forget(given):
    """Take the module and its package out of this interpreter."""
    root = given["name"].partition(".")[0]
    for name in [n for n in sys.modules if n == root or n.startswith(root + ".")]:
        del sys.modules[name]
    gc.collect()


def touch(kept, given):
    """Use what was kept: its text, its attributes, instances anew."""
    for value in kept:
        attempt(repr, value)  # noqa: F821
        for name in dir(value):
            attempt(getattr, value, name)  # noqa: F821
        if isinstance(value, type) and given["call"]:
            attempt(repr, attempt(value))  # noqa: F821


def porter_main(given):
    """Load, keep objects, unload, use them; load again, use both; go with objects alive."""
    kept = gather(load(given), given)  # noqa: F821
    forget(given)
    touch(kept, given)
    try:
        second = load(given)  # noqa: F821
    except ImportError as raised:
        raise RuntimeError(f"loading again: {raised}") from raised
    look(second, given["call"])  # noqa: F821
    touch(kept, given)
    del kept
    gc.collect()
    look(second, given["call"])  # noqa: F821
    cycle = [second, gather(second, given)]
    cycle.append(cycle)
    builtins.porter_left_alive = cycle
