"""What the writers of a port share: the plan, the draft, and the names that new code gets."""

from __future__ import annotations

from porter.facts.initializer import Value
from porter.facts.modules import module_fields
from porter.facts.program import name_as_written
from porter.plan.arms import Arms
from porter.plan.model import Plan, VariableMove
from porter.rewrite.draft import Draft
from porter.rewrite.types import TypeWriter


class Writer:
    """One plan being written into one draft."""

    def __init__(self, plan: Plan, draft: Draft, places: dict[str, list], arms: Arms, types: TypeWriter, min_python: str) -> None:
        self.plan, self.draft, self.places, self.arms, self.types = plan, draft, places, arms, types
        self.version = tuple(map(int, min_python.split(".")))
        self.file = plan.init.definition.view.file
        self.indent = draft.style(self.file).indent
        self.has_state = bool(plan.types or plan.variables or plan.strings or plan.existing or plan.needs_module or plan.reaches)

    @property
    def kept_module(self) -> VariableMove | None:
        """The variable the extension kept its module in, where it moves."""
        return next((v for v in self.plan.variables if v.module), None)

    @property
    def definition(self) -> str:
        """The module's definition as the text names it: its name, or the macro use that makes the name."""
        return name_as_written(self.plan.program, self.plan.init.definition)

    @property
    def declares(self) -> tuple[str, int]:
        """What the module says of its interpreters (PEP 684): the name, and its value in the stable ABI."""
        return ("Py_MOD_PER_INTERPRETER_GIL_SUPPORTED", 2) if self.plan.own_gil else ("Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED", 0)

    @property
    def exec_name(self) -> str:
        """The name of the exec slot's function."""
        return f"{self.plan.prefix}_exec"

    @property
    def parameter(self) -> str:
        """The name of the module in the exec slot."""
        return self.plan.module_name

    @property
    def visited(self) -> list[tuple[str, str | None]]:
        """The places in the state that hold a reference, each with the array it is an element ``[i]`` of."""
        found: list[tuple[str, str | None]] = [(m.variable.name, None) for m in self.plan.types]
        for move in self.plan.variables:
            found += [(move.member + h.path, None if h.array is None else move.member + h.array) for h in move.held]
        return found + [(member, None) for member in self.plan.strings]

    @property
    def own_hooks(self) -> dict[str, Value]:
        """The hooks the module's definition has already: ``m_traverse``, ``m_clear``, ``m_free``."""
        values = module_fields(self.plan.init.definition) or {}
        return {f: values[f] for f in ("m_traverse", "m_clear", "m_free") if f in values and not values[f].empty}

    @property
    def clear_name(self) -> str:
        """The function that clears the state: the module's own m_clear, or the new one."""
        own = self.own_hooks.get("m_clear")
        return own.name if own is not None and own.name else f"{self.plan.prefix}_clear"
