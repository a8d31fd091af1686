"""The style a tree asks of clang-format: the keys of ``.clang-format`` that new code can follow, with what its base style says.

The keys and the base styles are those of the documentation of clang-format (ClangFormatStyleOptions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from posixpath import dirname, join

import yaml

from porter.errors import Gap
from porter.rewrite.style import Style

_LLVM = Style("  ", False, False, False, False, "right", True, 80)
_BASES = {
    "llvm": _LLVM,
    "google": replace(_LLVM, pointer="left"),
    "chromium": replace(_LLVM, pointer="left"),
    "mozilla": replace(_LLVM, head_lines=True, function_brace=True, pointer="left"),
    "webkit": replace(_LLVM, indent="    ", function_brace=True, pointer="left", columns=0),
    "microsoft": replace(_LLVM, indent="    ", function_brace=True, control_brace=True, else_line=True, columns=120),
    "gnu": replace(_LLVM, head_lines=True, function_brace=True, control_brace=True, else_line=True, columns=79),
}
_BRACES = {
    "Attach": (False, False, False),
    "Linux": (True, False, False),
    "Mozilla": (True, False, False),
    "Stroustrup": (True, False, True),
    "Allman": (True, True, True),
    "GNU": (True, True, True),
    "Whitesmiths": (True, True, True),
    "WebKit": (True, False, False),
}
"""Whether a brace of a function, and of a statement, has a line of its own, and whether ``else`` has."""
_NAMES = (".clang-format", "_clang-format")


def asked_style(read: Callable[[str], str | Gap], file: str, written: Style) -> Style | None:
    """What the nearest ``.clang-format`` asks of a C file; None where none is, or none that can be read.

    ``written``: the style of the file as it is, for what is left to be derived from it.
    """
    for name in _above(file):
        text = read(name)
        if isinstance(text, str):
            values = _values(text)
            return None if values is None or values.get("DisableFormat") is True else _style(values, written)
    return None


def _above(file: str) -> Iterator[str]:
    folder = dirname(file)
    while True:
        yield from (join(folder, name) for name in _NAMES)
        if not folder:
            return
        folder = dirname(folder)


def _values(text: str) -> dict | None:
    """The keys that hold for C: a document without a language holds for all."""
    try:
        documents = [d for d in yaml.safe_load_all(text) if isinstance(d, dict)]
    except (yaml.YAMLError, ValueError):
        return None
    found: dict = {}
    for document in documents:
        if document.get("Language") in (None, "Cpp", "C"):
            found |= document
    return found or None


def _style(values: dict, written: Style) -> Style:
    base = str(values.get("BasedOnStyle", "LLVM")).lower()
    style = written if base == "inheritparentconfig" else _BASES.get(base, _LLVM)
    derives = values.get("DerivePointerAlignment", base in ("google", "chromium"))
    alignment = str(values.get("PointerAlignment", style.pointer)).lower()
    return replace(
        _braced(values, style),
        indent=_indent(values, style),
        head_lines=_breaks(values, style),
        pointer=written.pointer if derives is True or alignment not in ("left", "right", "middle") else alignment,
        spaced=values.get("SpaceBeforeParens", "ControlStatements" if style.spaced else "Never") not in ("Never", False),
        columns=values["ColumnLimit"] if _is_count(values.get("ColumnLimit")) else style.columns,
    )


def _indent(values: dict, style: Style) -> str:
    width = values.get("IndentWidth")
    width = width if _is_count(width) and 0 < width < 17 else len(style.indent)
    tabs = values.get("UseTab", "Never") not in ("Never", False)
    return "\t" * max(1, width // _tab(values)) if tabs else " " * width


def _tab(values: dict) -> int:
    width = values.get("TabWidth", 8)
    return width if _is_count(width) and width else 8


def _braced(values: dict, style: Style) -> Style:
    kind = values.get("BreakBeforeBraces")
    if kind in _BRACES:
        function, control, otherwise = _BRACES[kind]
        return replace(style, function_brace=function, control_brace=control, else_line=otherwise)
    wrapping = values.get("BraceWrapping")
    if kind != "Custom" or not isinstance(wrapping, dict):
        return style
    return replace(style, function_brace=wrapping.get("AfterFunction") is True, else_line=wrapping.get("BeforeElse") is True,
                   control_brace=wrapping.get("AfterControlStatement") in (True, "Always"))  # fmt: skip


def _breaks(values: dict, style: Style) -> bool:
    """Whether the type a function returns has a line of its own."""
    for key in ("BreakAfterReturnType", "AlwaysBreakAfterReturnType", "AlwaysBreakAfterDefinitionReturnType"):
        if key in values:
            return values[key] not in ("None", "Automatic", "ExceptShortType", False)
    return style.head_lines


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
