"""C texts to try the front end with: bytes, token soup, directives in mazes, and valid macro programs."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from porter.errors import Gap
from porter.frontend.unit import Reader

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "rules"
_API = (
    *"PyTypeObject PyModuleDef PyType_Spec PyType_Slot PyMethodDef PyInit_m PyModule_Create PyModule_Create2 PyModuleDef_Init Py_CLEAR".split(),
    *"PyStructSequence_InitType PyStructSequence_InitType2 PyStructSequence_NewType PyArg_ParseTuple PyDateTime_IMPORT import_array".split(),
    *"Py_mod_exec PyModuleDef_HEAD_INIT PyVarObject_HEAD_INIT PyObject_HEAD _Py_IDENTIFIER _PyArg_Parser PyDoc_STRVAR NULL sizeof".split(),
    *("\n#include <Python.h>\n", "\n#include <datetime.h>\n", "\n#include <numpy/arrayobject.h>\n", " = {", "};\n", "(&", ".tp_name =", "char *", "[] ="),
    *"class namespace template operator using virtual public: thread_local".split(),
)
NAMES = ("a", "b", "f", "g", "M", "N", "PyObject", "static", "int", "struct", "typedef", "x1")
_SOUP = (
    *NAMES,
    *"( ) [ ] { } ; , = * & # ## ... < > . -> ? : \\ @ $ ` '".split(),
    *("0", "1", "0x1u", "1e+", ".5", "08", '"s"', "'c'", '"open', "'open", "/*", "*/", "//", "/* c */", 'R"(', ')"', "L'x'", 'u8"é"'),
    *("\n", "\n", " ", "\t", "\r\n", "\\\n", "\\\r\n", "\\ \n", "\x00", "\xff", "\f"),
    *("\n#define ", "\n#undef ", "\n#if ", "\n#ifdef ", "\n#elif ", "\n#else\n", "\n#endif\n", "\n#include ", "\n#error ", "\n#pragma once\n", "\n# "),
    *("\n#define M(a, ...) a ## __VA_ARGS__ #a f(a)\n", "\n#define N M(N, N)\n", "\n#define f(a, b) a f(b) ## g\n", "\n#define g (\n"),
    *('"t.c"', '"h.h"', "<Python.h>", "defined", "__VA_OPT__(", "extern", '"C"', "__attribute__((", "enum", "return", "sizeof", "const"),
)

SOUP = st.lists(st.sampled_from(_SOUP), max_size=80).map("".join)
API_SOUP = st.lists(st.sampled_from((*_API, *_API, *NAMES, *"( ) { } ; , = * & [ ] < > ::".split(), "\n")), max_size=60).map(" ".join)
SPACED_SOUP = st.lists(st.sampled_from(_SOUP), max_size=80).map(" ".join)
BYTES = st.binary(max_size=300).map(lambda data: data.decode("latin-1"))
_EXTENSIONS = [path.read_bytes().decode("latin-1") for path in sorted(FIXTURES.glob("*/bad.c"))]


@st.composite
def broken(draw: st.DrawFn) -> str:
    """An extension that compiles, with stretches taken out, doubled, or put in."""
    text = draw(st.sampled_from(_EXTENSIONS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 60)))
        text = text[:start] + draw(st.one_of(st.just(""), st.just(text[start:end] * 2), st.sampled_from(_SOUP), st.sampled_from(_API))) + text[end:]
    return text


TEXTS = st.one_of(SOUP, SPACED_SOUP, API_SOUP, broken(), broken(), BYTES)


@st.composite
def spliced(draw: st.DrawFn, texts: st.SearchStrategy[str] = SOUP) -> str:
    """A text with lines continued in the middle of anything."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(("\\\n", "\\\r\n", "\\ \n"))) + text[at:]
    return text


def reader(files: dict[str, str], python: str = "3.13") -> Reader:
    """A reader of files held in memory."""
    return Reader(lambda name: files.get(name, Gap(name, 0, name, "there is no such file")), (), (), python)


def unit_of(text: str, **headers: str):
    """The unit that ``text`` makes as t.c; ``headers`` are beside it, ``h`` as h.h."""
    return reader({"t.c": text, **{f"{name}.h": content for name, content in headers.items()}}).unit("t.c")


def words(text: str, **headers: str) -> list[str]:
    """The preprocessed tokens as text."""
    return [token.text for token in unit_of(text, **headers).tokens]
