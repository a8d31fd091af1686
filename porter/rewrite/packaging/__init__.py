"""The Python side of a port: the oldest Python it serves, and new files in the source distribution. Texts in, texts out."""

from __future__ import annotations

from porter.plan.model import Decision
from porter.rewrite.packaging.manifest import with_headers
from porter.rewrite.packaging.project_file import raise_project_file
from porter.rewrite.packaging.project_file import states_python as states_in_project
from porter.rewrite.packaging.setup_cfg import raise_setup_cfg
from porter.rewrite.packaging.setup_cfg import states_python as states_in_cfg
from porter.rewrite.packaging.setup_script import raise_setup_script
from porter.span import decode, encode

SETUP, CFG, PROJECT, MANIFEST = "setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in"
FILES = (SETUP, CFG, PROJECT, MANIFEST)
_TAKES_ALL = (
    "setuptools_scm",
    "setuptools-scm",
    "setuptools-git",
    "mesonpy",
    "scikit_build_core",
    "hatchling",
    "flit_core",
    "pdm.backend",
)


def packaged(files: dict[str, str], minimum: str | None, headers: list[str]) -> tuple[dict[str, str], list[Decision]]:
    """The packaging files that change with a port, and what a person has to change there.

    ``files``: those of FILES that are there, by name (Latin-1 held); ``minimum``: the oldest Python the ported sources
    compile with, None where that did not change; ``headers``: the new files, relative to the root.
    """
    changed, left = _raised(files, minimum) if minimum else ({}, [])
    if headers and SETUP in files and not any(name in files.get(PROJECT, "") + files[SETUP] for name in _TAKES_ALL):
        changed[MANIFEST] = with_headers(files.get(MANIFEST, ""), sorted(headers))
    return {file: text for file, text in changed.items() if text != files.get(file)}, left


def _raised(files: dict[str, str], minimum: str) -> tuple[dict[str, str], list[Decision]]:
    """Every file that says which Pythons are served, raised; where none does, it is said in ``setup.py``."""
    elsewhere = (PROJECT in files and states_in_project(encode(files[PROJECT]))) or (
        CFG in files and states_in_cfg(encode(files[CFG])))  # fmt: skip
    changed, left = {}, []
    for file, edit in ((PROJECT, raise_project_file), (CFG, raise_setup_cfg)):
        if file in files:
            changed[file], more = edit(file, encode(files[file]), minimum)
            left += more
    if SETUP in files:
        changed[SETUP], more = raise_setup_script(SETUP, encode(files[SETUP]), minimum, add=not elsewhere)
        left += more
    return {file: decode(data) for file, data in changed.items()}, left
