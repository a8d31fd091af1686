"""Variables that the headers of the C API and of numpy define in each file that imports their capsules.

Sources: Include/datetime.h of CPython; numpy/__multiarray_api.h and __ufunc_api.h as numpy generates them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from porter.facts import model
from porter.facts.declared import View
from porter.facts.program import Program
from porter.frontend.lexer import ID


@dataclass(frozen=True)
class _Capsule:
    """What one header defines: the statics, the calls that fill them, and the macros that rename or only declare the first."""

    header: str
    statics: tuple[tuple[str, str], ...]
    imports: frozenset[str]
    renamed_by: str = ""
    declared_by: str = ""


_NUMPY = (("PyArray_API", "void **"), ("PyArray_RUNTIME_VERSION", "int"))
_ARRAY_IMPORTS = frozenset("import_array import_array1 import_array2 _import_array PyArray_ImportNumPyAPI".split())
_CAPSULES = (
    _Capsule("datetime.h", (("PyDateTimeAPI", "PyDateTime_CAPI *"),), frozenset(("PyDateTimeAPI", "PyDateTime_IMPORT"))),
    _Capsule("numpy/arrayobject.h", _NUMPY, _ARRAY_IMPORTS, "PY_ARRAY_UNIQUE_SYMBOL", "NO_IMPORT_ARRAY"),
    _Capsule("numpy/ndarrayobject.h", _NUMPY, _ARRAY_IMPORTS, "PY_ARRAY_UNIQUE_SYMBOL", "NO_IMPORT_ARRAY"),
    _Capsule("numpy/ufuncobject.h", (("PyUFunc_API", "void **"),), frozenset(("import_ufunc", "import_umath", "_import_umath")),
             "PY_UFUNC_UNIQUE_SYMBOL", "NO_IMPORT_UFUNC"),
)  # fmt: skip


def header_variables(program: Program) -> Iterator[model.Variable]:
    """The variables each file gets from headers it includes, at the place of its ``#include``; only where it fills them."""
    seen = set()
    for view in program.views:
        for capsule in _CAPSULES:
            include = next((i for i in view.unit.includes if i.name == capsule.header and not i.target), None)
            writes = tuple(dict.fromkeys(program.place(t) for t in view.tokens if t.kind == ID and t.text in capsule.imports)) if include else ()
            names = _names(view, capsule)
            for name, ctype in names if writes else ():
                place = program.place_at(include.file, include.start)
                if (name, place) not in seen:
                    seen.add((name, place))
                    yield model.Variable(name, ctype, "c-state", place, None, writes, view.confidence)


def _names(view: View, capsule: _Capsule) -> list[tuple[str, str]]:
    macros = {m.name.text: m for m in view.unit.defined}
    if capsule.declared_by in macros:
        return []
    (_, ctype), *others = capsule.statics
    renamed = macros.get(capsule.renamed_by)
    if renamed is None or not renamed.body:
        return list(capsule.statics)
    prefix = renamed.body[0].text
    return [(prefix, ctype), *((prefix + name, each) for name, each in others)]  # the header pastes the two names
