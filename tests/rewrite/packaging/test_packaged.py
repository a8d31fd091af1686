"""The packaging files that change with a port, byte for byte outside the change."""

from __future__ import annotations

import pytest

from porter.rewrite.packaging import packaged

SETUP = """\
from setuptools import setup, Extension   # the build

setup(
    name='wheel',  # its name
    python_requires='>=3.6',
    classifiers=[
        'Programming Language :: Python :: 3',
        'Programming Language :: Python :: 3.8',   # old
        'Programming Language :: Python :: 3.9',
    ],
    ext_modules=[Extension('wheel', ['wheel.c'])],
)
"""


def test_setup_script_is_raised_in_place():
    changed, left = packaged({"setup.py": SETUP}, "3.9", [])
    expected = SETUP.replace("'>=3.6'", "'>=3.9'").replace(
        "        'Programming Language :: Python :: 3.8',   # old\n", ""
    )
    assert changed == {"setup.py": expected}
    assert left == []
    assert packaged(changed, "3.9", []) == ({}, [])


def test_setup_script_without_a_word_gets_one():
    changed, _ = packaged(
        {"setup.py": "from setuptools import setup\nsetup(\n    name='a',\n    version='1',\n)\n"}, "3.9", []
    )
    assert (
        changed["setup.py"]
        == "from setuptools import setup\nsetup(\n    name='a',\n    python_requires=\">=3.9\",\n    version='1',\n)\n"
    )


def test_a_constant_is_raised_where_it_is_written():
    text = "from setuptools import setup\nOLDEST = '>=3.7'\nsetup(name='a', python_requires=OLDEST)\n"
    changed, left = packaged({"setup.py": text}, "3.9", [])
    assert changed == {"setup.py": text.replace(">=3.7", ">=3.9")}
    assert left == []


@pytest.mark.parametrize(
    "call",
    [
        "setup(name='a', python_requires='>=' + oldest())",
        "setup(**arguments)",
        "setup(name='a', python_requires='soon')",
    ],
)
def test_what_is_computed_is_left_and_said(call):
    text = f"from setuptools import setup\n{call}\n"
    changed, left = packaged({"setup.py": text}, "3.9", [])
    assert changed == {}
    assert [(each.place.file, each.symbol) for each in left] == [("setup.py", "python_requires")]
    assert ">=3.9 by hand" in left[0].reason


def test_a_script_for_python_2_is_left_and_said():
    changed, left = packaged({"setup.py": "print 'hello'\nsetup(name='a')\n"}, "3.9", [])
    assert (changed, len(left)) == ({}, 1)


def test_a_script_with_another_encoding_and_line_ends_keeps_them():
    text = "# -*- coding: latin-1 -*-\r\n# Andr\xe9\r\nfrom setuptools import setup\r\nsetup(name='a', python_requires='>=3.6')\r\n"
    changed, _ = packaged({"setup.py": text}, "3.9", [])
    assert changed == {"setup.py": text.replace("3.6", "3.9")}


def test_project_file_says_it_for_setup_py_too():
    project = '[project]\nname = "a"  # its name\nrequires-python = ">=3.8"\nclassifiers = [\n  "Programming Language :: Python :: 3.8",\n  "Topic :: Other",\n]\n'
    setup = "from setuptools import setup\nsetup(name='a')\n"
    changed, left = packaged({"pyproject.toml": project, "setup.py": setup}, "3.9", [])
    expected = project.replace(">=3.8", ">=3.9").replace('  "Programming Language :: Python :: 3.8",\n', "")
    assert (changed, left) == ({"pyproject.toml": expected}, [])


def test_a_project_file_that_only_names_the_back_end_leaves_it_to_setup_py():
    project = '[build-system]\nrequires = ["setuptools"]\n'
    changed, _ = packaged(
        {"pyproject.toml": project, "setup.py": "from setuptools import setup\nsetup(name='a')\n"}, "3.9", []
    )
    assert list(changed) == ["setup.py"]


def test_setup_cfg_keeps_its_comments_and_line_ends():
    cfg = "[metadata]\r\nname = a\r\n# what it runs on\r\n[options]\r\npython_requires = >=3.7\r\nzip_safe = no\r\n"
    changed, left = packaged({"setup.cfg": cfg, "setup.py": "from setuptools import setup\nsetup()\n"}, "3.9", [])
    assert (changed, left) == ({"setup.cfg": cfg.replace(">=3.7", ">=3.9")}, [])


def test_nothing_changes_where_no_older_python_was_served():
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='a', python_requires='>=3.10')\n",
        "pyproject.toml": "[tool.black]\n",
    }
    assert packaged(files, "3.9", []) == ({}, [])
    assert packaged({"setup.py": SETUP}, None, []) == ({}, [])


def test_a_new_header_goes_into_the_source_distribution():
    changed, _ = packaged({"setup.py": SETUP, "MANIFEST.in": "include *.c"}, None, ["src/wheel_state.h"])
    assert changed == {"MANIFEST.in": "include *.c\ninclude src/wheel_state.h\n"}


@pytest.mark.parametrize(
    "line",
    [
        "include src/*.h",
        "recursive-include src *.h *.c",
        "graft src",
        "global-include *.h",
        "include a.h \\\n  src/wheel_state.h",
    ],
)
def test_a_header_that_is_included_already_changes_nothing(line):
    assert packaged({"setup.py": SETUP, "MANIFEST.in": f"{line}\n"}, None, ["src/wheel_state.h"]) == ({}, [])


def test_the_last_word_of_a_manifest_counts():
    manifest = "graft src\nprune src\n"
    changed, _ = packaged({"setup.py": SETUP, "MANIFEST.in": manifest}, None, ["src/wheel_state.h"])
    assert changed == {"MANIFEST.in": manifest + "include src/wheel_state.h\n"}


def test_back_ends_that_take_every_file_need_no_manifest():
    project = '[build-system]\nrequires = ["setuptools", "setuptools_scm"]\n'
    assert packaged({"setup.py": SETUP, "pyproject.toml": project}, None, ["src/wheel_state.h"]) == ({}, [])
