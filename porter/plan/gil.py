"""Callbacks that take the GIL: in which thread they run, and from where on they may ask Python anything."""

from __future__ import annotations

from porter.facts.callbacks import SYNCHRONOUS, TAKES_GIL
from porter.facts.calls import enclosing_call
from porter.facts.program import Function, Program
from porter.frontend.declarations import closing
from porter.plan.model import Refusal, key_of
from porter.plan.roles import Roles, spot


_LETS_GO = frozenset("PyEval_SaveThread PyEval_ReleaseThread PyThread_start_new_thread PyThreadState_Swap PyMem_SetAllocator fork vfork _Pragma".split())
_AT_EXIT = frozenset(("Py_AtExit", "atexit", "at_quick_exit", "on_exit"))
_ISO_C = frozenset(
    "assert complex ctype errno float inttypes iso646 limits locale math setjmp stdarg stdbool stddef stdint stdio stdlib string tgmath time "
    "wchar wctype".split()
)
"""Headers of C11 without those of threads and signals: nothing they declare calls back in a thread of its own."""


def always_held(program: Program, places: dict[str, list]) -> bool:
    """Whether whatever runs in an extension has the GIL: it never lets go of it, and uses no library that could start a thread."""
    if any(places.get(name) for name in _LETS_GO):
        return False
    for view in program.all_views:
        if any("pragma omp" in text for text in view.unit.texts.values()):
            return False
        for include in view.unit.includes:
            name = include.name.rpartition("/")[2]
            known = include.target or name.removesuffix(".h") in _ISO_C or name in ("Python.h", "structmember.h", "datetime.h", "frameobject.h")
            if not known:
                return False
    return True


def runs_in_python_threads(places: dict[str, list], roles: Roles, function: Function) -> bool:
    """Whether a function runs only in threads that came from Python: it, and all that call it, are called by Python, or
    by a library that calls back before it returns.

    There ``PyGILState_Ensure`` gives the thread state the thread had last, of whichever interpreter (3.12 and later;
    in older Pythons no interpreter has a GIL of its own).
    """
    seen: set[tuple] = set()
    todo = [function]
    while todo:
        each = todo.pop()
        if key_of(each) in seen:
            continue
        seen.add(key_of(each))
        for view, owner, index in places.get(each.name, ()):
            tokens = view.tokens
            if tokens[index].start == each.name_token.start and tokens[index].file == each.name_token.file:
                continue
            if owner is not None and tokens[index + 1].text == "(":
                todo.append(owner)
            elif owner is None and (spot(tokens[index]) in roles.places or tokens[index + 1].text == "("):
                continue
            else:
                call = enclosing_call(tokens, index)
                if call is None or tokens[call[0]].text not in SYNCHRONOUS:
                    return False
    return True


def runs_at_exit(places: dict[str, list], function: Function) -> bool:
    """Whether a function is registered to run when no interpreter is left."""
    for view, owner, index in places.get(function.name, ()):
        call = enclosing_call(view.tokens, index) if owner is not None else None
        if call is not None and view.tokens[call[0]].text in _AT_EXIT:
            return True
    return False


def takes_gil(program: Program, function: Function) -> int:
    """The index of the semicolon behind which a function has the GIL; its opening brace for one that is called with it.

    Raises :class:`Refusal` where it takes the GIL on some path only.
    """
    tokens, index = function.view.tokens, function.declaration.body + 1
    last = function.declaration.last - 1
    found = next((i for i in range(index, last) if tokens[i].text in TAKES_GIL and tokens[i + 1].text == "("), None)
    if found is None:
        return function.declaration.body
    while index < last:
        first, end = index, index
        while end < last and tokens[end].text not in (";", "{"):
            end = closing(tokens, end) + 1 if tokens[end].text in ("(", "[") else end + 1
        if first <= found < end and tokens[end].text == ";" and tokens[first].text not in ("if", "while", "for", "switch", "else", "do"):
            return end
        index = closing(tokens, end) + 1 if tokens[end].text == "{" else end + 1
    raise Refusal(f"{function.name}() needs the state and takes the GIL on some path only", program.place(tokens[found]))
