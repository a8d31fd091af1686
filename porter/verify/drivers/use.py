"""An extension loaded and used: every public name looked at, every type called, a workload done.

Imported by other drivers for its functions, and run in interpreters by own_gil.py. ``porter_main`` takes: ``name`` and
``path`` of the extension, ``how``: ``alone`` (from its file), ``package`` (imported by name) or ``nothing``;
``imports``: modules to import first; ``call``: whether types are called without arguments; ``loads``: how many times it
is loaded anew and used, each time after the one before was let go; ``calls``: pairs of setup and statement over ``m``,
the module; ``script``: a file to run; ``expected``: the results the calls should have (null for any), or null;
``results_to``, ``modules_to``: files for the results and for the names of all modules, or null.
"""

import gc
import importlib
import importlib.machinery
import importlib.util
import json
import re
import runpy
import sys


def load(given):
    """The module, loaded the way asked for; None for ``nothing``."""
    if given["how"] == "nothing":
        return None
    if given["how"] == "package":
        root = given["name"].partition(".")[0]
        for name in [n for n in sys.modules if n == root or n.startswith(root + ".")]:
            del sys.modules[name]
        return importlib.import_module(given["name"])
    loader = importlib.machinery.ExtensionFileLoader(given["name"], given["path"])
    spec = importlib.util.spec_from_file_location(given["name"], given["path"], loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def attempt(function, *arguments):
    """The result, or None: what an extension raises on an odd call is its right."""
    try:
        return function(*arguments)
    except (Exception, SystemExit):
        return None


def look(module, call):
    """Look at every public name; of a type, read the attributes and make an instance."""
    for name in dir(module):
        value = attempt(getattr, module, name)
        attempt(repr, value)
        if isinstance(value, type):
            for attribute in dir(value):
                attempt(repr, attempt(getattr, value, attribute))
            if call and not name.startswith("_"):
                attempt(repr, attempt(value))


def result_of(module, setup, statement):
    """What a call gives, as text without addresses; of what it raises, the kind."""
    space = {"m": module}
    try:
        exec(setup, space)
        return re.sub(r"\b0x[0-9a-fA-F]+\b", "0x", repr(eval(statement, space)))[:200]
    except (Exception, SystemExit) as raised:
        return type(raised).__name__


def work(module, given):
    """Do the workload; ValueError where a result is not the one expected."""
    if given["script"]:
        runpy.run_path(given["script"], run_name="__main__")
    results = [result_of(module, setup, statement) for setup, statement in given["calls"]]
    for (setup, statement), result, expected in zip(given["calls"], results, given["expected"] or ()):
        if expected is not None and result != expected:
            call = f"{setup}; {statement}" if setup else statement
            raise ValueError(f"{call} gives {result} here and {expected} in an interpreter alone")
    return results


def write(path, value):
    """Write JSON, if a file is asked for."""
    if path:
        with open(path, "w", encoding="utf-8") as handle:
            json.dump(value, handle)


porter_module = globals().get("porter_module")


def porter_main(given):
    """Everything asked for; the module stays loaded for the next time."""
    global porter_module
    for name in given["imports"]:
        attempt(importlib.import_module, name)
    for _ in range(given["loads"] if porter_module is None else 0):
        porter_module = None
        gc.collect()
        porter_module = load(given)
        look(porter_module, given["call"])
    if porter_module is not None:
        look(porter_module, given["call"])
        write(given["results_to"], work(porter_module, given))
    gc.collect()
    write(given["modules_to"], sorted(sys.modules))
