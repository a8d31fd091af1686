"""The command line as a user meets it: exit codes, one line for each failure, files and streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from porter import __version__
from porter.cli import main, verbs
from porter.cli.output import append_summary
from porter.errors import UsageError
from porter.fleet.pool import in_processes
from porter.rules import load_rules
from porter.settings import Settings, settings_from_toml

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures" / "rules"


def porter(*arguments: object, **environment: str) -> Result:
    """Call porter in this process; a traceback of porter's own is a failure of the test."""
    result = CliRunner().invoke(main, list(map(str, arguments)), prog_name="porter", env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def start(*arguments: object) -> subprocess.Popen:
    """Call porter in a process of its own."""
    call = [sys.executable, "-m", "porter", *map(str, arguments)]
    return subprocess.Popen(
        call, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="surrogateescape"
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with one extension that is not isolated."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "example.c").write_bytes((FIXTURES / "static-type" / "bad.c").read_bytes())
    return folder


def scan_json(*arguments: object) -> dict:
    return json.loads(porter("scan", *arguments, "--format", "json").stdout)


# The group


def test_every_verb_explains_itself() -> None:
    listed = porter("--help").stdout
    assert {"scan", "rules", "explain", "new-rule", "completion"} <= verbs().keys()
    for verb, short in verbs().items():
        assert short.endswith(".") and f"\n  {verb}" in listed
        shown = porter(verb, "-h")
        assert shown.stdout.startswith(f"Usage: porter {verb} "), shown.stderr


def test_version() -> None:
    assert porter("--version").stdout == f"porter {__version__}\n"


def test_a_verb_loads_only_what_it_needs() -> None:
    script = "import sys; from porter.cli import main; main(['rules'], standalone_mode=False); print('|', *sys.modules)"
    call = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = call.stdout.rpartition("|")[2].split()
    assert "porter.cli.rules" in loaded
    assert not {"pycparser", "libcst", "jinja2", "elftools", "sqlite3", "porter.cli.scan"} & set(loaded)


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        (["scna"], "no verb 'scna'", "did you mean 'scan'?"),
        (["explain", "static-tpye"], "no rule 'static-tpye'", "did you mean 'static-type'?"),
        (["scan"], "Missing argument 'PATH...'.", "'porter scan --help' tells how it is called"),
        (
            ["scan", "nowhere"],
            "Invalid value for 'PATH...': Directory 'nowhere' does not exist.",
            "'porter scan --help'",
        ),
        (["scan", ".", "--format", "xml"], "Invalid value for '--format'", "'porter scan --help'"),
        (["scan", ".", "--update-baseline"], "--update-baseline needs a --baseline FILE to write", None),
        (["scan", ".", "-D", "1="], "'1=' is no macro", "write NAME or NAME=VALUE"),
        (
            ["scan", ".", "--target-python", "2.7"],
            "target-python: '2.7' is no version of Python 3",
            'write it as "3.13"',
        ),
        (["scan", ".", "--min-python", "3.14"], "min-python 3.14 is newer than target-python 3.13", None),
        (["new-rule", "Bad Name"], "'Bad Name' is no name for a rule", "lower case words joined by -"),
    ],
)
def test_a_wrong_call_is_one_line_and_a_hint(call: list[str], message: str, hint: str | None) -> None:
    result = porter(*call)
    said = result.stderr.splitlines()
    assert result.exit_code == 2 and result.stdout == ""
    assert said[0].startswith(f"porter: {message}")
    assert said[1:] == [] if hint is None else len(said) == 2 and said[1].startswith(f"hint: {hint}")


def test_a_defect_is_one_line_unless_debugged(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("defect")

    monkeypatch.setattr("porter.scanning.scan", broken)
    result = porter("scan", tree)
    assert result.exit_code == 2
    assert result.stderr.startswith("porter: internal error: KeyError: 'defect'\nhint: ")
    assert "PORTER_DEBUG=1" in result.stderr
    debugged = CliRunner().invoke(main, ["scan", str(tree)], env={"PORTER_DEBUG": "1"})
    assert isinstance(debugged.exception, KeyError)


def test_a_closed_pipe_is_quiet() -> None:
    process = start("rules", "--format", "json")
    process.stdout.close()
    assert process.stderr.read() == "" and process.wait(30) == 141


def test_an_interrupt_is_quiet_and_130(tmp_path: Path) -> None:
    script = (
        "import time, click; from porter.cli import main; from porter.fleet.pool import in_processes\n"
        "main.add_command(click.Command('wait', callback=lambda: list(in_processes(time.sleep, [60, 60], 2))))\n"
        "main.resolve_command = lambda context, args: ('wait', main.commands['wait'], [])\n"
        "print('ready', flush=True); main(['wait'])\n"
    )
    call = [sys.executable, "-c", script]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    interruptible = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background is started without
    process = subprocess.Popen(call, cwd=ROOT, text=True, start_new_session=True, preexec_fn=interruptible, **pipes)
    assert process.stdout.readline() == "ready\n"
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and "Traceback" not in said


# Scan


def test_exit_codes_say_what_was_found(tree: Path, tmp_path: Path) -> None:
    assert porter("scan", tree).exit_code == 1
    for level, code in (("error", 1), ("warning", 1), ("note", 1), ("never", 0)):
        assert porter("scan", tree, "--fail-on", level).exit_code == code
    assert porter("scan", tree, "--select", "single-phase-init").exit_code == 0
    (tree / "example.c").write_bytes((FIXTURES / "static-type" / "good.c").read_bytes())
    assert porter("scan", tree).exit_code == 0


def test_severity_decides_with_fail_on(tree: Path) -> None:
    (tree / "example.c").write_bytes((FIXTURES / "mutable-heap-type" / "bad.c").read_bytes())
    assert [porter("scan", tree, "--fail-on", level).exit_code for level in ("error", "warning", "note")] == [0, 0, 1]


def test_a_tree_without_extensions_says_so(tmp_path: Path) -> None:
    result = porter("scan", tmp_path)
    assert result.exit_code == 0 and result.stdout == f"No extension modules in {tmp_path.as_posix()}\n"


def test_what_could_not_be_read_wins(tree: Path) -> None:
    text = (tree / "example.c").read_text()
    (tree / "example.c").write_text(text.replace("static int\n", "static PyObject *broken(((;\n\nstatic int\n"))
    document = scan_json(tree)
    assert [gap["file"] for gap in document["unanalysed"]] == ["example.c"]
    assert [finding["rule"] for finding in document["findings"]] == ["static-type"]
    assert porter("scan", tree).exit_code == porter("scan", tree, "--fail-on", "never").exit_code == 3


def test_selection(tree: Path) -> None:
    assert [f["rule"] for f in scan_json(tree)["findings"]] == ["static-type"]
    assert scan_json(tree, "--ignore", "static-object,static-type")["findings"] == []
    assert scan_json(tree, "--select", "static-object", "--select", "written-global")["findings"] == []
    unknown = porter("scan", tree, "--select", "static_type")
    assert unknown.exit_code == 2 and "did you mean 'static-type'?" in unknown.stderr


def test_settings_come_from_the_tree_and_options_win(tree: Path) -> None:
    (tree / "pyproject.toml").write_text('[tool.porter]\nignore = ["static-type"]\ntarget-python = "3.14"\n')
    assert scan_json(tree)["findings"] == [] and scan_json(tree)["target_python"] == "3.14"
    assert scan_json(tree, "--target-python", "3.12")["target_python"] == "3.12"
    assert len(scan_json(tree, "--ignore", "static-object")["findings"]) == 1
    (tree / "pyproject.toml").write_text('[tool.porter]\nignor = ["static-type"]\n')
    wrong = porter("scan", tree)
    assert wrong.exit_code == 2 and "unknown key 'ignor'\nhint: did you mean 'ignore'?" in wrong.stderr


def test_output_goes_whole_to_a_file(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old" * 9999)
    result = porter("scan", tree, "--format", "json", "-o", target)
    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(target.read_text()) == scan_json(tree)
    missing = porter("scan", tree, "-o", tmp_path / "no" / "report")
    assert missing.exit_code == 2 and missing.stderr.startswith(f"porter: {tmp_path}/no/report: No such file")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "tree"]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "markdown"])
def test_every_format_names_the_finding_and_repeats_itself(tree: Path, form: str) -> None:
    first = porter("scan", tree, "--format", form).stdout
    assert "static-type" in first and "Point" in first
    assert porter("scan", tree, "--format", form, "-j", "1").stdout == first


def test_colours(tree: Path) -> None:
    assert "\x1b[" not in porter("scan", tree).stdout
    assert "\x1b[31merror\x1b[0m" in porter("scan", tree, "--color", "always").stdout
    assert "\x1b[" not in porter("scan", tree, "--color", "never").stdout


def test_several_paths_are_one_report(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "example.c").write_bytes((FIXTURES / "static-type" / "good.c").read_bytes())
    document = scan_json(tree, other)
    assert [extension["sources"] for extension in document["extensions"]] == [["tree/example.c"], ["other/example.c"]]
    assert document["totals"]["types"] == {"ported": 1, "total": 2}
    assert (Path(document["root"]) / "tree").resolve() == tree.resolve()


def test_processes_change_nothing(tmp_path: Path) -> None:
    for rule in ("static-type", "static-object", "written-global", "static-cache"):
        folder = tmp_path / rule
        folder.mkdir()
        text = (FIXTURES / rule / "bad.c").read_text().replace("PyInit_example", f"PyInit_{rule.replace('-', '_')}")
        (folder / f"{rule.replace('-', '_')}.c").write_text(text)
    document = scan_json(tmp_path, "-j", "3")
    assert document == scan_json(tmp_path, "-j", "1") and len(document["extensions"]) == 4


def test_odd_names_and_bytes_are_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"odd \xff folder")
    folder.mkdir()
    text = (FIXTURES / "static-type" / "bad.c").read_bytes()
    (folder / os.fsdecode(b"caf\xe9.c")).write_bytes(text.replace(b"double x;", b"double x; /* \xff\xfe */"))
    for form in ("text", "json", "sarif", "github", "markdown"):
        process = start("scan", tmp_path, "--format", form)
        said, failed = process.communicate(timeout=60)
        assert process.returncode in (1, 3) and "static-type" in said, failed


def test_a_broken_extension_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from porter.facts import gather
    from porter.scanning import scan

    for name in ("good", "evil"):
        text = (FIXTURES / "static-type" / "bad.c").read_text()
        (tmp_path / f"{name}.c").write_text(text.replace("PyInit_example", f"PyInit_{name}"))
    gathered = gather.gather

    def sometimes(extension, read, settings):
        if extension.name == "evil":
            raise RecursionError("too deep")
        return gathered(extension, read, settings)

    monkeypatch.setattr(gather, "gather", sometimes)
    report = scan(tmp_path, Settings(jobs=1))
    (gap,) = report.unanalysed
    assert gap.what == "extension evil" and "RecursionError" in gap.why
    assert [finding.extension for finding in report.findings] == ["good"]
    assert report.extensions.total == 2
    monkeypatch.setenv("PORTER_DEBUG", "1")
    with pytest.raises(RecursionError):
        scan(tmp_path, Settings(jobs=1))


def die_or_double(number: int) -> int:
    if number == 3:
        os._exit(9)
    if number == 4:
        raise ValueError("four")
    return 2 * number


def test_a_process_that_dies_takes_only_its_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTER_DEBUG", raising=False)
    results = list(in_processes(die_or_double, range(8), 2))
    assert [r for r in results if isinstance(r, int)] == [0, 2, 4, 10, 12, 14]
    assert [type(r).__name__ for r in results if isinstance(r, Exception)] == ["BrokenProcessPool", "ValueError"]


def test_progress_reports_each_extension(tree: Path) -> None:
    from porter.scanning import scan

    said = []
    scan(tree, Settings(), lambda *step: said.append(step))
    assert said == [(1, 1, "example")]


# Baseline


def test_a_baseline_hides_what_is_known_and_shows_what_is_new(tree: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    assert porter("scan", tree, "--baseline", known, "--update-baseline").exit_code == 0
    assert porter("scan", tree, "--baseline", known).exit_code == 0
    source = tree / "example.c"
    source.write_text("\n\n" + source.read_text())
    assert porter("scan", tree, "--baseline", known).exit_code == 0
    source.write_text(source.read_text().replace("Point_Type", "Other_Type"))
    result = porter("scan", tree, "--baseline", known)
    assert result.exit_code == 1 and "Other_Type" in result.stdout
    assert result.stderr == f"porter: {known}: stale: static-type no longer finds Point_Type in example.c\n"


def test_a_wrong_baseline_is_said(tree: Path, tmp_path: Path) -> None:
    missing = porter("scan", tree, "--baseline", tmp_path / "none.json")
    assert missing.exit_code == 2 and "none.json: No such file" in missing.stderr
    (tmp_path / "bad.json").write_text("{")
    malformed = porter("scan", tree, "--baseline", tmp_path / "bad.json")
    assert malformed.exit_code == 2
    assert "malformed baseline" in malformed.stderr and "--update-baseline" in malformed.stderr


# Rules


def test_rules_are_listed_and_explained() -> None:
    listed = porter("rules").stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(load_rules())
    document = json.loads(porter("rules", "--format", "json").stdout)
    assert [rule["name"] for rule in document["rules"]] == list(load_rules())
    told = porter("explain", "static-type").stdout
    for part in ("static-type: Static type", "Why", "Fix", "Bad", "Good", "https://peps.python.org/pep-0684/"):
        assert part in told
    page = (ROOT / "docs" / "rules" / "static-type.md").read_text()
    assert porter("explain", "static-type", "--format", "markdown").stdout == page


def test_a_new_rule_is_a_skeleton_that_loads(tmp_path: Path) -> None:
    (tmp_path / "fixtures" / "rules").mkdir(parents=True)
    result = porter("new-rule", "static-lock", "--title", "Lock in a static variable", "--into", tmp_path)
    names = ["rules/static-lock.toml", "docs/rules/static-lock.md", "porter/checks/static_lock.py"]
    names += ["fixtures/rules/static-lock/bad.c", "fixtures/rules/static-lock/good.c"]
    assert result.exit_code == 0 and result.stdout.splitlines() == [str(tmp_path / name) for name in names]
    compile((tmp_path / names[2]).read_text(), "static_lock.py", "exec")
    again = porter("new-rule", "static-lock", "--into", tmp_path)
    assert again.exit_code == 2 and "is there already" in again.stderr
    nowhere = porter("new-rule", "static-lock", "--into", tmp_path / "rules")
    assert nowhere.exit_code == 2 and "is no checkout of porter" in nowhere.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    assert "_PORTER_COMPLETE" in porter("completion", shell).stdout


# Settings


def test_settings_from_toml() -> None:
    text = """
    [tool.porter]
    target-python = "3.14"
    min-python = "3.10"
    include-dirs = ["include"]
    macros = ["NDEBUG", "LEVEL=2", "TEXT=a=b"]
    select = ["static-type"]
    jobs = 2
    [tool.porter.severity]
    static-type = "warning"
    """
    assert settings_from_toml(text, "pyproject.toml") == Settings(
        target_python="3.14",
        min_python="3.10",
        include_dirs=("include",),
        macros=(("NDEBUG", None), ("LEVEL", "2"), ("TEXT", "a=b")),
        select=("static-type",),
        severity=(("static-type", "warning"),),
        jobs=2,
    )
    assert settings_from_toml("[project]\nname = 'x'\n", "pyproject.toml") == Settings()
    assert settings_from_toml("not [ toml", "pyproject.toml") == Settings()


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[tool.porter]\ntarget_python = '3.13'", "unknown key 'target_python'", "did you mean 'target-python'?"),
        ("[tool.porter]\nzzz = 1", "unknown key 'zzz'", "known: target-python, min-python, "),
        ("[tool.porter]\njobs = true", "jobs must be an integer, not a boolean", ""),
        ("[tool.porter]\njobs = -1", "jobs: -1 is less than 0", "0 means"),
        ("[tool.porter]\nselect = 'a'", "select must be an array of strings, not a string", ""),
        ("[tool.porter]\nselect = [1]", "select must be an array of strings, not an array of mixed values", ""),
        ("[tool.porter]\nmacros = ['-D']", "'-D' is no macro", "write NAME"),
        ("[tool.porter]\nmin-python = 3.9", "min-python must be a string, not a float", ""),
        ("[tool.porter]\nmin-python = '3'", "min-python: '3' is no version", 'write it as "3.13"'),
        ("[tool.porter]\nseverity = 'error'", "severity must be a table", ""),
        ("[tool.porter.severity]\nx = 'fatal'", "severity: x = 'fatal' is none of error, warning, note", ""),
        ("[tool]\nporter = 3", "tool.porter is no table", ""),
        ("[tool.porter", "Expected ']'", "[tool.porter] cannot be read"),
    ],
)
def test_wrong_settings_are_named(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as problem:
        settings_from_toml(text, "some/pyproject.toml")
    assert problem.value.message.startswith("some/pyproject.toml: ") and message in problem.value.message
    assert problem.value.hint.startswith(hint)


# The summary of a step


def test_a_workflow_gets_a_summary_behind_what_is_there(tree: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    said = porter("scan", tree, "--format", "github", GITHUB_STEP_SUMMARY=str(summary)).stdout
    assert said.startswith("::error ") and summary.read_text("utf-8").startswith("before\n# Isolation of extension modules\n")
    before = summary.read_bytes()
    porter("scan", tree, "--format", "markdown", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_bytes() == before


def test_a_summary_that_cannot_be_written_is_said(tree: Path, tmp_path: Path) -> None:
    result = porter("scan", tree, "--format", "github", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert result.exit_code == 1 and "the step has no summary" in result.stderr and result.stdout.startswith("::error ")


def test_a_long_summary_is_cut_at_a_line(tmp_path: Path) -> None:
    append_summary("- a line\n" * 200_000, tmp_path / "summary.md")
    lines = (tmp_path / "summary.md").read_text("utf-8").split("\n")
    assert lines[-2] == "The rest is too long for a summary." and set(lines[:-4]) == {"- a line"}
    assert (tmp_path / "summary.md").stat().st_size < 1_048_576


def test_a_suppression_in_a_header_counts_once_for_all_that_include_it(tmp_path: Path) -> None:
    (tmp_path / "state.h").write_text("static PyObject *kept; /* porter: ignore[static-object] one for all */\n")
    for name in ("one", "two"):
        init = f"PyMODINIT_FUNC PyInit_{name}(void) {{ kept = 0; return 0; }}\n"
        (tmp_path / f"{name}.c").write_text(f'#include <Python.h>\n#include "state.h"\n{init}')
    findings = scan_json(tmp_path)["findings"]
    assert [f["suppressed"] for f in findings if f["rule"] == "static-object"] == ["one for all"] * 2
    assert "unused-suppression" not in {f["rule"] for f in findings}
