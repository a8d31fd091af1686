"""The behaviour of an extension's module, functions and types: ``fingerprint.py GIVEN.json RESULT.json``.

``given``: ``modules`` (dotted names, imported through their packages). ``result``: subject -> what -> text. What
may kill the process (making an instance, pickling it, a wrong call) is tried in a fork.
"""

import builtins
import importlib
import json
import sys
import types
from pathlib import Path

import apart
import probes
import survey

MACHINERY = {"__module__", "__doc__", "__dict__", "__weakref__", "__annotations__", "__annotations_cache__"}
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


def hashed(kind):
    """What makes its hash."""
    return "unhashable" if kind.__hash__ is None else f"from {kind.__hash__.__objclass__.__qualname__}"


def attributes(kind):
    """Its own public and special names, without those of the machinery and those that looking at it makes."""
    return " ".join(sorted(vars(kind).keys() - MACHINERY))


def describe(kind):
    """The fingerprint of one type."""
    seen = {f"flag {name}": str(bool(kind.__flags__ >> bit & 1)) for bit, name in FLAGS.items()}
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__text_signature__"):
        seen[name] = apart.told(getattr, kind, name)
    seen["MRO"] = " ".join(base.__qualname__ for base in kind.__mro__)
    seen["metaclass"] = type(kind).__qualname__
    seen["own names"] = attributes(kind)
    seen["hash"] = apart.told(hashed, kind)
    seen.update(apart.each(probes.of_type(kind)))
    seen.update(apart.each(probes.of_instance(kind)))
    seen.update(apart.each(probes.of_methods(kind)))
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
            result[name].update(
                {} if survey.SPARED.search(attribute) else apart.each(probes.of_function(attribute, value))
            )
        elif not isinstance(value, types.ModuleType):
            result[name][f"value of {attribute}"] = f"{type(value).__name__} {apart.told(repr, value)[:500]}"
    return result


if __name__ == "__main__":
    sys.path.pop(0)  # the drivers' own folder must not shadow the package's modules
    found = {}
    for wanted in json.loads(Path(sys.argv[1]).read_text("utf-8"))["modules"]:
        found.update(fingerprint(wanted))
    Path(sys.argv[2]).write_text(json.dumps(found), "utf-8")
