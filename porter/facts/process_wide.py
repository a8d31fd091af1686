"""Names that mean the process rather than the interpreter, as data.

Sources: the C API reference at docs.python.org/3/c-api (init, import, sys, memory), Include/internal/pycore_runtime.h of CPython
3.13, and the safety tables of the manual pages (attributes(7)).
"""

from __future__ import annotations

from porter.facts.model import TypeCheck

FIND_MODULE = frozenset(("PyState_FindModule", "PyState_AddModule", "PyState_RemoveModule"))

ENSURE = frozenset(("PyGILState_Ensure", "PyGILState_GetThisThreadState"))

# Calls that act on the main interpreter or on the process whichever interpreter calls, with what they do.
MAIN_INTERPRETER = {
    "PyInterpreterState_Main": "is the main interpreter, not the one that calls",
    "PyInterpreterState_Head": "begins a walk over all interpreters",
    "Py_AddPendingCall": "runs its function in the main interpreter",
    "Py_AtExit": "runs its function when the process ends, after all interpreters are gone",
    "Py_Initialize": "starts the runtime of the process",
    "Py_InitializeEx": "starts the runtime of the process",
    "Py_Finalize": "ends the runtime of the process",
    "Py_FinalizeEx": "ends the runtime of the process",
    "PyImport_AppendInittab": "adds to the built-in modules of the process",
    "PyImport_ExtendInittab": "adds to the built-in modules of the process",
    "PyMem_SetAllocator": "replaces the allocator of all interpreters",
    "PyMem_SetupDebugHooks": "replaces the allocator of all interpreters",
    "PyObject_SetArenaAllocator": "replaces the allocator of all interpreters",
    "PySys_AddAuditHook": "adds a hook for all interpreters",
    "PyOS_setsig": "sets a signal handler of the process",
    "PyErr_SetInterrupt": "simulates a signal, which the main interpreter handles",
    "PyErr_SetInterruptEx": "simulates a signal, which the main interpreter handles",
    "PyOS_InputHook": "is one hook for the process",
    "PyOS_ReadlineFunctionPointer": "is one hook for the process",
}

# Functions of C libraries that keep or change state of the process, with which.
LIBRARY = {
    "setlocale": "the locale of the process",
    "localeconv": "a static struct that the next call overwrites",
    "strtok": "a static position in the text",
    "asctime": "a static buffer",
    "ctime": "a static buffer",
    "gmtime": "a static struct that the next call overwrites",
    "localtime": "a static struct that the next call overwrites",
    "setenv": "the environment, which others read at the same time",
    "unsetenv": "the environment, which others read at the same time",
    "putenv": "the environment, which others read at the same time",
    "clearenv": "the environment, which others read at the same time",
    "tzset": "the time zone of the process",
    "srand": "the random numbers of the process",
    "srandom": "the random numbers of the process",
    "srand48": "the random numbers of the process",
    "crypt": "a static buffer",
    "getpwnam": "a static struct that the next call overwrites",
    "getpwuid": "a static struct that the next call overwrites",
    "getpwent": "a static struct that the next call overwrites",
    "getgrnam": "a static struct that the next call overwrites",
    "getgrgid": "a static struct that the next call overwrites",
    "getgrent": "a static struct that the next call overwrites",
    "getspnam": "a static struct that the next call overwrites",
    "gethostbyname": "a static struct that the next call overwrites",
    "gethostbyaddr": "a static struct that the next call overwrites",
    "getservbyname": "a static struct that the next call overwrites",
    "getservbyport": "a static struct that the next call overwrites",
    "getprotobyname": "a static struct that the next call overwrites",
    "inet_ntoa": "a static buffer",
    "ttyname": "a static buffer",
    "tmpnam": "a static buffer",
    "ptsname": "a static buffer",
    "hcreate": "the one hash table of the C library",
    "hsearch": "the one hash table of the C library",
    "getmntent": "a static struct that the next call overwrites",
    "chdir": "the working directory of the process",
    "fchdir": "the working directory of the process",
    "umask": "the file mask of the process",
    "signal": "a signal handler of the process",
    "sigaction": "a signal handler of the process",
    "openlog": "the log identity of the process",
    "initscr": "the one screen of curses",
    "rl_initialize": "the one line editor of readline",
    "curl_global_init": "the set-up of libcurl",
    "sqlite3_config": "the configuration of SQLite",
    "sqlite3_enable_shared_cache": "the configuration of SQLite",
    "xmlInitParser": "the set-up of libxml2",
    "xmlCleanupParser": "the set-up of libxml2",
    "H5open": "the HDF5 library, which is not safe for threads unless built so",
}  # fmt: skip

# Types of locks that begin as zeros and are never made anew: a static one is one for the process because it is to be.
LOCKS = frozenset(("PyMutex", "_PyOnceFlag", "pthread_once_t", "once_flag"))

# Objects behind the macros for the singletons.
SINGLETONS = {
    "_Py_NoneStruct": "Py_None",
    "_Py_TrueStruct": "Py_True",
    "_Py_FalseStruct": "Py_False",
    "_Py_NotImplementedStruct": "Py_NotImplemented",
    "_Py_EllipsisObject": "Py_Ellipsis",
}

# Private ways to the thread state or the runtime, with the public one.
THREAD_STATE = {
    "_PyThreadState_Current": "PyThreadState_Get()",
    "_PyThreadState_Get": "PyThreadState_Get()",
    "_PyThreadState_GET": "PyThreadState_Get()",
    "_PyThreadState_UncheckedGet": "PyThreadState_GetUnchecked(), from Python 3.13",
    "_Py_tss_tstate": "PyThreadState_Get()",
    "_PyRuntime": "PyThreadState_Get() or PyInterpreterState_Get()",
    "_PyRuntimeState_GetThreadState": "PyThreadState_Get()",
    "_PyInterpreterState_GET": "PyInterpreterState_Get()",
    "_PyInterpreterState_Get": "PyInterpreterState_Get()",
    "_PyGILState_GetInterpreterStateUnsafe": "PyInterpreterState_Get()",
}

# Public type objects with the checks that say the same: of subclasses too, and exact; "" where there is none in every Python.
TYPE_CHECKS = {
    "PyAsyncGen_Type": ("", "PyAsyncGen_CheckExact"),
    "PyBool_Type": ("PyBool_Check", "PyBool_Check"),
    "PyByteArray_Type": ("PyByteArray_Check", "PyByteArray_CheckExact"),
    "PyBytes_Type": ("PyBytes_Check", "PyBytes_CheckExact"),
    "PyCallIter_Type": ("", "PyCallIter_Check"),
    "PyCapsule_Type": ("", "PyCapsule_CheckExact"),
    "PyCell_Type": ("", "PyCell_Check"),
    "PyCode_Type": ("", "PyCode_Check"),
    "PyComplex_Type": ("PyComplex_Check", "PyComplex_CheckExact"),
    "PyContextToken_Type": ("", "PyContextToken_CheckExact"),
    "PyContextVar_Type": ("", "PyContextVar_CheckExact"),
    "PyContext_Type": ("", "PyContext_CheckExact"),
    "PyCoro_Type": ("", "PyCoro_CheckExact"),
    "PyDict_Type": ("PyDict_Check", "PyDict_CheckExact"),
    "PyDictItems_Type": ("PyDictItems_Check", ""),
    "PyDictKeys_Type": ("PyDictKeys_Check", ""),
    "PyDictValues_Type": ("PyDictValues_Check", ""),
    "PyFloat_Type": ("PyFloat_Check", "PyFloat_CheckExact"),
    "PyFrame_Type": ("", "PyFrame_Check"),
    "PyFrozenSet_Type": ("PyFrozenSet_Check", "PyFrozenSet_CheckExact"),
    "PyFunction_Type": ("", "PyFunction_Check"),
    "PyGen_Type": ("PyGen_Check", "PyGen_CheckExact"),
    "PyInstanceMethod_Type": ("", "PyInstanceMethod_Check"),
    "PyList_Type": ("PyList_Check", "PyList_CheckExact"),
    "PyLong_Type": ("PyLong_Check", "PyLong_CheckExact"),
    "PyMemoryView_Type": ("", "PyMemoryView_Check"),
    "PyMethod_Type": ("", "PyMethod_Check"),
    "PyModule_Type": ("PyModule_Check", "PyModule_CheckExact"),
    "PyODict_Type": ("PyODict_Check", "PyODict_CheckExact"),
    "PyPickleBuffer_Type": ("", "PyPickleBuffer_Check"),
    "PyRange_Type": ("", "PyRange_Check"),
    "PySeqIter_Type": ("", "PySeqIter_Check"),
    "PySet_Type": ("PySet_Check", "PySet_CheckExact"),
    "PySlice_Type": ("", "PySlice_Check"),
    "PyTraceBack_Type": ("", "PyTraceBack_Check"),
    "PyTuple_Type": ("PyTuple_Check", "PyTuple_CheckExact"),
    "PyType_Type": ("PyType_Check", "PyType_CheckExact"),
    "PyUnicode_Type": ("PyUnicode_Check", "PyUnicode_CheckExact"),
    "_PyWeakref_RefType": ("PyWeakref_CheckRef", "PyWeakref_CheckRefExact"),
}

CHECKS_SINCE = {"PySet_CheckExact": "3.10"}
"""Those of them that Python 3.9 has not."""


def check_call(check: TypeCheck) -> str:
    """The call that says the same as a comparison; "" where no public function does."""
    name = TYPE_CHECKS[check.name][check.exact]
    return f"{'!' * check.negated}{name}({check.operand})" if name else ""
