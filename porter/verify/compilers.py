"""The compilers a build sees: stand-ins that keep debug information and add what a build is to have."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from porter.verify.model import Python

DRIVER = Path(__file__).parent / "drivers" / "compiler.py"
C, CXX = ("cc", "gcc", "clang"), ("c++", "g++", "clang++")
DEBUG = ("-g",)


def c_compiler() -> list[str]:
    """The C compiler asked for by CC, else the first that this machine has, as words of a command."""
    return shlex.split(os.environ.get("CC", "")) or [next((name for name in C if shutil.which(name)), C[0])]


def stand_ins(folder: Path, python: Python, add: Sequence[str] = ()) -> dict[str, str]:
    """Write stand-ins for every compiler of this machine into ``folder``; the environment that makes a build use them.

    setuptools, CMake and Meson ask CC and CXX; a Makefile that names its compiler finds the stand-in on PATH.
    ``add``: arguments for each call beside those for debug information.
    """
    folder.mkdir(exist_ok=True)
    programs, chosen = {}, {}
    for variable, names in (("CC", C), ("CXX", CXX)):
        found = {name: [path] for name in names if (path := shutil.which(name))}
        if wanted := shlex.split(os.environ.get(variable, "")):
            found = {names[0]: wanted} | {name: words for name, words in found.items() if name != names[0]}
        programs |= found
        chosen |= {variable: str(folder / next(iter(found)))} if found else {}
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"programs": programs, "add": [*DEBUG, *add]}), "utf-8")
    for name in programs:
        words = shlex.join([python.path, "-I", "-S", str(DRIVER), str(settings), name])
        (folder / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n', "utf-8")
        (folder / name).chmod(0o755)
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PATH", ""))))
    return chosen | {"PATH": path, "SKBUILD_INSTALL_STRIP": "false"}
