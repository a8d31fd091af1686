"""The documents other verbs write (scan, port, verify, as JSON) read into the ledger's values.

Keys porter does not know are passed over; a missing or wrong one raises :class:`~porter.errors.PorterError` that names
the document and the key. Lone surrogates, which stand for bytes of file names that are no UTF-8, become ``\\xNN``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from porter.errors import Gap, PorterError
from porter.ledger.model import Decision, Extension, Finding, Patch, Run, Rung, Totals, Type, Variable

T = TypeVar("T")
OBJECTS = ("object", "type-pointer")
SCOPES = {"types": "type", "variables": "variable", "extensions": "extension"}
DECISIONS = ("moved", "refused", "left")


@dataclass(frozen=True)
class Scan:
    """A scan document: its extensions with their findings, the findings of none, the gaps and the counts."""

    porter: str
    target_python: str
    extensions: tuple[Extension, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    totals: Totals


def read_scan(document: object) -> Scan:
    """The scan in a ``porter/scan/1`` document."""
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != "porter/scan/1":
        raise PorterError(f"this is no scan: its schema is {schema!r}", "write it with: porter scan --format json")
    return _guarded("the scan", _scan, clean(document))


def run_of(scan: Scan, **values: object) -> Run:
    """The run of a scan; ``values`` are the fields of a run that a scan does not know."""
    return Run(
        porter=scan.porter,
        target_python=scan.target_python,
        totals=scan.totals,
        extensions=scan.extensions,
        findings=scan.findings,
        gaps=scan.gaps,
        **values,
    )


def read_decisions(document: object) -> tuple[Decision, ...]:
    """The decisions in the report of a port."""
    return _guarded("the report of the port", _decisions, clean(document))


def read_patches(document: object) -> tuple[Patch, ...]:
    """The port of each extension in the report of a port."""
    return _guarded("the report of the port", _patches, clean(document))


def read_rungs(document: object) -> tuple[Rung, ...]:
    """How far a verify climbed, and with which modules."""
    return _guarded("the report of verify", _rungs, clean(document))


def clean(value):
    """``value`` with the lone surrogates in its strings, keys too, written out: UTF-8 and SQLite cannot hold them."""
    if isinstance(value, str):
        return value if value.isascii() else "".join(map(_writable, value))
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


def _writable(character: str) -> str:
    code = ord(character)
    if not 0xD800 <= code <= 0xDFFF:
        return character
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def _guarded(what: str, read: Callable[[dict], T], document: dict) -> T:
    try:
        return read(document)
    except KeyError as problem:
        raise PorterError(f"{what} has no key {problem}") from problem
    except (TypeError, ValueError, AttributeError) as problem:
        raise PorterError(f"{what} is malformed: {problem}") from problem


def _scan(document: dict) -> Scan:
    findings: dict[str, list[Finding]] = {}
    for item in document["findings"]:
        findings.setdefault(item["extension"], []).append(_finding(item))
    rows = [item for item in document["extensions"] if not item.get("core")]
    extensions = tuple(_extension(item, tuple(findings.get(item["name"], ()))) for item in rows)
    loose = findings.keys() - {extension.name for extension in extensions}
    return Scan(
        porter=_text(document["porter"]),
        target_python=_text(document["target_python"]),
        extensions=extensions,
        findings=tuple(each for name in findings if name in loose for each in findings[name]),
        gaps=tuple(_gap(item) for item in document["unanalysed"]),
        totals=_totals(document["totals"], extensions),
    )


def _extension(item: dict, findings: tuple[Finding, ...]) -> Extension:
    return Extension(
        name=_text(item["name"]),
        sources=tuple(map(_text, item["sources"])),
        language=_text(item["language"]),
        generator=_optional(item["generator"]),
        init=_optional(item["init"]),
        declares=_optional(item["declares"]),
        isolated=bool(item["isolated"]),
        types=tuple(_type(each) for each in item["types"]),
        variables=tuple(map(_variable, item["globals"])) + tuple(map(_parser, item["parsers"])),
        findings=findings,
    )


def _type(item: dict) -> Type:
    return Type(_text(item["name"]), _text(item["kind"]), _text(item["file"]), int(item["line"]), bool(item["ported"]))


def _variable(item: dict) -> Variable:
    function = _optional(item["function"])
    return Variable(
        _text(item["name"]), _text(item["ctype"]), _text(item["kind"]), function, _text(item["file"]), int(item["line"])
    )


def _parser(item: dict) -> Variable:
    kind = _text(item["kind"])
    return Variable(_text(item["name"]), kind, kind, None, _text(item["file"]), int(item["line"]))


def _finding(item: dict) -> Finding:
    return Finding(
        rule=_text(item["rule"]),
        severity=_text(item["severity"]),
        confidence=_text(item["confidence"]),
        file=_text(item["file"]),
        line=int(item["line"]),
        column=int(item["column"]),
        symbol=_text(item["symbol"]),
        extension=_text(item["extension"]),
        message=_text(item["message"]),
        fingerprint=_text(item["fingerprint"]),
        suppressed=_optional(item["suppressed"]),
        related=tuple((_text(r["file"]), int(r["line"]), _text(r["message"])) for r in item["related"]),
    )


def _gap(item: dict) -> Gap:
    return Gap(_text(item["file"]), int(item["line"]), _text(item["what"]), _text(item["why"]))


def _totals(item: dict, extensions: tuple[Extension, ...]) -> Totals:
    return Totals(
        extensions_ported=int(item["extensions"]["ported"]),
        extensions_total=int(item["extensions"]["total"]),
        types_ported=int(item["types"]["ported"]),
        types_total=int(item["types"]["total"]),
        objects=sum(extension.left(*OBJECTS) for extension in extensions),
        caches=sum(extension.left("cache") for extension in extensions),
        c_state=sum(extension.left("c-state") for extension in extensions),
    )


def _decisions(document: dict) -> tuple[Decision, ...]:
    return tuple(_decision(scope, item) for key, scope in SCOPES.items() for item in document.get(key, ()))


def _decision(scope: str, item: dict) -> Decision:
    word = item["decision"]
    if word not in DECISIONS:
        raise ValueError(f"decision {word!r} is none of {', '.join(DECISIONS)}")
    place = _text(item.get("file") or ""), int(item.get("line") or 0)
    return Decision(scope, _text(item["name"]), *place, word, _text(item.get("reason") or ""))


def _patches(document: dict) -> tuple[Patch, ...]:
    return tuple(Patch(_text(item["extension"]), _text(item["diff"])) for item in document.get("patches", ()))


def _rungs(document: dict) -> tuple[Rung, ...]:
    reached = document["reached"]
    evidence = tuple(json.dumps(piece, sort_keys=True) for piece in document.get("evidence", ()))
    return (Rung(tuple(map(_text, document.get("modules", ()))), int(reached), evidence),)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} where a string belongs")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)
