"""What a setup.py declares is found without running it."""

from __future__ import annotations

import pytest

from porter.tree import Tree, discover

HEAD = "import os, sys, glob, platform\nfrom pathlib import Path\nfrom setuptools import setup, Extension\n"

SAME = {
    "literal": "setup(ext_modules=[Extension('pkg.a', ['src/a.c', 'src/b.c'])])",
    "keywords": "setup(ext_modules=[Extension(name='pkg.a', sources=['src/a.c', 'src/b.c'])])",
    "variable": "s = ['src/a.c']\ns += ['src/b.c']\nsetup(ext_modules=[Extension('pkg.a', s)])",
    "append": "s = []\ns.append('src/a.c')\ns.extend(('src/b.c',))\ne = []\ne.append(Extension('pkg.a', s))\nsetup(ext_modules=e)",
    "insert": "s = ['src/b.c']\ns.insert(0, 'src/a.c')\nsetup(ext_modules=[Extension('pkg.a', s)])",
    "percent": "setup(ext_modules=[Extension('%s.a' % 'pkg', ['src/%s.c' % n for n in 'ab'])])",
    "format": "setup(ext_modules=[Extension('{}.{m}'.format('pkg', m='a'), ['src/{0}.c'.format(n) for n in ('a', 'b')])])",
    "fstring": "p = 'pkg'\nsetup(ext_modules=[Extension(f'{p}.a', [f'src/{n}.c' for n in ['a', 'b']])])",
    "join": "setup(ext_modules=[Extension('.'.join(['pkg', 'a']), [os.path.join('src', n + '.c') for n in ('a', 'b')])])",
    "split": "setup(ext_modules=[Extension('pkg.a', 'src/a.c src/b.c'.split())])",
    "glob": "setup(ext_modules=[Extension('pkg.a', sorted(glob.glob('src/*.c')))])",
    "glob recursive": "setup(ext_modules=[Extension('pkg.a', glob.glob('**/*.c', recursive=True))])",
    "path glob": "setup(ext_modules=[Extension('pkg.a', [str(p) for p in Path('src').glob('*.c')])])",
    "listdir": "s = [os.path.join('src', f) for f in os.listdir('src') if f.endswith('.c')]\nsetup(ext_modules=[Extension('pkg.a', s)])",
    "here": "here = os.path.dirname(os.path.abspath(__file__))\n"
    "setup(ext_modules=[Extension('pkg.a', [os.path.join(here, 'src', n) for n in ('a.c', 'b.c')])])",
    "path here": "here = Path(__file__).parent\nsetup(ext_modules=[Extension('pkg.a', [str(here / 'src' / n) for n in ('a.c', 'b.c')])])",
    "function": "def build(name, ext='.c'):\n    return Extension('pkg.' + name, ['src/a' + ext, 'src/b' + ext])\n"
    "setup(ext_modules=[build('a')])",
    "starred call": "def build():\n    return dict(ext_modules=[Extension('pkg.a', ['src/a.c', 'src/b.c'])])\nsetup(**build())",
    "kwargs": "kw = {'name': 'pkg.a'}\nkw['sources'] = ['src/a.c', 'src/b.c']\nsetup(name='x', ext_modules=[Extension(**kw)])",
    "class": "class Ext(Extension):\n    def __init__(self, name, **kw):\n        super().__init__('pkg.' + name, **kw)\n"
    "        self.sources.append('src/b.c')\nsetup(ext_modules=[Ext('a', sources=['src/a.c'])])",
    "class by name": "class Ext(Extension):\n    def __init__(self, *args, **kw):\n        Extension.__init__(self, *args, **kw)\n"
    "setup(ext_modules=[Ext('pkg.a', ['src/a.c', 'src/b.c'])])",
    "loop": "e = []\nfor name, files in {'a': ['a', 'b']}.items():\n    e.append(Extension('pkg.' + name, ['src/%s.c' % f for f in files]))\n"
    "setup(ext_modules=e)",
    "platform": "if sys.platform == 'win32':\n    s = ['src/w.c']\nelif sys.platform.startswith('linux') and os.name == 'posix':\n"
    "    s = ['src/a.c', 'src/b.c']\nelse:\n    s = []\nsetup(ext_modules=[Extension('pkg.a', s)])",
    "version": "s = ['src/a.c', 'src/b.c'] if sys.version_info >= (3, 8) else []\nsetup(ext_modules=[Extension('pkg.a', s)])",
    "machine": "s = {'x86_64': ['src/a.c', 'src/b.c']}[platform.machine()]\nsetup(ext_modules=[Extension('pkg.a', s)])",
    "environment": "e = []\nif not os.environ.get('NO_EXT'):\n    e = [Extension('pkg.a', ['src/a.c', 'src/b.c'])]\nsetup(ext_modules=e)",
    "try import": "try:\n    from wheel import x\n    s = ['src/a.c', 'src/b.c']\nexcept ImportError:\n    s = []\n"
    "setup(ext_modules=[Extension('pkg.a', s)])",
    "option taken off the command line": "def has(o):\n    try:\n        sys.argv.remove(o)\n        return True\n"
    "    except ValueError:\n        return False\nsetup(ext_modules=[] if has('--without-a') else [Extension('pkg.a', ['src/a.c', 'src/b.c'])])",
    "unknown value inside try": "p = dict(text=open('x').read())\ntry:\n    setup(long_description=p['text'], "
    "ext_modules=[Extension('pkg.a', ['src/a.c', 'src/b.c'])])\nexcept Exception:\n    setup()",
    "variable of the environment": "try:\n    s = os.environ['SOURCES'].split()\nexcept KeyError:\n    s = ['src/a.c', 'src/b.c']\n"
    "setup(ext_modules=[Extension('pkg.a', s)])",
    "main": "def main():\n    kw = {}\n    kw.update(ext_modules=[Extension('pkg.a', ['src/a.c', 'src/b.c'])])\n    setup(**kw)\n"
    "if __name__ == '__main__':\n    main()",
    "zip": "e = [Extension(n, s) for n, s in zip(['pkg.a'], [['src/a.c', 'src/b.c']])]\nsetup(ext_modules=e)",
    "map": "e = list(map(lambda n: Extension('pkg.' + n, ['src/a.c', 'src/b.c']), ['a']))\nsetup(ext_modules=e)",
    "generator": "def every():\n    yield Extension('pkg.a', ['src/a.c', 'src/b.c'])\nsetup(ext_modules=list(every()))",
    "no setup call reached": "def never():\n    setup()\nx = Extension('pkg.a', ['src/a.c', 'src/b.c'])",
    "posixpath": "import posixpath as p\nsetup(ext_modules=[Extension('pkg.a', [p.join('src', 'a.c'), p.join('src', 'b.c')])])",
    "star import": "from distutils.core import *\nsetup(ext_modules=[Extension('pkg.a', ['src/a.c', 'src/b.c'])])",
    "module": "import setuptools\nsetuptools.setup(ext_modules=[setuptools.Extension('pkg.a', ['src/a.c', 'src/b.c'])])",
    "own module": "sys.path.insert(0, 'tools')\nimport helper\nsetup(ext_modules=[helper.make('a')])",
    "found in open file": "with open('x') as f:\n    for line in f:\n        if line.startswith('v'):\n            v = line\n            break\n"
    "    else:\n        raise RuntimeError\nsetup(version=v, ext_modules=[Extension('pkg.a', ['src/a.c', 'src/b.c'])])",
}


def scanned(folder, text: str) -> Tree:
    folder.init("src/a.c").put("src/b.c").put(
        "tools/helper.py", HEAD + "def make(n): return Extension('pkg.' + n, ['src/a.c', 'src/b.c'])"
    )
    return discover(folder.put("setup.py", HEAD + text + "\n").path)


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_one_extension_however_it_is_written(folder, text):
    tree = scanned(folder, text)
    assert [(e.name, e.sources) for e in tree.extensions] == [("pkg.a", ("src/a.c", "src/b.c"))]
    assert tree.gaps == ()


def test_details(folder):
    text = """setup(ext_modules=[Extension('a', ['src/a.c'], include_dirs=['src', numpy.get_include()],
        define_macros=[('ONE', None), ('TWO', '2'), ('V', version())], extra_compile_args=['-DTHREE=3', '-Isrc'])])"""
    (extension,) = scanned(folder, text).extensions
    assert extension.include_dirs == ("src",)
    assert extension.macros == (("ONE", None), ("TWO", "2"), ("V", None), ("THREE", "3"))
    assert (extension.language, extension.generator, extension.declared_in) == ("c", None, "setup.py")


def test_language(folder):
    folder.put("src/x.cpp")
    tree = scanned(
        folder, "setup(ext_modules=[Extension('x', ['src/x.cpp']), Extension('a', ['src/a.c'], language='c++')])"
    )
    assert {e.name: e.language for e in tree.extensions} == {"a": "c++", "x": "c++"}


def test_unknown_sources_are_a_gap_and_found_by_their_init_function(folder):
    tree = scanned(folder, "setup(ext_modules=[Extension('pkg.a', sources=elsewhere.find())])")
    assert [(e.name, e.sources) for e in tree.extensions] == [("pkg.a", ("src/a.c",))]
    (gap,) = tree.gaps
    assert (gap.file, gap.line, gap.what) == ("setup.py", 4, "the sources of extension pkg.a")
    assert "elsewhere" in gap.why


def test_known_sources_stay_beside_unknown_ones(folder):
    tree = scanned(folder, "setup(ext_modules=[Extension('a', ['src/a.c'] + elsewhere.find())])")
    assert tree.extensions[0].sources == ("src/a.c",)
    assert len(tree.gaps) == 1


def test_missing_source_is_a_gap(folder):
    tree = scanned(folder, "setup(ext_modules=[Extension('a', ['src/a.c', 'src/none.c'])])")
    assert tree.extensions[0].sources == ("src/a.c",)
    assert "src/none.c is not in the tree" in tree.gaps[0].why


def test_source_outside_the_tree_is_a_gap(folder):
    tree = scanned(folder, "setup(ext_modules=[Extension('a', ['src/a.c', '../../b.c'])])")
    assert tree.extensions[0].sources == ("src/a.c",)
    assert "outside the tree" in tree.gaps[0].why


def test_unknown_condition_takes_both_arms_and_says_so(folder):
    text = "e = [Extension('b', ['src/b.c'])]\nif have_header('x.h'):\n    e.append(Extension('a', ['src/a.c']))\nsetup(ext_modules=e)"
    tree = scanned(folder, text)
    assert [e.name for e in tree.extensions] == ["a", "b"]
    assert [(g.line, g.what) for g in tree.gaps] == [(5, "the condition have_header('x.h')")]


def test_unknown_condition_that_does_not_matter_is_no_gap(folder):
    tree = scanned(folder, "if have('x'):\n    license = 'MIT'\nsetup(ext_modules=[Extension('a', ['src/a.c'])])")
    assert (len(tree.extensions), tree.gaps) == (1, ())


def test_arm_that_exits_leaves_no_trace(folder):
    text = (
        "s = ['src/a.c']\nif unknown():\n    s = ['src/b.c']\n    sys.exit(1)\nsetup(ext_modules=[Extension('a', s)])"
    )
    assert scanned(folder, text).extensions[0].sources == ("src/a.c",)


def test_early_return_under_an_unknown_condition(folder):
    text = "def e():\n    if unknown():\n        return []\n    return [Extension('a', ['src/a.c'])]\nsetup(ext_modules=e())"
    assert [e.name for e in scanned(folder, text).extensions] == ["a"]


def test_sources_for_other_platforms_are_no_extensions(folder):
    folder.init("src/windows.c")
    text = "n = 'windows' if os.name == 'nt' else 'a'\nx = 'src/windows.c'\nsetup(ext_modules=[Extension(n, ['src/%s.c' % n])])"
    assert [e.name for e in scanned(folder, text).extensions] == ["a"]


def test_generators(folder):
    folder.put("p/__init__.py").put("p/x.pyx").put("p/y.pyx").put("p/y.c", "/* Generated by Cython 3.0 */").put(
        "src/w.i"
    ).put("c.py")
    text = """from Cython.Build import cythonize
from pybind11.setup_helpers import Pybind11Extension
from setuptools_rust import RustExtension
from mypyc.build import mypycify
setup(ext_modules=cythonize(['p/*.pyx']) + cythonize(Extension('z', ['p/x.pyx'])) + [Pybind11Extension('b', ['src/b.c']),
      Extension('_w', ['src/w.i'])] + mypycify(['--strict', 'c.py']), rust_extensions=[RustExtension('r')])"""
    tree = scanned(folder, text)
    found = {e.name: (e.generator, e.sources) for e in tree.extensions}
    assert found == {
        "p.x": ("cython", ("p/x.pyx",)),
        "p.y": ("cython", ("p/y.pyx", "p/y.c")),
        "z": ("cython", ("p/x.pyx",)),
        "b": ("pybind11", ("src/b.c",)),
        "_w": ("swig", ("src/w.i",)),
        "c": ("mypyc", ("c.py",)),
        "r": ("pyo3", ()),
    } | {"a": (None, ("src/a.c",))}


def test_cython_source_that_is_not_there_but_its_output_is(folder):
    folder.put("x.c", "/* Generated by Cython */")
    (extension, *_) = [
        e for e in scanned(folder, "setup(ext_modules=[Extension('x', ['x.pyx'])])").extensions if e.name == "x"
    ]
    assert (extension.sources, extension.generator) == (("x.c",), "cython")


def test_cffi_modules(folder):
    folder.put("build_it.py", "from cffi import FFI\nffi = FFI()\nffi.set_source('p._x', '', sources=['src/b.c'])\n")
    tree = scanned(folder, "setup(cffi_modules=['build_it.py:ffi'])")
    assert [(e.name, e.generator, e.sources) for e in tree.extensions if e.generator] == [
        ("p._x", "cffi", ("src/b.c",))
    ]


def test_nested_setup_py_has_paths_relative_to_itself(folder):
    folder.init("python/src/a.c").put("python/setup.py", HEAD + "setup(ext_modules=[Extension('a', ['src/a.c'])])")
    tree = discover(folder.path)
    assert [(e.name, e.sources, e.declared_in) for e in tree.extensions] == [
        ("a", ("python/src/a.c",), "python/setup.py")
    ]


HOSTILE = {
    "endless loop": "while True:\n    x = 1",
    "endless recursion": "def f(): return f()\nf()",
    "doubling list": "x = [1]\nwhile True:\n    x += x",
    "doubling text": "x = 'a'\nwhile True:\n    x = x + x",
    "doubling tuple": "x = ()\nfor i in range(99):\n    x = (x, x)\ny = x == (x, x)",
    "nested lists": "x = []\nfor i in range(99):\n    y = []\n    y.append(x)\n    y.append(x)\n    x = y\nz = str(x)",
    "power": "x = 9 ** 9 ** 9 ** 9",
    "shift": "x = 1 << 10 ** 12",
    "wide": "x = '%999999999d' % 1\ny = '{:>999999999}'.format(1)\nz = f'{1:999999999}'",
    "replace": "x = ('a' * 999999).replace('a', 'b' * 999999)",
    "range": "x = list(range(10 ** 12))\nfor i in range(10 ** 12): pass",
    "product": "x = 2\nwhile True:\n    x = x * x",
    "deep": "x = " + "not " * 5000 + "1",
    "brackets": "x = " + "(" * 5000 + ")" * 5000,
    "sum": "x = " + "1 + " * 5000 + "1",
    "python 2": "print 'hello'",
    "nul": "x = '\0'",
    "self reference": "x = []\nx.append(x)\ny = x == [x]\nz = '%s' % x",
    "exits": "import os\nos._exit(3)",
    "writes": "open('written', 'w').write('x')\nos.mkdir('made')\nos.system('touch written')",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_scripts_end_and_run_nothing(folder, text):
    before = sorted(p.name for p in folder.path.iterdir())
    tree = scanned(folder, text)
    assert [e.name for e in tree.extensions] == ["a"]
    assert sorted(p.name for p in folder.path.iterdir()) == before + ["setup.py", "src", "tools"]


def test_a_subscript_that_is_no_text_is_not_spelled_out(folder):
    folder.put("setup.py", "from setuptools import *\nsetup(ext_modules=sorted(1[1][Extension('e', ['b.c'])]))")
    (gap,) = discover(folder.path).gaps
    assert "int[1][…]" in gap.why and "object at" not in gap.why
