"""The language of CMake files: commands, variables, conditions, loops and functions, as far as they are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from porter.tree.cmake_condition import holds

TOKEN = re.compile(
    r"#\[(?P<level>=*)\[.*?\](?P=level)\]|#[^\n]*|\[(?P<bracket>=*)\[(?P<raw>.*?)\](?P=bracket)\]"
    r'|"(?P<text>(?:\\.|[^"\\])*)"|(?P<mark>[()])|(?P<word>(?:\\.|[^\s()#"\\])+)',
    re.DOTALL,
)
VARIABLE = re.compile(r"\$\{([\w.+/-]*)\}")
ENDS = {"if": "endif", "foreach": "endforeach", "while": "endwhile", "function": "endfunction", "macro": "endmacro", "block": "endblock"}
DEEP = 40  # calls and blocks within each other
MANY = 100_000  # characters an expansion may reach
TURNS = 2_000  # of all loops of a file together


@dataclass(frozen=True)
class Command:
    """One command: its name in lower case, its arguments as written, its line."""

    name: str
    arguments: tuple[str, ...]
    line: int


def commands(text: str) -> list[Command]:
    """The commands of a CMake file; parentheses inside of arguments are arguments themselves."""
    found: list[tuple[str, list[str], int]] = []
    name, depth, line, position = "", 0, 1, 0
    for match in TOKEN.finditer(text):
        word = match["word"] or match["text"] or match["raw"]
        if match["mark"] == "(":
            depth += 1
            if depth == 1:
                line += text.count("\n", position, match.start())
                position = match.start()
                found.append((name.lower(), [], line))
            else:
                found[-1][1].append("(")
        elif match["mark"] == ")":
            depth = max(depth - 1, 0)
            if depth:
                found[-1][1].append(")")
        elif word is not None and depth:
            found[-1][1].append(word)
        elif word is not None:
            name = word
    return [Command(name, tuple(arguments), line) for name, arguments, line in found]


@dataclass
class Scope:
    """The variables of a folder or function. ``doubtful``: those set where it is not known whether that is reached;
    ``outer``: the scope it was made in."""

    values: dict[str, list[str]]
    doubtful: set[str] = field(default_factory=set)
    sure: bool = True
    outer: Scope | None = None

    def set(self, name: str, values: list[str]) -> None:
        """Give a variable its words."""
        self.values[name] = values
        (self.doubtful.discard if self.sure else self.doubtful.add)(name)

    def known(self, name: str) -> str | None:
        """The text of a variable that is set for sure; "" for one never set."""
        return None if name in self.doubtful else ";".join(self.values.get(name, []))

    def inner(self) -> Scope:
        """A copy, for a function or a folder below."""
        return Scope(dict(self.values), set(self.doubtful), self.sure, self)

    def expanded(self, argument: str) -> list[str]:
        """An argument with its variables put in; one that is a list gives several words."""
        for _ in range(3):
            if "${" not in argument or len(argument) > MANY:
                break
            argument = VARIABLE.sub(lambda m: ";".join(self.values[m[1]]) if m[1] in self.values else m[0], argument)
        return [word for word in argument.split(";") if word]


class Script:
    """Runs the commands of CMake files. ``do(scope, name, words, line)`` is called for each that is no control flow.

    An arm whose condition is not known is taken, as are its siblings; a function nobody calls is run without arguments.
    """

    def __init__(self, do: Callable[[Scope, str, list[str], int], None]) -> None:
        self.do = do
        self.functions: dict[str, tuple[bool, tuple[str, ...], list[Command]]] = {}
        self.called: set[str] = set()
        self.turns = 0

    def run(self, body: list[Command], scope: Scope, depth: int = 0) -> None:
        """The commands one after another."""
        index = 0
        while index < len(body):
            command = body[index]
            if command.name in ENDS:
                end = _end(body, index)
                if depth < DEEP:
                    getattr(self, f"_{command.name}")(command, body[index + 1 : end], scope, depth)
                index = end
            elif command.name in self.functions and depth < DEEP:
                self._call(command, scope, depth)
            else:
                self.do(scope, command.name, _words(command, scope), command.line)
            index += 1

    def run_uncalled(self, scope: Scope) -> None:
        """The bodies of functions that no command called: who calls them is not known."""
        for name in [name for name in self.functions if name not in self.called]:
            self.called.add(name)
            self.run(self.functions[name][2], scope.inner(), 1)

    def _if(self, command: Command, body: list[Command], scope: Scope, depth: int) -> None:
        before = scope.sure
        for condition, arm in _arms(command, body):
            answer = holds(list(condition), scope.known) if condition is not None else True
            if answer is not False:
                scope.sure = scope.sure and answer is True
                self.run(arm, scope, depth + 1)
            if answer is True:
                break
            scope.sure = scope.sure and answer is False
        scope.sure = before

    def _foreach(self, command: Command, body: list[Command], scope: Scope, depth: int) -> None:
        name, *rest = command.arguments or ("",)
        words = [word for argument in rest for word in scope.expanded(argument)]
        if rest[:1] == ["IN"]:
            words = [item for kind, names in _kinds(words[1:]) for n in names for item in (scope.values.get(n, []) if kind == "LISTS" else [n])]
        for word in words:
            self.turns += 1
            if self.turns > TURNS:
                break
            scope.set(name, [word])
            self.run(body, scope, depth + 1)

    def _while(self, command: Command, body: list[Command], scope: Scope, depth: int) -> None:
        before, scope.sure = scope.sure, False
        self.run(body, scope, depth + 1)
        scope.sure = before

    def _block(self, command: Command, body: list[Command], scope: Scope, depth: int) -> None:
        self.run(body, scope.inner(), depth + 1)

    def _function(self, command: Command, body: list[Command], scope: Scope, depth: int) -> None:
        if command.arguments:
            self.functions[command.arguments[0].lower()] = (command.name == "function", command.arguments[1:], body)

    _macro = _function

    def _call(self, command: Command, scope: Scope, depth: int) -> None:
        own, parameters, body = self.functions[command.name]
        self.called.add(command.name)
        words = [word for argument in command.arguments for word in scope.expanded(argument)]
        inner = scope.inner() if own else scope
        for name, word in zip(parameters, words):
            inner.set(name, [word])
        inner.set("ARGV", words)
        inner.set("ARGN", words[len(parameters) :])
        self.run(body, inner, depth + 1)


def _words(command: Command, scope: Scope) -> list[str]:
    return [word for argument in command.arguments for word in scope.expanded(argument)]


def _end(body: list[Command], begin: int) -> int:
    """The index of the command that ends the block at ``begin``; behind the last where none does."""
    opens, closes, depth = body[begin].name, ENDS[body[begin].name], 0
    for index in range(begin, len(body)):
        depth += (body[index].name == opens) - (body[index].name == closes)
        if depth == 0:
            return index
    return len(body)


def _arms(command: Command, body: list[Command]) -> list[tuple[tuple[str, ...] | None, list[Command]]]:
    """The condition of each arm and its commands; None for ``else``."""
    arms: list[tuple[Any, list[Command]]] = [(command.arguments, [])]
    depth = 0
    for each in body:
        depth += (each.name == "if") - (each.name == "endif")
        if depth == 0 and each.name in ("elseif", "else"):
            arms.append((each.arguments if each.name == "elseif" else None, []))
        else:
            arms[-1][1].append(each)
    return arms


def _kinds(words: list[str]) -> list[tuple[str, list[str]]]:
    """``LISTS a b ITEMS c`` as [("LISTS", ["a", "b"]), ("ITEMS", ["c"])]."""
    found: list[tuple[str, list[str]]] = []
    for word in words:
        if word in ("LISTS", "ITEMS", "ZIP_LISTS"):
            found.append((word.removeprefix("ZIP_"), []))
        elif found:
            found[-1][1].append(word)
    return found
