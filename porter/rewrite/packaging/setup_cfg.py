"""``setup.cfg`` edited through ConfigUpdater, which keeps its comments and layout."""

from __future__ import annotations

from configparser import Error as ConfigError

from configupdater import ConfigUpdater

from porter.plan.model import Decision
from porter.rewrite.packaging.by_hand import by_hand
from porter.rewrite.packaging.versions import outdated, raised

REQUIRES = "python_requires"


def states_python(source: bytes) -> bool:
    """Whether ``setup.cfg`` says which Pythons the project serves."""
    config = _parsed(source)
    return config is not None and config.has_option("options", REQUIRES)


def raise_setup_cfg(file: str, source: bytes, minimum: str) -> tuple[bytes, list[Decision]]:
    """``setup.cfg`` that asks for ``minimum`` at least where it says anything, and what a person has to change."""
    windows = b"\r\n" in source
    config = _parsed(source.replace(b"\r\n", b"\n"))
    if config is None:
        return source, [by_hand(file, REQUIRES, "it cannot be read", minimum)]
    try:
        changed = _raise(config, minimum)
    except ValueError as problem:
        return source, [by_hand(file, REQUIRES, str(problem), minimum)]
    new = str(config).encode("latin-1") if changed else source
    return new.replace(b"\n", b"\r\n") if windows and changed else new, []


def _parsed(source: bytes) -> ConfigUpdater | None:
    try:
        return ConfigUpdater().read_string(source.decode("latin-1"))
    except ConfigError:
        return None


def _raise(config: ConfigUpdater, minimum: str) -> bool:
    """Change what has to change; whether anything had to."""
    changed = False
    if config.has_option("options", REQUIRES):
        option = config["options"][REQUIRES]
        new = raised(option.value or "", minimum)
        if new is not None:
            option.value, changed = new, True
    if config.has_option("metadata", "classifiers"):
        option = config["metadata"]["classifiers"]
        lines = [line for line in (option.value or "").splitlines() if line.strip()]
        kept = [line.strip() for line in lines if not outdated(line, minimum)]
        if len(kept) != len(lines):
            option.set_values(kept)
            changed = True
    return changed
