"""A ledger as one JSON document and back: ``{"schema": "porter/ledger/1", "extensions": {digest: …}, "runs": […]}``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace

from porter.errors import Gap, PorterError
from porter.ledger.contract import clean
from porter.ledger.model import Decision, Extension, Finding, Patch, Run, Rung, Totals, Type, Variable

SCHEMA = "porter/ledger/1"


def export_runs(runs: Iterable[Run]) -> str:
    """All runs as a document; an extension many runs share is written once. The same runs give the same text."""
    extensions, documents = {}, []
    for run in runs:
        digests = [extension.digest for extension in run.extensions]
        extensions.update(zip(digests, run.extensions, strict=True))
        documents.append({**asdict(replace(run, extensions=())), "id": run.id, "extensions": digests})
    shared = {key: asdict(extensions[key]) for key in sorted(extensions)}
    return json.dumps({"schema": SCHEMA, "extensions": shared, "runs": documents}, indent=1) + "\n"


def parse_runs(text: str) -> tuple[Run, ...]:
    """The runs of a document. Raises PorterError where it is none, or where a run is not what its id says."""
    try:
        document = clean(json.loads(text))
        if document["schema"] != SCHEMA:
            raise ValueError(f"its schema is {document['schema']!r}, not {SCHEMA!r}")
        extensions = {key: _extension(value) for key, value in document["extensions"].items()}
        return tuple(_run(value, extensions) for value in document["runs"])
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        hint = "write it with: porter record --export FILE"
        raise PorterError(f"this is no export of a ledger: {problem}", hint) from problem


def _extension(value: dict) -> Extension:
    parts = {
        "sources": tuple(value["sources"]),
        "types": tuple(Type(**item) for item in value["types"]),
        "variables": tuple(Variable(**item) for item in value["variables"]),
        "findings": tuple(map(_finding, value["findings"])),
    }
    return Extension(**{**value, **parts})


def _run(value: dict, extensions: dict[str, Extension]) -> Run:
    parts = {
        "totals": Totals(**value["totals"]),
        "extensions": tuple(extensions[key] for key in value["extensions"]),
        "findings": tuple(map(_finding, value["findings"])),
        "gaps": tuple(Gap(**item) for item in value["gaps"]),
        "decisions": tuple(Decision(**item) for item in value["decisions"]),
        "rungs": tuple(map(_rung, value["rungs"])),
        "patches": tuple(Patch(**item) for item in value.get("patches", ())),
    }
    claimed = value["id"]
    run = Run(**{key: item for key, item in {**value, **parts}.items() if key != "id"})
    if run.id != claimed:
        raise ValueError(f"run {claimed[:12]} was changed: its content gives {run.id[:12]}")
    return run


def _rung(value: dict) -> Rung:
    return Rung(tuple(value["modules"]), value["reached"], tuple(value["evidence"]))


def _finding(value: dict) -> Finding:
    return Finding(**{**value, "related": tuple(tuple(each) for each in value["related"])})
