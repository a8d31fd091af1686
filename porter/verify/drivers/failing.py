"""Initialise an extension with one allocation failing, one point after another: ``failing.py GIVEN.json RESULT.json``.

``given``: ``name``, ``path`` and ``call`` as use.py takes them, ``injector``: the built injector, ``points``: how many
to try at most, ``seconds`` one may take. ``result``: ``allocations``: how many there are, ``tried``, ``raised``,
``went_on``, ``python``: how many points ended so, ``wrong``: [point, what happened] of the others.

Each point is tried in a fork: the init must raise, or go on without what it did not get; the module must then load.
Some functions of Python fail without an exception when memory is out, or fall: that is ``python``, and theirs. Where
the extension itself asked for the memory, a missing exception is its own, and a fall near to it is.
"""

import _imp
import gc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import threading
from pathlib import Path

import use


ELSEWHERE = 88  # the injector's exit code for a fall that is not the extension's


def extension(name, path):
    """A module from a file, loaded here and now."""
    return use.load({"name": name, "path": path, "how": "alone"})


def initialise(spec, injector, point):
    """(what the init raised or None, how many allocations there were, whether the extension itself asked for the one
    at ``point``, which failed).
    """
    raised = module = None
    injector.arm(point, spec.origin)
    try:
        module = _imp.create_dynamic(spec)
        _imp.exec_dynamic(module)
    except BaseException as problem:
        raised = problem
    try:
        counted = injector.disarm()
    except MemoryError:  # the one that failed was the call's own
        counted = injector.disarm()
    return raised, *counted


def attempt(given, injector, point):
    """How one point ends, as text; before the number of allocations."""
    loader = importlib.machinery.ExtensionFileLoader(given["name"], given["path"])
    spec = importlib.util.spec_from_file_location(given["name"], given["path"], loader=loader)
    raised, seen, own = initialise(spec, injector, point)
    if isinstance(raised, SystemError):
        return f"{seen} SystemError: {raised}" if own else f"{seen} python"
    end = "raised" if raised is not None else "went on"
    del raised
    gc.collect()
    try:
        use.look(extension(given["name"], given["path"]), given["call"])
    except BaseException as problem:
        return f"{seen} afterwards it cannot be loaded: {type(problem).__name__}: {problem}"
    gc.collect()
    return f"{seen} {end}"


def apart(given, injector, point):
    """(allocations, how it ended) of one point in a fork; allocations are 0 where the fork died."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, attempt(given, injector, point).encode("utf-8", "replace")[:2000])
        os._exit(0)
    os.close(writer)
    clock = threading.Timer(given["seconds"], os.kill, (child, signal.SIGKILL))
    clock.start()
    with os.fdopen(reader, "rb") as handle:
        text = handle.read().decode("utf-8", "replace")
    status = os.waitpid(child, 0)[1]
    clock.cancel()
    if text and not status:
        seen, _, end = text.partition(" ")
        return int(seen), end
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        late = number == signal.SIGKILL
        return 0, f"no answer in {given['seconds']:g} s" if late else f"died with {signal.Signals(number).name}"
    code = os.waitstatus_to_exitcode(status)
    return 0, "python" if code == ELSEWHERE else f"ended the process with exit code {code}"


def every_point(given):
    """The whole answer."""
    injector = extension("porter_injector", given["injector"])
    total, end = apart(given, injector, -1)
    answer = {"allocations": total, "tried": 0, "raised": 0, "went_on": 0, "python": 0, "wrong": []}
    if end != "went on":
        return answer | {"wrong": [[-1, end]]}
    step = max(1, -(-total // given["points"]))
    for point in range(0, total, step):
        _, end = apart(given, injector, point)
        answer["tried"] += 1
        if end in ("raised", "went on", "python"):
            answer[end.replace(" ", "_")] += 1
        else:
            answer["wrong"].append([point, end])
    return answer


if __name__ == "__main__":
    sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    wanted = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(every_point(wanted)), "utf-8")
