"""Conditions of CMake, for a build on Linux: true, false, or not known without running it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

TRUE, FALSE = frozenset(("1", "ON", "YES", "TRUE", "Y")), frozenset(("0", "OFF", "NO", "FALSE", "N", "IGNORE", "NOTFOUND", ""))
PLATFORM = {
    "UNIX": "1", "LINUX": "1", "CMAKE_SYSTEM_NAME": "Linux", "CMAKE_HOST_SYSTEM_NAME": "Linux", "SKBUILD": "2",
    **dict.fromkeys(("WIN32", "APPLE", "MSVC", "MINGW", "CYGWIN", "MSYS", "ANDROID", "IOS", "BORLAND", "WATCOM", "EMSCRIPTEN", "XCODE"), "0"),
}  # fmt: skip
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "STREQUAL": operator.eq, "STRLESS": operator.lt, "STRGREATER": operator.gt, "MATCHES": lambda a, b: re.search(b, a) is not None,
}  # fmt: skip
Answer = bool | None


def holds(words: list[str], known: Callable[[str], str | None]) -> Answer:
    """The answer to ``if(words)``; None where it is not known. ``known``: the text of a variable, "" if never set, None
    if not told."""
    try:
        return _Condition(words, known).whole()
    except (IndexError, re.error, RecursionError):
        return None


class _Condition:
    def __init__(self, words: list[str], known: Callable[[str], str | None]) -> None:
        self.words, self.known, self.at = words, known, 0

    def whole(self) -> Answer:
        answer = self._or()
        return answer if self.at == len(self.words) else None

    def _or(self) -> Answer:
        answer = self._and()
        while self._next("OR"):
            other = self._and()
            answer = True if answer is True or other is True else None if None in (answer, other) else False
        return answer

    def _and(self) -> Answer:
        answer = self._not()
        while self._next("AND"):
            other = self._not()
            answer = False if answer is False or other is False else None if None in (answer, other) else True
        return answer

    def _not(self) -> Answer:
        if self._next("NOT"):
            answer = self._not()
            return None if answer is None else not answer
        if self._next("("):
            answer = self._or()
            return answer if self._next(")") else None
        return self._test()

    def _test(self) -> Answer:
        word = self._take()
        following = self.words[self.at] if self.at < len(self.words) else ""
        if following in COMPARISONS:
            self.at += 1
            return self._compared(self._text(word), following, self._take())
        if following.isupper() and following not in ("AND", "OR", ")"):
            self.at += 2
            return None
        if word.isupper() and word in ("DEFINED", "EXISTS", "TARGET", "COMMAND", "POLICY", "IS_DIRECTORY", "TEST", "IS_ABSOLUTE"):
            self.at += 1
            return None
        return self._truth(word)

    def _compared(self, left: str | None, how: str, right: str) -> Answer:
        right = self._text(right) if how != "MATCHES" else right
        return None if left is None or right is None or "$" in left + right.rstrip("$") else COMPARISONS[how](left, right)

    def _text(self, word: str) -> str | None:
        """What a word of a comparison stands for: a variable's text, a reference to one, or itself."""
        name = word[2:-1] if word.startswith("${") and word.endswith("}") else word
        if name in PLATFORM:
            return PLATFORM[name]
        text = self.known(name)
        if name != word:
            return text or None  # one nobody set may be set by the build
        return word if text == "" else text

    def _truth(self, word: str) -> Answer:
        name = word[2:-1] if word.startswith("${") and word.endswith("}") else word
        if name in PLATFORM:
            return PLATFORM[name] != "0"
        if name == word and word.upper() in TRUE | FALSE:
            return word.upper() in TRUE
        text = (self.known(name) or "").upper()
        return True if text in TRUE else False if text in FALSE - {""} or text.endswith("-NOTFOUND") else None

    def _next(self, word: str) -> bool:
        found = self.at < len(self.words) and self.words[self.at] == word
        self.at += found
        return found

    def _take(self) -> str:
        self.at += 1
        return self.words[self.at - 1]
