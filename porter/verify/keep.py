"""The evidence of a verification as files: one for each rung, with the command, the figures and the log of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from porter.verify.model import Evidence, Verification, Verifications
from porter.verify.plot import pay_off_plot
from porter.verify.text import render_text


def keep_evidence(proven: Verifications, folder: Path, places: list[Path]) -> None:
    """Write ``report.txt`` and ``report.json`` into ``folder``, and the evidence of each run into its place.

    Raises OSError when the folder cannot be written.
    """
    (folder / "report.txt").write_text(render_text(proven), "utf-8", "backslashreplace")
    (folder / "report.json").write_text(json.dumps(proven.to_json(), indent=1) + "\n", "utf-8", "backslashreplace")
    for run, place in zip(proven.runs, places):
        _keep(run, place / "evidence")


def _keep(run: Verification, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for entry in run.evidence:
        (folder / f"{_name(entry)}.txt").write_text(_page(entry), "utf-8", "backslashreplace")
    if run.pay_off:
        (folder / "pay-off.svg").write_text(pay_off_plot(run.pay_off), "utf-8")


def _name(entry: Evidence) -> str:
    title = re.sub(r"\W+", "-", entry.title).strip("-")
    return f"rung-{entry.rung}-{title}" if entry.rung is not None else title


def _page(entry: Evidence) -> str:
    """One file: the verdict first, then what it rests on."""
    lines = [
        f"{entry.title}: {entry.verdict}",
        entry.message,
        f"seconds: {entry.seconds}",
        f"last command: {entry.command}" if entry.command else "",
        f"log: {entry.log}" if entry.log else "",
        "figures:",
        json.dumps(entry.figures, indent=1, ensure_ascii=False),
    ]
    return "\n".join(filter(None, lines)) + "\n"
