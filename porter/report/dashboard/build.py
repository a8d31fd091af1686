"""The ledger's states of trees -> Board."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from porter.ledger.contract import OBJECTS
from porter.ledger.model import Extension, Finding, Run, Rung
from porter.ledger.read import Point, TreeState
from porter.report.dashboard.changes import changes_of
from porter.report.dashboard.moments import moments_of
from porter.report.dashboard.names import page_name
from porter.report.dashboard.values import (
    Board,
    Evidence,
    PlaceOfRule,
    Row,
    RuleRow,
    TreeRow,
    TypeRow,
    VariableRow,
)
from porter.report.model import Counts
from porter.report.overview import per_interpreter
from porter.report.status import WORDS, Knowledge, Known, extension_status, justified, type_status, variable_status
from porter.rules import Rule


def board_of(
    title: str, porter: str, states: tuple[TreeState, ...], points: Iterable[Point], rules: Mapping[str, Rule]
) -> Board:
    """The board of all trees of a ledger; ``porter`` is the version that makes it."""
    rows = [rows_of(state) for state in states]
    points = tuple(points)
    moments, by_lines = moments_of(points), moments_of(points, "lines")
    every = tuple(row for of_tree in rows for row in of_tree)
    words = Counter(row.status.word for row in every)
    shared = [_shared(state) for state in states]
    return Board(
        title=title,
        porter=porter,
        now=moments[-1],
        objects=_sum(objects for objects, _, _ in shared),
        caches=_sum(caches for _, caches, _ in shared),
        justified=sum(stay for _, _, stay in shared),
        c_state=sum(state.latest.totals.c_state for state in states),
        words=tuple((word, words[word]) for word in WORDS if words[word]),
        trees=tuple(map(_tree, states)),
        rows=every,
        rules=_rules(states, rows, rules),
        changes=tuple(
            change for state, of_tree in zip(states, rows, strict=True) for change in changes_of(state, of_tree)
        ),
        moments=moments,
        by_lines=by_lines if by_lines[-1].time else (),
    )


def rows_of(state: TreeState) -> tuple[Row, ...]:
    """The extensions of one tree."""
    knowledge = Knowledge(state.past.decisions, state.past.rungs, state.latest.gaps)
    return tuple(_row(state, extension, page, knowledge.of(extension)) for extension, page in _paged(state.latest))


def _shared(state: TreeState) -> tuple[Counts, Counts, int]:
    """Objects and caches of a tree made per interpreter, and how many statics have a reason to stay."""
    run, past = state.latest, state.past
    knowledge = Knowledge(past.decisions, past.rungs, run.gaps)
    stay = [item for extension in run.extensions for item in justified(extension, knowledge.of(extension))]
    return *per_interpreter(run.extensions, past, stay), len(stay)


def _sum(counts: Iterable[Counts]) -> Counts:
    counts = tuple(counts)
    return Counts(sum(each.ported for each in counts), sum(each.total for each in counts))


def _paged(run: Run) -> Iterator[tuple[Extension, str]]:
    """Each extension with its page; a name that stands twice in a tree gets two pages."""
    seen: Counter[str] = Counter()
    for extension in run.extensions:
        seen[extension.name] += 1
        yield extension, page_name(extension.name, run.tree, str(seen[extension.name]))


def _row(state: TreeState, extension: Extension, page: str, known: Known) -> Row:
    return Row(
        tree=state.latest.name,
        name=extension.name,
        page=page,
        status=extension_status(extension, known),
        types=Counts(sum(t.ported for t in extension.types), len(extension.types)),
        objects=extension.left(*OBJECTS),
        caches=extension.left("cache"),
        declares=extension.declares,
        init=extension.init,
        language=extension.language,
        generator=extension.generator,
        sources=extension.sources,
        revision=state.latest.revision,
        type_rows=tuple(TypeRow(t, type_status(t, extension, known)) for t in extension.types),
        variable_rows=tuple(VariableRow(v, variable_status(v, extension, known)) for v in extension.variables),
        findings=extension.findings,
        gaps=known.gaps,
        reasons=_reasons(extension, known),
        reached=known.reached,
        evidence=tuple(_evidence(state.past.rungs, extension)),
        patch="".join(p.diff for p in state.past.patches if p.extension == extension.name),
    )


def _reasons(extension: Extension, known: Known) -> tuple[tuple[str, str, str], ...]:
    return tuple((d.name, d.decision, d.reason) for d in known.decisions.about(extension))


def _evidence(rungs: tuple[Rung, ...], extension: Extension) -> Iterator[Evidence]:
    for rung in rungs:
        if rung.speaks_of(extension.name):
            yield from (_piece(json.loads(text)) for text in rung.evidence)


def _piece(found: object) -> Evidence:
    if not isinstance(found, dict):
        return Evidence("", "", "", str(found))
    rung = found.get("rung")
    title, verdict, message = (str(found.get(key) or "") for key in ("title", "verdict", "message"))
    return Evidence("" if rung is None else str(rung), title, verdict, message)


def _tree(state: TreeState) -> TreeRow:
    run, totals = state.latest, state.latest.totals
    counts = Counts(totals.extensions_ported, totals.extensions_total)
    since = state.previous.time if state.previous else None
    return TreeRow(run.name, run.revision, run.time, since, counts, run.gaps)


def _rules(
    states: tuple[TreeState, ...], rows: list[tuple[Row, ...]], rules: Mapping[str, Rule]
) -> tuple[RuleRow, ...]:
    """The rules that are broken somewhere, the one with most places first."""
    places: dict[str, list[PlaceOfRule]] = {}
    for state, of_tree in zip(states, rows, strict=True):
        for place in _places(state, of_tree):
            places.setdefault(place.finding.rule, []).append(place)
    found = [_rule(name, tuple(found), rules.get(name)) for name, found in places.items()]
    return tuple(sorted(found, key=lambda rule: (-len(rule.places), rule.name)))


def _places(state: TreeState, rows: tuple[Row, ...]) -> Iterator[PlaceOfRule]:
    for row in rows:
        yield from (PlaceOfRule(row.tree, row.name, row.page, f) for f in row.findings if f.suppressed is None)
    loose = (f for f in state.latest.findings if f.suppressed is None)
    yield from (PlaceOfRule(state.latest.name, f.extension, None, f) for f in loose)


def _rule(name: str, places: tuple[PlaceOfRule, ...], rule: Rule | None) -> RuleRow:
    first: Finding = places[0].finding
    known = rule or Rule(name, "", first.severity, "", "", "", (), "", "")
    told = (known.title, known.severity, known.since, known.why, known.fix, known.references)
    extensions = len({(place.tree, place.extension) for place in places})
    return RuleRow(name, page_name(name), *told, places=places, extensions=extensions)
