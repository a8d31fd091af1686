"""Which calls of a module's public names can be made safely: ``survey.py GIVEN.json RESULT.json``.

``given``: ``name`` and ``path`` of the extension, ``how`` it is loaded, ``seconds`` a call may take. ``result``:
``calls``: each with ``target``, ``kind`` (``call``, ``attribute`` of an instance, or ``create`` and destroy one),
``setup`` and ``statement`` as Python text over ``m``, the module, ``raises``, the exception's name or null, and
``repeats``, whether it can be made again and again; ``deadly``: those that killed or hung a process; ``spared``: names
that were not called.

Every call is first made in a fork, with a clock over it: only what comes back there is told as a call.
"""

import inspect
import json
import os
import re
import select
import signal
import sys
import time
from pathlib import Path

import use

VALUES = ("12", "'ab'", "b'ab'", "1.5", "['ab', 'cd']", "{'ab': 12}", "('ab', 12)", "None", "len", "[3, 1, 2]")
PAIRS = ("12, 34", "'ab', 'cd'", "b'ab', b'cd'", "'ab', 12", "b'ab', 12", "12, 'ab'", "['ab'], 12", "len, ['ab']")
ARGUMENTS = ("", *VALUES, *PAIRS, "12, 34, 56", "'ab', 'cd', 'ef'", "b'ab', b'cd', b'ef'")
# What these do reaches beyond the process, or ends it, or counts its open files: never called by chance.
SPARED = re.compile(
    r"(^|_)(kill|fork|exec\w*|exit|abort|remove|unlink|rmdir|rmtree|delete_file|rename|reboot|shutdown|u?mount|system"
    r"|spawn|popen|chmod|chown|chroot|set[a-z]?id|setpriority|setrlimit|umask|truncate|signal|alarm|sleep|wait\w*|input"
    r"|breakpoint|raise_signal|format_disk|sync|ioctl\w*|close|write|send\w*|connect\w*|bind|listen"
    r"|accept|erase\w*|fileno)(_|$)",
    re.IGNORECASE,
)
AGAIN = 4
RETURNED, RAISED = 3, 1  # how many calls of each end are kept for a name


def candidates(module):
    """(target, setup, makers) of everything public that can be called; a maker makes an instance for a method."""
    for name in sorted(n for n in dir(module) if not n.startswith("_") and n.isidentifier()):
        value = use.attempt(getattr, module, name)
        if isinstance(value, type):
            if not issubclass(value, BaseException):
                yield name, "", f"m.{name}"
        elif callable(value) and not inspect.ismodule(value):
            yield name, "", f"m.{name}"


def methods(module, name, maker):
    """The same for the public methods of one type, each on an instance of its own."""
    kind = getattr(module, name)
    for method in sorted(n for n in dir(kind) if not n.startswith("_") and n.isidentifier()):
        if callable(use.attempt(getattr, kind, method)):
            yield f"{name}.{method}", f"self = {maker}", f"self.{method}"


def attributes(module, name, maker):
    """The same for the public attributes of instances that the type describes."""
    kind = getattr(module, name)
    for attribute in sorted(n for n in dir(kind) if not n.startswith("_") and n.isidentifier()):
        if inspect.isdatadescriptor(use.attempt(getattr, kind, attribute)):
            yield f"{name}.{attribute}", f"self = {maker}", f"self.{attribute}"


def once(space, setup, statement):
    """How one call ends: ``repeats``, ``returned`` where it does so only once, or the name of what it raised."""
    try:
        exec(setup, space)
        exec(statement, space)
    except (Exception, SystemExit) as raised:
        return type(raised).__name__
    try:
        for _ in range(AGAIN):
            exec(statement, space)
    except (Exception, SystemExit):
        return "returned"
    return "repeats"


def apart(module, setup, statements, seconds):
    """(statement, end) of each, made in forks; a statement that a fork did not survive ends ``deadly``."""
    at = 0
    while at < len(statements):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            for statement in statements[at:]:
                os.write(writer, f"{once({'m': module}, setup, statement)}\n".encode())
            os._exit(0)
        os.close(writer)
        for end in answers(reader, child, seconds):
            yield statements[at], end
            at += 1
        if at < len(statements):
            yield statements[at], "deadly"
            at += 1


def answers(reader, child, seconds):
    """The lines a fork writes, as long as the next one comes in time; the fork is gone at the end."""
    kept = b""
    while select.select([reader], [], [], seconds)[0] and (data := os.read(reader, 65536)):
        *lines, kept = (kept + data).split(b"\n")
        yield from (line.decode() for line in lines)
    os.close(reader)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def survey(module, seconds):
    """The whole answer."""
    found = {"calls": [], "deadly": [], "spared": []}
    types = []
    for name, setup, callee in candidates(module):
        made = survey_one(module, name, setup, callee, seconds, found)
        if isinstance(getattr(module, name), type) and made:
            types.append((name, made))
    for name, maker in types:
        for target, setup, callee in methods(module, name, maker):
            survey_one(module, target, setup, callee, seconds, found)
        for target, setup, reading in attributes(module, name, maker):
            attempts(module, ("attribute", target, setup), [reading], seconds, found)
    return found


def survey_one(module, target, setup, callee, seconds, found):
    """Try one callee with all arguments; the first statement that returned, if any."""
    kind = "create" if isinstance(use.attempt(getattr, module, target), type) else "call"
    if SPARED.search(target.rpartition(".")[2]):
        found["spared"].append(target)
        return None
    return attempts(module, (kind, target, setup), [f"{callee}({a})" for a in ARGUMENTS], seconds, found)


def attempts(module, what, statements, seconds, found):
    """Try statements that do the same; ``what``: kind, target and setup. The first that returned, if any."""
    kind, target, setup = what
    left, first = {True: RETURNED, False: RAISED}, None
    for statement, end in apart(module, setup, statements, seconds):
        returned = end in ("returned", "repeats")
        if end == "deadly":
            found["deadly"].append(f"{setup}; {statement}" if setup else statement)
        elif left[returned]:
            left[returned] -= 1
            first = first or (statement if returned else None)
            call = {"target": target, "kind": kind, "setup": setup, "statement": statement, "repeats": end == "repeats"}
            call["raises"] = None if returned else end
            found["calls"].append(call)
    return first


if __name__ == "__main__":
    sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    wanted = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    started = time.monotonic()
    answer = survey(use.load(wanted), wanted["seconds"])
    Path(sys.argv[2]).write_text(json.dumps(answer | {"took": time.monotonic() - started}), "utf-8")
