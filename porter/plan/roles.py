"""The functions the interpreter calls: through which table, and so what their first arguments are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from porter.facts.capi import GETSET_FIELDS, METHOD_FIELDS, MODULE_SLOT_FIELDS, SPEC_FIELDS
from porter.facts.holds import base_name
from porter.facts.initializer import Value, arguments, fields, pairs, rows
from porter.facts.modules import module_fields
from porter.facts.program import Program, Variable
from porter.facts.variables import defined
from porter.frontend.declarations import split_commas
from porter.frontend.lexer import Token
from porter.plan.clinic import Clinic


ADD_FUNCTIONS = "PyModule_AddFunctions"


@dataclass(frozen=True)
class Role:
    """One way the interpreter calls a function. ``kind``: ``module-function``, ``module-hook``, ``method``, ``class-method``,
    ``static-method``, ``getset``, or a slot's field name; ``owner``: the type's variable name, or ``""`` for the module."""

    kind: str
    owner: str


def spot(token: Token) -> tuple[str, int, str]:
    """Where a name stands: its spelling, or the macro use whose ``##`` made it."""
    text = token.text
    if token.start < 0 and token.expansion is not None:
        token = token.expansion.outermost.use
    return token.file, token.start, text


class Roles:
    """Roles by function name, and the places of the names in tables that give them, as :func:`spot` says them."""

    def __init__(self, program: Program, type_values: dict[str, dict[str, Value]], definition: Variable) -> None:
        self.by_name: dict[str, set[Role]] = defaultdict(set)
        self.places: set[tuple[str, int, str]] = set()
        self.unknown_tables: list[Variable] = []
        self._known = {v.name: v for v in defined(program)}
        self._elsewhere = [v for view in program.alternates for v in view.variables if v.function is None and v.value is not None]
        self._placed: set[str] = set()
        for name, value in (module_fields(definition) or {}).items():
            if name == "m_methods":
                self._table(value.name, "", METHOD_FIELDS)
            elif name in ("m_traverse", "m_clear", "m_free"):
                self._add(value, Role("module-hook", ""))
            elif name == "m_slots":
                self._slots(value.name)
        self._added(program)
        for owner, values in type_values.items():
            self._type(owner, values)
        for variable in self._known.values():
            if base_name(variable) == "PyType_Spec" and variable.value is not None and variable.stars == 0:
                self._spec(variable)
        self._rest()
        self._implementations(program)

    def _slots(self, name: str | None) -> None:
        """The exec slots of a module that is multi-phase already."""
        for slot, value in pairs(self._known.get(name or ""), MODULE_SLOT_FIELDS):
            if slot == "Py_mod_exec":
                self._add(value, Role("module-hook", ""))

    def _added(self, program: Program) -> None:
        """Tables that PyModule_AddFunctions puts into the module: their functions are handed the module like the others."""
        for view in program.views:
            if any(ADD_FUNCTIONS in text for text in view.unit.texts.values()):
                for index, token in enumerate(view.tokens):
                    given = arguments(view, index) if token.text == ADD_FUNCTIONS else []
                    if len(given) == 2:
                        self._table(given[1].name, "", METHOD_FIELDS)

    def _spec(self, variable: Variable) -> None:
        """The functions of a heap type's slots: called as a static type's are."""
        spec = fields(variable.view, *variable.value, SPEC_FIELDS) or {}
        table = self._known.get((spec["slots"].name if "slots" in spec else None) or "")
        for first, last in (rows(table.view, *table.value) if table is not None and table.value else None) or ():
            pair = split_commas(table.view.tokens, first + 1, last - 1)
            if len(pair) == 2:
                self._type(variable.name, {Value(table.view, *pair[0]).text.removeprefix("Py_"): Value(table.view, *pair[1])})

    def _type(self, owner: str, values: dict[str, Value]) -> None:
        for name, value in values.items():
            if name == "tp_methods":
                self._table(value.name, owner, METHOD_FIELDS)
            elif name == "tp_getset":
                self._table(value.name, owner, GETSET_FIELDS)
            elif not value.empty:
                self._add(value, Role(name, owner))

    def _add(self, value: Value, role: Role) -> None:
        if value.name is not None:
            self.by_name[value.name].add(role)
            for token in value.view.tokens[value.first : value.last]:
                if token.text == value.name:
                    self.places.add(spot(token))

    def _table(self, name: str | None, owner: str, names: list[str]) -> None:
        variable = self._known.get(name or "")
        if variable is None or variable.value is None:
            return
        self._placed.add(variable.name)
        for each in (variable, *(v for v in self._elsewhere if v.name == name and v.view.file == variable.view.file)):
            for first, last in (rows(each.view, *each.value) if each.array else [each.value]) or ():
                self._row(fields(each.view, first, last, names) or {}, owner, names)

    def _row(self, row: dict[str, Value], owner: str, names: list[str]) -> None:
        if names is METHOD_FIELDS:
            self._method(row, owner)
            return
        for part in ("get", "set"):
            if part in row and not row[part].empty:
                self._add(row[part], Role("getset", owner))

    def _method(self, row: dict[str, Value], owner: str) -> None:
        if "ml_meth" not in row or row["ml_meth"].empty:
            return
        flags = row["ml_flags"].words if "ml_flags" in row else []
        kind = "method" if owner else "module-function"
        if "METH_CLASS" in flags:
            kind = "class-method"
        if "METH_STATIC" in flags:
            kind = "static-method"
        self._add(row["ml_meth"], Role(kind, owner))

    def _implementations(self, program: Program) -> None:
        """The functions that Argument Clinic's wrappers hand their first argument on to: called as the wrappers are."""
        clinic = Clinic(program)
        for function in program.functions():
            first, roles = function.parameters[0].name if function.parameters else "", self.by_name.get(function.name)
            if not first or not roles or not clinic.wrote_body(function):
                continue
            for index in range(function.declaration.body, function.declaration.last):
                name = function.view.tokens[index].text
                given = arguments(function.view, index) if name.endswith("_impl") else None
                if given and given[0].name == first:
                    self.by_name[name] |= roles

    def _rest(self) -> None:
        """Method tables that belong to nothing known: their functions are called in a way porter does not see."""
        for variable in self._known.values():
            if base_name(variable) == "PyMethodDef" and variable.stars == 0 and variable.name not in self._placed:
                self.unknown_tables.append(variable)
