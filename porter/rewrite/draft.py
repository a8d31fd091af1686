"""The edits of one port while they are collected: by file, each byte claimed once."""

from __future__ import annotations

from bisect import bisect_left

from porter.errors import OverlappingEdits
from porter.facts.program import Program
from porter.frontend.lexer import NEWLINE, Token
from porter.rewrite.clang_format import asked_style
from porter.rewrite.layout import file_indent
from porter.rewrite.style import Style, laid_out, written_style
from porter.span import Edit, Span, apply_edits


class Draft:
    """Edits by file. A replacement covers its bytes: later edits inside it are dropped, since its new text says them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.edits: dict[Span, str] = {}
        self.insertions: dict[tuple[str, int], list[str]] = {}
        self.covered: dict[str, list[tuple[int, int]]] = {}
        self.new: dict[str, str] = {}
        self._styles: dict[str, Style] = {}
        self._raw: dict[str, tuple[list[Token], list[int]]] = {}

    # -- edits -----------------------------------------------------------------

    def replace(self, span: Span, text: str) -> None:
        """Put ``text`` in the place of ``span``; the same edit twice is one. Raises OverlappingEdits for two different ones."""
        if self.is_covered(span.file, span.start, span.end):
            if self.edits.get(span) not in (None, text):
                raise OverlappingEdits(f"{span.file}: two texts for offset {span.start}")
            return
        self.edits[span] = text
        self.covered.setdefault(span.file, []).append((span.start, span.end))

    def insert(self, file: str, offset: int, text: str) -> None:
        """Put ``text`` at ``offset``, once, behind what was put there before."""
        texts = self.insertions.setdefault((file, offset), [])
        if text not in texts:
            texts.append(text)

    def remove(self, span: Span) -> None:
        """Take a declaration or statement out, with its line where nothing else stands on it."""
        self.replace(self.whole_lines(span), "")

    def is_covered(self, file: str, start: int, end: int) -> bool:
        """Whether a replacement holds all of these bytes."""
        return any(a <= start and end <= b for a, b in self.covered.get(file, ()))

    def is_removed(self, file: str, start: int, end: int) -> bool:
        """Whether these bytes go and nothing takes their place."""
        return any(s.file == file and s.start <= start and end <= s.end and not text for s, text in self.edits.items())

    def whole_lines(self, span: Span) -> Span:
        """``span`` grown to whole lines where only white space, and comments behind it, share them; and to one blank line too many."""
        text = self.text(span.file)
        start = text.rfind("\n", 0, span.start) + 1
        end = _behind_comment(text, span.end)
        if text[start : span.start].strip() or (end < len(text) and text[end] != "\n"):
            return span
        end = min(end + 1, len(text))
        if _blank_before(text, start) and _blank_at(text, end):
            end = text.find("\n", end) + 1 or len(text)
        return Span(span.file, start, end)

    def with_comment(self, span: Span) -> Span:
        """``span`` with the one-line comment that stands on the line above it and speaks of it alone."""
        text = self.text(span.file)
        line = text.rfind("\n", 0, span.start)
        above = text.rfind("\n", 0, max(line, 0)) + 1
        comment = text[above : max(line, 0)].strip()
        alone = comment.startswith("/*") and comment.endswith("*/") and comment.count("*/") == 1 or comment.startswith("//")
        return Span(span.file, above, span.end) if alone and _blank_before(text, above) else span

    def text(self, file: str) -> str:
        """The text of a file of the tree."""
        return self.program.texts[file]

    def results(self) -> dict[str, str]:
        """The new text of each file that changes."""
        edits: dict[str, list[Edit]] = {}
        for span, text in self.edits.items():
            edits.setdefault(span.file, []).append(Edit(span, text))
        for (file, offset), texts in self.insertions.items():
            if any(a < offset < b for a, b in self.covered.get(file, ())):
                raise OverlappingEdits(f"{file}: new text at offset {offset}, inside of what is replaced")
            edits.setdefault(file, []).extend(Edit(Span(file, offset, offset), text) for text in texts)
        made = {file: apply_edits(self.text(file), [self._as_in_its_file(e) for e in each]) for file, each in sorted(edits.items())}
        new = {file: laid_out(text, self.style(next(iter(edits)))) for file, text in self.new.items()}
        return {file: text for file, text in made.items() if text != self.text(file)} | new

    def style(self, file: str) -> Style:
        """How new code of a file is laid out: as the tree asks of clang-format, or as the file is."""
        if file not in self._styles:
            text = self.text(file)
            written = written_style(text, file_indent(text))
            self._styles[file] = asked_style(self.program.reader.read, file, written) or written
        return self._styles[file]

    def _as_in_its_file(self, edit: Edit) -> Edit:
        """New text in the style and with the line ends of its file."""
        text, new = self.text(edit.span.file), laid_out(edit.text, self.style(edit.span.file))
        if text.count("\r\n") * 2 > text.count("\n"):
            new = new.replace("\r\n", "\n").replace("\n", "\r\n")
        return Edit(edit.span, new)

    # -- the tokens of a file as they are written ---------------------------------

    def raw(self, file: str) -> tuple[list[Token], list[int]]:
        """All tokens of a file outside comments, in every arm and macro body, and their offsets."""
        if file not in self._raw:
            tokens = [t for t in self.program.reader.tokens(file) if t.kind != NEWLINE and t.start >= 0]
            self._raw[file] = tokens, [t.start for t in tokens]
        return self._raw[file]

    def raw_index(self, file: str, offset: int) -> int:
        """The index of the token written at ``offset``."""
        return bisect_left(self.raw(file)[1], offset)


def _behind_comment(text: str, end: int) -> int:
    while end < len(text):
        if text[end] in " \t\r":
            end += 1
        elif text.startswith("//", end):
            found = text.find("\n", end)
            return len(text) if found < 0 else found
        elif text.startswith("/*", end):
            close = text.find("*/", end)
            if close < 0 or "\n" in text[end:close]:
                return end
            end = close + 2
        else:
            return end
    return end


def _blank_before(text: str, start: int) -> bool:
    before = text[text.rfind("\n", 0, max(start - 1, 0)) + 1 : start].strip()
    return start == 0 or before in ("", "{")


def _blank_at(text: str, start: int) -> bool:
    end = text.find("\n", start)
    return end >= 0 and text[start:end].strip() == ""
