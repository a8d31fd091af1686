"""How the author lays out code, and new code laid out like that: heads, braces, pointers, ``else``, the length of lines.

What porter writes comes out of templates in the style of CPython (PEP 7), so only that has to be said otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TYPES = r"(?:Py\w*Object|PyModuleDef|PyMethodDef|PyType_Spec|PyType_Slot|PyStructSequence_Desc|PyThreadState|char|void|\w*_state|\w*State)"
_POINTER = re.compile(rf"\b({_TYPES}) (\*+)(?=[\w)])")
_HEAD = re.compile(r"^((?:static |extern |inline )*[A-Za-z_][\w ]*?)( ?\**)\n(\w+\([^\n{};]*\))(?=\n\{$|\Z)", re.MULTILINE)
_FUNCTION_BRACE = re.compile(r"^((?!#)\w[^\n;={}]*\))\n\{$", re.MULTILINE)
_CONTROL_BRACE = re.compile(r"^([ \t]*)((?:if|for|while|switch|else)\b[^\n]*?) \{$", re.MULTILINE)
_ELSE = re.compile(r"^([ \t]*)\}\n[ \t]*else\b", re.MULTILINE)
_STRUCT_BRACE = re.compile(r"^(typedef struct) \{$", re.MULTILINE)
_CONTROL = re.compile(r"\b(if|for|while|switch) \(")

_COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
_SEEN = {
    "head_lines": (r"^(?:static|extern|inline|const|unsigned|struct|\w)[\w ]*[ \t]*\**[ \t]*\n\w+[ \t]*\([^;{}]{0,800}\)\s*\{", r"^(?!else|return|if|for|while|switch)\w[\w ]*[ \t*]+\w+[ \t]*\([^;{}]{0,800}\)\s*\{"),
    "function_brace": (r"^\w[^\n;={}#]*\)[ \t]*\n\{", r"^\w[^\n;={}#]*\)[ \t]*\{[ \t]*$"),
    "control_brace": (r"^[ \t]+(?:if|for|while|switch)\b[^\n;{}]*\)[ \t]*\n[ \t]*\{", r"^[ \t]+(?:if|for|while|switch)\b[^\n;{}]*\)[ \t]*\{"),
    "else_line": (r"\}[ \t]*\n[ \t]*else\b", r"\}[ \t]*else\b"),
    "spaced": (r"\b(?:if|for|while|switch) \(", r"\b(?:if|for|while|switch)\("),
}  # fmt: skip
"""What shows that a thing is so, and that it is not."""
_POINTERS = {"right": rf"\b{_TYPES} \*+\w", "left": rf"\b{_TYPES}\*+ \w", "middle": rf"\b{_TYPES} \*+ \w"}
_FEW, _MOST = 3, 0.75


@dataclass(frozen=True)
class Style:
    """``indent``: one step; ``head_lines``: whether the type a function returns has a line of its own; ``function_brace``
    and ``control_brace``: whether an opening brace has; ``else_line``: whether ``else`` has; ``pointer``: the side of
    the star; ``spaced``: whether a blank stands between ``if`` and its parenthesis; ``columns``: the longest line, 0 for any."""

    indent: str = "    "
    head_lines: bool = True
    function_brace: bool = True
    control_brace: bool = False
    else_line: bool = True
    pointer: str = "right"
    spaced: bool = True
    columns: int = 0


def written_style(text: str, indent: str) -> Style:
    """The style of a file as it is; where little shows it, or this and that, what porter writes anyway."""
    code = _COMMENTS.sub(" ", text.replace("\r", ""))
    said = {name: _shown(code, *patterns) for name, patterns in _SEEN.items()}
    counts = {side: len(re.findall(pattern, code)) for side, pattern in _POINTERS.items()}
    side, most = max(counts.items(), key=lambda item: item[1])
    pointer = side if most >= _FEW and most >= _MOST * sum(counts.values()) else "right"
    return Style(indent, pointer=pointer, **{name: value for name, value in said.items() if value is not None})


def _shown(code: str, yes: str, no: str) -> bool | None:
    counts = [len(re.findall(pattern, code, re.MULTILINE)) for pattern in (yes, no)]
    if sum(counts) < _FEW or max(counts) < _MOST * sum(counts):
        return None
    return counts[0] > counts[1]


def laid_out(text: str, style: Style) -> str:
    """New code in another style than the one it was written in."""
    if not style.head_lines:
        text = _HEAD.sub(_joined, text)
    if not style.function_brace:
        text = _FUNCTION_BRACE.sub(r"\1 {", text)
    if not style.else_line:
        text = _ELSE.sub(r"\1} else", text)
    if style.control_brace:
        text = _STRUCT_BRACE.sub(r"\1\n{", _CONTROL_BRACE.sub(r"\1\2\n\1{", text))
    if style.pointer != "right":
        text = _POINTER.sub(r"\1\2" if style.pointer == "left" else r"\1 \2 ", text)
        text = re.sub(rf"\b({_TYPES}\*+)(?=\w)", r"\1 ", text) if style.pointer == "left" else text.replace("* )", "*)")
    if not style.spaced:
        text = _CONTROL.sub(r"\1(", text)
    return "\n".join(_broken(line, style) for line in text.split("\n")) if style.columns and "\n" in text else text


def _joined(match: re.Match) -> str:
    return f"{match[1]}{match[2]}{'' if match[2].endswith('*') else ' '}{match[3]}"


def _broken(line: str, style: Style) -> str:
    """A line that is too long, broken behind commas, the rest below the first argument."""
    opening = line.find("(")
    if len(line) <= style.columns or opening < 0 or '"' in line or line.lstrip().startswith(("#", "/*", "*")):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    below = indent + " " * (opening + 1 - len(indent))
    lines = [line[: opening + 1]]
    for number, part in enumerate(_parts(line, opening)):
        if number and len(lines[-1]) + 1 + len(part) > style.columns:
            lines.append(below + part)
        else:
            lines[-1] += f" {part}" if number else part
    return "\n".join(lines)


def _parts(line: str, opening: int) -> list[str]:
    """What stands in the parentheses at ``opening``, cut behind the commas that stand in no others; the last part has what follows."""
    parts, depth, start = [], 0, opening + 1
    for i in range(opening, len(line)):
        depth += (line[i] in "([{") - (line[i] in ")]}")
        if line.startswith(", ", i) and depth == 1:
            parts.append(line[start : i + 1])
            start = i + 2
    return [*parts, line[start:]]
