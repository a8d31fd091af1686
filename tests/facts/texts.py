"""Facts of C and C++ texts held in memory, for tests."""

from __future__ import annotations

from porter.errors import Gap
from porter.facts.gather import gather
from porter.facts.model import Facts, TypeFact, Variable
from porter.settings import Settings
from porter.tree.model import Extension


def facts_of(text: str, suffix: str = "c", **headers: str) -> Facts:
    """The facts of one source; ``headers`` are beside it, ``h`` as h.h."""
    return facts_of_files({f"t.{suffix}": text, **{f"{name}.h": content for name, content in headers.items()}}, (f"t.{suffix}",))


def facts_of_files(files: dict[str, str], sources: tuple[str, ...], language: str = "c") -> Facts:
    """The facts of an extension of several files."""
    return gather(Extension("m", sources, language=language), lambda name: files.get(name, Gap(name, 0, name, "absent")), Settings())


def kinds(facts: Facts) -> dict[str, str]:
    """Each variable's name and kind."""
    return {v.name: v.kind for v in facts.variables}


def variable(facts: Facts, name: str) -> Variable:
    """The one variable of that name."""
    (found,) = (v for v in facts.variables if v.name == name)
    return found


def type_(facts: Facts, name: str) -> TypeFact:
    """The one type of that name."""
    (found,) = (t for t in facts.types if t.name == name)
    return found
