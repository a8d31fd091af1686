"""Run a behave.py against a built extension: ``drive.py MODE FOLDER BEHAVE [COUNT]``, in the Python under test.

``behave``: once, here. ``copies``: twice here, with two modules loaded at once, and again after one is gone.
``interpreters``: in two interpreters with their own GIL alive at once, one of them destroyed and the other used again,
then in two more one after another. Every use must print the same, which is printed once.
``memory``: COUNT loads, uses and unloads; prints the blocks each left behind.
``nomemory``: COUNT loads, in each of which another allocation fails; the module's name in BEHAVE's place.
"""

import contextlib
import gc
import io
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
STANDARD = frozenset(sys.modules)


def behave(folder, script):
    """The account of one use."""
    sys.path[:0] = [path for path in (folder, HERE) if path not in sys.path]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), open(script, encoding="utf-8") as file:
        exec(compile(file.read(), script, "exec"), {"__name__": "__main__"})
    return said.getvalue()


def unload(folder):
    """Forget every module that came from ``folder``; they come back for those who hold on to them."""
    names = [n for n, m in sys.modules.items() if str(getattr(m, "__file__", "")).startswith(folder + os.sep)]
    gone = {name: sys.modules.pop(name) for name in names}
    gc.collect()
    return gone


def copies(folder, script, newest):
    """Two modules at once: the first, the second, the first again; and the first when the second is gone.

    ``newest``: the first is not asked while the second lives (a callback that is handed nothing finds the newest).
    """
    accounts = [behave(folder, script)]
    first = unload(folder)
    accounts.append(behave(folder, script))
    second = unload(folder)
    for name, module in first.items():
        assert second[name] is not module, f"{name} is one for the whole process"
    sys.modules.update(first)
    if not newest:
        accounts.append(behave(folder, script))
    second = module = None
    gc.collect()
    accounts.append(behave(folder, script))
    return accounts


INSIDE = """
import sys
sys.path[:0] = [{here!r}]
import drive
with open({out!r}, "w", encoding="utf-8") as out:
    out.write(drive.behave({folder!r}, {script!r}))
"""


def interpreters(folder, script, out):
    """Accounts of uses in interpreters with their own GIL."""
    import _interpreters

    def use(interpreter):
        problem = _interpreters.exec(interpreter, INSIDE.format(here=HERE, out=out, folder=folder, script=script))
        assert problem is None, f"{problem.type.__name__}: {problem.msg}"
        with open(out, encoding="utf-8") as file:
            return file.read()

    import datetime  # noqa: F401  3.13.0 crashes when two interpreters import it and the main one has not

    pair = [_interpreters.create("isolated"), _interpreters.create("isolated")]
    accounts = [use(one) for one in pair]
    _interpreters.destroy(pair[0])
    accounts.append(use(pair[1]))
    _interpreters.destroy(pair[1])
    for _ in range(2):
        one = _interpreters.create("isolated")
        accounts.append(use(one))
        _interpreters.destroy(one)
    return accounts


def memory(folder, script, count):
    """The blocks that are more after each load, use and unload than before it."""
    clear_caches = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache  # the former from 3.13 on
    left, before = [], 0
    for done in range(count):
        behave(folder, script)
        unload(folder)
        clear_caches()
        gc.collect()
        now = sys.getallocatedblocks()
        left.append(now - before)
        before = now
    return left


def nomemory(folder, name, count):
    """The outcomes of loads in which one allocation fails: number 0, 1, 2, ... up to ``count``."""
    import _testcapi
    import importlib.util

    path = next(os.path.join(folder, f) for f in os.listdir(folder) if f.endswith(".so"))
    outcomes = set()
    for start in range(count):
        spec = importlib.util.spec_from_file_location(name, path)
        _testcapi.set_nomemory(start, start + 1)
        try:
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            done = "loaded"
        except (MemoryError, SystemError) as problem:
            done = type(problem).__name__
        finally:
            _testcapi.remove_mem_hooks()
        outcomes.add(done)
        module = None
        gc.collect()
    return outcomes


def main(mode, folder, script, extra="0"):
    """Print the account, or exit with what differs."""
    if mode == "memory":
        print(*memory(folder, script, int(extra)))
        return
    if mode == "nomemory":
        sys.path[:0] = [folder]
        print(*sorted(nomemory(folder, script, int(extra))))
        return
    run = {"behave": lambda: [behave(folder, script)], "copies": lambda: copies(folder, script, extra == "newest"),
           "interpreters": lambda: interpreters(folder, script, extra)}[mode]  # fmt: skip
    accounts = run()
    for number, account in enumerate(accounts):
        if account != accounts[0]:
            sys.exit(f"use {number} differs from use 0:\n{account}\n--- use 0\n{accounts[0]}")
    sys.stdout.write(accounts[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
