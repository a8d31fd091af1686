"""Identifiers and argument parsers of the private API: what becomes of each, and why some stay."""

from __future__ import annotations

import pytest

from porter.facts.private_api import TAKING
from porter.plan.scope import Scope
from porter.plan.stages import ARGS, STATE
from porter.rewrite.port import Ported, port_program
from tests.plan.programs import module, program

TABLE = '\nstatic PyMethodDef table[] = {{"f", (PyCFunction)f, METH_O, NULL}, {"g", (PyCFunction)g, %s, NULL}, {NULL}};'
F = "static PyObject *f(PyObject *self, PyObject *o) { %s }"
G = "static PyObject *g(PyObject *self, PyObject *args, PyObject *kw) { %s }"
PARSER = 'static const char *const kw_names[] = {"x", NULL}; static _PyArg_Parser parser = {.format = "O:g", .keywords = kw_names};'
FAST = "PyObject *x; if (!_PyArg_ParseTupleAndKeywordsFast(args, kw, &parser, &x)) return NULL; return x;"


def ported(f: str = "return o;", g: str = "return kw;", before: str = "", **options) -> Ported:
    text = before + F % f + G % g + TABLE % "METH_VARARGS | METH_KEYWORDS"
    return port_program(program(module(text, methods="table")), options.pop("min_python", "3.9"), **options)


def decision(port: Ported, symbol: str) -> tuple[str, str]:
    return next((d.decision, d.reason) for d in port.decisions if d.symbol == symbol)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("_PyObject_GetAttrId(o, &PyId_a)", "PyObject_GetAttr(o, state->str_a)"),
        ("_PyObject_SetAttrId(o, &PyId_a, o)", "PyObject_SetAttr(o, state->str_a, o)"),
        ("_PyObject_HasAttrId(o, &PyId_a)", "PyObject_HasAttr(o, state->str_a)"),
        ("_PyObject_LookupAttrId(o, &PyId_a, &o)", "m_get_optional_attr(o, state->str_a, &o)"),
        ("_PyObject_CallMethodId(o, &PyId_a, NULL)", "PyObject_CallMethodObjArgs(o, state->str_a, NULL)"),
        ('_PyObject_CallMethodId(o, &PyId_a, "")', "PyObject_CallMethodObjArgs(o, state->str_a, NULL)"),
        ('_PyObject_CallMethodId(o, &PyId_a, "O", o)', 'PyObject_CallMethod(o, "a", "O", o)'),
        ("_PyObject_CallMethodIdObjArgs(o, &PyId_a, o, NULL)", "PyObject_CallMethodObjArgs(o, state->str_a, o, NULL)"),
        ("_PyObject_CallMethodIdNoArgs(o, &PyId_a)", "PyObject_CallMethodNoArgs(o, state->str_a)"),
        ("_PyObject_CallMethodIdOneArg(o, &PyId_a, o)", "PyObject_CallMethodOneArg(o, state->str_a, o)"),
        ("_PyObject_VectorcallMethodId(&PyId_a, &o, 1, NULL)", "PyObject_VectorcallMethod(state->str_a, &o, 1, NULL)"),
        ("_PyDict_GetItemId(o, &PyId_a)", "PyDict_GetItem(o, state->str_a)"),
        ("_PyDict_GetItemIdWithError(o, &PyId_a)", "PyDict_GetItemWithError(o, state->str_a)"),
        ("_PyDict_SetItemId(o, &PyId_a, o)", "PyDict_SetItem(o, state->str_a, o)"),
        ("_PyDict_DelItemId(o, &PyId_a)", "PyDict_DelItem(o, state->str_a)"),
        ("_PyDict_ContainsId(o, &PyId_a)", "PyDict_Contains(o, state->str_a)"),
        ("_PyImport_GetModuleId(&PyId_a)", "PyImport_GetModule(state->str_a)"),
        ("_PySys_GetObjectId(&PyId_a)", 'PySys_GetObject("a")'),
        ("_PySys_SetObjectId(&PyId_a, o)", 'PySys_SetObject("a", o)'),
        ("_PyUnicode_EqualToASCIIId(o, &PyId_a)", '(PyUnicode_CompareWithASCIIString(o, "a") == 0)'),
        ("_PyUnicode_FromId(&PyId_a)", "state->str_a"),
    ],
)
def test_each_function_has_its_public_one(call: str, said: str):
    assert f"(void){said};" in ported(f"_Py_IDENTIFIER(a); (void){call}; return o;").texts["m.c"]


def test_every_function_known_is_tried():
    mark = next(m for m in test_each_function_has_its_public_one.pytestmark if m.name == "parametrize")
    assert {call.partition("(")[0] for call, _ in mark.args[1]} == set(TAKING)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("_PyObject_GetAttrId(o, &PyId_a)", 'PyObject_GetAttrString(o, "a")'),
        ("_PyObject_CallMethodId(o, &PyId_a, NULL)", 'PyObject_CallMethod(o, "a", NULL)'),
        ("_PyObject_CallMethodIdNoArgs(o, &PyId_a)", 'PyObject_CallMethod(o, "a", NULL)'),
        ("_PyObject_CallMethodIdOneArg(o, &PyId_a, o)", 'PyObject_CallMethod(o, "a", "(O)", o)'),
    ],
)
def test_where_no_state_is_in_reach_the_text_is_written_out(call: str, said: str):
    callback = f"_Py_IDENTIFIER(a); static void back(PyObject *o) {{ {call}; }} void (*kept)(PyObject *);"
    port = ported("kept = back; return o;", before=callback)
    assert f"{{ {said}; }}" in port.texts["m.c"] and "str_a" not in port.texts["m.c"]
    assert decision(port, "PyId_a")[1].startswith("to C text where it is used: back() needs the state")


def test_what_takes_no_text_stays_and_is_in_nobodys_way():
    callback = "_Py_IDENTIFIER(a); static PyObject *back(void) { return _PyUnicode_FromId(&PyId_a); } const void *const kept = back;"
    port = ported(before=callback)
    assert port.own_gil and "_Py_IDENTIFIER(a);" in port.texts["m.c"]
    assert decision(port, "PyId_a")[0] == "left"
    assert "from Python 3.10 on" in decision(port, "PyId_a")[1]


@pytest.mark.parametrize(
    "use",
    [
        "return _PyType_LookupId(o, &PyId_a);",
        "return other(&PyId_a);",
        "_Py_Identifier *kept = &PyId_a; return _PyUnicode_FromId(kept);",
    ],
)
def test_what_nothing_public_takes_stays(use: str):
    port = ported(f"_Py_IDENTIFIER(a); {use}", before="PyObject *other(_Py_Identifier *);")
    assert decision(port, "PyId_a")[0] == "left" and "no public function" in decision(port, "PyId_a")[1]
    assert port.own_gil


def test_an_identifier_that_a_macro_makes_stays():
    port = ported(
        "GET(a); return o;",
        before="#define GET(n) do { _Py_IDENTIFIER(n); (void)_PyUnicode_FromId(&PyId_##n); } while (0)\n",
    )
    assert decision(port, "PyId_a")[0] == "left" and port.own_gil


@pytest.mark.parametrize(
    ("body", "converts"),
    [
        ("return _PyObject_GetAttrId(o, id);", True),
        ("PyObject *s = _PyUnicode_FromId(id); return s;", True),
        ("return inner(o, id);", True),
        ("return PyUnicode_FromString(id->string);", False),
        ("kept = id; return o;", False),
        ("return _PySys_GetObjectId(id);", False),
    ],
)
def test_a_function_that_is_handed_identifiers_is_handed_strings(body: str, converts: bool):
    before = "static _Py_Identifier *kept; static PyObject *inner(PyObject *o, _Py_Identifier *id) { return _PyObject_GetAttrId(o, id); }\n"
    before += f"static PyObject *get(PyObject *o, _Py_Identifier *id) {{ {body} }}\n"
    port = ported("_Py_IDENTIFIER(a); inner(o, &PyId_a); return get(o, &PyId_a);", before=before)
    assert (decision(port, "PyId_a")[0] == "moved") is converts
    assert ("get(PyObject *o, PyObject *id)" in port.texts.get("m.c", "")) is converts


def test_a_function_that_is_handed_anything_else_keeps_its_parameter():
    before = "static PyObject *get(PyObject *o, void *id) { return _PyObject_GetAttrId(o, id); }\n"
    port = ported("_Py_IDENTIFIER(a); get(o, o); return get(o, &PyId_a);", before=before)
    assert decision(port, "PyId_a")[0] == "left"


@pytest.mark.parametrize(
    "own",
    [
        "static int _PyObject_HasAttrId(PyObject *o, void *id) { return helped(o, id); }\n",
        "\n#if PY_VERSION_HEX < 0x030D0000\nint _PyObject_HasAttrId(PyObject *o, void *id) { return helped(o, id); }\n#endif\n",
        "\n#define _PyObject_HasAttrId(o, id) helped((o), (id))\n",
    ],
)
def test_a_name_of_the_private_api_may_be_the_extensions_own(own: str):
    port = ported("_Py_IDENTIFIER(a); if (_PyObject_HasAttrId(o, &PyId_a)) return NULL; return o;", before=own)
    assert decision(port, "PyId_a")[0] == "left" and "PyObject_HasAttr(" not in port.texts["m.c"]


@pytest.mark.parametrize(
    ("first", "decided"),
    [("PyObject *a = _PyUnicode_FromId(&PyId_a);", "left"), ("PyObject *a; a = _PyUnicode_FromId(&PyId_a);", "moved")],
)
def test_the_init_has_no_string_before_its_first_statement(first: str, decided: str):
    init = 'PyMODINIT_FUNC PyInit_m(void) { PyObject *m; %s m = PyModule_Create(&def); PyModule_AddObjectRef(m, "a", a); return m; }'
    definition = 'static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "m", NULL, -1};'
    text = "#include <Python.h>\n_Py_IDENTIFIER(a);\n" + definition + init % first
    assert decision(port_program(program(text), "3.9"), "PyId_a")[0] == decided


def test_one_text_is_one_string():
    port = ported(
        "_Py_IDENTIFIER(a); return _PyUnicode_FromId(&PyId_a);", "_Py_IDENTIFIER(a); return _PyUnicode_FromId(&PyId_a);"
    )
    assert port.texts["m.c"].count('PyUnicode_InternFromString("a")') == 1


def test_a_parser_gives_its_format_and_keywords():
    port = ported(g=PARSER + FAST)
    assert 'PyArg_ParseTupleAndKeywords(args, kw, "O:g", (char **)kw_names, &x)' in port.texts["m.c"]
    assert "_PyArg_Parser" not in port.texts["m.c"] and port.own_gil


@pytest.mark.parametrize(
    ("parser", "use", "why"),
    [
        (PARSER, "PyObject *b[1]; return _PyArg_UnpackKeywords(args, 1, kw, NULL, &parser, 1, 1, 0, b)[0];", "has no public counterpart"),
        (PARSER, "other(&parser); return kw;", "other() has no public counterpart"),
        (PARSER, "return ((PyObject *(*)(void *))kw)(&parser);", "goes elsewhere"),
        (PARSER.replace('"O:g"', "formats[0]"), FAST, "it has no format"),
        (PARSER.replace("kw_names}", "(const char *const[]){NULL}}"), FAST, "no array with a name"),
        (PARSER.replace("parser =", "parser, second ="), FAST, "not written in one piece"),
    ],
)  # fmt: skip
def test_a_parser_that_cannot_go_is_for_a_person(parser: str, use: str, why: str):
    port = ported(g=parser + use, before="static const char *formats[1];")
    assert decision(port, "parser")[0] == "refused" and why in decision(port, "parser")[1]
    assert port.own_gil, "from 3.12.4 on it is shared rightly"


def test_an_arm_not_taken_that_shares_the_parser_keeps_it():
    old = (
        "\n#if PY_VERSION_HEX < 0x030B0000\n_PyArg_UnpackKeywords(args, 1, kw, NULL, &parser, 1, 1, 0, NULL);\n#endif\n"
    )
    port = ported(g=PARSER + old + FAST)
    assert decision(port, "parser")[0] == "refused" and "#if arm" in decision(port, "parser")[1]
    own = old.replace("_PyArg_Unpack", 'static _PyArg_Parser parser = {.fname = "g"};\n_PyArg_Unpack')
    port = ported(
        g="\n#if PY_VERSION_HEX < 0x030B0000"
        + own.split("0x030B0000")[1].replace("#endif\n", "#else\n")
        + PARSER
        + FAST
        + "\n#endif\n"
    )
    assert decision(port, "parser")[0] == "moved"


def test_a_parser_stays_where_only_pythons_are_asked_for_that_keep_it_right():
    port = ported(g=PARSER + FAST, min_python="3.13")
    assert decision(port, "parser") == (
        "left",
        "its names belong to the main interpreter from Python 3.12.4 on, and no older Python is asked for",
    )
    assert port.own_gil


def test_both_wait_for_their_stage():
    for stage, expected in ((STATE, "refused"), (ARGS, "moved")):
        port = ported("_Py_IDENTIFIER(a); return _PyUnicode_FromId(&PyId_a);", PARSER + FAST, scope=Scope(stage))
        assert {decision(port, name)[0] for name in ("PyId_a", "parser")} == {expected}
    assert "waits for the stage args" in decision(ported(g=PARSER + FAST, scope=Scope(STATE)), "parser")[1]
