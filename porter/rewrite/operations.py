"""The port of an extension with what is made only when asked for: offered, or made before the port itself."""

from __future__ import annotations

from dataclasses import replace

from porter.facts.program import Program, reread
from porter.facts.uses import index_names
from porter.plan.model import Decision
from porter.plan.scope import Scope
from porter.rewrite.locking import with_lock
from porter.rewrite.port import Mentioned, Ported, port_program
from porter.rewrite.public_types import public_types
from porter.rewrite.singletons import singletons
from porter.span import apply_edits

_IN_PLACE = (public_types, singletons)
"""Those that change a use where it stands, whatever becomes of the extension."""


def port_and_operate(
    program: Program, min_python: str, mentioned: Mentioned, scope: Scope, guarded: tuple[str, ...], done: bool
) -> Ported:
    """The port as far as ``scope`` goes, with its unsafe operations.

    ``guarded``: patterns of the functions a lock is to be held around; ``done``: whether the extension is isolated already.
    """
    texts: dict[str, str] = {}
    decisions: list[Decision] = []
    places = index_names(program)
    for operation in _IN_PLACE:
        offer = operation(program, places, min_python)
        wanted = offer.operation in scope.unsafe and offer.edits
        decisions += offer.taken if wanted else offer.decisions
        if wanted:
            changed = {e.span.file for e in offer.edits}
            texts |= {file: apply_edits(program.texts[file], {e for e in offer.edits if e.span.file == file}) for file in changed}
            program = reread(program, texts)
            places = index_names(program)
    if done:
        ported = Ported(program.extension.name, {}, (), True)
    else:
        ported = with_lock(port_program(program, min_python, mentioned, scope), program, min_python, mentioned, scope, guarded)
    return replace(ported, texts=texts | ported.texts, decisions=tuple(sorted((*ported.decisions, *decisions))))
