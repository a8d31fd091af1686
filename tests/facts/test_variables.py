"""Every variable with static storage is listed once, with its type, its function, its kind and the places that write it."""

from __future__ import annotations

import pytest
from facts.texts import facts_of, facts_of_files, kinds, variable

HEAD = "#include <Python.h>\n"

KINDS = {
    "static PyObject *v;": "object",
    "PyObject *v = NULL;": "object",
    "static PyListObject *v;": "object",
    "typedef struct { PyObject_HEAD int a; } Foo; static Foo *v;": "object",
    "typedef struct _foo Foo; struct _foo { PyVarObject ob_base; int a; }; static Foo *v;": "object",
    "typedef struct { PyObject ob_base; } Base; typedef struct { Base super; } Foo; static Foo *v;": "object",
    "typedef PyObject *Ref; static Ref v;": "object",
    "static struct { int n; PyObject *o; } v;": "object",
    "static union { long n; PyObject *o; } v;": "object",
    "struct inner { PyObject *o; }; static struct { struct inner i; } v;": "object",
    "typedef struct { PyObject *o; } Pair; typedef Pair Pairs[3]; static Pairs v;": "object",
    "static PyObject v;": "object",
    "typedef struct { PyObject_HEAD int a; } Foo; static Foo v;": "object",
    "static PyObject *const *v;": "object",
    "UNKNOWN_EXPORT PyObject *v;": "object",
    "UNKNOWN_MACRO(x)\nstatic PyObject *v;": "object",
    "static unknown_t before;\nstatic PyObject *v UNKNOWN_ATTRIBUTE;": "object",
    "static PyTypeObject *v;": "type-pointer",
    "static PyObject *v[3];": "cache",
    "static PyTypeObject *v[3];": "cache",
    "static int v;": "never-written",
    "static int v; int f(void) { return v; }": "never-written",
    "static char v[] = \"text\";": "never-written",
    "static int v; void f(void) { v = 1; }": "c-state",
    "static int v; void f(void) { v += 1; }": "c-state",
    "static int v; void f(void) { --v; }": "c-state",
    "static int v; void f(void) { g(&v); }": "c-state",
    "static int v[3]; void f(void) { v[1] = 2; }": "c-state",
    "static struct s v; void f(void) { v.a.b = 2; }": "c-state",
    "static int v[3]; void f(void) { memset(v, 0, 12); }": "c-state",
    "static volatile int v; void f(void) { v = 1; }": "c-state",
    "static int (*v)(int); void f(void) { v = f; }": "c-state",
    "static struct s *v; void f(void) { v = 0; }": "c-state",
    "static struct s *v; void f(void) { v->a = 0; }": "never-written",
    "static int v; void f(int v) { v = 1; }": "never-written",
    "static int v; void f(void) { int a, v; v = 1; }": "never-written",
    "static int v; void f(void) { unknown_t *v; v = 1; }": "never-written",
    "static int v; void f(v) int v; { v = 1; }": "never-written",
    "static int v; void f(void) { { int v; v = 1; } v = 2; }": "c-state",
    "static int v; void f(void) { for (int v = 0; v < 1; v++) g(); v = 2; }": "c-state",
    "static int v, *w = &v;": "c-state",
    "static int v; static int *w = &v;": "c-state",
    "static __thread PyObject *v;": "thread-local",
    "static _Thread_local int v;": "thread-local",
    "#define SET(x) ((x) = 1)\nstatic int v; void f(void) { SET(v); }": "c-state",
    "static PyObject *v; void f(void) { Py_CLEAR(v); }": "object",
    "static int v; void f(void) { ((v)) = 1; }": "c-state",
    "static int v; void f(void) { int *p = (int *)&(v); }": "c-state",
    "static int *v; void f(void) { *v = 1; }": "never-written",
    "static char *v; void f(void) { *v++ = 1; }": "c-state",
    "static struct s *v; void f(void) { ++v->a; }": "never-written",
    "static int v; int f(void) { return g(v) == 1 && (v) == 2; }": "never-written",
    "static struct { int bit : 3; unsigned : 1; } v; void f(void) { v.bit = 1; }": "c-state",
    "enum e { A, B }; static enum e v; void f(void) { v = B; }": "c-state",
    "static typeof(int) v;": "never-written",
    "static int v = ({ int a = 1; a; });": "never-written",
    "static int v[] = { [0 ... 3] = 1, [4] = _Generic(1, int: 2) };": "never-written",
    "static int *v = (int[]){1, 2};": "never-written",
    "static const char *v = UNKNOWN \"a\" UNKNOWN;": "never-written",
    "[[maybe_unused]] static int v;": "never-written",
    "static int v __attribute__((aligned(8))) = 1;": "never-written",
    "asm(\".globl x\");\nstatic int v;": "never-written",
    "_Static_assert(1, \"x\");\nstatic int v;": "never-written",
    "int f(void) { static void *t[] = { &&a }; goto *t[0]; a: switch (1) { case 1 ... 3: ; } return 0; }\nstatic int v;": "never-written",
}  # fmt: skip


@pytest.mark.parametrize("text", KINDS)
def test_the_kind_of_a_variable(text: str) -> None:
    facts = facts_of(HEAD + text)
    assert (kinds(facts)["v"], facts.gaps) == (KINDS[text], ())


NOT_LISTED = (
    "static const int v = 1;",
    "static const struct s v = {1};",
    "static int *const v = 0;",
    "const int v[] = {1};",
    "typedef const int C; extern C v;",
    "extern int v;",
    "int v(void);",
    "typedef int v;",
    "struct v { int a; };",
    "struct s { int a; } __packed;\nenum { v };",
    "static PyMethodDef v[] = {{0}};",
    "static struct PyModuleDef v = {0};",
    "static PyModuleDef_Slot v[] = {{0}};",
    "typedef PyMethodDef M; static M v[] = {{0}};",
    "static PyTypeObject v;",
    "static _PyArg_Parser v;",
    'PyDoc_STRVAR(v, "text");',
    'void f(void) { static char *v[] = {"a", 0}; PyArg_ParseTupleAndKeywords(a, b, "O", v, &c); }',
    "void f(void) { int v; v = 1; }",
    "#if 0\nstatic int v;\n#endif",
)


@pytest.mark.parametrize("text", NOT_LISTED)
def test_what_is_constant_a_table_or_no_variable_is_not_listed(text: str) -> None:
    facts = facts_of(HEAD + text)
    assert "v" not in kinds(facts)
    assert facts.gaps == ()


@pytest.mark.parametrize("name", ("free_list", "name_cache", "freelist", "interned_names", "pool"))
def test_an_object_is_a_cache_by_its_name(name: str) -> None:
    assert kinds(facts_of(f"{HEAD}static PyObject *{name};")) == {name: "cache"}


def test_declarators_types_and_functions() -> None:
    text = """static PyObject *a, *b = NULL, **c, *d[2];
static unsigned long long e; static struct point { int x; } f, *g; static struct { int x; } h;
int old(p, q) int p; char *q; { static int i; static PyObject *j = NULL; if (p) { static int k; } return 0; }
static int (*l)(int, char *), (*m[2])(void), n[2][3], (*o)[3];
"""
    facts = facts_of(HEAD + text)
    assert facts.gaps == ()
    assert {v.name: (v.ctype, v.function, v.place.line - 1) for v in facts.variables} == {
        "a": ("PyObject *", None, 1), "b": ("PyObject *", None, 1), "c": ("PyObject **", None, 1), "d": ("PyObject * []", None, 1),
        "e": ("unsigned long long", None, 2), "f": ("struct point", None, 2), "g": ("struct point *", None, 2), "h": ("struct", None, 2),
        "i": ("int", "old", 3), "j": ("PyObject *", "old", 3), "k": ("int", "old", 3),
        "l": ("function *", None, 4), "m": ("function * []", None, 4), "n": ("int []", None, 4), "o": ("int * []", None, 4),
    }  # fmt: skip


def test_the_places_that_write() -> None:
    text = "static int v;\nvoid f(void)\n{\n  v = 1;\n  if (v == 2) v++;\n  g(&v);\n}\nint g(void) { return v; }\n"
    assert [(p.line, p.column) for p in variable(facts_of(text), "v").writes] == [(4, 3), (5, 15), (6, 6)]


def test_a_write_in_another_file_counts_for_what_is_exported_only() -> None:
    files = {"a.c": "int shared; static int own;", "b.c": "extern int shared; static int own; void f(void) { shared = 1; own = 2; }"}
    facts = facts_of_files(files, ("a.c", "b.c"))
    assert [(v.name, v.place.file, v.kind) for v in facts.variables] == [
        ("shared", "a.c", "c-state"),
        ("own", "a.c", "never-written"),
        ("own", "b.c", "c-state"),
    ]


def test_a_static_of_a_header_is_one_variable_and_a_tentative_definition_too() -> None:
    files = {"a.c": '#include "h.h"\nint t; int t = 1;', "b.c": '#include "h.h"\n', "h.h": "static int in_header;\nextern int t;\n"}
    assert [(v.name, v.place.file) for v in facts_of_files(files, ("a.c", "b.c")).variables] == [("t", "a.c"), ("in_header", "h.h")]


def test_locals_of_functions_made_by_a_macro_are_each_their_own() -> None:
    text = "#define F(n) int n##_f(void) { static int count; return count++; }\nF(a)\nF(b)\n"
    assert sorted((v.name, v.function) for v in facts_of(text).variables) == [("count", "a_f"), ("count", "b_f")]


def test_a_table_of_texts_that_no_parser_takes_is_listed() -> None:
    assert kinds(facts_of('static char *names[] = {"a", 0}; char *f(int i) { return names[i]; }')) == {"names": "never-written"}


def test_parsers_and_identifiers() -> None:
    facts = facts_of('#include <Python.h>\nstatic _PyArg_Parser p = {"O"};\n_Py_IDENTIFIER(name);\n')
    assert [(p.name, p.kind, p.place.line) for p in facts.parsers] == [("p", "_PyArg_Parser", 2), ("PyId_name", "_Py_Identifier", 3)]


def test_what_does_not_parse_is_a_gap_and_the_rest_is_read() -> None:
    facts = facts_of("static int a;\nstatic int = + ;\nstatic int b;\nstatic struct { int ) x;\nint c;\n")
    assert {"a", "b", "c"} <= kinds(facts).keys()
    assert [g.line for g in facts.gaps if g.line == 2] == [2]


def test_a_missing_value_or_bracket_does_not_swallow_what_follows() -> None:
    assert kinds(facts_of("static char a[] =\n/* made by a script */\nstatic char b[] =\nstatic int c;\n")).keys() == {"a", "b", "c"}
    facts = facts_of("int f(void)\n{\n  if (1) {\n}\nstatic int a;\n\nint g(void)\n{\n}\nstatic int b;\n")
    assert {"a", "b"} <= kinds(facts).keys()
    assert facts.gaps


def test_variables_that_headers_define_stand_at_the_include() -> None:
    facts = facts_of("#include <Python.h>\n#include <datetime.h>\nint f(void) { PyDateTime_IMPORT; return 0; }\n")
    found = variable(facts, "PyDateTimeAPI")
    assert (found.kind, found.place.line, [w.line for w in found.writes]) == ("c-state", 2, [3])
    assert facts_of("#include <datetime.h>\nint f(void) { return 0; }\n").variables == ()


def test_numpy_renames_and_only_declares_where_it_is_told_to() -> None:
    text = "#define PY_ARRAY_UNIQUE_SYMBOL my_api\n{}#include <numpy/arrayobject.h>\nint f(void) {{ import_array(); return 0; }}\n"
    assert kinds(facts_of(text.format(""))).keys() == {"my_api", "my_apiPyArray_RUNTIME_VERSION"}
    assert kinds(facts_of(text.format("#define NO_IMPORT_ARRAY\n"))) == {}


def test_blocks_of_a_function_have_variables_of_their_own() -> None:
    text = "void f(int n) { if (n) { static int v[] = {1}; g(v[0]); } else { static int v[] = {2}; v[0] = n; } static int v; v = n; { int v; v = n; } }"
    found = [v for v in facts_of(HEAD + text).variables if v.name == "v"]
    assert [(v.kind, len(v.writes)) for v in found] == [("never-written", 0), ("c-state", 1), ("c-state", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "typedef unknown_int LOUD_NAME; static LOUD_NAME v;",
        "typedef unknown_int const LOUD_NAME; static LOUD_NAME v;",
        "typedef PyObject *convert(unknown_a *, UNKNOWN_ROW, PyObject *); static convert *v;",
        "typedef int visit(UNKNOWN_ROW, unknown_b, int); static visit *v;",
        "EXPORT unknown_a v;",
    ],
)
def test_types_nobody_declares_are_known_by_where_they_stand(text: str) -> None:
    facts = facts_of(HEAD + text)
    assert (facts.gaps, [v.name for v in facts.variables]) == ((), ["v"])
