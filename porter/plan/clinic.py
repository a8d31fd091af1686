"""What Argument Clinic wrote is its own to change: nothing there is edited, and what is used there stays as it is."""

from __future__ import annotations

import re

from porter.facts.program import Function, Program

OUTPUT = re.compile(r"\[clinic start generated code\]\*/(.*?)/\*\[clinic end generated code", re.DOTALL)


class Clinic:
    """Answers whether a place is in the output of Argument Clinic."""

    def __init__(self, program: Program) -> None:
        self._spans = {
            file: [m.span(1) for m in OUTPUT.finditer(text)]
            for file, text in program.texts.items()
            if "[clinic " in text
        }

    def wrote(self, file: str, offset: int) -> bool:
        """Whether Clinic wrote what stands at ``offset``."""
        return any(start <= offset < end for start, end in self._spans.get(file, ()))

    def wrote_body(self, function: Function) -> bool:
        """Whether Clinic wrote what a function does; of one written by hand it may have written the head."""
        brace = function.view.tokens[function.declaration.body]
        return self.wrote(brace.file, brace.start)
