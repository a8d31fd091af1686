"""Counts by lines: what makes a line count, which files are looked at, and that CPython's own tree is read as it was."""

from __future__ import annotations

import pytest

from porter.facts.lines import LineCounts, count_file, count_lines, folder_of_modules

CORE = {"Objects/typeobject.c": "PyTypeObject PyType_Type = {\n"}


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("static PyTypeObject Spam_Type = {", LineCounts(static_types=1)),
        ("static PyTypeObject Spam_Type={", LineCounts()),
        ("static PyTypeObject Spam_Type;", LineCounts()),
        ("PyTypeObject Spam_Type = {", LineCounts()),
        ("static PyTypeObject *Spam_Type = NULL;", LineCounts(static_types=1)),
        ("/* static PyTypeObject Spam_Type = { */", LineCounts(static_types=1)),
        ("static PyType_Spec spam_spec = {", LineCounts(heap_types=1)),
        ("PyType_Spec spam_spec = {", LineCounts(heap_types=1)),
        ("extern PyType_Spec spam_spec;", LineCounts()),
        ("    return PyModuleDef_Init(&spam_module);", LineCounts(multi_phase=1)),
        ("    return PyModuleDef_Init (&spam_module);", LineCounts()),
        ("    m = PyModule_Create(&spam_module);", LineCounts(single_phase=1)),
        ("    m = PyModule_Create2(&spam_module, PYTHON_API_VERSION);", LineCounts()),
        ("PyModuleDef_Init(a); PyModuleDef_Init(b);", LineCounts(multi_phase=1)),
    ],
)
def test_what_makes_a_line_count(line: str, counts: LineCounts) -> None:
    assert count_lines({"spam.c": f"\n{line}\n"}) == counts
    assert count_lines({"spam.c": f"{line}\r\n{line}"}) == counts + counts


def test_a_declaration_over_two_lines_does_not_count() -> None:
    assert count_lines({"a.c": "static PyTypeObject\nSpam_Type = {\n"}) == LineCounts()


@pytest.mark.parametrize("path", ["spam.h", "spam.cpp", "spam.c.in", "clinic/spam.c.h", "spam.pyx"])
def test_only_c_files_count(path: str) -> None:
    text = "static PyTypeObject A = {\nPyType_Spec b = {\nPyModuleDef_Init(&c);\nPyModule_Create(&d);\n"
    assert count_lines({path: text}) == LineCounts()
    assert count_lines({"spam.c": text}) == LineCounts(1, 1, 1, 1)


def test_static_types_of_documents_are_examples() -> None:
    text = "static PyTypeObject A = {\nPyType_Spec b = {\n"
    assert count_lines({"Doc/includes/a.c": text}) == LineCounts(heap_types=1)
    assert count_lines({"lib/Doc/a.c": text}) == LineCounts(heap_types=1)
    assert count_lines({"Docs/a.c": text}) == LineCounts(heap_types=1, static_types=1)


def test_modules_of_cpython_are_in_its_folder_of_modules() -> None:
    init = "PyModuleDef_Init(&a);\nPyModule_Create(&b);\n"
    elsewhere = {"Python/a.c": init, "PC/a.c": init, "Doc/a.c": init}
    assert count_lines({**elsewhere, "Modules/_sub/a.c": init}) == LineCounts(4, 4)
    assert count_lines({**CORE, **elsewhere, "Modules/_sub/a.c": init}) == LineCounts(1, 1)


def test_files_add_up() -> None:
    texts = {
        **CORE,
        "Modules/a.c": "static PyTypeObject A = {\n    return PyModuleDef_Init(&a);\n",
        "Modules/b.c": "static PyType_Spec b = {\nPyType_Spec c = {\nm = PyModule_Create(&b);\n",
        "Objects/c.c": "static PyTypeObject C = {\n",
    }
    counts = count_lines(texts)
    assert counts == LineCounts(1, 1, 2, 2)
    assert (counts.modules, counts.types) == (2, 4)
    folder = folder_of_modules(texts)
    assert counts == sum((count_file(path, text, folder) for path, text in texts.items()), LineCounts())


def test_an_empty_tree() -> None:
    assert count_lines({}) == LineCounts()
