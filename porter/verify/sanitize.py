"""The extension built and run under a sanitizer or valgrind: what races, reads freed memory or overflows.

Only the extension is instrumented, so a report counts where one of its frames is near the top of a stack.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from porter.verify.build import Build, build
from porter.verify.climb import Climb
from porter.verify.compilers import c_compiler
from porter.verify.install import Shop
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, BuiltModule, Evidence
from porter.verify.process import Limits, Outcome, run
from porter.verify.residue import source_names
from porter.verify.workload import workload

NEAR = 3  # frames from the top: a function of Python or libc called by the extension is the extension's
AT_ONCE = {"mode": "concurrent", "rounds": 2, "threads": 4}
IN_TURN = {"mode": "sequential", "rounds": 2}  # valgrind runs one thread at a time anyhow, and slowly


@dataclass(frozen=True)
class Tool:
    """A sanitizer: the library that must be loaded before Python, the environment, and how its reports begin."""

    title: str
    library: str
    environ: dict[str, str]
    report: str


@dataclass(frozen=True)
class Under:
    """One way to run: the tool's reports, and what the child is started with and told to do."""

    title: str
    report: re.Pattern
    environ: dict[str, str]
    through: tuple[str, ...]
    limits: Limits
    dance: dict[str, object]


TOOLS = {
    "address": Tool(
        "no bad memory access (AddressSanitizer)",
        "libasan.so",
        {"ASAN_OPTIONS": "detect_leaks=0:halt_on_error=1:exitcode=86"},
        r"^==\d+==ERROR: AddressSanitizer: (?P<what>.*)",
    ),
    "thread": Tool(
        "no data race (ThreadSanitizer)",
        "libtsan.so",
        {"TSAN_OPTIONS": "halt_on_error=0:exitcode=0:report_signal_unsafe=0"},
        r"^WARNING: ThreadSanitizer: (?P<what>.*)",
    ),
    "undefined": Tool(
        "no undefined behaviour (UndefinedBehaviorSanitizer)",
        "libubsan.so",
        {"UBSAN_OPTIONS": "print_stacktrace=1"},
        r"^\S+:\d+:\d+: runtime error: (?P<what>.*)",
    ),
}
# Where, the most telling first: the variable, the place of the error itself, the first frame that has a line.
PLACES = (
    r"Location is (global '.*?')",
    r"^(\S+:\d+:\d+): runtime error",
    r"#\d+ (?:0x\w+ in )?(\w+ \S+\.c\w*:\d+)",
    r"(?:at|by) 0x\w+: (\w+ \(\S+:\d+\))",
)
VALGRIND = "no bad memory access (valgrind)"
INVALID = re.compile(
    r"^==\d+== (?P<what>(Invalid|Conditional jump|Use of uninit|Syscall param|Mismatched|Source and).*)", re.MULTILINE
)


def instrumented(climb: Climb, tree: Path, folder: Path, shop: Shop) -> Iterator[Evidence]:
    """Evidence for each sanitizer and valgrind that was asked for."""
    for name in dict.fromkeys(climb.options.sanitize):
        yield _sanitized(climb, tree, folder / f"sanitize-{name}", shop, name)
    if climb.options.valgrind:
        yield valgrind(climb)


def _sanitized(climb: Climb, tree: Path, folder: Path, shop: Shop, name: str) -> Evidence:
    built = build(tree, folder, shop, (), flags(name))
    if not built.ok:
        message = f"does not build with it: {'; '.join(built.error)}"
        return climb.beside(TOOLS[name].title, NOT_PROVEN, message, built.outcome)
    return under(climb, built, name)


def flags(name: str) -> tuple[str, ...]:
    """What the compiler needs to be told for a sanitizer."""
    return (f"-fsanitize={name}", "-fno-omit-frame-pointer", "-O1")


def under(climb: Climb, built: Build, name: str) -> Evidence:
    """Each module of ``built``, which was compiled for the sanitizer, used by interpreters in threads."""
    tool = TOOLS[name]
    library, why = _library(tool, climb, built.folder)
    if why or not climb.python.own_gil:
        return climb.beside(tool.title, NOT_PROVEN, why or "no Python with own-GIL interpreters")
    environ = tool.environ | {"LD_PRELOAD": library, "PYTHONMALLOC": "malloc"}
    still = shutil.which("setarch") if name == "thread" else None  # it needs addresses where it expects them
    through = (still, "-R") if still else ()
    under_it = Under(tool.title, re.compile(tool.report, re.M), environ, through, climb.limits, AT_ONCE)
    return _run(climb, built, under_it)


def valgrind(climb: Climb) -> Evidence:
    """Each module used by interpreters in threads under valgrind."""
    program = shutil.which("valgrind")
    if program is None:
        return climb.beside(VALGRIND, NOT_PROVEN, "valgrind is not installed")
    through = (program, "--quiet", "--num-callers=20", "--error-limit=no", "--undef-value-errors=no")
    limits = Limits(climb.options.timeout * 2, climb.options.memory)
    return _run(climb, climb.build, Under(VALGRIND, INVALID, {"PYTHONMALLOC": "malloc"}, through, limits, IN_TURN))


def _run(climb: Climb, built: Build, tool: Under) -> Evidence:
    """Each module used by interpreters under the tool; what was reported of it."""
    title, report = tool.title, tool.report
    outcome, found, broken, files = None, {}, [], _files(built)
    for module in climb.build.modules:
        climb.say(f"{title}: {module.name}")
        outcome, answer = _drive(climb, built, module, tool)
        mine = [r for r in reports(outcome.output, report) if _is_about(r, files)]
        found |= {module.name: [_summary(r, report) for r in mine]} if mine else {}
        if answer is None and not mine:
            broken.append(f"{module.name}: {outcome.ended}: {_last(outcome)}")
        elif answer and answer["error"] and not mine:
            broken.append(f"{module.name}: {answer['error']}")
    if found:
        first = next(iter(found.values()))[0]
        many = sum(map(len, found.values()))
        return climb.beside(title, FAILED, f"{many} reports, the first: {first}", outcome, reports=found)
    if broken:
        return climb.beside(title, NOT_PROVEN, "; ".join(broken), outcome)
    how = "in threads" if tool.dance == AT_ONCE else "one after another"
    return climb.beside(title, PASSED, f"interpreters {how}, nothing reported", outcome)


def _drive(climb: Climb, built: Build, module: BuiltModule, tool: Under) -> tuple[Outcome, dict | None]:
    control = climb.control(module)
    how = control.hows[0] if control.hows else "alone"
    installed = next((m for m in built.modules if m.name == module.name), module)
    given = climb.given(installed, how, call=control.call, patience=tool.limits.seconds, **tool.dance)
    given |= workload(climb, module).settings
    return climb.driver("load.py", given, tool.limits, built, env=tool.environ, through=tool.through)


def reports(output: str, report: re.Pattern) -> list[str]:
    """Each report of a sanitizer, from its first line to the next one's."""
    starts = [found.start() for found in report.finditer(output)]
    return [output[start:end] for start, end in zip(starts, [*starts[1:], len(output)])]


def _is_about(report: str, files: set[str]) -> bool:
    """Whether the extension is near the top of one of its stacks, or no stack was printed at all."""
    frames = re.findall(r"^(?:==\d+==)?\s*(?:#(\d+)|(?:at|by) 0x)(.*)$", report, re.M)
    depth, near = 0, []
    for number, text in frames:
        depth = int(number) if number else depth + 1
        near += [text] if depth < NEAR else []
    return not frames or any(files & set(re.split(r"[\s/():+]", text)) for text in near)


def _files(built: Build) -> set[str]:
    """The names by which a stack may show the extension: its files, and the sources they were made of."""
    return {module.path.name for module in built.modules} | set(source_names(built.modules))


def _summary(report: str, pattern: re.Pattern) -> str:
    """What, and where as far as the report says."""
    what = re.sub(r"\(pid=\d+\)| on address.*|\s+$", "", pattern.search(report)["what"]).strip()
    found = (re.search(place, report, re.M) for place in PLACES)
    place = next((match[1] for match in found if match), "")
    return f"{what} ({place})" if place else what


def _library(tool: Tool, climb: Climb, folder: Path) -> tuple[str, str]:
    """The sanitizer's library for the compiler in use, or why there is none."""
    compiler = c_compiler()
    folder.mkdir(parents=True, exist_ok=True)
    command = [*compiler, f"-print-file-name={tool.library}"]
    said = run(command, folder / "sanitize.txt", climb.load_limits, cwd=folder)
    path = said.output.strip()
    if said.ok and Path(path).is_absolute() and Path(path).exists():
        return str(Path(path).resolve()), ""
    return "", f"{' '.join(compiler)} has no {tool.library} that can be loaded into Python (gcc brings one: CC=gcc)"


def _last(outcome: Outcome) -> str:
    lines = [line for line in outcome.output.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "nothing said"
