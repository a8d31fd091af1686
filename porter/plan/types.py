"""Each static type: whether it can become a heap type with the same meaning, and what of it has to be said otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable

from porter.facts.alternates import one_gil
from porter.facts.capi import (
    GC_BASES,
    OFFSET_MEMBERS,
    RUNTIME_FIELDS,
    TABLE_OF_FIELD,
)
from porter.facts.holds import base_name, is_type_object
from porter.facts.initializer import Value
from porter.facts.program import Function, Program, Variable, span_of, written_plainly
from porter.facts.types import table_fields, type_fields
from porter.facts.uses import uses_of
from porter.facts.variables import defined
from porter.plan.collected import NEEDED, collected
from porter.plan.dealloc import analyse
from porter.plan.model import Assignment, Collected, Refusal, TypeMove
from porter.plan.ownership import argument_of
from porter.plan.types_assigned import Assigned
from porter.plan.types_sequence import fillings, sequence_move

_UNSAID = frozenset(("tp_vectorcall", "tp_dict", "tp_bases", "tp_mro"))
_VECTORCALL = frozenset(("Py_TPFLAGS_HAVE_VECTORCALL", "_Py_TPFLAGS_HAVE_VECTORCALL"))
_NO_METACLASS = frozenset("PyObject_HEAD_INIT PyVarObject_HEAD_INIT NULL PyType_Type PyTypeObject struct _typeobject _PyObject_EXTRA_INIT ob_base ob_size ob_type ob_refcnt".split())
_SPACE = re.compile(r"\s+")
_MAKERS = frozenset(
    "_PyObject_New _PyObject_NewVar PyObject_New PyType_GenericNew PyType_GenericAlloc PyObject_Call PyObject_CallObject "
    "PyObject_CallFunction PyObject_CallFunctionObjArgs PyObject_CallNoArgs PyObject_CallOneArg PyObject_Vectorcall".split()
)
_LIBRARY_FREES = frozenset("PyObject_Del PyObject_Free PyObject_GC_Del PyObject_DEL PyObject_FREE _PyObject_Del _PyObject_GC_Del".split())


class Types:
    """All static types of a program, with what the init assigns to their fields at run time."""

    def __init__(self, program: Program, places: dict[str, list], init_functions: Iterable[Function], gc: bool = True) -> None:
        """``gc``: whether a type may get GC support that it did not have."""
        self.program, self.places, self.gc = program, places, gc
        self.variables = [v for v in defined(program) if is_type_object(v) and not one_gil(v.view)]
        self.tables = {v.name: v for v in defined(program) if base_name(v) in TABLE_OF_FIELD.values() and v.stars == 0}
        self.init_functions = list(init_functions)
        self.assigned = Assigned(program, places, self.init_functions)
        self.assignments: dict[str, list[Assignment]] = {}
        for variable in (*self.variables, *self.tables.values()):
            self.assignments[variable.name] = self.assigned.statements(variable)

    def values(self, variable: Variable) -> dict[str, Value]:
        """Every field that is set, with sub-tables flattened and run-time assignments in. Raises :class:`Refusal`."""
        written = type_fields(variable)
        if written is None:
            raise Refusal("its initialiser is not a plain list of fields", self.program.place(variable.name_token))
        set_already = {name for name, value in written.items() if not value.empty}
        values = dict(written) | {a.field: a.value for a in self.assignments[variable.name] if not (a.default and a.field in set_already)}
        flat: dict[str, Value] = {}
        for name, value in values.items():
            if value.empty:
                continue
            if name in TABLE_OF_FIELD:
                flat |= self._flattened(name, value)
            else:
                flat[name] = value
        return flat

    def _flattened(self, name: str, value: Value) -> dict[str, Value]:
        table = self.tables.get(value.name or "")
        if table is None or base_name(table) != TABLE_OF_FIELD[name]:
            raise Refusal(f"{name} is {value.text}, which is no table porter can read", self.program.place(value.view.tokens[value.first]))
        inner = table_fields(table, TABLE_OF_FIELD[name])
        if inner is None:
            raise Refusal(f"{table.name} is not a plain list of fields", self.program.place(table.name_token))
        inner = inner | {a.field: a.value for a in self.assignments[table.name]}
        return {field: each for field, each in inner.items() if not each.empty}

    def move(self, variable: Variable) -> TypeMove:
        """The port of one type. Raises :class:`Refusal` with what stands in the way."""
        here = self.program.place(variable.name_token)
        if variable.array or variable.declarators > 1:
            raise Refusal("it is declared together with others, or in an array", here)
        declarations = tuple(v for v in self.program.variables() if v.name == variable.name and is_type_object(v))
        for each in declarations:
            if each is not variable and each.view.fresh is not None and each.value is not None:
                raise Refusal("it is defined once more in another #if arm", self.program.place(each.name_token))
            if not written_plainly(each) or span_of(each.view.tokens, each.first, each.last) is None:
                raise Refusal("its definition is not written in one piece: a macro makes it", self.program.place(each.name_token))
        if filled := fillings(variable, self.places):
            return sequence_move(self.program, variable, declarations, filled, self.init_functions)
        values = self.values(variable)
        tables = self._tables_of(variable)
        assignments = [a for v in (variable, *tables) for a in self.assignments[v.name]]
        self.assigned.check(variable, assignments, [a for each in self.assignments.values() for a in each])
        self._check_metaclass(values)
        for field in _UNSAID & values.keys():
            raise Refusal(f"{field} has no slot that means the same", self.program.place(values[field].view.tokens[values[field].first]))
        if "tp_name" not in values:
            raise Refusal("its name is written nowhere", here)
        full = values["tp_name"].string
        if full is None:
            raise Refusal(f"its name is {values['tp_name'].text}, no string", here)
        base = self._base(values)
        flags, traverse_base = self._flags(variable, values, base)
        self._check_dealloc(values)
        gc = self._gc_for_instances(variable, values, flags)
        self._check_lines(variable, values)
        self._check_own(values)
        unsaid = {a.field for a in assignments if a.late}
        if "tp_flags" not in values or not _VECTORCALL & set(values["tp_flags"].words):
            unsaid.add("tp_vectorcall_offset")  # nothing reads it; where code is older, a tp_print stands in its place
        return TypeMove(variable, declarations, full, {n: v for n, v in values.items() if n not in RUNTIME_FIELDS | unsaid}, tables, tuple(assignments),
                        base, (*flags, "Py_TPFLAGS_HAVE_GC") if gc else flags, traverse_base, "." in full, None, gc)  # fmt: skip

    def _check_metaclass(self, values: dict[str, Value]) -> None:
        """A type of another type than ``type`` needs PyType_FromMetaclass (Python 3.12)."""
        for field in ("ob_base", "ob_type"):
            value = values.get(field)
            names = [w for w in value.words if w.isidentifier() and w not in _NO_METACLASS] if value else []
            if names:
                raise Refusal(f"its type is {names[0]}, not type", self.program.place(value.view.tokens[value.first]))

    def _tables_of(self, variable: Variable) -> tuple[Variable, ...]:
        written = list((type_fields(variable) or {}).items()) + [(a.field, a.value) for a in self.assignments[variable.name]]
        return tuple(self.tables[v.name] for n, v in written if n in TABLE_OF_FIELD and v.name in self.tables)

    def _base(self, values: dict[str, Value]) -> str:
        if "tp_base" not in values:
            return ""
        value = values["tp_base"]
        name = value.name
        if name == "PyBaseObject_Type":
            return ""
        return name if name is not None else _SPACE.sub(" ", value.text)

    def _flags(self, variable: Variable, values: dict[str, Value], base: str) -> tuple[tuple[str, ...], str | None]:
        flags = ["Py_TPFLAGS_IMMUTABLETYPE"]
        if "tp_new" not in values and not base:
            flags.append("Py_TPFLAGS_DISALLOW_INSTANTIATION")
        own = {v.name for v in self.variables}
        written = values["tp_flags"].words if "tp_flags" in values else []
        if base and base not in own and "Py_TPFLAGS_HAVE_GC" not in written and "tp_traverse" not in values:
            exception = base.startswith("PyExc_")
            if exception or GC_BASES.get(base, False):  # of another, known when the init runs, it inherits what there is
                return (*flags, "Py_TPFLAGS_HAVE_GC"), f"((PyTypeObject *){base})" if exception else f"(&{base})"
        if "Py_TPFLAGS_HAVE_GC" in written and "tp_traverse" not in values and base not in own:
            if base not in GC_BASES or not GC_BASES[base]:
                raise Refusal("it says Py_TPFLAGS_HAVE_GC and has no tp_traverse", self.program.place(variable.name_token))
            return tuple(flags), f"(&{base})"
        return tuple(flags), None

    def _check_dealloc(self, values: dict[str, Value]) -> None:
        value = values.get("tp_dealloc")
        if value is None or value.name in _LIBRARY_FREES:
            return
        function = self.program.function(value.name or "", value.view)
        if function is None:
            raise Refusal(f"its tp_dealloc {value.text} is not in this extension", self.program.place(value.view.tokens[value.first]))
        analyse(self.program, function)

    def _gc_for_instances(self, variable: Variable, values: dict[str, Value], flags: tuple[str, ...]) -> Collected | None:
        """What changes for a type of which the module itself keeps an instance; None where it does not, or the type has GC already."""
        written = values["tp_flags"].words if "tp_flags" in values else []
        if "Py_TPFLAGS_HAVE_GC" in (*written, *flags):
            return None
        allowed = {f.name_token for f in self.init_functions}
        for use in uses_of(variable, self.places):
            if use.function is not None and use.function.name_token in allowed and argument_of(use) is not None and argument_of(use)[0] in _MAKERS:
                if not self.gc:
                    raise Refusal(NEEDED, self.program.place(use.token))
                return collected(self.program, variable, values, [self._fields(v) for v in self.variables if v is not variable])
        return None

    def _fields(self, variable: Variable) -> dict[str, Value]:
        return (type_fields(variable) or {}) | {a.field: a.value for a in self.assignments[variable.name]}

    def _check_lines(self, variable: Variable, values: dict[str, Value]) -> None:
        for name, value in values.items():
            if name in OFFSET_MEMBERS and name != "tp_vectorcall_offset" and "tp_members" in values:
                table = values["tp_members"].name
                if table is None:
                    raise Refusal(f"{name} needs a member and tp_members is {values['tp_members'].text}", self.program.place(variable.name_token))

    def _check_own(self, values: dict[str, Value]) -> None:
        """A field may name a type of the extension as its base, or for its size; for anything else the object would have to be there."""
        own = {v.name for v in self.variables}
        for name, value in values.items():
            words = value.words
            for i, word in enumerate(words):
                if word in own and name != "tp_base" and words[max(i - 2, 0) : i] != ["sizeof", "("]:
                    raise Refusal(f"{name} is {value.text}, which names a type", self.program.place(value.view.tokens[value.first + i]))


def library_dealloc(value: Value | None) -> bool:
    """Whether a tp_dealloc is one of the library's own freeing functions, which a heap type has no need of."""
    return value is not None and value.name in _LIBRARY_FREES
