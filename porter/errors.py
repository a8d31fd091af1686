"""The kinds of failure: values for what could not be read, exceptions for what cannot go on, exit codes for the shell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """What a command answers to the shell; the same numbers mean the same in every verb."""

    OK = 0
    FOUND = 1
    ERROR = 2
    UNREAD = 3


@dataclass(frozen=True, order=True)
class Gap:
    """Something porter could not read: it is reported, never passed over.

    ``file`` is relative to the scanned root (POSIX separators), ``line`` counts from 1 (0: the whole file),
    ``what`` names the thing (a declaration, a file, a folder), ``why`` says the cause in words for the user.
    """

    file: str
    line: int
    what: str
    why: str


class PorterError(Exception):
    """A failure to tell the user in one line, with what to do next in ``hint``; never shown as a traceback."""

    exit_code = Exit.ERROR

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PorterError):
    """The call or a setting is wrong."""


class OverlappingEdits(PorterError):
    """Two edits want the same bytes: a defect of the plan, so nothing of the file is written."""
