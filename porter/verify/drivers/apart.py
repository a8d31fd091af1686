"""Things tried in a fork, because they may kill or hang the process; what each gave, as text."""

import json
import os
import select
import signal

SECONDS = 5.0


def told(function, *arguments):
    """The result as text, or the exception that it raised."""
    try:
        return str(function(*arguments))
    except BaseException as raised:
        return f"{type(raised).__name__}: {raised}"[:200]


def each(named):
    """name -> text for ``named`` (name -> function), worked out in forks; what a fork did not survive says so."""
    names, found = list(named), {}
    while left := [name for name in names if name not in found]:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            for name in left:
                os.write(writer, json.dumps([name, told(named[name])[:2000]]).encode() + b"\n")
            os._exit(0)
        os.close(writer)
        came = list(lines(reader))
        found.update(came)
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        if len(came) < len(left):
            found[left[len(came)]] = ended(status)
    return {name: found[name] for name in names}


def lines(reader):
    """The values a fork writes, as long as the next one comes in time."""
    kept = b""
    while select.select([reader], [], [], SECONDS)[0] and (data := os.read(reader, 65536)):
        *whole, kept = (kept + data).split(b"\n")
        yield from map(json.loads, whole)
    os.close(reader)


def ended(status):
    """How a fork ended that gave no text."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return "does not come back" if number == signal.SIGKILL else f"dies with signal {number}" if number else "exits"
