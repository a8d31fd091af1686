"""Stands in for a compiler while a tree is built: ``compiler.py SETTINGS.json NAME ARGUMENT...``.

``SETTINGS.json``: ``programs``: name -> the real command, as words; ``add``: arguments that every call gets. What
would take debug information out of the result is dropped. Runs under any Python 3.
"""

import json
import os
import sys

PLAIN = {"-s", "-g0"}
LINKER = {"-s", "-S", "-x", "-X", "--strip-all", "--strip-debug", "--discard-all", "--discard-locals"}


def kept(argument):
    """``argument`` without what strips, or None where nothing is left of it."""
    if not argument.startswith("-Wl,"):
        return None if argument in PLAIN else argument
    options = [option for option in argument.split(",")[1:] if option not in LINKER]
    return ",".join(["-Wl", *options]) if options else None


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as handle:
        settings = json.load(handle)
    real = settings["programs"][sys.argv[2]]
    words = [*real, *filter(None, map(kept, sys.argv[3:])), *settings["add"]]
    os.execvp(words[0], words)
