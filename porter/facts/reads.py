"""What only reads an array it is given: functions that take it as ``const``, in any file, and those of the C library."""

from __future__ import annotations

from porter.facts.calls import enclosing_call
from porter.facts.declared import Function, View
from porter.frontend.declarations import FUNCTION, closing, split_commas
from porter.frontend.lexer import ID, Token

ASSIGNMENTS = frozenset("= += -= *= /= %= &= |= ^= <<= >>= ++ --".split())
_MOVES = ("++", "--")
_COMPARES = ("==", "!=", "<", "<=", "&&", "||", "?")
_BEFORE_AN_OPERAND = frozenset("( , ; { } = == != < > <= >= ! && || ? : [ + - / return".split()) | ASSIGNMENTS | {"&"}
# Functions of the C library that take arrays, with the positions they write; every other position is const (C11 7.21, 7.24).
_WRITTEN = {
    **dict.fromkeys("memcpy memmove strcpy strncpy strcat strncat memset sprintf snprintf fread fgets stpcpy mempcpy".split(), frozenset((0,))),
    **dict.fromkeys("memcmp strcmp strncmp strcasecmp strncasecmp strlen strnlen strspn strcspn strcoll fwrite fputs puts printf".split(), frozenset(())),
    **dict.fromkeys("fopen getenv atoi atol atof strdup strndup bsearch perror setlocale system remove".split(), frozenset(())),
    "fprintf": frozenset((0,)),
}

# Functions of the C API that take texts, with the positions they only read; None for every one.
_TEXTS = {
    **dict.fromkeys("PyArg_ParseTuple PyArg_Parse PyArg_VaParse PyErr_SetString PyObject_CallFunction".split(), frozenset((1,))),
    **dict.fromkeys("PyArg_ParseTupleAndKeywords PyArg_VaParseTupleAndKeywords".split(), frozenset((2,))),
    **dict.fromkeys("PyImport_ImportModule PyImport_AddModule Py_BuildValue".split(), frozenset((0,))),
    **dict.fromkeys("PyUnicode_InternFromString PyErr_Format PyErr_WarnEx PyErr_WarnFormat PyUnicode_FromString PyUnicode_FromFormat".split()),
    **dict.fromkeys("PyUnicode_FromStringAndSize PyBytes_FromString PyBytes_FromStringAndSize PyBytes_FromFormat".split()),
    **dict.fromkeys("PyModule_AddStringConstant PyModule_AddIntConstant PyModule_AddObject PyModule_AddObjectRef".split()),
    **dict.fromkeys("PyObject_GetAttrString PyObject_SetAttrString PyObject_HasAttrString PyErr_NewException".split()),
    **dict.fromkeys("PyDict_GetItemString PyDict_SetItemString PyDict_DelItemString".split()),
    **dict.fromkeys("PyErr_NewExceptionWithDoc PyUnicode_CompareWithASCIIString".split()),
    "PyObject_CallMethod": frozenset((1, 2)),
}


def only_reads(view: View, index: int) -> bool:
    """Whether the array or address at ``index`` is an argument of a function that does not write there: by its body or its declaration."""
    call = enclosing_call(view.tokens, index)
    if call is None:
        return False
    name, position = view.tokens[call[0]].text, call[1]
    function = view.functions.get(name)
    if function is not None and position < len(function.parameters):
        parameter = function.parameters[position]
        return _points_to_const(parameter.ctype.replace("*", " * ").split()) or _reads_elements(function, parameter.name)
    if name in _WRITTEN:
        return position not in _WRITTEN[name]
    if name in _TEXTS:
        return _TEXTS[name] is None or position in _TEXTS[name]
    return _takes_const(view, name, position)


def _reads_elements(function: Function, name: str) -> bool:
    """Whether a function only reads elements of an array it is given: none is assigned, and the array is not handed on.

    The pointer itself may move: ``list[i]``, ``*list``, ``*list++``, ``*(list++)``, ``list += 2``, ``list == end``.
    """
    tokens = function.view.tokens
    for i in range(function.declaration.body, function.declaration.last):
        if tokens[i].text == name and tokens[i].kind == ID and tokens[i - 1].text not in (".", "->") and not _reads_here(tokens, i):
            return False
    return True


def _reads_here(tokens: list[Token], index: int) -> bool:
    first, last = index - 1, index + 1
    if tokens[last].text == "[":
        while tokens[last].text == "[":
            last = closing(tokens, last) + 1
        return tokens[first].text not in ("&", "*", "++", "--") and tokens[last].text not in (*ASSIGNMENTS, "->", ".")
    moved = tokens[last].text in _MOVES or tokens[first].text in _MOVES
    first, last = first - (tokens[first].text in _MOVES), last + (tokens[last].text in _MOVES)
    while tokens[first].text == "(" and tokens[last].text == ")" and tokens[first - 1].text in ("*", "("):
        first, last = first - 1, last + 1
    if tokens[first].text == "*" and tokens[first - 1].text in _BEFORE_AN_OPERAND:
        before = tokens[first - 1].text
        while tokens[first - 1].text == "(" and tokens[last].text == ")":
            first, last = first - 1, last + 1
        return tokens[last].text not in (*ASSIGNMENTS, "[", "->", ".") and {before, tokens[first - 1].text}.isdisjoint((*_MOVES, "&"))
    alone = tokens[first].text in (";", "{", "}") and tokens[last].text in (";", ")")
    return moved and alone or tokens[last].text in _COMPARES or tokens[first].text in ("==", "!=", "!") or _reassigned(tokens, first, last)


def _reassigned(tokens: list[Token], first: int, last: int) -> bool:
    """Whether a statement makes the pointer point elsewhere: ``list += 2;``."""
    return tokens[first].text in (";", "{", "}") and tokens[last].text in ASSIGNMENTS


def _takes_const(view: View, name: str, position: int) -> bool:
    """Whether a prototype of the unit has ``const`` in the type a parameter points to."""
    tokens = view.tokens
    for declaration in view.declarations:
        if declaration.name != name or declaration.kind == FUNCTION or declaration.parameters < 0:
            continue
        given = split_commas(tokens, declaration.parameters + 1, closing(tokens, declaration.parameters, declaration.last))
        if position < len(given):
            return _points_to_const([t.text for t in tokens[given[position][0] : given[position][1]]])
    return False


def _points_to_const(words: list[str]) -> bool:
    """Whether what a parameter of this type points to is constant: ``const`` stands before its last star and behind the one before."""
    stars = [i for i, word in enumerate(words) if word == "*"]
    first = stars[-2] if len(stars) > 1 else 0
    return "const" in words[first : stars[-1] if stars else len(words)]
