"""Scan documents to record: small, and of the shape the scan verb writes."""

from __future__ import annotations


def type_(name="Foo_Type", kind="static", file="src/mod.c", line=10):
    return {"name": name, "kind": kind, "file": file, "line": line, "ported": not kind.startswith("static")}


def variable(name="error", kind="object", ctype="PyObject *", function=None, file="src/mod.c", line=4):
    return {"name": name, "ctype": ctype, "kind": kind, "function": function, "file": file, "line": line}


def extension(name="pkg._mod", types=(), variables=(), parsers=(), **values):
    base = {
        "name": name,
        "sources": ["src/mod.c"],
        "language": "c",
        "generator": None,
        "init": "single-phase",
        "declares": None,
        "isolated": False,
        "types": list(types),
        "globals": list(variables),
        "parsers": list(parsers),
    }
    return {**base, **values}


def isolated(name="pkg._done", **values):
    """An extension that is ported."""
    base = {"init": "multi-phase", "declares": "own-gil", "isolated": True, "types": [type_("Done_Type", "heap")]}
    return extension(name, **{**base, **values})


def finding(rule="static-type", symbol="Foo_Type", extension="pkg._mod", line=10, **values):
    base = {
        "rule": rule,
        "severity": "error",
        "confidence": "parsed",
        "file": "src/mod.c",
        "line": line,
        "column": 1,
        "symbol": symbol,
        "extension": extension,
        "message": f"{symbol} is a static type",
        "related": [],
        "fingerprint": f"{rule}-{symbol}",
        "suppressed": None,
    }
    return {**base, **values}


def scan(extensions=(), findings=(), unanalysed=()):
    extensions = list(extensions)
    types = [t for e in extensions for t in e["types"]]
    kinds = [v["kind"] for e in extensions for v in e["globals"]]
    return {
        "schema": "porter/scan/1",
        "porter": "0.1.0",
        "root": ".",
        "target_python": "3.13",
        "extensions": extensions,
        "findings": list(findings),
        "unanalysed": list(unanalysed),
        "totals": {
            "extensions": {"ported": sum(e["isolated"] for e in extensions), "total": len(extensions)},
            "types": {"ported": sum(t["ported"] for t in types), "total": len(types)},
            "globals": {kind: kinds.count(kind) for kind in ("object", "cache", "c-state")},
        },
    }


def package():
    """Five extensions, three of them ported, and fifteen types, twelve of them heap types."""
    heaps = [type_(f"Heap{i}_Type", "heap", line=20 + i) for i in range(9)]
    statics = [type_(f"Foo{i}_Type", line=10 + i) for i in range(3)]
    return scan(
        [
            isolated("pkg._a"),
            isolated("pkg._b"),
            isolated("pkg._c", types=[type_("C_Type", "heap")]),
            extension(
                "pkg._half",
                heaps + statics[:1],
                [variable(), variable("cache", "cache", "PyObject *[8]")],
                init="multi-phase",
                sources=["src/half.c"],
            ),
            extension(
                "pkg._mod",
                statics[1:],
                [
                    variable("Mod_Error"),
                    variable("table", "never-written", "int [4]"),
                    variable("count", "c-state", "long"),
                ],
                [{"name": "_parser", "kind": "_PyArg_Parser", "file": "src/mod.c", "line": 40}],
            ),
        ],
        [finding(), finding("static-object", "Mod_Error", line=4)],
        [{"file": "src/odd.c", "line": 7, "what": "a declaration", "why": "an unknown type"}],
    )
