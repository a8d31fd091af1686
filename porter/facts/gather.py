"""From an extension's sources to facts: what it declares and uses. Text in, values out; nothing is judged here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from porter.errors import Gap
from porter.facts import model
from porter.facts.collector import paused
from porter.facts.headers import header_variables
from porter.facts.holds import base_name
from porter.facts.mentions import mentions
from porter.facts.model import Facts
from porter.facts.modules import modules
from porter.facts.program import Program, read_program
from porter.facts.type_checks import type_checks
from porter.facts.types import types
from porter.facts.uses import index_names
from porter.facts.variables import defined, variables
from porter.settings import Settings
from porter.tree.banner import banner_of
from porter.tree.model import Extension

_CLINIC = "[clinic start generated code]"
Generated = tuple[str | None, str, model.Place | None]
_PARSERS = {"_PyArg_Parser": "_PyArg_Parser", "_Py_Identifier": "_Py_Identifier"}


@paused()
def gather(extension: Extension, read: Callable[[str], str | Gap], settings: Settings) -> Facts:
    """The facts of one extension. ``read`` leads from a path in the tree to its text, or to a Gap that says why not."""
    program = read_program(extension, read, settings.target_python, settings.include_dirs, settings.macros)
    facts = facts_of(program, generator_of(extension, read), settings.target_python)
    program.release()
    return facts


@paused()
def facts_of(program: Program, generated: Generated, target_python: str) -> Facts:
    """The facts of a program that is read already; ``generated``: what :func:`generator_of` says of its extension."""
    generator, version, banner = generated
    extension, places = program.extension, index_names(program)
    return Facts(
        extension,
        tuple(types(program, places)),
        tuple(sorted((*variables(program, places), *header_variables(program)), key=lambda v: (v.place, v.name))),
        tuple(_parsers(program)),
        tuple(modules(program, places)),
        generator,
        banner,
        tuple(sorted(set(program.gaps))),
        tuple(mentions(program, places)),
        tuple(type_checks(program, places)),
        target_python,
        version,
        tuple(_clinic(program.texts)),
    )


def _clinic(texts: dict[str, str]) -> Iterator[model.Place]:
    for file, text in sorted(texts.items()):
        at = text.find(_CLINIC)
        if at >= 0:
            yield model.Place(file, text.count("\n", 0, at) + 1)


def _parsers(program: Program) -> list[model.Parser]:
    found = [v for v in defined(program) if base_name(v) in _PARSERS and v.stars == 0]
    return sorted((model.Parser(v.name, _PARSERS[base_name(v)], program.place(v.name_token)) for v in found), key=lambda p: (p.place, p.name))


def generator_of(extension: Extension, read: Callable[[str], str | Gap]) -> Generated:
    """The tool that wrote the sources, by the tree's own word or by its banner in the text, its version, and where it says so."""
    for source in extension.sources:
        text = read(source)
        written = None if isinstance(text, Gap) else banner_of(text)
        if written:
            version = written.version if extension.generator in (None, written.by) else ""
            return extension.generator or written.by, version, model.Place(source, written.line)
    return extension.generator, "", model.Place(extension.sources[0], 1) if extension.generator and extension.sources else None
