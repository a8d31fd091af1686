"""Functions of C libraries that take a callback, and call it only in a thread that is inside of the library, as data.

Sources: the chapters on notice processing of the libpq manual, the C API reference of SQLite (sqlite.org/c3ref; not
collations, which its sorter may ask in threads of its own), the reference of Expat, and C11 7.22.5.
"""

from __future__ import annotations

SYNCHRONOUS = frozenset(
    (
        *"qsort bsearch".split(),
        *"PQsetNoticeReceiver PQsetNoticeProcessor".split(),
        *"sqlite3_create_function sqlite3_create_function_v2 sqlite3_create_window_function sqlite3_set_authorizer".split(),
        *"sqlite3_progress_handler sqlite3_trace sqlite3_trace_v2 sqlite3_busy_handler sqlite3_exec".split(),
        *"sqlite3_commit_hook sqlite3_rollback_hook sqlite3_update_hook".split(),
        *"XML_SetElementHandler XML_SetStartElementHandler XML_SetEndElementHandler XML_SetCharacterDataHandler".split(),
        *"XML_SetProcessingInstructionHandler XML_SetCommentHandler XML_SetCdataSectionHandler XML_SetDefaultHandler".split(),
        *"XML_SetDefaultHandlerExpand XML_SetExternalEntityRefHandler XML_SetUnknownEncodingHandler".split(),
    )
)

TAKES_GIL = frozenset(("PyGILState_Ensure", "PyEval_RestoreThread", "PyEval_AcquireThread"))
"""What a callback takes the GIL with."""
