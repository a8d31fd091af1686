"""C variables that keep what the C API gave: a capsule's pointer, say, which may be another one in each interpreter."""

from __future__ import annotations

from porter.facts.uses import Use

_BEGINNINGS = ("Py", "_Py")


def asks_python(use: Use) -> bool:
    """Whether a use is written from a call of the C API, in the rest of its statement."""
    tokens, index = use.view.tokens, use.index
    while use.how != "read" and tokens[index].text not in (";", "{", "}"):
        if tokens[index].text.startswith(_BEGINNINGS) and tokens[index + 1].text == "(":
            return True
        index += 1
    return False


def given_of(use: Use, names: set[str]) -> str | None:
    """Which of ``names`` the statement of a write mentions: what it stores is another thing in each interpreter, if they move."""
    tokens, index = use.view.tokens, use.index
    while tokens[index].text not in (";", "{", "}"):
        if tokens[index].text in names and index != use.index and tokens[index - 1].text not in (".", "->"):
            return tokens[index].text
        index += 1
    return None
