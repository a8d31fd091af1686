"""The package's own tests: the command that runs them, where it may run, and what its output says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from porter.errors import PorterError

TEST_FILE = re.compile(r"test_\w+\.py|\w+_test\.py")
DEEPEST, NO_PACKAGE = 5, ("build", "dist", "doc", "docs", "examples", "src")
PYTEST = "python -m pytest -q -o addopts="
SETTINGS_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
SETTINGS = re.compile(rb"^\[(tool\.|tool:)?pytest\b", re.MULTILINE)
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True)
class Counts:
    """What pytest or unittest said; ``ran`` is None where the output is of neither."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    ran: int | None = None

    def __str__(self) -> str:
        if self.ran is None:
            return "no count in the output"
        rest = [f"{n} {word}" for n, word in ((self.failed, "failed"), (self.skipped, "skipped")) if n]
        return ", ".join([f"{self.passed} passed", *rest])


@dataclass(frozen=True)
class Runner:
    """A test command understood well enough to run it inside an interpreter. ``path``: whether the folder is
    importable.
    """

    name: str
    arguments: tuple[str, ...]
    environ: tuple[tuple[str, str], ...] = ()
    folder: str = "."
    path: bool = False


def find_command(tree: Path) -> str | None:
    """The command that runs the tests a tree has where such things are kept, or None: ``pytest`` if a test says it,
    else unittest. Tests that lie inside of packages are run as they are installed, by pytest.
    """
    files = list(_test_files(tree))
    if not files:
        names = sorted(set(_inside_packages(tree)))
        return f"{PYTEST} --pyargs {shlex.join(names)}" if names else None
    if any(re.search(rb"\bpytest\b|^def test_|^async def test_", path.read_bytes(), re.MULTILINE) for path in files):
        return PYTEST
    start = next((name for name in ("tests", "test") if (tree / name).is_dir()), ".")
    pattern = "test*.py" if any(path.name.startswith("test") for path in files) else "*test*.py"
    return f"python -m unittest discover -s {start} -p '{pattern}'"


def _test_files(tree: Path) -> Iterator[Path]:
    for pattern in ("test*.py", "tests/**/*.py", "test/**/*.py"):
        yield from (path for path in sorted(tree.glob(pattern)) if path.is_file() and "test" in path.name)


def _inside_packages(tree: Path) -> Iterator[str]:
    """The dotted names of the tests inside of packages: folders of tests, and files named tests.py."""
    for root in (tree / "src", tree):
        for path, folders, files in os.walk(root):
            parts = Path(path).relative_to(root).parts
            folders[:] = [name for name in folders if name.isidentifier() and name not in NO_PACKAGE]
            if len(parts) > 1 and parts[-1] in ("test", "tests") and any(map(TEST_FILE.fullmatch, files)):
                yield ".".join(parts)
                folders.clear()
            elif parts and {"__init__.py", "tests.py"} <= set(files):
                yield ".".join((*parts, "tests"))
            if len(parts) == DEEPEST:
                folders.clear()


def needs_pytest(command: str) -> bool:
    """Whether a command runs pytest."""
    return re.search(r"\b(pytest|py\.test)\b", command) is not None


def copy_tests(tree: Path, site: Path, target: Path) -> None:
    """Copy ``tree`` without what would be imported in the place of what is installed in ``site``.

    A test folder is never left out, even where the package installs one too or holds it. Raises PorterError where it
    cannot be copied.
    """
    installed = {entry.name.partition(".")[0] for entry in site.iterdir()} - {"__pycache__"}
    hiding: set[Path] = set()

    def shadows(folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        inside = here.relative_to(tree).parts
        if any(map(_is_for_tests, inside)):
            return set()
        if here in hiding:
            left = {name for name in names if _holds_tests(here / name)}
        elif len(inside) > 1:
            return set()
        else:
            left = {name for name in names if _importable(here / name) not in installed or _is_for_tests(name)}
            left |= {name for name in names if name not in left and _holds_tests(here / name)}
        hiding.update(here / name for name in left if here in hiding or _importable(here / name) in installed)
        return set(names) - left

    try:
        shutil.copytree(tree, target, symlinks=True, ignore=shadows)
    except (shutil.Error, OSError) as problem:
        raise PorterError(f"the tests of {tree} cannot be copied: {problem}") from problem


def keep_settings(folder: Path) -> None:
    """Let pytest find its settings in ``folder``, if only empty ones: else it goes on looking in the folders above."""
    if not any(SETTINGS.search(path.read_bytes()) for name in SETTINGS_FILES if (path := folder / name).is_file()):
        (folder / "pytest.ini").touch()


def _is_for_tests(name: str) -> bool:
    return name.lower().startswith("test")


def _holds_tests(path: Path) -> bool:
    """Whether a folder is one of tests or has one below it."""
    below = (name for _, folders, _ in os.walk(path) for name in folders)
    return path.is_dir() and any(map(_is_for_tests, (path.name, *below)))


def _importable(path: Path) -> str | None:
    """The name ``path`` would be imported by, or None."""
    return path.name.partition(".")[0] if path.is_dir() or path.suffix in (".py", ".so", ".pyd") else None


def understand(command: str) -> Runner | None:
    """The runner a shell command starts, or None where it is neither pytest nor unittest, or is several commands."""
    try:
        words = list(shlex.shlex(command, posix=True, punctuation_chars=True))
        parts = shlex.split(command)
    except ValueError:
        return None
    folder = "."
    if len(parts) > 3 and parts[0] == "cd" and parts[2] == "&&":
        folder, parts, words = parts[1], parts[3:], words[words.index("&&") + 1 :]
    if any(set(word) <= set("();<>|&") for word in words) or "$" in command or "`" in command:
        return None
    environ = []
    while parts and ASSIGNMENT.match(parts[0]):
        name, _, value = parts.pop(0).partition("=")
        environ.append((name, value))
    match parts:
        case [("pytest" | "py.test"), *arguments]:
            return Runner("pytest", tuple(arguments), tuple(environ), folder)
        case [python, "-m", ("pytest" | "unittest") as name, *arguments] if re.fullmatch(r"(.*/)?python[\d.]*", python):
            return Runner(name, tuple(arguments), tuple(environ), folder, path=True)
    return None


def count(output: str) -> Counts:
    """Read the summaries of pytest and unittest out of a command's output; those of several runs are added."""
    passed = failed = skipped = ran = 0
    seen = False
    for line in output.splitlines():
        if re.search(
            r"\bno tests ran in [\d.]+|\d+ (passed|failed|skipped|errors?|deselected|xfailed|warnings?)\b.* in [\d.:]+",
            line,
        ):
            passed += _number(line, r"passed") + _number(line, r"xfailed")
            failed += _number(line, r"failed") + _number(line, r"errors?")
            skipped += _number(line, r"skipped")
            seen = True
        elif found := re.match(r"Ran (\d+) tests? in ", line):
            ran, seen = int(found[1]), True
            passed += ran
        elif ran and re.match(r"(OK|FAILED)\b", line):
            bad = sum(map(int, re.findall(r"(?<!expected )\b(?:failures|errors)=(\d+)", line)))
            ignored = sum(map(int, re.findall(r"\bskipped=(\d+)", line)))
            passed, failed, skipped, ran = passed - bad - ignored, failed + bad, skipped + ignored, 0
    return Counts(max(passed, 0), failed, skipped, passed + failed + skipped if seen else None)


def _number(line: str, word: str) -> int:
    found = re.search(rf"\b(\d+) {word}\b", line)
    return int(found[1]) if found else 0
