"""What the state that a module has of its own keeps: the members its hooks give back, and those its init makes."""

from __future__ import annotations

from dataclasses import dataclass

from porter.frontend.declarations import closing
from porter.frontend.lexer import Token
from porter.plan.ownership import KEEPERS, RELEASES

_MAKERS = frozenset("PyType_FromModuleAndSpec PyType_FromSpec PyType_FromSpecWithBases PyErr_NewException PyErr_NewExceptionWithDoc".split())
_STEALS = "PyModule_AddObject"


@dataclass(frozen=True)
class Release:
    """A statement ``Py_XDECREF(state->member);``: its first token and its semicolon."""

    state: str
    member: str
    start: Token
    end: Token


def releases(tokens: list[Token], struct: str) -> list[Release]:
    """What the function of ``tokens`` gives back through a local pointer to ``struct``."""
    words, states, found = [t.text for t in tokens], _pointers(tokens, struct), []
    for i in (i for i, word in enumerate(words) if word in RELEASES | KEEPERS):
        match words[i + 1 : i + 7]:
            case ["(", state, "->", member, ")", ";"] if state in states:
                found.append(Release(state, member, tokens[i], tokens[i + 6]))
    return found


def made_and_kept(tokens: list[Token], struct: str) -> list[str]:
    """The members that a new type or exception is stored in, and whose reference nothing takes over or gives back."""
    words, states, made = [t.text for t in tokens], _pointers(tokens, struct), {}
    for i in range(len(words) - 4):
        if words[i] in states and words[i + 1] == "->" and words[i + 3] == "=":
            end = words.index(";", i)
            if _MAKERS & set(words[i + 4 : end]):
                made[words[i + 2]] = None
    taken = set()
    for i, word in enumerate(words):
        if (word == _STEALS or word in RELEASES | KEEPERS) and words[i + 1 : i + 2] == ["("]:
            taken |= set(words[i + 2 : closing(tokens, i + 1)])
    return [member for member in made if member not in taken]


def _pointers(tokens: list[Token], struct: str) -> set[str]:
    return {tokens[i + 2].text for i in range(len(tokens) - 2) if tokens[i].text == struct and tokens[i + 1].text == "*"}
