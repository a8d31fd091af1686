"""Heap types that are made without a module: their spec is there, and from now on they know the module they belong to."""

from __future__ import annotations

from porter.facts.capi import SPEC_FIELDS
from porter.facts.holds import base_name
from porter.facts.initializer import arguments, fields
from porter.facts.program import Function, Program
from porter.plan.model import HeapCall

WITHOUT_MODULE = ("PyType_FromSpec", "PyType_FromSpecWithBases")


def heap_calls(program: Program, places: dict[str, list], init: list[Function]) -> list[HeapCall]:
    """The calls of the init that make a type from a spec of the extension and leave the module out."""
    specs = {v.name: v for v in program.variables() if base_name(v) == "PyType_Spec" and v.value is not None and v.stars == 0 and not v.array}
    allowed = {f.name_token for f in init}
    found = []
    for name in WITHOUT_MODULE:
        for view, function, index in places.get(name, ()):
            given = arguments(view, index)
            spec = specs.get(given[0].name or "") if given else None
            if spec is None or function is None or function.name_token not in allowed:
                continue
            said = fields(spec.view, *spec.value, SPEC_FIELDS) or {}
            final = "flags" in said and "Py_TPFLAGS_BASETYPE" not in said["flags"].words
            found.append(HeapCall(view, function, index, spec.name, final))
    return found
