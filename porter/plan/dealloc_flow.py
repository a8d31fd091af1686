"""Whether every way through a deallocator frees its object once, by the statements of its body."""

from __future__ import annotations

from collections.abc import Callable

from porter.facts.program import Function
from porter.frontend.declarations import closing, statement_end
from porter.frontend.lexer import ID

_LOOPS = frozenset(("for", "while", "switch"))
_ENDS = frozenset(("Py_FatalError", "_Py_FatalErrorFunc", "Py_UNREACHABLE", "abort", "exit", "_exit"))
_ALIVE = frozenset(("PyObject_CallFinalizerFromDealloc", "Py_REFCNT", "ob_refcnt"))
"""A condition with one of these asks whether the object came to life again: then it is not freed."""

BEFORE, AFTER = False, True


class Unclear(Exception):
    """Why it cannot be said that every way frees once: words that follow the function's name."""


class Flow:
    """Follows all ways through a body; a state is whether the object is freed."""

    def __init__(self, function: Function, frees: Callable[[int], bool], same: frozenset[str]) -> None:
        """``frees``: whether a call that frees begins at a token; ``same``: the names of the object."""
        self.same = same
        self.tokens, self.frees = function.view.tokens, frees
        self.found: list[tuple[int, int, bool]] = []
        self.labels: dict[str, set[bool]] = {}
        self.seen: set[str] = set()
        self.first, self.last = function.declaration.body + 1, function.declaration.last - 1

    def statements(self) -> list[tuple[int, int, bool]]:
        """The freeing statements as (first token, semicolon, whether a condition governs it alone). Raises :class:`Unclear`."""
        self._end(self._block(self.first, self.last, {BEFORE}), False)
        return self.found

    def _block(self, index: int, last: int, states: set[bool]) -> set[bool]:
        while index < last:
            index, states = self._statement(index, states, False, False)
        return states

    def _statement(self, index: int, states: set[bool], governed: bool, alive: bool) -> tuple[int, set[bool]]:
        """The index behind one statement and the states there; ``alive``: whether it stands under a test for resurrection."""
        tokens, text = self.tokens, self.tokens[index].text
        if text == "{":
            end = closing(tokens, index)
            inner = index + 1
            while inner < end:
                inner, states = self._statement(inner, states, False, alive)
            return end + 1, states
        if text == "if":
            return self._branch(index, states)
        if text in _LOOPS or text == "do":
            return self._loop(index, states)
        if tokens[index].kind == ID and tokens[index + 1].text == ":" and text not in ("case", "default"):
            self.seen.add(text)
            return index + 2, states | self.labels.get(text, set())
        end = self._semicolon(index)
        if text == "goto":
            return end + 1, self._goto(tokens[index + 1].text, states)
        if text == "return":
            self._end(self._simple(index, end, states, governed), alive)
            return end + 1, set()
        states = self._simple(index, end, states, governed)
        gone = any(tokens[i].text in _ENDS and tokens[i + 1].text == "(" for i in range(index, end))
        return end + 1, set() if gone else states

    def _branch(self, index: int, states: set[bool]) -> tuple[int, set[bool]]:
        tokens, end = self.tokens, closing(self.tokens, index + 1)
        self._none(index, end)
        there = self._is_there([t.text for t in tokens[index + 2 : end]])
        if there is not None:
            return self._known(end + 1, there, states)
        alive = any(t.text in _ALIVE for t in tokens[index + 2 : end])
        index, then = self._statement(end + 1, states, tokens[end + 1].text != "{", alive)
        if tokens[index].text != "else":
            return index, states | then
        index, other = self._statement(index + 1, states, tokens[index + 1].text not in ("{", "if"), alive)
        return index, then | other

    def _is_there(self, words: list[str]) -> bool | None:
        """The answer to a condition that only asks for the object, which is always there (``self``, ``self == NULL``); None for any other."""
        missing, words = words[:1] == ["!"], words[1:] if words[:1] == ["!"] else words
        if not words or words[0] not in self.same or words[1:] not in ([], ["!=", "NULL"], ["==", "NULL"]):
            return None
        return missing == (words[1:2] == ["=="])

    def _known(self, index: int, there: bool, states: set[bool]) -> tuple[int, set[bool]]:
        """The one branch that runs of an ``if`` whose answer is known; ``index``: behind its condition."""
        tokens = self.tokens
        then = index
        index = statement_end(self.tokens, then)
        if there:
            _, states = self._statement(then, states, tokens[then].text != "{", False)
        if tokens[index].text == "else":
            if not there:
                return self._statement(index + 1, states, tokens[index + 1].text not in ("{", "if"), False)
            index = statement_end(self.tokens, index + 1)
        return index, states

    def _loop(self, index: int, states: set[bool]) -> tuple[int, set[bool]]:
        """A loop or switch: nothing in it frees, and nothing leaves the function from there."""
        tokens, first = self.tokens, index
        if tokens[index].text == "do":
            end = statement_end(self.tokens, index + 1)
            end = closing(tokens, end + 1) + 1
            end += tokens[end].text == ";"
        else:
            end = statement_end(self.tokens, closing(tokens, index + 1) + 1)
        self._none(first, end)
        if any(tokens[i].text in ("return", "goto") for i in range(first, end)):
            raise Unclear("returns out of a loop or switch")
        return end, states

    def _goto(self, label: str, states: set[bool]) -> set[bool]:
        if label in self.seen:
            raise Unclear("jumps back")
        self.labels.setdefault(label, set()).update(states)
        return set()

    def _none(self, first: int, last: int) -> None:
        if any(self.frees(i) for i in range(first, last)):
            raise Unclear("frees its object only under a condition")

    def _simple(self, first: int, end: int, states: set[bool], governed: bool) -> set[bool]:
        frees = [i for i in range(first, end) if self.frees(i)]
        if not frees:
            return states
        if len(frees) > 1 or AFTER in states:
            raise Unclear("frees its object twice on some path")
        if self.tokens[first].text == "return":
            raise Unclear("frees its object in what it returns")
        self.found.append((first, end, governed))
        return {AFTER} if states else states

    def _end(self, states: set[bool], alive: bool) -> None:
        if BEFORE in states and not alive:
            self.unfreed = True

    unfreed = False

    def _semicolon(self, index: int) -> int:
        tokens = self.tokens
        while tokens[index].text != ";":
            index = closing(tokens, index) + 1 if tokens[index].text in ("(", "[", "{") else index + 1
        return index
