"""Version ranges of packaging metadata (PEP 440, and the caret of Poetry) raised to the oldest Python a port serves."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

_OLDER = ("2.7", *(f"3.{minor}" for minor in range(30)))
_LATE = 99  # a micro version none of these Pythons has: ">3.8.1" still lets 3.8 in
_CLASSIFIER = re.compile(r"^Programming Language :: Python :: (\d+)(?:\.(\d+))?(?: :: Only)?$")
_LOWER = re.compile(r"^\s*(>=|>|~=|\^|~|===?|!=)\s*v?(\d+)(?:\.(\d+))?")


def raised(specifier: str, minimum: str) -> str | None:
    """``specifier`` (``">=3.6,!=3.7.0"``) with no Python below ``minimum`` (``"3.9"``) in it; None if none was in it.

    Raises ValueError for what is no version range.
    """
    if not _admits_older(specifier, minimum):
        return None
    caret = next((c for c in specifier.split(",") if c.strip().startswith("^")), None)
    if caret is not None:
        return f"^{minimum}"
    kept = [clause.strip() for clause in specifier.split(",") if clause.strip() and not _goes(clause, minimum)]
    if any(clause.strip().startswith("~=") for clause in specifier.split(",")):
        kept.append(f"<{int(minimum.partition('.')[0]) + 1}")
    between = ", " if ", " in specifier else ","
    return between.join((f">={minimum}", *dict.fromkeys(kept)))


def outdated(classifier: str, minimum: str) -> bool:
    """Whether a trove classifier names a Python below ``minimum``; the bare ``:: Python :: 3`` stays."""
    match = _CLASSIFIER.match(classifier.strip())
    if match is None:
        return False
    major, minor = int(match[1]), match[2]
    least = Version(minimum)
    return (major, int(minor)) < (least.major, least.minor) if minor is not None else major < least.major


def _admits_older(specifier: str, minimum: str) -> bool:
    try:
        allowed = SpecifierSet(_without_caret(specifier))
    except InvalidSpecifier:
        raise ValueError(f"{specifier!r} is no version range") from None
    older = [v for v in _OLDER if Version(v) < Version(minimum)]
    return any(allowed.contains(micro) for v in older for micro in (f"{v}.0", f"{v}.{_LATE}"))


def _without_caret(specifier: str) -> str:
    """``^3.6`` and ``~3.6`` of Poetry in the words of PEP 440."""
    clauses = []
    for clause in specifier.split(","):
        clause = clause.strip()
        if clause.startswith("^"):
            low = clause[1:].strip()
            clauses += [f">={low}", f"<{int(low.partition('.')[0] or 0) + 1}"]
        elif clause.startswith("~") and not clause.startswith("~="):
            clauses.append(f"=={clause[1:].strip()}.*")
        elif clause != "*":
            clauses.append(clause)
    return ",".join(c for c in clauses if c)


def _goes(clause: str, minimum: str) -> bool:
    """Whether a clause has nothing to say any more: a lower bound, or the exclusion of a version below the new one."""
    match = _LOWER.match(clause)
    if match is None:
        return clause.strip() == "*"
    if match[1] in ("==", "==="):
        return True
    least = Version(minimum)
    return match[1] != "!=" or (int(match[2]), int(match[3] or 0)) < (least.major, least.minor)
