"""``MANIFEST.in``: a header that the port adds has to be in the source distribution too.

The commands are those of https://setuptools.pypa.io/en/latest/userguide/miscellaneous.html.
"""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase

_GRAFTS = {"graft": True, "prune": False}
_GLOBALS = {"global-include": True, "global-exclude": False}
_RECURSIVE = {"recursive-include": True, "recursive-exclude": False}
_PLAIN = {"include": True, "exclude": False}


def includes(manifest: str, file: str) -> bool:
    """Whether ``MANIFEST.in`` takes the file (relative to the root) into the source distribution; the last word counts."""
    answer = False
    for line in manifest.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        command, *words = line.partition("#")[0].split() or [""]
        said = _said(command, words, file)
        answer = answer if said is None else said
    return answer


def with_headers(manifest: str, headers: list[str]) -> str:
    """``MANIFEST.in`` that includes the headers; the same text where it does already."""
    missing = [header for header in headers if not includes(manifest, header)]
    if not missing:
        return manifest
    ending = "\r\n" if "\r\n" in manifest else "\n"
    start = manifest if not manifest or manifest.endswith("\n") else manifest + ending
    return start + "".join(f"include {header}{ending}" for header in missing)


def _said(command: str, words: list[str], file: str) -> bool | None:
    """What one command says of the file: in, out, or nothing."""
    name = posixpath.basename(file)
    if command in _PLAIN and any(fnmatchcase(file, word) and word.count("/") == file.count("/") for word in words):
        return _PLAIN[command]
    if command in _GLOBALS and any(fnmatchcase(name, word) for word in words):
        return _GLOBALS[command]
    if command in _GRAFTS and words and _below(file, words[0]):
        return _GRAFTS[command]
    if (
        command in _RECURSIVE
        and words
        and _below(file, words[0])
        and any(fnmatchcase(name, word) for word in words[1:])
    ):
        return _RECURSIVE[command]
    return None


def _below(file: str, folder: str) -> bool:
    folder = folder.strip("/")
    return folder in ("", ".") or fnmatchcase(file, f"{folder}/*")
