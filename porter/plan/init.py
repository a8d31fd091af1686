"""The init of a module: which function becomes the exec slot, and what in it has to be said otherwise (PEP 489)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from porter.facts.alternates import one_gil
from porter.facts.initializer import Value
from porter.facts.modules import Creation, creations, definitions, inits
from porter.facts.program import Function, Program, span_of, written_but_for_its_name
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID
from porter.plan.init_multi import plan_multi_phase
from porter.plan.model import InitPlan, Refusal

_NULL = frozenset(("NULL", "0"))
_NULL_CALLS = frozenset("PyErr_NoMemory PyErr_Format PyErr_SetFromErrno PyErr_SetFromErrnoWithFilename PyErr_SetImportError".split())
RELEASES = frozenset(("Py_DECREF", "Py_XDECREF", "Py_DecRef", "Py_CLEAR"))


@dataclass(frozen=True)
class Stretch:
    """The tokens ``first <= i < last`` of the exec function's view, and the text that takes their place."""

    first: int
    last: int
    text: str


def plan_init(program: Program, places: dict[str, list]) -> InitPlan:
    """How the module is made today, and the function that becomes the exec slot. Raises :class:`Refusal`."""
    starts, made, tables = inits(program), creations(places), definitions(program)
    if not starts:
        raise Refusal("no PyInit_ function was found in its sources")
    if len(starts) > 1:
        raise Refusal("it has more than one PyInit_ function", program.place(starts[1].name_token))
    init = starts[0]
    if not made and places.get("PyModuleDef_Init"):
        return plan_multi_phase(program, places, init)
    if not made:
        raise Refusal("no call of PyModule_Create was found", program.place(init.name_token))
    if len(made) > 1:
        raise Refusal("it creates more than one module", program.place(made[1].view.tokens[made[1].index]))
    creation = made[0]
    definition = next((d for d in tables if d.name == creation.definition), None)
    if definition is None or definition.value is None:
        raise Refusal("the definition of its module is not in its sources as an initialiser", program.place(creation.view.tokens[creation.index]))
    if not written_but_for_its_name(definition) or span_of(definition.view.tokens, definition.first, definition.last) is None:
        raise Refusal("the definition of its module is made by a macro", program.place(definition.name_token))
    if definition.function is not None:
        raise Refusal("the definition of its module stands inside a function", program.place(definition.name_token))
    exec_function = _exec(program, places, init, creation)
    module = _module_name(creation, exec_function)
    reused = bool(module) and _reused(exec_function, module, creation)
    words = {t.text for t in exec_function.tokens}
    free = next(n for n in ("module", "mod", "self", "the_module") if n not in words)
    return InitPlan(init, exec_function, module, creation, definition, free if reused or not module else module, reused)


def _reused(function: Function, module: str, creation: Creation) -> bool:
    """Whether the variable of the new module is given anything else in the function, or its address is taken."""
    tokens = function.view.tokens
    for i in range(function.declaration.body, function.declaration.last):
        if tokens[i].text != module or tokens[i - 1].text in (".", "->"):
            continue
        given = tokens[i + 1].text == "=" and not _null_or_creation(tokens, i + 2, creation)
        cleared = tokens[i - 1].text == "(" and tokens[i - 2].text in ("Py_CLEAR", "Py_SETREF", "Py_XSETREF") and i < creation.index
        if given or cleared or tokens[i - 1].text == "&" and tokens[i - 2].text in ("(", ","):
            return True
    return False


def _null_or_creation(tokens, index: int, creation: Creation) -> bool:
    while tokens[index].text == "(" and index < creation.index:
        index = closing(tokens, index) + 1 if closing(tokens, index) < creation.index else index + 1
    return tokens[index].text in _NULL or index == creation.index


def _exec(program: Program, places: dict[str, list], init: Function, creation: Creation) -> Function:
    """PyInit itself, or the helper whose result it returns and does nothing else with."""
    if creation.function.name_token is init.name_token:
        return init
    helper = creation.function
    body = [t.text for t in init.view.tokens[init.declaration.body : init.declaration.last]]
    if body != ["{", "return", helper.name, "(", ")", ";", "}"]:
        raise Refusal(f"its module is made in {helper.name}() and {init.name}() goes on with it", program.place(helper.name_token))
    callers = [f for v, f, i in places.get(helper.name, ()) if f is not None and v.tokens[i] is not helper.name_token]
    if len(callers) != 1 or helper.parameters:
        raise Refusal(f"{helper.name}() makes the module and is called from elsewhere", program.place(helper.name_token))
    return helper


def _module_name(creation: Creation, function: Function) -> str:
    """The variable the new module is kept in; ``""`` where it is returned at once."""
    tokens, index = creation.view.tokens, creation.index
    before = index - 1
    while tokens[before].text == "(" or tokens[before].text == ")":
        if tokens[before].text == ")":
            while tokens[before].text != "(":
                before -= 1
        before -= 1
    if tokens[before].text == "=" and tokens[before - 1].kind == ID and tokens[before - 2].text not in (".", "->"):
        return tokens[before - 1].text
    if tokens[before].text == "return":
        return ""
    raise Refusal("the new module is kept in no plain variable", None)


class ExecBody:
    """The stretches of the exec function's body that change because the module is there already and the result is an int."""

    def __init__(self, program: Program, init: InitPlan, kept_in: str, given: str) -> None:
        """``kept_in``: the C text of what keeps the module, or ``""``; ``given``: the exec slot's parameter."""
        self.program, self.init, self.kept_in = program, init, kept_in
        self.tokens = init.exec.view.tokens
        self.body, self.last = init.exec.declaration.body, init.exec.declaration.last
        self.module = init.module
        self.gil: str | None = None
        self.given = given
        if init.reused:
            self.kept_in = init.module

    def stretches(self) -> list[Stretch]:
        """All of them, in order, none overlapping. Raises :class:`Refusal` for a statement porter does not know to say."""
        found = [*self._creation(), *self._declaration(), *self._gil()]
        covered = [(s.first, s.last) for s in found]
        for i in range(self.body + 1, self.last - 1):
            if any(a <= i < b for a, b in covered):
                continue
            if self.tokens[i].text == "return" and self.tokens[i].kind == ID:
                found.append(self._return(i))
            elif self.tokens[i].text in RELEASES and self.tokens[i + 1].text == "(" and self.tokens[i + 2].text == self.module and self.tokens[i + 3].text == ")":
                if not self.init.reused:
                    found.append(self._gone(i, i + 5))
                elif i > self.init.creation.index:
                    raise self._refuse(f"{self.module} holds other things before the module, and is released behind it", i)
        return sorted(found, key=lambda s: s.first)

    def _refuse(self, reason: str, index: int) -> Refusal:
        return Refusal(reason, self.program.place(self.tokens[index]))

    def _creation(self) -> list[Stretch]:
        index = self.init.creation.index
        first, end = self._statement(index), closing(self.tokens, index + 1)
        word = self.tokens[first].text
        if word == "return":
            return [Stretch(first, self._semicolon(first) + 1, "return 0;")]
        if word == "if":
            condition_end = closing(self.tokens, first + 1)
            return [self._gone(first, self._body_end(condition_end + 1, index))]
        stop = self._semicolon(end) + 1
        if self.tokens[stop - 2] is not self.tokens[end] and self.tokens[end + 1].text != ";":
            raise self._refuse("the module is created in the middle of an expression", index)
        while self.tokens[stop].text == ";":  # an empty statement behind a macro that ended in one
            stop += 1
        made = [Stretch(first, stop, f"{self.kept_in} = {self.given};")] if self.kept_in else [self._gone(first, stop)]
        if self._tests_module(stop):
            end = self._body_end(closing(self.tokens, stop + 1) + 1, index)
            if not self.kept_in and self._unbroken(first, end):
                return [self._gone(first, end)]
            made.append(self._gone(stop, end))
        return made

    def _unbroken(self, first: int, last: int) -> bool:
        """Whether no directive stands between two tokens."""
        span = span_of(self.tokens, first, last)
        return span is not None and "\n#" not in self.program.texts[span.file][span.start : span.end].replace(" ", "").replace("\t", "")

    def _tests_module(self, index: int) -> bool:
        """Whether ``if (m == NULL)``, ``if (!m)`` and the like stands here: it never holds any more."""
        if self.tokens[index].text != "if":
            return False
        words = [t.text for t in self.tokens[index + 2 : closing(self.tokens, index + 1)]]
        m = self.module
        return words in ([m, "==", "NULL"], ["NULL", "==", m], ["!", m], [m, "==", "0"], ["(", m, "==", "NULL", ")"])

    def _body_end(self, index: int, reported: int) -> int:
        """The end of the statement that an ``if`` governs; one with an ``else`` is not removed."""
        end = closing(self.tokens, index) + 1 if self.tokens[index].text == "{" else self._semicolon(index) + 1
        if self.tokens[end].text == "else":
            raise self._refuse("the test of the new module has an else", reported)
        return end

    def _declaration(self) -> list[Stretch]:
        """The local variable of the module goes: it is the exec slot's parameter."""
        if self.kept_in or not self.module:
            return []
        for i in range(self.body + 1, self.last):
            if self.tokens[i].text != self.module or self.tokens[i - 1].text != "*" or self.tokens[i + 1].text not in (";", ",", "="):
                continue
            first = self._statement(i)
            stop = self._semicolon(i) + 1
            if self.tokens[first].text == "PyObject" and first == i - 2 and self.tokens[i + 1].text == ";":
                return [self._gone(first, stop)]
            if self.tokens[i + 1].text == "=" and self.tokens[i + 2].text in _NULL and self.tokens[i + 3].text == ";" and first == i - 2:
                return [self._gone(first, stop)]
            if self.tokens[i + 1].text == "=" and first <= i and self.init.creation.index < stop and self.init.creation.index > i:
                return []  # declared where it is created: the creation takes it along
            if self.tokens[first].text == "PyObject" and first == i - 2 and self.tokens[i + 1].text == ",":
                return [Stretch(i - 1, i + 2, "")]
            if self.tokens[first].text == "PyObject" and first == i - 2 and self.tokens[i + 2].text in _NULL and self.tokens[i + 3].text == ",":
                return [Stretch(i - 1, i + 4, "")]
            if self.tokens[i - 2].text == ",":
                return [Stretch(i - 2, i + 1, "")] if self.tokens[i + 1].text != "=" else [Stretch(i - 2, i + 3, "")]
            raise self._refuse(f"the declaration of {self.module} is shared in a way porter does not know", i)
        raise self._refuse(f"no declaration of {self.module} was found in {self.init.exec.name}()", self.init.creation.index)

    def _gil(self) -> list[Stretch]:
        """PyUnstable_Module_SetGIL is a slot of the definition."""
        for i in range(self.body + 1, self.last):
            if self.tokens[i].text == "PyUnstable_Module_SetGIL":
                end = closing(self.tokens, i + 1)
                self.gil = self.tokens[end - 1].text
                return [self._gone(self._statement(i), self._semicolon(i) + 1)]
        return []

    def _return(self, index: int) -> Stretch:
        end = self._semicolon(index)
        words = [t.text for t in self.tokens[index + 1 : end]]
        while len(words) > 1 and words[0] == "(" and words[-1] == ")":
            words = words[1:-1]
        value = Value(self.init.exec.view, index + 1, end)
        answer = "0" if words == [self.module] and self.module else "-1" if value.empty else None
        if answer is not None:
            whole = self.tokens[index].expansion is not None and span_of(self.tokens, index + 1, end) is None
            return Stretch(index, end, f"return {answer}") if whole and span_of(self.tokens, index, end) else Stretch(index + 1, end, answer)
        if words[0] in _NULL_CALLS and words[1] == "(" and closing(self.tokens, index + 2) == end - 1:
            text = value.text
            return Stretch(index + 1, end, f"({text}, -1)")
        raise self._refuse(f"{self.init.exec.name}() returns {' '.join(words)}", index)

    def _gone(self, first: int, last: int) -> Stretch:
        """A statement that goes; where another statement governs it, an empty one stays."""
        governed = self.tokens[first - 1].text not in (";", "{", "}", ":")
        return Stretch(first, last, "{ }" if governed else "")

    def _statement(self, index: int) -> int:
        depth = 0
        for i in range(index - 1, self.body, -1):
            text = self.tokens[i].text
            if text in (")", "]"):
                depth += 1
            elif text in ("(", "["):
                depth -= 1
            elif depth <= 0 and (text in (";", "{", "}", "else") or text == ":" and self.tokens[i - 2].text != "?"):
                return i + 1
        return self.body + 1

    def _semicolon(self, index: int) -> int:
        while index < self.last and self.tokens[index].text != ";":
            index = closing(self.tokens, index) + 1 if self.tokens[index].text in ("(", "{", "[") else index + 1
        return index


def limited_api(program: Program) -> int | None:
    """The version of the limited API the extension is built for, as in ``Py_LIMITED_API``; None for the whole API."""
    values = [value for name, value in program.reader.given if name == "Py_LIMITED_API"]
    values += ["".join(t.text for t in m.body) for v in program.views for m in v.unit.defined if m.name.text == "Py_LIMITED_API"]
    for value in values:
        try:
            return max(int(value or "3", 0), 0x03020000)
        except ValueError:
            return 0x03020000
    return None


def foreign_state(program: Program, places: dict[str, list], from_python: Callable[[Function], bool]) -> str | None:
    """What the extension uses that is bound to one interpreter or to the main one, in words; None for nothing.

    ``from_python``: whether a function runs only in threads that came from Python, where the GIL it takes is their own.
    """
    for name, words in _FOREIGN.items():
        for view, function, index in places.get(name, ()):
            if function is not None and not one_gil(view) and not (name == "PyGILState_Ensure" and from_python(function)):
                place = program.place(view.tokens[index])
                return f"{name} ({place.file}:{place.line}) {words}"
    return _unseen_type(program, places)


def _unseen_type(program: Program, places: dict[str, list]) -> str | None:
    """A type that is readied and that nothing porter reads defines: a macro of a library that is not read may do it."""
    known = {v.name for v in program.variables()}
    for view, function, index in places.get("PyType_Ready", ()):
        tokens = view.tokens
        if function is None or [t.text for t in tokens[index + 1 : index + 3]] != ["(", "&"] or tokens[index + 4].text != ")":
            continue
        name = tokens[index + 3].text
        if name not in known and not any(p.name == name for p in function.parameters):
            place = program.place(tokens[index])
            return f"{name}, which is readied ({place.file}:{place.line}), is defined nowhere that porter reads"
    return None


_FOREIGN = {
    "PyGILState_Ensure": "binds a thread that does not come from Python to the main interpreter",
    "import_array": "keeps the C API of NumPy in a static of the file",
    "_import_array": "keeps the C API of NumPy in a static of the file",
    "PyArray_API": "keeps the C API of NumPy in a static of the file",
    "import_umath": "keeps the C API of NumPy in a static of the file",
    "PyState_AddModule": "finds the module by its definition, which multi-phase init does not do",
    "Py_AtExit": "registers one function for the whole process",
    "PyEval_SetProfile": "is bound to one thread",
    "Py_AddPendingCall": "runs in the main interpreter",
}
