"""Identifiers and argument parsers of CPython's private API, as data: who takes them, and what is public in their place.

Sources: Include/cpython/{object,abstract,dictobject,import,sysmodule,unicodeobject,modsupport}.h of CPython 3.8 to 3.13, and
Include/internal/pycore_modsupport.h of 3.13, where most of these went. Of the identifiers' functions 3.13 still declares
``_PyObject_CallMethodId``, ``_PyObject_GetAttrId`` and ``_PyUnicode_FromId``; of the parsers' it declares
``_PyArg_ParseTupleAndKeywordsFast``.
"""

from __future__ import annotations

from dataclasses import dataclass

IDENTIFIER, PARSER = "_Py_Identifier", "_PyArg_Parser"

PARSER_FIELDS = "format keywords fname custom_msg".split()
"""The first fields of a parser, which its initialiser sets; 3.12 has another one before them."""
PARSERS_FIXED = (3, 13)
"""From here on every release makes the names of a parser in the main interpreter, so that no other one takes them with it
(gh-119213; of 3.12 the releases from 3.12.4 on)."""

CALL_METHOD, FROM_ID, EQUAL = "_PyObject_CallMethodId", "_PyUnicode_FromId", "_PyUnicode_EqualToASCIIId"
OPTIONAL = "get_optional_attr"
"""What the name of the function ends in that does what PyObject_GetOptionalAttr, new in 3.13, does."""


@dataclass(frozen=True)
class Taking:
    """A function that takes an identifier: as which argument, counted from 0, and the public function that takes an
    object there (``by_object``), or C text (``by_text``); ``""`` where there is none. ``more``: what stands behind the text."""

    position: int
    by_object: str = ""
    by_text: str = ""
    more: str = ""


TAKING = {
    "_PyObject_GetAttrId": Taking(1, "PyObject_GetAttr", "PyObject_GetAttrString"),
    "_PyObject_SetAttrId": Taking(1, "PyObject_SetAttr", "PyObject_SetAttrString"),
    "_PyObject_HasAttrId": Taking(1, "PyObject_HasAttr", "PyObject_HasAttrString"),
    "_PyObject_LookupAttrId": Taking(1, OPTIONAL),
    CALL_METHOD: Taking(1, "PyObject_CallMethodObjArgs", "PyObject_CallMethod"),
    "_PyObject_CallMethodIdObjArgs": Taking(1, "PyObject_CallMethodObjArgs"),
    "_PyObject_CallMethodIdNoArgs": Taking(1, "PyObject_CallMethodNoArgs", "PyObject_CallMethod", ", NULL"),
    "_PyObject_CallMethodIdOneArg": Taking(1, "PyObject_CallMethodOneArg", "PyObject_CallMethod", ', "(O)"'),
    "_PyObject_VectorcallMethodId": Taking(0, "PyObject_VectorcallMethod"),
    "_PyDict_GetItemId": Taking(1, "PyDict_GetItem", "PyDict_GetItemString"),
    "_PyDict_GetItemIdWithError": Taking(1, "PyDict_GetItemWithError"),
    "_PyDict_SetItemId": Taking(1, "PyDict_SetItem", "PyDict_SetItemString"),
    "_PyDict_DelItemId": Taking(1, "PyDict_DelItem", "PyDict_DelItemString"),
    "_PyDict_ContainsId": Taking(1, "PyDict_Contains"),
    "_PyImport_GetModuleId": Taking(0, "PyImport_GetModule"),
    "_PySys_GetObjectId": Taking(0, "", "PySys_GetObject"),
    "_PySys_SetObjectId": Taking(0, "", "PySys_SetObject"),
    EQUAL: Taking(1, "", "PyUnicode_CompareWithASCIIString"),
    FROM_ID: Taking(0),
}

STACK = "parse_array"
"""What the name of the function ends in that parses the arguments of a METH_FASTCALL function with the public parser."""


@dataclass(frozen=True)
class Parsing:
    """A function that parses with a ``_PyArg_Parser``: as which argument it takes it, and what parses in its place."""

    position: int
    public: str


PARSING = {
    "_PyArg_ParseTupleAndKeywordsFast": Parsing(2, "PyArg_ParseTupleAndKeywords"),
    "_PyArg_VaParseTupleAndKeywordsFast": Parsing(2, "PyArg_VaParseTupleAndKeywords"),
    "_PyArg_ParseStackAndKeywords": Parsing(3, STACK),
}
