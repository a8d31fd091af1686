"""The house holds: data flows one way, only the edges touch the world, files stay small, one name is everywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "porter"
MODULES = sorted(PACKAGE.rglob("*.py"))

# In the order in which data flows: a room imports only itself and rooms before it.
ROOMS = (
    *("errors", "resources", "settings", "render", "span", "tree", "frontend", "facts", "cache", "rules", "findings"),
    *(
        "suppressions",
        "baseline",
        "checks",
        "plan",
        "rewrite",
        "verify",
        "ledger",
        "report",
        "fleet",
        "scanning",
        "pipeline",
        "history",
        "cli",
    ),
    "__main__",
)
# Rooms that may touch files, processes and the network of the machine.
EDGES = {"resources", "tree", "cache", "verify", "ledger", "fleet", "history", "cli"}
# Programs that verify runs in other processes under other Pythons: they import nothing of porter and may print.
DRIVERS = PACKAGE / "verify" / "drivers"

WORLD = {
    *("os", "io", "pathlib", "shutil", "tempfile", "glob", "fileinput", "mmap", "ctypes", "sqlite3", "signal"),
    *("subprocess", "multiprocessing", "concurrent", "threading", "asyncio", "socket", "ssl", "http", "ftplib"),
    *("urllib.request", "importlib.resources", "runpy", "pty", "platform"),
}
TOUCHES = {
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "iterdir",
    "glob",
    "rglob",
    "stat",
    "unlink",
    "mkdir",
}
PRINTS = {"print", "sys.exit", "exit", "quit", "os._exit"}
MOST_LINES = 400
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|raise NotImplementedError)\b")
SOMEONES_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")


def room(path: Path) -> str:
    """``porter/tree/model.py`` and ``porter/tree/__init__.py`` are in the room ``tree``."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a module imports; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def upward(path: Path) -> list[str]:
    """Imports of ``path`` from rooms that come after its own."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {room(path)} imports {name}"
        for line, name in imported(path)
        if name.startswith("porter.") and name != "porter.__version__"
        if ROOMS.index(name.split(".")[1]) > ROOMS.index(room(path))
    ]


def touches(path: Path) -> list[str]:
    """What a module outside of the edges does to the world: imports of it, ``open`` and the methods of paths."""
    allowed = {"pathlib.Path"} if room(path) in ("scanning", "pipeline") else set()
    found = [
        f"{path.relative_to(ROOT)}:{line}: imports {name}"
        for line, name in imported(path)
        if name not in allowed and any(name == each or name.startswith(each + ".") for each in WORLD)
    ]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            builtin = isinstance(node.func, ast.Name) and called in ("open", "input", "exec", "eval", "__import__")
            if builtin or (isinstance(node.func, ast.Attribute) and called in TOUCHES):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: calls {called}")
    return found


def test_every_module_is_in_a_room() -> None:
    rooms = {room(path) for path in MODULES} - {"__init__"}
    assert rooms == set(ROOMS) and EDGES < rooms


def test_data_flows_one_way() -> None:
    inside = [path for path in MODULES if room(path) != "__init__"]
    assert [line for path in inside for line in upward(path)] == []


def test_only_the_edges_touch_the_world() -> None:
    pure = [path for path in MODULES if room(path) not in EDGES]
    assert [line for path in pure for line in touches(path)] == []


def test_drivers_stand_alone() -> None:
    """They run under Pythons that do not have porter."""
    names = [name for path in DRIVERS.glob("*.py") for _, name in imported(path)]
    assert names and not [name for name in names if name.split(".")[0] == "porter"]


def test_only_the_command_line_prints_and_exits() -> None:
    found = []
    for path in MODULES:
        if room(path) == "cli" or DRIVERS in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTS:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node.func)}")
    assert found == []


def test_files_stay_small() -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_module_says_what_it_is_for() -> None:
    documented = [path for path in MODULES if path.stat().st_size]
    assert [path for path in documented if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("folder", ["porter", "rules", "templates", "fixtures", "docs"])
def test_nothing_is_unfinished_and_nothing_names_a_machine(folder: str) -> None:
    found = []
    for path in sorted((ROOT / folder).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and b"\0" not in path.read_bytes():
            for number, line in enumerate(path.read_bytes().decode("latin-1").split("\n"), 1):
                if UNFINISHED.search(line) or SOMEONES_MACHINE.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("from porter.cli import main\n", "facts", upward),
        ("import subprocess\n", "plan", touches),
        ("from urllib.request import urlopen\n", "report", touches),
        ("from pathlib import Path\n", "checks", touches),
        ("def f(path):\n    return path.read_text()\n", "findings", touches),
        ("open('x')\n", "span", touches),
    ],
)
def test_these_tests_can_fail(text: str, where: str, what, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path / "porter")
    path = tmp_path / "porter" / where / "some.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert len(what(path)) == 1
