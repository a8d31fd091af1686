"""The behaviour of an extension's module and types: ``fingerprint.py GIVEN.json RESULT.json``.

``given``: ``modules`` (dotted names, imported through their packages). ``result``: subject -> what -> text. What
may kill the process (making an instance, pickling it) is tried in a fork.
"""

import builtins
import importlib
import json
import os
import pickle
import sys
import weakref
from pathlib import Path

FLAGS = {
    7: "DISALLOW_INSTANTIATION",
    8: "IMMUTABLETYPE",
    10: "BASETYPE",
    11: "HAVE_VECTORCALL",
    14: "HAVE_GC",
    5: "SEQUENCE",
    6: "MAPPING",
    9: "HEAPTYPE",
}
ARGUMENTS = ((), (1,), ("a",), (b"a",), ([],), ({},), (print,), (1, 1), ("a", "a"), (b"a", b"a"))


def told(function, *arguments):
    """The result as text, or the exception that it raised."""
    try:
        return str(function(*arguments))
    except BaseException as raised:
        return f"{type(raised).__name__}: {raised}"[:200]


def apart(function):
    """``function()``'s text, worked out in a fork; how the fork died if it did."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, told(function).encode("utf-8", "replace")[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as handle:
        text = handle.read().decode("utf-8", "replace")
    status = os.waitpid(child, 0)[1]
    return text if status == 0 else f"dies with signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "exits"


def instance(kind):
    """The first instance that simple arguments make."""
    for arguments in ARGUMENTS:
        try:
            return kind(*arguments)
        except Exception:
            continue
    raise LookupError("no simple arguments make an instance")


def pickled(kind, protocol):
    """Whether an instance survives pickling."""
    pickle.loads(pickle.dumps(instance(kind), protocol))
    return "works"


def weakly(kind):
    """Whether an instance can be referred to weakly."""
    weakref.ref(instance(kind))
    return "works"


def subclassed(kind):
    """Whether a Python class can derive from it."""
    type(kind)("Derived", (kind,), {})
    return "works"


def settable(kind):
    """Whether an attribute of the type can be set."""
    kind.porter_attribute = 1
    return "works"


def hashed(kind):
    """What makes its hash."""
    return "unhashable" if kind.__hash__ is None else f"from {kind.__hash__.__objclass__.__qualname__}"


def attributes(kind):
    """Its own public and special names, without those of the machinery."""
    return " ".join(sorted(n for n in vars(kind) if n not in ("__module__", "__doc__", "__dict__", "__weakref__")))


def describe(kind):
    """The fingerprint of one type."""
    seen = {f"flag {name}": str(bool(kind.__flags__ >> bit & 1)) for bit, name in FLAGS.items()}
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__text_signature__"):
        seen[name] = told(getattr, kind, name)
    seen["MRO"] = " ".join(base.__qualname__ for base in kind.__mro__)
    seen["metaclass"] = type(kind).__qualname__
    seen["own names"] = attributes(kind)
    seen["hash"] = told(hashed, kind)
    seen["called without arguments"] = apart(lambda: "works" if kind() is not None else "None")
    seen["attribute set on the type"] = apart(lambda: settable(kind))
    seen["subclassed"] = apart(lambda: subclassed(kind))
    seen["weak reference"] = apart(lambda: weakly(kind))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        seen[f"pickle protocol {protocol}"] = apart(lambda p=protocol: pickled(kind, p))
    return seen


def is_own(kind, package):
    """Whether a type comes from the extension: not Python's, not another package's."""
    root = kind.__module__.partition(".")[0] if isinstance(kind.__module__, str) else ""
    if root == "builtins":
        return getattr(builtins, kind.__name__, None) is not kind and not kind.__name__.startswith("builtin")
    return root == package or (root not in sys.modules and root not in sys.stdlib_module_names)


def fingerprint(name):
    """Subject -> what -> text for one module: the module itself and its public types."""
    try:
        module = importlib.import_module(name)
    except Exception as raised:
        return {name: {"import": f"{type(raised).__name__}: {raised}"}}
    public = [n for n in dir(module) if not n.startswith("_")]
    result = {name: {"public names": " ".join(public), "__doc__": str(module.__doc__)}}
    for attribute in public:
        value = getattr(module, attribute)
        if isinstance(value, type) and is_own(value, name.partition(".")[0]):
            result[f"{name}.{attribute}"] = describe(value)
        elif callable(value):
            result[name][f"signature of {attribute}"] = str(getattr(value, "__text_signature__", None))
    return result


if __name__ == "__main__":
    sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    found = {}
    for wanted in json.loads(Path(sys.argv[1]).read_text("utf-8"))["modules"]:
        found.update(fingerprint(wanted))
    Path(sys.argv[2]).write_text(json.dumps(found), "utf-8")
