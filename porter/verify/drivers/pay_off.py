"""The same work N times over, one way: ``pay_off.py GIVEN.json RESULT.json``.

``given``: what use.py takes, ``way``: ``sequential``, ``threads``, ``processes`` or ``interpreters``, ``count``: N,
``loops``: how often a share repeats its calls, 0 to find out for a share of ``seconds``. ``result``: ``seconds`` of
wall clock for all N, ``loops``. Making threads, processes and interpreters ready is not timed: work is.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import own_gil

SCRIPTS = ("use.py", "share.py")


def calibrated(given, share):
    """How many loops take a share about ``seconds``."""
    loops = 1
    while True:
        started = time.perf_counter()
        share(loops)
        took = time.perf_counter() - started
        if took > given["seconds"] / 4:
            return max(1, round(loops * given["seconds"] / took))
        loops *= 4


def here(given):
    """A share that runs in this interpreter."""
    space = {"__name__": "share"}
    exec(compile(own_gil.source(SCRIPTS).rpartition("\n")[0], "share.py", "exec"), space)
    space["porter_main"](given | {"loops": 1})
    return lambda loops: space["porter_main"](given | {"loops": loops})


def at_once(shares, loops):
    """Seconds from the moment that all may start until the last is done; the first exception is raised."""
    problems, ready = [], threading.Barrier(len(shares) + 1)

    def work(share):
        ready.wait()
        try:
            share(loops)
        except BaseException as raised:
            problems.append(raised)

    threads = [threading.Thread(target=work, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return time.perf_counter() - started


def sequential(given, loops):
    """One share after another."""
    share = here(given)
    started = time.perf_counter()
    for _ in range(given["count"]):
        share(loops)
    return time.perf_counter() - started


def threads(given, loops):
    """A thread for each share, all in one interpreter."""
    share = here(given)
    return at_once([share] * given["count"], loops)


def processes(given, loops):
    """A process for each share, forked when it is ready."""
    share = here(given)
    start, go = os.pipe()
    children = []
    for _ in range(given["count"]):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(start, 1)
            try:
                share(loops)
            except BaseException:
                os._exit(1)
            os._exit(0)
        children.append(child)
    os.close(start)
    time.sleep(0.1)
    started = time.perf_counter()
    os.close(go)
    ends = [os.waitpid(child, 0)[1] for child in children]
    took = time.perf_counter() - started
    if any(ends):
        raise RuntimeError("a process failed")
    return took


def interpreters(given, loops):
    """An interpreter with its own GIL for each share, in a thread of its own."""
    made = [own_gil.create() for _ in range(given["count"])]

    def share_of(interpreter):
        def share(loops):
            if error := own_gil.run(interpreter, SCRIPTS, given | {"loops": loops}):
                raise RuntimeError(error)

        return share

    shares = [share_of(interpreter) for interpreter in made]
    for share in shares:
        share(1)
    took = at_once(shares, loops)
    for interpreter in made:
        own_gil.destroy(interpreter)
    return took


WAYS = {way.__name__: way for way in (sequential, threads, processes, interpreters)}

if __name__ == "__main__":
    sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    wanted = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    repeat = wanted["loops"] or calibrated(wanted, here(wanted))
    try:
        answer = {"seconds": WAYS[wanted["way"]](wanted, repeat), "loops": repeat, "error": None}
    except BaseException as raised:
        answer = {"seconds": None, "loops": repeat, "error": " ".join(f"{type(raised).__name__}: {raised}".split())}
    Path(sys.argv[2]).write_text(json.dumps(answer), "utf-8")
