"""Load one extension in interpreters: ``load.py GIVEN.json RESULT.json``.

``given`` is what use.py takes, with ``mode``: ``main``, ``sequential``, ``together``, ``concurrent`` or ``rounds``,
and ``rounds``, ``threads``. ``result``: ``error`` (None or the first exception), for ``main`` and ``rounds`` the
standard modules ``imports`` then there, for ``rounds`` ``memory``, ``blocks`` and ``references`` after each, for
``concurrent`` how many results of calls were ``compared``.
"""

import json
import os
import resource
import sys
import threading
from pathlib import Path

import own_gil

SCRIPTS = ("use.py",)


def main_interpreter(given):
    """The control: the same load in the main interpreter."""
    try:
        own_gil.run_here(SCRIPTS, given)
    except Exception as raised:
        return {"error": " ".join(f"{type(raised).__name__}: {raised}".split())}
    return {"error": None, "imports": standard(sys.modules)}


def standard(modules):
    """Those of the standard library, in a stable order."""
    return sorted(name for name in modules if name.partition(".")[0] in sys.stdlib_module_names)


def one_round(given, meet=None):
    """An interpreter made, the extension used in it, the interpreter destroyed; the error if any."""
    interpreter = own_gil.create()
    try:
        if meet:
            meet()
        return own_gil.run(interpreter, SCRIPTS, given)
    finally:
        own_gil.destroy(interpreter)


def sequential(given):
    """One interpreter after another."""
    for done in range(given["rounds"]):
        if error := one_round(given):
            return {"error": error, "interpreters": done + 1}
    return {"error": None, "interpreters": given["rounds"]}


def together(given):
    """Two alive at once; the first destroyed and the second used, then the other way round."""
    for first in (0, 1):
        pair = [own_gil.create(), own_gil.create()]
        errors = [own_gil.run(one, SCRIPTS, given) for one in pair]
        own_gil.destroy(pair[first])
        errors.append(own_gil.run(pair[1 - first], SCRIPTS, given))
        own_gil.destroy(pair[1 - first])
        if any(errors):
            return {"error": next(filter(None, errors)), "interpreters": 2 * (first + 1)}
    return {"error": None, "interpreters": 4}


def concurrent(given):
    """Many in threads, each init started at the same moment as the others'; each call's result as in one alone."""
    expected, error = alone(given)
    if error:
        return {"error": error, "interpreters": 2}
    given = given | {"expected": expected}
    errors = []
    barrier = threading.Barrier(given["threads"])

    def meet():
        try:
            barrier.wait(given["patience"])
        except threading.BrokenBarrierError:
            pass  # another thread has stopped on an error: the rest need not meet it

    def work():
        for _ in range(given["rounds"]):
            error = one_round(given, meet)
            if error:
                errors.append(error)
                barrier.abort()
                return

    threads = [threading.Thread(target=work) for _ in range(given["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    compared = sum(result is not None for result in expected)
    made = 2 + given["threads"] * given["rounds"]
    return {"error": errors[0] if errors else None, "interpreters": made, "compared": compared}


def alone(given):
    """What each call gives in an interpreter alone: (results, error); None for a call where two of them differ."""
    results = []
    for _ in range(2):
        file = Path("results.json").absolute()
        if error := one_round(given | {"results_to": str(file)}):
            return [], error
        results.append(json.loads(file.read_text("utf-8")) if given["calls"] else [])
    return [one if one == other else None for one, other in zip(*results)], None


def resident():
    """Bytes of this process in memory now (where the system does not say: the most it ever had)."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def rounds(given):
    """Create and destroy again and again; after each round memory in bytes, blocks allocated and, where this Python
    counts them, references.
    """
    memory, blocks, references, names = [], [], [], Path("modules.json")
    count = getattr(sys, "gettotalrefcount", None)
    if error := one_round(given | {"modules_to": str(names.absolute())}):
        return {"error": error}
    for _ in range(given["rounds"]):
        if error := one_round(given):
            return {"error": error}
        memory.append(resident())
        blocks.append(sys.getallocatedblocks())
        references += [count()] if count else []
    imports = standard(json.loads(names.read_text("utf-8")))
    return {"error": None, "imports": imports, "memory": memory, "blocks": blocks, "references": references}


MODES = {
    "main": main_interpreter,
    "sequential": sequential,
    "together": together,
    "concurrent": concurrent,
    "rounds": rounds,
}

if __name__ == "__main__":
    sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    wanted = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(MODES[wanted["mode"]](wanted)), "utf-8")
