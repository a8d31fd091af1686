"""The report of a port: what was moved, what was left and why; as JSON and as text."""

from __future__ import annotations

from dataclasses import dataclass, field

from porter.errors import Gap
from porter.plan.model import LEFT, MOVED, OFFERED, REFUSED, SAFE, UNSAFE, Decision
from porter.rewrite.patch import unified
from porter.span import display

_KINDS = (("type", "types"), ("variable", "variables"), ("use", "uses"), ("extension", "extensions"))


@dataclass(frozen=True)
class PortReport:
    """What became of a tree: ``before`` and ``after`` hold the texts of the files that change.

    ``changed`` maps an extension to the files its port changes; ``packaging``: what of the packaging files is left.
    """

    root: str
    extensions: tuple[tuple[str, bool, tuple[Decision, ...]], ...]
    before: dict[str, str]
    after: dict[str, str]
    unanalysed: tuple[Gap, ...]
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    packaging: tuple[Decision, ...] = ()

    @property
    def decisions(self) -> list[Decision]:
        """All decisions, extension by extension."""
        return [*(d for _, _, each in self.extensions for d in each), *self.packaging]

    @property
    def refused(self) -> list[Decision]:
        """What a person has to look at."""
        return [d for d in self.decisions if d.decision == REFUSED]


def port_json(report: PortReport) -> dict[str, object]:
    """The report as plain data, for ``--format json`` and the ledger."""
    rows: dict[str, list[dict[str, object]]] = {plural: [] for _, plural in _KINDS}
    for name, own_gil, decisions in report.extensions:
        whole = [d for d in decisions if d.kind == "extension"]
        if not whole:
            rows["extensions"].append({"name": name, "file": "", "line": 0, "decision": MOVED if own_gil else REFUSED,
                                       "safety": SAFE if own_gil else REFUSED, "operation": "", "reason": "each interpreter has its own" if own_gil else "something stays shared"})  # fmt: skip
        for decision in decisions:
            rows[dict(_KINDS)[decision.kind]].append(_row(name, decision))
    return {
        "schema": "porter/port/1",
        "root": report.root,
        **rows,
        "packaging": [_row("", d) for d in report.packaging],
        "files": sorted(report.after),
        "patches": [{"extension": name, "diff": _diff(report, files)} for name, files in report.changed.items() if files],
        "unanalysed": [{"file": g.file, "line": g.line, "what": g.what, "why": g.why} for g in report.unanalysed],
    }


def _diff(report: PortReport, files: tuple[str, ...]) -> str:
    """The diff of some files as text to read: bytes that are no UTF-8 are shown as such."""
    return display(unified(report.before, {file: report.after[file] for file in files}))


def _row(extension: str, decision: Decision) -> dict[str, object]:
    return {"name": decision.symbol, "extension": extension, "file": decision.place.file, "line": decision.place.line,
            "decision": decision.decision, "safety": decision.safety, "operation": decision.operation, "reason": decision.reason}  # fmt: skip


def explain(report: PortReport, everything: bool) -> str:
    """The decisions in words; only what is refused unless ``everything``."""
    lines = []
    for name, own_gil, decisions in report.extensions:
        shown = [d for d in decisions if everything or d.decision == REFUSED]
        if everything or shown:
            lines.append(f"{name}: {'each interpreter can have its own, and its own GIL' if own_gil else 'not isolated'}")
        lines += [f"  {d.place.file}:{d.place.line}: {d.kind} {d.symbol} {d.decision}{_mark(d)}: {d.reason}" for d in shown]
    lines += [f"{d.place.file}: {d.symbol} {d.decision}: {d.reason}" for d in report.packaging]
    lines += [f"{g.file}:{g.line}: not read: {g.what}: {g.why}" for g in report.unanalysed]
    lines += _counted(report) if everything else _offered(report)
    return "".join(f"{line}\n" for line in lines)


def _mark(decision: Decision) -> str:
    return f" (unsafe: {decision.operation})" if decision.safety == UNSAFE else ""


def _counted(report: PortReport) -> list[str]:
    """How many decisions are of each kind; what is left rightly is none of the three."""
    words = [LEFT if d.decision == LEFT and d.safety == SAFE else d.safety for d in report.decisions]
    return [", ".join(f"{words.count(word)} {word}" for word in (SAFE, UNSAFE, REFUSED, LEFT)), *_offered(report)]


def _offered(report: PortReport) -> list[str]:
    """What more could be made, by operation."""
    names = [d.operation for d in report.decisions if d.operation and d.decision in (OFFERED, REFUSED)]
    return [f"{names.count(name)} more with --include {name}" for name in sorted(set(names))]
