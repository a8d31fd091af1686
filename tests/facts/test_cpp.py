"""C++ is read by tokens: what it declares is found through namespaces, classes, templates and constructors."""

from __future__ import annotations

from facts.texts import facts_of, facts_of_files, kinds, type_, variable

TEXT = """#include <Python.h>
#include <vector>
namespace { int in_anonymous; namespace deep { static PyObject *in_deep = nullptr; } }
namespace a::b { std::vector<int> numbers; std::map<int, std::string> table{{1, "a"}}; const int no1 = 3; constexpr double no2 = 1.0; }
using no3 = int; typedef struct { PyObject *o; } Holder; class no4; enum class no5 { A, B };
static Holder holder;
struct Named { int no6; PyObject *no7; void f() { static int in_method; in_method++; } static int member; inline static int inlined = 3; } named, *pointed;
int Named::member = 0;
class Conv { public: Conv(int a, const char *b) : no8{a}, no9(b) {} ~Conv(); Conv &operator=(const Conv &o) { return *this; }
  bool operator()(int) const { return true; } private: int no8; const char *no9; };
static Conv constructed(1, "x"); Conv braced{2, "y"}; Conv no10(int a); Conv no11();
extern "C" { static PyTypeObject T = { PyVarObject_HEAD_INIT(nullptr, 0) "m.T", 8 }; int in_c; }
template <typename X> X no12(X x) { static PyObject *in_template = NULL; return x; }
static no5 enumerated = no5::A; static thread_local int per_thread;
static PyObject *call(PyObject *self, PyObject *args) {
  static char *no13[] = {(char *)"a", nullptr}; static Conv in_function(1, "a"); static const Conv &no14 = braced;
  PyArg_ParseTupleAndKeywords(self, args, "O", no13, &in_c); in_anonymous = 1; numbers.push_back(1); return deep::in_deep; }
static int (*pointer)(int) = nullptr; static std::unique_ptr<Named> owner; static PyObject *several[3], **one;
static const char *const no15 = "a"; static const char *text = "b"; unsigned long word = 3;
int no16(int a = 3, int b = 4) noexcept { return a; } int behind;
static std::vector<PyObject *> objects; static auto lambda = [](int no17) { return no17; };
#ifdef _WIN32
int no18;
#endif
static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, "m", nullptr, 0, methods, slots };
PyMODINIT_FUNC PyInit_m(void) { return PyModuleDef_Init(&def); }
"""


def test_what_is_declared_and_what_is_not() -> None:
    facts = facts_of(TEXT, "cpp")
    assert kinds(facts) == {
        "in_anonymous": "c-state", "in_deep": "object", "numbers": "c-state", "table": "never-written", "holder": "object",
        "in_method": "c-state", "inlined": "never-written", "named": "object", "pointed": "never-written", "member": "never-written",
        "constructed": "never-written", "braced": "never-written", "in_c": "c-state", "in_template": "object", "enumerated": "never-written",
        "per_thread": "thread-local", "in_function": "never-written", "pointer": "never-written", "owner": "object",
        "several": "cache", "one": "object", "text": "never-written", "word": "never-written", "behind": "never-written",
        "objects": "object", "lambda": "never-written",
    }  # fmt: skip
    assert {v.confidence for v in facts.variables} == {"tokens"}
    assert variable(facts, "in_function").function == "call"
    assert variable(facts, "numbers").ctype == "std::vector<int>"
    assert facts.gaps == ()


def test_types_and_modules_have_their_fields() -> None:
    facts = facts_of(TEXT, "cpp")
    assert (type_(facts, "T").slots["tp_name"], type_(facts, "T").confidence) == ('"m.T"', "tokens")
    assert (facts.module.name, facts.module.init, facts.module.size) == ("m", "multi-phase", "0")


def test_raw_strings_and_comments_hide_nothing() -> None:
    assert kinds(facts_of('static const char *a = R"x(" ; int no; )x";\nint b; // int no2;\n', "cc")).keys() == {"a", "b"}


def test_in_a_mixed_extension_the_c_files_are_parsed() -> None:
    files = {"a.c": "static int a;", "b.cpp": "namespace n { static int b; }", "c.cc": "int c;"}
    facts = facts_of_files(files, ("a.c", "b.cpp", "c.cc"), "c++")
    assert [(v.name, v.confidence) for v in facts.variables] == [("a", "parsed"), ("b", "tokens"), ("c", "tokens")]


def test_pragma_operators_stand_anywhere_and_declare_nothing() -> None:
    text = '_Pragma("GCC diagnostic push") class C { void f() { static int a; a = 1; } }; _Pragma("x") static int b; int g() { _Pragma("y") static int c; return c; }'
    facts = facts_of(text, "cc")
    assert {(v.name, v.function, v.kind) for v in facts.variables} == {("a", "f", "c-state"), ("b", None, "never-written"), ("c", "g", "never-written")}


def test_a_reference_that_a_call_binds_is_set_at_run_time() -> None:
    text = "static int f() { static const A &once = make(1); static const B<int> &direct = table; static A &other = get(); return once; }"
    assert kinds(facts_of(text, "cc")).keys() == {"once", "other"}


def test_a_class_holds_what_its_bases_hold_and_a_pointer_to_a_function_holds_nothing() -> None:
    text = "class Base { PyObject *p; }; class Derived final : public Base { int n; }; struct Other : private Plain {}; struct Own : PyObject { int n; };"
    facts = facts_of(text + "static Derived a; static Other b; static Own c; static PyObject *(*d)(int); static PyObject *(*e)(int) = make, *f;", "cc")
    assert kinds(facts) == {"a": "object", "b": "never-written", "c": "object", "d": "never-written", "e": "never-written", "f": "object"}
