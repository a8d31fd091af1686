"""File names for pages: safe on every file system whatever a tree calls its things, and the same in every run."""

from __future__ import annotations

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9_.]+")
LENGTH = 60


def page_name(name: str, *identity: str) -> str:
    """A readable stem for the page of ``name``, told apart from others by a hash of the name and its ``identity``."""
    readable = _UNSAFE.sub("-", name)[:LENGTH].strip("-.") or "page"
    text = "\0".join((name, *identity))
    return f"{readable}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
