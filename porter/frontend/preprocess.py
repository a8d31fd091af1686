"""Directives, includes and conditions: one translation unit as a stream of tokens that know their origin (C11 6.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from porter.errors import Gap
from porter.frontend.condition import BadCondition, evaluate
from porter.frontend.lexer import ID, NUMBER, OTHER, STRING, Token
from porter.frontend.macros import Expander, Macro, TooMuch
from porter.frontend.outside import Limits
from porter.frontend.source import Directive, Run, Source
from porter.span import Lines

_INCLUDE_DEPTH = 60
_WORDS = 200
_INCLUDE_COUNT = 5_000
_INCLUDE_TOKENS = 10_000_000
_ASKED = frozenset("__has_include __has_include_next __has_attribute __has_c_attribute __has_builtin".split())


@dataclass(frozen=True)
class Skipped:
    """An arm of a condition that was not taken: the bytes between its directives, and the conditions around it.

    ``condition`` is the text of its own directive (``if``/``elif`` expression, or ``else`` with the expressions it excludes);
    ``chain`` the offset of the ``#if`` it belongs to; ``late``: an arm before it was taken.
    """

    file: str
    start: int
    end: int
    condition: str
    chain: int = -1
    late: bool = False


@dataclass(frozen=True)
class Include:
    """One ``#include``: ``target`` is the file of the tree it led to, ``""`` for any other header, None where nothing was found.

    What a header outside of the tree includes stands at the include of the tree that led there.
    """

    file: str
    start: int
    name: str
    target: str | None


@dataclass
class Unit:
    """A preprocessed translation unit. ``texts`` holds every file of the tree that was read for it.

    ``outside`` has the tokens of headers outside of the tree: what they declare is no part of the unit.
    """

    file: str
    tokens: list[Token] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    taken: set[tuple[str, int]] = field(default_factory=set)  # the file and start of each arm that some inclusion takes
    includes: list[Include] = field(default_factory=list)
    defined: list[Macro] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    outside: list[Token] = field(default_factory=list)
    macros: dict[str, Macro] = field(default_factory=dict)  # those defined where the unit ends
    forced: bool = False  # whether some arm was taken whatever it asks for


class Preprocessor:
    """Preprocesses one unit; see :meth:`run`.

    ``find(name, including file, quoted)`` leads from an include to a file of the tree, to a stand-in header, to one outside
    of the tree, to None, or to the Gap of one outside that cannot be read.
    """

    def __init__(
        self, find: Callable[[str, str, bool], Source | Gap | None], macros: dict[str, Macro], forced: Mapping[tuple[str, int], int] = {}
    ) -> None:
        """``forced``: the arm to take of a conditional whatever it asks: its file and start, and the start of the arm."""
        self.find, self.macros, self.forced = find, dict(macros), forced
        self.known: set[str] = set()  # names a stand-in defines as themselves: defined, with nothing to expand
        self.once: set[str] = set()
        self.stand_ins: set[str] = set()

    def run(self, source: Source) -> Unit:
        """The unit that ``source`` makes. Never raises for any text: what cannot be read is a gap of the unit."""
        file = source.file
        self.unit = unit = Unit(file)
        unit.texts[file] = source.text
        self.included = self.volume = 0
        self.limits = Limits()
        self.way: tuple[Source, int] = (source, 0)  # the include of the tree that leads to what is read outside of it
        self.lines: dict[str, Lines] = {}
        runs = self._file(source, 0)
        expander = Expander(self.macros, more=lambda: next((run.tokens for run in runs), None))
        names = self.macros.keys()
        try:
            for run in runs:
                unit.tokens.extend(run.tokens if names.isdisjoint(run.names) else expander.expand(iter(run.tokens)))
        except TooMuch as problem:
            unit.gaps.append(Gap(file, 1, f"macro {problem}", "its expansions are too many to follow; the rest of the file is not read"))
        except RecursionError:
            unit.gaps.append(Gap(file, 1, "macros and includes", "nested too deeply to follow; the rest of the file is not read"))
        unit.macros, unit.forced = self.macros, bool(self.forced)
        return unit

    # -- one file -----------------------------------------------------------

    def _file(self, source: Source, depth: int) -> Iterator[Run]:
        """The active runs of a file and of what it includes; directives are obeyed on the way."""
        conditions: list[_Condition] = []
        pieces, index = source.pieces, 0
        while index < len(pieces):
            piece = pieces[index]
            index += 1
            if isinstance(piece, Run):
                yield piece
            elif piece.word:
                yield from self._directive(piece, conditions, source, depth)
                if conditions and not conditions[-1].active:
                    index = _arm_end(pieces, index)
        for condition in conditions:
            self._gap(source, condition.start, "#if", "its #endif is missing")
            condition.close(self.unit, source.file, len(source.text))
        if source.tokens and source.tokens[-1].kind == OTHER and "\n" in source.tokens[-1].text:
            self._gap(source, source.tokens[-1].start, source.tokens[-1].text[:20], "it never ends; the rest of the file is not read")

    # -- directives ----------------------------------------------------------

    def _directive(self, directive: Directive, conditions: list[_Condition], source: Source, depth: int) -> Iterator[Run]:
        word, rest = directive.word, directive.line[1:]
        if word in ("if", "ifdef", "ifndef"):
            condition = _Condition(directive.mark.start, directive.end, _words(word, rest))
            condition.take(self._takes(condition, word, rest, source))
            conditions.append(condition)
        elif word in ("elif", "else", "elifdef", "elifndef", "endif"):
            self._next_arm(directive, conditions, source)
        elif word == "define":
            self._define(rest)
        elif word == "undef" and rest:
            self.macros.pop(rest[0].text, None)
            self.known.discard(rest[0].text)
        elif word in ("include", "include_next", "import"):
            yield from self._include(directive, source, depth)
        elif word == "pragma" and rest and rest[0].text == "once":
            self.once.add(source.path)

    def _next_arm(self, directive: Directive, conditions: list[_Condition], source: Source) -> None:
        word, rest = directive.word, directive.line[1:]
        if not conditions:
            self._gap(source, directive.mark.start, f"#{word}", "there is no #if before it")
            return
        condition = conditions[-1]
        condition.close(self.unit, source.file, directive.mark.start)
        if word == "endif":
            conditions.pop()
            return
        condition.next(directive.end, _words(word, rest))
        if not condition.taken:
            condition.take(self._takes(condition, word, rest, source))

    def _takes(self, condition: _Condition, word: str, rest: list[Token], source: Source) -> bool:
        arm = self.forced.get((source.file, condition.start))
        if arm is not None:
            return condition.arm == arm
        return word == "else" or self._holds(word.removeprefix("el"), rest, source)

    def holds(self, word: str, rest: Sequence[Token], file: str) -> bool:
        """Whether ``#word rest`` (``if``, ``ifdef``, ``ifndef``) holds. Raises BadCondition, TooMuch or RecursionError."""
        if word in ("ifdef", "ifndef"):
            return bool(rest) and self._defined(rest[0].text) == (word == "ifdef")
        return bool(evaluate(self._resolved(rest, file)))

    def _holds(self, word: str, rest: list[Token], source: Source) -> bool:
        try:
            return self.holds(word, rest, source.path)
        except (BadCondition, TooMuch, RecursionError) as problem:
            where = rest[0].start if rest else 0
            why = "nested too deeply" if isinstance(problem, RecursionError) else problem
            self._gap(source, where, "#if " + _words("", rest), f"cannot be evaluated ({why}); taken as false")
            return False

    def _defined(self, name: str) -> bool:
        return name in self.macros or name in self.known or name in _ASKED

    def _resolved(self, tokens: Sequence[Token], file: str) -> list[Token]:
        """An expression expanded, with ``defined X`` and ``__has_include(<x>)`` answered, also where macros make them."""
        expander, out = Expander(self.macros, 100_000), []
        stream = expander.expand(iter(tokens))
        for token in stream:
            if token.kind != ID or token.text != "defined" and token.text not in _ASKED:
                out.append(token)
                continue
            expander.raw = True
            holds = self._is_defined(stream) if token.text == "defined" else self._has(token.text, stream, file)
            expander.raw = False
            out.append(Token(NUMBER, str(int(holds)), token.file, -1, -1, True))
        return out

    def _is_defined(self, stream: Iterator[Token]) -> bool:
        name = next(stream, None)
        bracket = name is not None and name.text == "("
        name = next(stream, None) if bracket else name
        if name is None or name.kind != ID or (bracket and getattr(next(stream, None), "text", "") != ")"):
            raise BadCondition("defined without a name")
        return self._defined(name.text)

    def _has(self, word: str, stream: Iterator[Token], file: str) -> bool:
        operand = []
        for token in stream:
            if token.text == ")":
                break
            operand.append(token)
        name, quoted = _header(operand[1:])
        return word == "__has_include" and isinstance(self.find(name, file, quoted), Source)

    def _define(self, rest: list[Token]) -> None:
        if not rest or rest[0].kind != ID:
            return
        name, body, parameters, variadic = rest[0], rest[1:], None, False
        if body and body[0].text == "(" and not body[0].space:
            end = next((i for i, t in enumerate(body) if t.text == ")"), None)
            if end is None:
                return
            names = [t.text for t in body[1:end] if t.text != ","]
            variadic = bool(names) and names[-1] == "..."
            if variadic:
                named = len(names) > 1 and body[end - 2].text != ","
                names = names[:-1] if named else [*names[:-1], "__VA_ARGS__"]
            parameters, body = tuple(names), body[end + 1 :]
        if name.start < 0 and len(body) == 1 and body[0].text == name.text:
            self.known.add(name.text)
            return
        macro = Macro(name, parameters, variadic, tuple(body))
        self.macros[name.text] = macro
        if name.start >= 0:
            self.unit.defined.append(macro)

    def _include(self, directive: Directive, source: Source, depth: int) -> Iterator[Run]:
        rest, start = directive.line[1:], directive.mark.start
        if rest and rest[0].kind == ID:
            rest = list(Expander(self.macros, 10_000).expand(iter(rest)))
        name, quoted = _header(rest)
        if not source.outside:
            self.way = source, start
        found = self.find(name, source.path, quoted) if name else None
        if isinstance(found, Gap):
            self._gap(*self.way, f"#include {name}", f"{found.file} {found.why}; what it declares is not known")
            found = None
        self.unit.includes.append(Include(self.way[0].file, self.way[1], name, found.file if found else None))
        if found is None:
            return
        if found.outside:
            yield from self._beyond(found, depth)
            return
        if not found.file:
            if name not in self.stand_ins:
                self.stand_ins.add(name)
                yield from self._file(found, depth + 1)
            return
        if found.file in self.once:
            return
        self.included += 1
        self.volume += len(found.tokens)
        if depth >= _INCLUDE_DEPTH or self.included > _INCLUDE_COUNT or self.volume > _INCLUDE_TOKENS:
            self._gap(source, start, f"#include {name}", "included too deeply or too often: a cycle?")
            return
        self.unit.texts[found.file] = found.text
        yield from self._file(found, depth + 1)

    def _beyond(self, found: Source, depth: int) -> Iterator[Run]:
        """Obey a header outside of the tree. Its tokens are laid aside; what comes out is of files of the tree it includes."""
        if found.outside in self.once or self.limits.reached:
            return
        if depth >= _INCLUDE_DEPTH or not self.limits.take(len(found.tokens)):
            self.limits.reached = True
            self._gap(*self.way, found.outside, "the headers outside of the tree are too large or too deep; the rest of them is not read")
            return
        runs = self._file(found, depth + 1)
        expander = Expander(self.macros, more=lambda: next((run.tokens for run in runs), None))
        try:
            for run in runs:
                if run.tokens[0].file:
                    yield run
                else:
                    self.unit.outside.extend(expander.expand(iter(run.tokens)))
        except (TooMuch, RecursionError):
            self._gap(*self.way, found.outside, "its macros are too many to follow; the rest of it is not read")

    def _gap(self, source: Source, start: int, what: str, why: str) -> None:
        """Something of the tree that is not read; how others write their headers is not the tree's."""
        if source.outside:
            return
        lines = self.lines.get(source.file) or self.lines.setdefault(source.file, Lines(source.text))
        self.unit.gaps.append(Gap(source.file, lines.line(max(start, 0)), what[:_WORDS], why))


class _Condition:
    """One ``#if`` … ``#endif`` on the way through a file."""

    def __init__(self, start: int, arm: int, words: str) -> None:
        self.start, self.arm, self.words = start, arm, words
        self.taken = self.active = False

    def take(self, holds: bool) -> None:
        self.active = holds
        self.taken = self.taken or holds

    def next(self, arm: int, words: str) -> None:
        self.words = f"{words} after {self.words}" if words == "else" and not self.words.startswith("else") else words
        self.arm, self.active = arm, False

    def close(self, unit: Unit, file: str, end: int) -> None:
        if self.active:
            unit.taken.add((file, self.arm))
        elif 0 <= self.arm < end:
            unit.skipped.append(Skipped(file, self.arm, end, self.words, self.start, self.taken))


def _arm_end(pieces: list[Run | Directive], index: int) -> int:
    """The index of the directive that may end the arm not taken, from ``index`` on."""
    depth = 0
    while index < len(pieces):
        word = pieces[index].word if isinstance(pieces[index], Directive) else ""
        if word in ("if", "ifdef", "ifndef"):
            depth += 1
        elif word in ("endif", "else", "elif", "elifdef", "elifndef") and not depth:
            return index
        elif word == "endif":
            depth -= 1
        index += 1
    return index


def _words(word: str, rest: list[Token]) -> str:
    body = "".join((" " if t.space else "") + t.text for t in rest).strip()
    return f"{word} {body}".strip()


def _header(tokens: list[Token]) -> tuple[str, bool]:
    """The name in ``"…"`` or ``<…>``, and whether it was quoted."""
    if tokens and tokens[0].kind == STRING:
        return tokens[0].text.strip('"'), True
    if tokens and tokens[0].text == "<":
        name = []
        for token in tokens[1:]:
            if token.text in (">", ">=", ">>"):
                return "".join(name), False
            name.append((" " if token.space else "") + token.text)
    return "", False
