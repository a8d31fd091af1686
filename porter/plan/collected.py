"""GC support for a type that needs it: an instance the module keeps holds its type, which holds the module and its state.

Only the collector gets through that ring. The traverse that a port adds visits the type and nothing else: fields stay
with whoever managed them before, so no field can be visited while it is half made.
"""

from __future__ import annotations

from porter.facts.initializer import Value, arguments
from porter.facts.program import Function, Program, Variable, View
from porter.frontend.lexer import Token
from porter.plan.dealloc import analyse
from porter.plan.model import Collected, Refusal

ALLOCATORS = frozenset(("PyObject_New", "PyObject_NEW"))
_ALLOCATES = frozenset(("_PyObject_New", "_PyObject_NewVar"))
_PUTS_TOGETHER = frozenset("PyObject_Init PyObject_INIT PyObject_InitVar PyObject_INIT_VAR".split())
_OWN_WAY = ("tp_itemsize", "tp_free", "tp_is_gc", "tp_traverse", "tp_clear")
_DELETES = frozenset("PyObject_Del PyObject_DEL PyObject_Free PyObject_FREE".split())
NEEDED = "an instance of it is made while the module is loaded, and would keep the module alive: the type needs GC support first"


def collected(program: Program, variable: Variable, values: dict[str, Value], others: list[dict[str, Value]]) -> Collected:
    """Every place that allocates or frees an instance of a type. Raises :class:`Refusal` where GC support is out of reach.

    ``others``: the fields of the extension's other static types.
    """

    def refuse(why: str) -> Refusal:
        return Refusal(f"{NEEDED}, and {why}", program.place(variable.name_token))

    struct = _struct(values.get("tp_basicsize"))
    special = next((n for n in _OWN_WAY if n in values), None)
    if struct is None or special or "tp_base" in values:
        raise refuse(f"it has a {special}" if special else "its size is not that of a struct" if struct is None else "it has a base")
    if "tp_alloc" in values and values["tp_alloc"].name != "PyType_GenericAlloc":
        raise refuse("it allocates in a way of its own")
    if any("tp_base" in each and each["tp_base"].name == variable.name for each in others):
        raise refuse("types of the extension are derived from it")
    if any(token.text in _PUTS_TOGETHER for view in program.views for token in view.tokens):
        raise refuse("objects are put together from raw memory here")
    allocations, owners = _allocations(program, variable.name, struct)
    if None in allocations:
        raise refuse("a macro allocates it")
    frees, dealloc = _frees(program, values.get("tp_dealloc"))
    if dealloc is not None and any(each.get("tp_dealloc") is not None and each["tp_dealloc"].name == dealloc.name for each in others):
        raise refuse(f"{dealloc.name}() serves other types too")
    if frees is None or any(_deletes_elsewhere(f, dealloc, owners, struct) for f in program.functions()):
        raise refuse("it is freed in a way porter does not change")
    return Collected(tuple(a for a in allocations if a is not None), frees)


def _struct(size: Value | None) -> str | None:
    """The struct in ``sizeof(struct)``."""
    words = [w for w in size.words if w != "struct"] if size is not None else []
    return words[2] if len(words) == 4 and words[:2] == ["sizeof", "("] else None


def _allocations(program: Program, name: str, struct: str) -> tuple[list[tuple[Token, Token] | None], set[str]]:
    """The uses of PyObject_New for an instance, from name to closing parenthesis, None for one no edit can reach; and the functions they stand in."""
    found: list[tuple[Token, Token] | None] = []
    owners: set[str] = set()
    for function in program.functions():
        view, tokens = function.view, function.view.tokens
        for index in range(function.declaration.body, function.declaration.last):
            given = arguments(view, index) if tokens[index].text in _ALLOCATES else None
            if given and (given[0].name == name or _cast_to(tokens, index) == struct):
                use = tokens[index].expansion.outermost if tokens[index].expansion is not None else None
                plain = use is not None and use.use.text in ALLOCATORS and use.use.start >= 0 and len(given) == 1
                found.append((use.use, use.last) if plain else None)
                owners.add(function.name)
    return found, owners


def _cast_to(tokens: list[Token], index: int) -> str | None:
    """The struct in the cast before a call: ``(Struct *)call(…)``."""
    words = [t.text for t in tokens[max(index - 3, 0) : index]]
    return words[0] if words[1:] == ["*", ")"] else None


def _frees(program: Program, value: Value | None) -> tuple[tuple[tuple[View, int], ...] | None, Function | None]:
    """The calls in the deallocator that have to free memory with a GC header, and the deallocator; None for the calls if one is unknown."""
    dealloc = program.function(value.name, value.view) if value is not None and value.name else None
    if dealloc is None:
        return (), None
    renamed = []
    for free in analyse(program, dealloc).frees:
        called = [i for i in range(free.first, free.last) if dealloc.view.tokens[i].text in (*_DELETES, "tp_free")]
        if len(called) != 1 or free.hands_on is not None or dealloc.view.tokens[called[0]].start < 0:
            return None, dealloc
        if dealloc.view.tokens[called[0]].text != "tp_free":
            renamed.append((dealloc.view, called[0]))
    return tuple(renamed), dealloc


def _deletes_elsewhere(function: Function, dealloc: Function | None, owners: set[str], struct: str) -> bool:
    """Whether a function that makes or names instances frees what may be one."""
    if dealloc is not None and function.name_token is dealloc.name_token:
        return False
    words = {t.text for t in function.tokens}
    return bool(words & _DELETES) and (function.name in owners or struct in words)
