"""The state of a module: its struct, its accessors, and the place where both can stand."""

from __future__ import annotations

import posixpath
import re

from porter.facts.holds import basic_type
from porter.facts.program import span_of
from porter.frontend.declarations import closing
from porter.frontend.lexer import ID, Token
from porter.frontend.unit import standard_types
from porter.plan.model import Refusal, VariableMove
from porter.render import render_c
from porter.rewrite.functions import getters, getters_elsewhere
from porter.rewrite.layout import before_declaration, body_indent, outermost_conditionals
from porter.rewrite.uses import SymbolRefused
from porter.rewrite.writer import Writer

_COMMENT = re.compile(r"[ \t]*(/\*[^\n]*?\*/|//[^\n\r]*)[ \t\r]*$", re.MULTILINE)
_WORDS = frozenset("static struct union enum const volatile extern".split())
_BASIC = frozenset("void int char short long unsigned signed double float _Bool bool PyObject PyTypeObject".split())

_FUNCTIONS = {"module": "get_state", "type": "get_state_by_type", "either": "get_state_by_either", "interpreter": "get_state_by_interpreter",
              "add-type": "add_type", "add-sequence": "add_sequence", "reduce": "reduce_ex"}  # fmt: skip


class StateWriter(Writer):
    """Writes the state's struct and accessors, in the main file or in a header that several files share."""

    def __init__(self, *given) -> None:
        super().__init__(*given)
        self.basic: dict[str, str] = {}  # the types of members whose own names the state's header does not know

    def write_state(self) -> None:
        """All new text at file scope that is about the state."""
        if not self.has_state:
            return
        plan = self.plan
        several = self._users() - {self.file} - self._included().keys()
        if plan.existing:
            self._include_struct(several)
        disallow = any("Py_TPFLAGS_DISALLOW_INSTANTIATION" in m.flags for m in plan.types)
        flags = render_c("flags", disallow=disallow) if plan.types and self.version < (3, 10) else ""
        struct = ""
        if plan.existing:
            self._extend_struct(bool(several))
        elif several:
            self._header(several, flags)
            flags = ""
        else:
            struct = render_c("struct", indent=self.indent, members=self._lines(), state=plan.state_type) + "\n"
        for file in sorted({m.variable.name_token.file for m in plan.types} if flags else ()):
            self._insert_at_top(file, flags)
        accessors = render_c("getters", getters=getters(plan, bool(self.types.reduces)), state=plan.state_type, prefix=plan.prefix, definition=self.definition, indent=self.indent,
                             old=self.version < (3, 11), exported=bool(several), disallow=disallow and self.version < (3, 10), undotted=any(not m.dotted for m in plan.types), key=f"{plan.program.extension.name}.state")  # fmt: skip
        if plan.strings:
            accessors += render_c("intern_names", prefix=plan.prefix, state=plan.state_type, strings=plan.strings, indent=self.indent)
        for name in sorted(getters_elsewhere(plan)):  # no compiler misses an inline function that it does not need
            accessors = re.sub(rf"^static (?=[^\n]*\n{plan.prefix}_{_FUNCTIONS[name]}\()", "static inline ", accessors, flags=re.MULTILINE)
        offset = self._first_need()
        if plan.existing and self._struct()[2].file == self.file and self._struct()[2].start > offset:
            raise Refusal(f"{plan.existing}, the state it has, is defined behind the first function that needs it", plan.program.place(self._struct()[0]))
        self._check_known(offset)
        self.draft.insert(self.file, offset, struct + self._forward_definition() + accessors + self._forward_clear())

    def members(self) -> list[str]:
        """The declarations of the state's members."""
        found = ["PyObject *module"] if self.plan.needs_module else []
        found += [f"PyTypeObject *{m.variable.name}" for m in self.plan.types]
        found += [self._declaration(v) for v in self.plan.variables]
        return found + [f"PyObject *{member}" for member in self.plan.strings]

    def _declaration(self, move: VariableMove) -> str:
        """A variable as a member of the state's struct."""
        if move.written is None:
            return f"{self.basic.get(move.member, move.variable.base)} {'*' * move.variable.stars}{move.member}"
        before, behind = move.written
        return f"{before}{'' if before.endswith('*') else ' '}{move.member}{behind}"

    def _basic(self, move: VariableMove) -> str:
        """The type of the language behind a name that the state's header does not know. Raises :class:`SymbolRefused` where it is none."""
        found = basic_type(move.variable.view, move.variable.base) if move.written is None else None
        if found is None:
            raise SymbolRefused(move.variable, Refusal(f"{move.variable.base} is not known in all the files that need the state"))
        return found

    def _lines(self) -> list[str]:
        """The members as lines, each with the comment that stood behind its variable."""
        comments = {self._declaration(v): self._comment(v) for v in self.plan.variables}
        return [f"{m};{comments.get(m, '')}" for m in self.members() or ["char unused"]]

    def _comment(self, move: VariableMove) -> str:
        span = span_of(move.variable.view.tokens, move.variable.first, move.variable.last)
        if span is None or move.variable.declarators > 1:
            return ""
        text = self.draft.text(span.file)
        match = _COMMENT.match(text, span.end)
        return f"  {match[1]}" if match else ""

    def _included(self) -> dict[str, int]:
        """The C files that the only source reads as text, each with the place of the include that leads there: no header is needed for them."""
        found: dict[str, int] = {}
        views = self.plan.program.views
        for each in views[0].unit.includes if len(views) == 1 else ():
            if each.target is not None and each.target.endswith(".c") and (each.file == self.file or each.file in found):
                found.setdefault(each.target, each.start if each.file == self.file else found[each.file])
        return found

    def _users(self) -> set[str]:
        """The files in which functions, declarations or tables mention the state."""
        inserted = {file for (file, _), texts in self.draft.insertions.items() if any(self.plan.state_type in t for t in texts)}
        replaced = {span.file for span, text in self.draft.edits.items() if self.plan.state_type in text}
        reached = [r.function for r in self.plan.reaches.values() if r.source != "address"]
        return {f.view.tokens[f.declaration.body].file for f in reached} | self.types.reduces | inserted | replaced

    def _include_struct(self, files: set[str]) -> None:
        """Every file that mentions a state that is there already reads the file that defines it."""
        home = self._home_of_struct()
        for file in sorted(files - {home}):
            reading = [v for v in self.plan.program.views if file in v.unit.texts]
            sees = any(i.file == file and i.target == home for v in reading for i in v.unit.includes)
            if sees or all(v.file == file and home in v.unit.texts for v in reading):
                continue
            if not self._read_twice(home) or file in self._read_by(home):
                raise Refusal(f"{file} needs the state and does not include {home}, which defines it")
            self._insert_at_top(file, f'#include "{posixpath.relpath(home, posixpath.dirname(file) or ".")}"')

    def _read_twice(self, file: str) -> bool:
        """Whether a file may be read twice: it begins with ``#pragma once``, or with ``#ifndef`` and ``#define`` of one name."""
        words = [t.text for t in self.draft.raw(file)[0][:6]]
        guard = len(words) == 6 and words[:2] + words[3:5] == ["#", "ifndef", "#", "define"] and words[2] == words[5]
        return guard or words[:3] == ["#", "pragma", "once"]

    def _read_by(self, home: str) -> set[str]:
        """The files that a header reads, whatever way."""
        found, more = {home}, {home}
        while more:
            included = {i.target for v in self.plan.program.views for i in v.unit.includes if i.file in more and i.target}
            more = included - found
            found |= more
        return found

    def _forward_clear(self) -> str:
        """A declaration of the new m_clear for an m_free that stands before it."""
        late = self.visited and "m_free" in self.own_hooks and "m_clear" not in self.own_hooks
        return f"static int {self.clear_name}(PyObject *module);\n\n" if late else ""

    def _forward_definition(self) -> str:
        definition = self.plan.init.definition
        if not {"type", "either", "any"} & getters(self.plan):
            return ""
        word = "static" if "static" in definition.storage else "extern"
        return f"{word} struct PyModuleDef {self.definition};\n\n"

    def _first_need(self) -> int:
        """Before the first function or definition in the main file that mentions the state."""
        definition = self.plan.init.definition
        offsets = [span_of(definition.view.tokens, definition.first, definition.last).start]
        own = [self.plan.program.function(v.name or "", v.view) for v in self.own_hooks.values()]
        offsets += [f.name_token.start for f in own if f is not None and f.name_token.file == self.file]
        users = self._users()
        offsets += [start for file, start in self._included().items() if file in users]
        for reach in self.plan.reaches.values():
            token = reach.function.view.tokens[reach.function.declaration.first]
            if token.expansion is not None:
                token = token.expansion.outermost.use
            if token.file == self.file:
                offsets.append(token.start)
        for (file, offset) in list(self.draft.insertions) + [(s.file, s.start) for s in self.draft.edits]:
            if file == self.file and self._mentions_state(file, offset):
                offsets.append(self._declaration_start(file, offset))
        text = self.draft.text(self.file)
        conditionals = outermost_conditionals(self.plan.program.reader.tokens(self.file), text)
        return before_declaration(text, min(offsets), conditionals)

    def _mentions_state(self, file: str, offset: int) -> bool:
        texts = self.draft.insertions.get((file, offset), [])
        texts = texts + [t for s, t in self.draft.edits.items() if s.file == file and s.start == offset]
        return any(self.plan.state_type in t or f"{self.plan.prefix}_reduce_ex" in t for t in texts)

    def _declaration_start(self, file: str, offset: int) -> int:
        """The start of the declaration written around an offset: the line behind the last blank line before it."""
        text = self.draft.text(file)
        start = text.rfind("\n", 0, offset) + 1
        while start > 0:
            previous = text.rfind("\n", 0, start - 1) + 1
            if not text[previous:start].strip() or text[previous:start].rstrip().endswith((";", "}", "*/")) or text[previous:start].startswith("#"):
                break
            start = previous
        return start

    def _home_of_struct(self) -> str:
        """The file that defines the state the module has already."""
        return self._struct()[0].file

    def _struct(self):
        """The closing and the opening brace of that struct, and the last token of its declaration."""
        plan = self.plan
        name = plan.existing.split()[-1]
        for view in plan.program.views:
            tokens = view.tokens
            for declaration in view.declarations:
                words = [t.text for t in tokens[declaration.first : declaration.last]]
                if "struct" not in words or name not in words or "{" not in words:
                    continue
                opening = declaration.first + words.index("{")
                end = closing(tokens, opening, declaration.last)
                if tokens[opening - 1].text != name and (end + 1 >= declaration.last or tokens[end + 1].text != name):
                    continue
                if tokens[end].start >= 0:
                    return tokens[end], tokens[opening], tokens[declaration.last - 1]
        raise Refusal(f"{name}, the state it has, is not defined in its sources", plan.program.place(plan.init.definition.name_token))

    def _extend_struct(self, shared: bool) -> None:
        """New members at the end of the struct the module has for its state."""
        plan = self.plan
        if not self.members():
            return
        brace, opening, last = self._struct()
        text = self.draft.text(brace.file)
        indent = body_indent(text, opening.end)
        line = text.rfind("\n", 0, brace.start) + 1
        self.draft.insert(brace.file, line, "".join(f"{indent}{m}\n" for m in self._lines()))
        if shared:
            prototypes = render_c("prototypes", getters=getters(plan, bool(self.types.reduces)), state=plan.state_type, prefix=plan.prefix)
            self.draft.insert(brace.file, text.find("\n", last.end) + 1, "\n" + prototypes)

    def _check_known(self, offset: int) -> None:
        """A member whose type is only defined behind the struct cannot be in it."""
        tokens, _ = self.draft.raw(self.file)
        for move in [v for v in self.plan.variables if v.member not in self.basic]:
            if move.copied and self._reads_behind(move.variable.name_token, offset):
                raise SymbolRefused(move.variable, Refusal("what it starts as stands behind the first function that needs the state"))
            words = [w for w in _names(move) if w not in _BASIC and w not in standard_types()]
            for word in [w for w in words if not self._in_header(w)]:
                first = next((t.start for t in tokens if t.text == word), None)
                if first is not None and first > offset:
                    raise SymbolRefused(move.variable, Refusal(f"{word} is defined behind the first function that needs the state"))

    def _reads_behind(self, token: Token, offset: int) -> bool:
        """Whether the main file reads a token only behind an offset: it stands there, or an include that leads to it does."""
        if token.file == self.file:
            return token.start > offset
        includes = next(v.unit.includes for v in self.plan.program.views if v.file == self.file)
        files, before = {i.target for i in includes if i.file == self.file and i.start < offset}, set()
        while files - before:
            before |= files
            files |= {i.target for i in includes if i.file in files}
        return token.file not in files

    def _in_header(self, word: str) -> bool:
        """Whether a name of a type or struct is declared in another file than the main one, which includes it."""
        nodes = ((view, view.typedefs.get(word) or view.structs.get(word)) for view in self.plan.program.views)
        files = {view.tokens[node.coord.line].file for view, node in nodes if node is not None and node.coord is not None}
        return bool(files) and self.file not in files

    def _header(self, files: set[str], flags: str) -> None:
        """A header of its own for a state that several files need."""
        plan = self.plan
        for move in plan.variables:
            if move.copied:
                raise SymbolRefused(move.variable, Refusal("what it starts as is not known in all the files that need the state"))
            if any(w not in _BASIC and w not in standard_types() for w in _names(move)):
                self.basic[move.member] = self._basic(move)
        folder = posixpath.dirname(self.file)
        path = posixpath.join(folder, f"{plan.prefix}_state.h")
        if path in plan.program.texts or self.draft.program.reader.tokens(path):
            raise Refusal(f"{path} is there already")
        struct = render_c("struct", indent=self.indent, members=self._lines(), state=plan.state_type)
        prototypes = render_c("prototypes", getters=getters(plan, bool(self.types.reduces)), state=plan.state_type, prefix=plan.prefix)
        self.draft.new[path] = render_c("header", prefix=plan.prefix, name=plan.program.extension.name, flags=flags, struct=struct, prototypes=prototypes)
        for file in sorted(files | {self.file}):
            name = posixpath.relpath(path, posixpath.dirname(file) or ".")
            self._insert_at_top(file, f'#include "{name}"')

    def _first_declaration(self, file: str, inside: list[tuple[int, int]]) -> int:
        """Before the first declaration of a file that includes nothing."""
        starts = [t.start for v in self.plan.program.views for d in v.declarations if (t := v.tokens[d.first]).file == file and t.start >= 0]
        if not starts:
            raise Refusal(f"{file} has no place for the state's header")
        return before_declaration(self.draft.text(file), min(starts), inside)

    def _insert_at_top(self, file: str, text: str) -> None:
        """Behind the last ``#include`` that stands in no conditional, at the head of the file."""
        tokens, whole, offset = self.plan.program.reader.tokens(file), self.draft.text(file), 0
        inside = outermost_conditionals(tokens, whole)
        for index, token in enumerate(tokens):
            if token.text == "{":
                break
            if token.text == "include" and index and tokens[index - 1].text == "#" and not any(a <= token.start < b for a, b in inside):
                offset = whole.find("\n", token.start) + 1
        if not offset:
            offset = self._first_declaration(file, inside)
        self.draft.insert(file, offset, ("" if text.startswith("#include") else "\n") + text.rstrip("\n") + "\n")


def _names(move: VariableMove) -> list[str]:
    """The names that have to be known where a member is declared: types and macros, not the members of a struct written there."""
    if move.written is None:
        return [w for w in move.variable.base.split() if w != "struct"]
    tokens = move.variable.view.tokens
    last = move.variable.value[0] if move.variable.value is not None else move.variable.last
    found, depth = [], 0
    for i in range(move.variable.first, last):
        depth += {"{": 1, "}": -1}.get(tokens[i].text, 0)
        named = i == move.variable.name_index or depth > 0 and tokens[i + 1].text in (";", ",", "[", ")", ":")
        if tokens[i].kind == ID and not named and tokens[i].text not in _WORDS:
            found.append(tokens[i].text)
    return found
