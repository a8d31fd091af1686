"""The init of a module that is multi-phase already: its definition, its table of slots, and the exec slots there (PEP 489)."""

from __future__ import annotations

from porter.facts.capi import MODULE_SLOT_FIELDS
from porter.facts.initializer import Value, arguments, pairs, rows
from porter.facts.modules import definitions, module_fields
from porter.facts.program import Function, Program, Variable, span_of, written_plainly
from porter.plan.model import InitPlan, Refusal
from porter.span import Span

EXEC, DECLARES = "Py_mod_exec", "Py_mod_multiple_interpreters"
_KNOWN = frozenset((EXEC, DECLARES, "Py_mod_gil"))


def plan_multi_phase(program: Program, places: dict[str, list], init: Function) -> InitPlan:
    """The init as it is, its first exec slot as the function that fills the module. Raises :class:`Refusal`."""
    definition = _definition(program, places, init)
    values = module_fields(definition)
    if values is None:
        raise Refusal("the definition of its module is no plain list of fields", program.place(definition.name_token))
    _check_size(program, definition, values.get("m_size"))
    table = _table(program, definition, values.get("m_slots"))
    functions = _exec_slots(program, table)
    first = functions[0]
    if not first.parameters or not first.parameters[0].name:
        raise Refusal(f"{first.name}() has no named parameter for the module", program.place(first.name_token))
    return InitPlan(init, first, "", None, definition, first.parameters[0].name, slots=table, others=tuple(functions[1:]))


def handing_out(program: Program, places: dict[str, list], init: Function) -> Function:
    """The function that hands out the definition: PyInit, or the helper whose result it returns and does nothing else with."""
    tokens = init.view.tokens[init.declaration.body : init.declaration.last]
    helper = program.function(tokens[2].text, init.view) if [t.text for t in tokens[1:2]] == ["return"] else None
    alone = helper is not None and [t.text for t in tokens] == ["{", "return", helper.name, "(", ")", ";", "}"]
    callers = [f for v, f, i in places.get(helper.name, ()) if f is not None and v.tokens[i] is not helper.name_token] if alone else []
    return helper if len(callers) == 1 and not helper.parameters else init


def _definition(program: Program, places: dict[str, list], init: Function) -> Variable:
    function = handing_out(program, places, init)
    calls = [(view, index) for view, f, index in places.get("PyModuleDef_Init", ()) if f is not None and f.name_token is function.name_token]
    given = [arguments(view, index) for view, index in calls]
    names = {each[0].name for each in given if each}
    found = [d for d in definitions(program) if d.name in names and d.value is not None and d.function is None]
    if len(calls) != 1 or len(found) != 1:
        raise Refusal("which definition its init hands out is not clear", program.place(init.name_token))
    if not written_plainly(found[0]) or span_of(found[0].view.tokens, found[0].first, found[0].last) is None:
        raise Refusal("the definition of its module is made by a macro", program.place(found[0].name_token))
    return found[0]


def _check_size(program: Program, definition: Variable, size: Value | None) -> None:
    """Its state is a struct, or there is none: of another size nobody knows what it is for."""
    words = [w for w in size.words if w not in "()"] if size is not None else ["0"]
    if words != ["0"] and (words[0] != "sizeof" or len([w for w in words if w != "struct"]) != 2):
        raise Refusal(f"the size of its state is {size.text}, which names no struct", program.place(definition.name_token))


def _table(program: Program, definition: Variable, value: Value | None) -> Variable:
    """The table of slots, written in one piece that no code changes later."""
    named = value.name if value is not None else None
    table = next((v for v in program.variables() if v.name == named and v.value is not None and v.array), None)
    if table is None:
        raise Refusal("the table of its slots is not in its sources as an initialiser", program.place(definition.name_token))
    if not written_plainly(table) or span_of(table.view.tokens, table.first, table.last) is None:
        raise Refusal("the table of its slots is made by a macro", program.place(table.name_token))
    return table


def _exec_slots(program: Program, table: Variable) -> list[Function]:
    rows = pairs(table, MODULE_SLOT_FIELDS)
    place = program.place(table.name_token)
    for slot, _ in rows:
        if slot not in _KNOWN and slot != "0":
            raise Refusal(f"its table of slots has {slot}, and porter does not know what the module is then", place)
    functions = [program.function(value.name or "", value.view) for slot, value in rows if slot == EXEC]
    if not functions or None in functions:
        raise Refusal("its table of slots names no function of the extension that fills the module", place)
    if len(functions) != _written(program, table, EXEC):
        raise Refusal("its table of slots has others in an #if arm that this configuration does not take", place)
    return [function for function in functions if function is not None]


def _written(program: Program, table: Variable, slot: str) -> int:
    """How often a slot stands in the text of the table, in any arm."""
    span = span_of(table.view.tokens, table.first, table.last)
    return sum(t.text == slot and span.start <= t.start < span.end for t in program.reader.tokens(span.file))


def declared(table: Variable) -> Value | None:
    """What a table of slots says of interpreters today."""
    return next((value for slot, value in pairs(table, MODULE_SLOT_FIELDS) if slot == DECLARES), None)


def why_not_declared(program: Program, table: Variable) -> str | None:
    """Why porter could not say something else of interpreters in a table of slots; None where it could."""
    value, place = declared(table), program.place(table.name_token)
    where = f"({place.file}:{place.line})"
    if _written(program, table, DECLARES) != (value is not None):
        return f"its table of slots {where} says what it supports in an #if arm that this configuration does not take"
    if value is not None and row_of(table, value.first) is None or value is None and last_row(table) is None:
        return f"its table of slots {where} is written so that porter cannot say there what it supports"
    return None


def row_of(table: Variable, index: int) -> Span | None:
    """The bytes of the row that holds a token."""
    found = next(((a, b) for a, b in rows(table.view, *table.value) or () if a <= index < b), None)
    return span_of(table.view.tokens, *found) if found is not None else None


def last_row(table: Variable) -> Span | None:
    """The bytes of the row that ends a table of slots."""
    found = rows(table.view, *table.value)
    return span_of(table.view.tokens, *found[-1]) if found and len(found) > 1 else None
