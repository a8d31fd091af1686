"""The documents keep what they say: links lead somewhere, commands and their options exist, pages match the data."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from porter.cli import main
from porter.rules import load_rules
from porter.settings import settings_from_toml

ROOT = Path(__file__).resolve().parent.parent

sessions = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "sessions.py")))

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
STOP = re.compile(r"\s(?:[|;#>]|&&|\d>)|$")

names = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def prose(text: str) -> str:
    return FENCE.sub("", text)


def anchors(page: Path) -> set[str]:
    """The anchors GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", prose(page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    return [first or second for first, second in LINK.findall(prose(page.read_text("utf-8")))]


@names
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    for link in links(page):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.is_file() and ROOT in path.parents, f"{page.name}: {link}"
        assert not anchor or anchor in anchors(path), f"{page.name}: no heading #{anchor} in {path.name}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page not in seen:
            seen.add(page)
            targets = [(page.parent / link.partition("#")[0]).resolve() for link in links(page) if "://" not in link]
            todo += [target for target in targets if target.suffix == ".md"]
    assert set(PAGES) <= seen


def commands(text: str) -> Iterator[str]:
    """Every call of porter that a page shows: in blocks of commands, behind prompts, and inside of sentences."""
    for language, block in FENCE.findall(text):
        prompts = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
        lines = prompts or (block.splitlines() if language in ("console", "yaml", "sh") else [])
        for line in lines:
            yield from re.findall(r"(?:^\s*|run: |&& )porter ([a-z].*?)(?= && |$)", line)
    for code in INLINE.findall(prose(text)):
        yield from re.findall(r"^porter ([a-z][^\n]*)", " ".join(code.split()))


def arguments(call: str) -> list[str]:
    """The words of one call, without what a shell makes of the rest of its line."""
    return shlex.split(call[: STOP.search(call).start()])


@names
def test_commands_and_their_options_exist(page: Path) -> None:
    for call in commands(page.read_text("utf-8")):
        verb, *rest = arguments(call)
        context = click.Context(main, info_name="porter", **main.context_settings)  # commands keep the help option of the first call
        command = main.get_command(context, verb)
        assert command is not None, f"{page.name}: porter {call}"
        inner = click.Context(command, info_name=verb, parent=context)
        values, _, _ = command.make_parser(inner).parse_args(rest)  # raises for an option that is not there
        for parameter in command.params:
            given = values.get(parameter.name)
            if isinstance(parameter.type, click.Choice) and isinstance(given, str) and not given.isupper():
                parameter.type.convert(given, parameter, inner)


def test_the_commands_are_read_from_the_pages_at_all() -> None:
    found = {arguments(call)[0] for page in PAGES for call in commands(page.read_text("utf-8"))}
    assert {"scan", "port", "verify", "status", "record", "dashboard", "explain"} <= found
    with pytest.raises(click.NoSuchOption):
        context = click.Context(main, **main.context_settings)
        command = main.get_command(context, "scan")
        command.make_parser(click.Context(command, parent=context)).parse_args(["--no-such-option"])


def test_the_readme_lists_every_verb() -> None:
    listed = set(re.findall(r"^\| `porter ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert listed == set(main.list_commands(click.Context(main)))


def test_ci_runs_what_the_readme_says() -> None:
    readme, makefile, ci = ((ROOT / file).read_text("utf-8") for file in ("README.md", "Makefile", ".ci/run"))
    said = re.findall(r"^make (\w+)", readme, re.MULTILINE)
    run = re.findall(r"^make (?:\w+=\S+ )*(\w+)", ci, re.MULTILINE)
    assert said == ["demo", "test"]
    assert set(said) <= set(run)
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in (*said, *run))


def test_the_list_of_rules_links_every_page() -> None:
    folder = ROOT / "docs" / "rules"
    listed = {link.removesuffix(".md") for link in links(folder / "README.md") if "/" not in link}
    assert listed == set(load_rules()) == {page.stem for page in folder.glob("*.md")} - {"README"}


def test_the_index_links_every_page_beside_it() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / a.partition("#")[0]).resolve() for a, _ in LINK.findall(index.read_text(encoding="utf-8"))}
    assert {page for page in (ROOT / "docs").glob("*.md") if page != index} <= linked


def test_settings_shown_are_settings() -> None:
    blocks = [found for page in PAGES for found in FENCE.findall(page.read_text("utf-8"))]
    shown = [block for language, block in blocks if language == "toml"]
    assert shown
    for block in shown:
        settings_from_toml(block, "pyproject.toml")


def test_decisions_are_numbered_without_a_hole_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(page.name for page in folder.glob("*.md"))
    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
    assert set(pages) == {page for page in links(folder / "0001-record-decisions.md") if page.startswith("0")}
    for name in pages:
        text = (folder / name).read_text("utf-8")
        assert re.match(rf"# {int(name[:4])}\. .+\n\nStatus: (accepted|replaced)", text), name


def test_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = {p.name + "/" for p in (ROOT / "porter").iterdir() if (p / "__init__.py").is_file()}
    rooms |= {p.name for p in (ROOT / "porter").glob("*.py") if not p.name.startswith("__")}
    assert {room for room in rooms if f"`{room}`" not in text} == set()


def test_paths_named_in_pages_exist() -> None:
    named = re.compile(r"(?:porter|tests|docs|rules|templates|fixtures)/[\w./-]*\w(?:\.\w+|/)")
    for page in PAGES:
        for code in INLINE.findall(prose(page.read_text("utf-8"))):
            if named.fullmatch(code) and "NAME" not in code and code not in ("docs/", "page/index.html"):
                assert (ROOT / code).exists(), f"{page.name}: {code}"


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    names = {f"{page}-{scheme}.png" for page in ("dashboard", "extension") for scheme in ("dark", "light")}
    assert {picture.name for picture in pictures} == names
    assert all(picture.stat().st_size < 200_000 for picture in pictures)


@pytest.mark.parametrize(
    ("shown", "said", "missing"),
    [
        ((), "", None),
        (("a", "b"), "a\nb\n", None),
        (("a",), "a\nb\n", "(more comes out: b)"),
        (("a", "…"), "a\nb\n", None),
        (("…", "c"), "a\nb\nc\n", None),
        (("…", "c"), "a\nb\n", "c"),
        (("a … c",), "a b c\n", None),
        (("a", "c"), "a\nb\nc\n", "c"),
        (("a",), "", "a"),
    ],
)
def test_a_session_is_compared_line_by_line(shown: tuple[str, ...], said: str, missing: str | None) -> None:
    assert sessions.missing(shown, said) == missing


def test_sessions_are_found() -> None:
    for document in sessions.DOCUMENTS:
        assert any(step.shown for step in sessions.steps((ROOT / document).read_text("utf-8"))), document
