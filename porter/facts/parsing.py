"""What the argument parsers of the C API write through the addresses they are given (the format units of PyArg_ParseTuple)."""

from __future__ import annotations

import re

from porter.facts.calls import enclosing_call
from porter.facts.uses import Use
from porter.frontend.declarations import closing, split_commas
from porter.frontend.lexer import STRING

_FIRST = {"PyArg_ParseTuple": (1, 2), "PyArg_Parse": (1, 2), "PyArg_ParseTupleAndKeywords": (2, 4)}
"""Where the format stands in a call, and the first address."""
_UNIT = re.compile(r"es#|et#|es|et|[szy]#|[szyw]\*|O!|O&|[A-Za-z]")
_BORROWED = frozenset(("O", "O!", "S", "U", "Y"))
_COUNT = {"es#": 3, "et#": 3, "es": 2, "et": 2, "s#": 2, "z#": 2, "y#": 2, "O!": 2, "O&": 2}


def borrows(use: Use) -> tuple[bool, bool]:
    """Whether a parser writes a borrowed reference through the address at a use; and whether it then does so or fails before it wrote anything."""
    tokens = use.view.tokens
    call = enclosing_call(tokens, use.index)
    if call is None or tokens[use.index - 1].text != "&" or tokens[call[0]].text not in _FIRST:
        return False, False
    position, first = _FIRST[tokens[call[0]].text]
    given = split_commas(tokens, call[0] + 2, closing(tokens, call[0] + 1))
    words = tokens[given[position][0] : given[position][1]]
    if not words or any(t.kind != STRING for t in words):
        return False, False
    units = _UNIT.findall(re.split("[:;]", "".join(t.text[1:-1] for t in words))[0])
    at = first
    for unit in units:
        at += _COUNT.get(unit, 1)
        if call[1] == at - 1:
            return unit in _BORROWED, set(units) == {"O"}
    return False, False
