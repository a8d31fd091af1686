"""Run in one interpreter: load an extension, or with it already loaded here, use it: look at every public name, call
every type.

``porter_given`` (JSON): ``name`` and ``path`` of the extension, ``how``: ``alone`` (from its file), ``package``
(imported by name) or ``nothing``; ``imports``: modules to import first; ``call``: whether types are called without
arguments; ``loads``: how many times it is loaded anew and used, each time after the one before was let go;
``modules_to``: a file for the names of all modules, or null.
"""

import gc
import importlib
import importlib.machinery
import importlib.util
import json
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


def use(module, call):
    """Look at every public name; of a type, read the attributes and make an instance."""
    for name in dir(module):
        value = attempt(getattr, module, name)
        attempt(repr, value)
        if isinstance(value, type):
            for attribute in dir(value):
                attempt(repr, attempt(getattr, value, attribute))
            if call and not name.startswith("_"):
                attempt(repr, attempt(value))


porter_module = globals().get("porter_module")
porter_options = json.loads(porter_given)  # noqa: F821  set by the driver
for porter_import in porter_options["imports"]:
    attempt(importlib.import_module, porter_import)
if porter_module is not None:
    use(porter_module, porter_options["call"])
    gc.collect()
else:
    for _ in range(porter_options["loads"]):
        porter_module = None
        gc.collect()
        porter_module = load(porter_options)
        use(porter_module, porter_options["call"])
    gc.collect()
if porter_options["modules_to"]:
    with open(porter_options["modules_to"], "w", encoding="utf-8") as porter_handle:
        json.dump(sorted(sys.modules), porter_handle)
