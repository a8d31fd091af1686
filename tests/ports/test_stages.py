"""Every stage of a port stands alone: it compiles, and does what the extension did before."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from porter.facts.program import read_program
from porter.plan.scope import Scope
from porter.plan.stages import ARGS, DECLARE, INIT, STATE, TYPES
from porter.rewrite.port import Ported, port_program
from porter.span import encode
from porter.tree import discover, read_source

from .workshop import EXAMPLES, Example, build, drive, files, write_tree

NAMES = (
    "designated-initialiser",
    "exceptions-as-statics",
    "fields-assigned-in-init",
    "module-in-a-global",
    "two-files",
)
SOME = [each for each in EXAMPLES if each.name in NAMES]


def ported(each: Example, scope: Scope) -> Ported:
    extension = discover(each.before).extensions[0]
    program = read_program(extension, partial(read_source, each.before), "3.13", (), ())
    return port_program(program, "3.9", scope=scope)


def tree_of(each: Example, port: Ported, folder: Path) -> Path:
    write_tree(folder, files(each.before) | {file: encode(text) for file, text in port.texts.items()})
    return folder


@pytest.mark.parametrize("stage", [INIT, TYPES, STATE])
@pytest.mark.parametrize("each", SOME, ids=lambda each: each.name)
def test_a_stage_compiles_and_behaves_as_before(each: Example, stage: str, tmp_path: Path):
    port = ported(each, Scope(stage))
    assert port.texts and not port.own_gil
    built = build(tree_of(each, port, tmp_path / "tree"), tmp_path / "built")
    original = build(each.before, tmp_path / "original")
    assert drive(built, "behave", each.behave) == drive(original, "behave", each.behave)
    assert not built.warnings - original.warnings


@pytest.mark.parametrize("each", SOME, ids=lambda each: each.name)
def test_each_stage_moves_what_is_its_own(each: Example):
    kinds = {
        stage: {d.kind for d in ported(each, Scope(stage)).decisions if d.decision == "moved"}
        for stage in (INIT, TYPES, STATE)
    }
    with_init = {"variable"} if each.name == "module-in-a-global" else set()  # what keeps the module goes with the init
    assert kinds[INIT] == with_init
    assert kinds[TYPES] <= {"type"} | with_init
    assert kinds[STATE] == {d.kind for d in ported(each, Scope(DECLARE)).decisions if d.decision == "moved"}


def test_selected_symbols_move_alone(tmp_path: Path):
    each = next(each for each in SOME if each.name == "designated-initialiser")
    moved = [d.symbol for d in ported(each, Scope()).decisions if d.decision == "moved" and d.kind == "type"]
    port = ported(each, Scope(symbols=frozenset(moved[:1])))
    assert [d.symbol for d in port.decisions if d.decision == "moved"] == moved[:1]
    built = build(tree_of(each, port, tmp_path / "tree"), tmp_path / "built")
    assert drive(built, "behave", each.behave)


@pytest.mark.parametrize("stage", [STATE, ARGS])
def test_private_parsers_wait_for_their_stage(stage: str, tmp_path: Path):
    each = next(each for each in EXAMPLES if each.name == "private-parsers")
    port = ported(each, Scope(stage))
    assert ("static _PyArg_Parser" in port.texts["parse.c"]) is (stage == STATE)
    built = build(tree_of(each, port, tmp_path / "tree"), tmp_path / "built")
    assert drive(built, "behave", each.behave) == drive(build(each.before, tmp_path / "before"), "behave", each.behave)
