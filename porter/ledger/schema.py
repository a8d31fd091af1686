"""The tables of the ledger, as migrations in order: a ledger of version N has had the first N scripts run.

Extensions are content-addressed: an extension that did not change between two runs is kept once. ``position`` keeps
the order of the scan. A script is never edited once released; a change is a new one at the end.
"""

from __future__ import annotations

FIRST = """
CREATE TABLE trees (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    scan TEXT NOT NULL,
    tree INTEGER NOT NULL REFERENCES trees,
    revision TEXT NOT NULL,
    content TEXT NOT NULL,
    time TEXT NOT NULL,
    porter TEXT NOT NULL,
    target_python TEXT NOT NULL,
    extensions_ported INTEGER NOT NULL,
    extensions_total INTEGER NOT NULL,
    types_ported INTEGER NOT NULL,
    types_total INTEGER NOT NULL,
    objects INTEGER NOT NULL,
    caches INTEGER NOT NULL,
    c_state INTEGER NOT NULL
);
CREATE INDEX runs_of_tree ON runs (tree, time, number);
CREATE TABLE extensions (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sources TEXT NOT NULL,
    language TEXT NOT NULL,
    generator TEXT,
    init TEXT,
    declares TEXT,
    isolated INTEGER NOT NULL
);
CREATE TABLE run_extensions (
    run INTEGER NOT NULL REFERENCES runs,
    position INTEGER NOT NULL,
    extension INTEGER NOT NULL REFERENCES extensions,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE TABLE types (
    extension INTEGER NOT NULL REFERENCES extensions,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    ported INTEGER NOT NULL,
    PRIMARY KEY (extension, position)
) WITHOUT ROWID;
CREATE TABLE variables (
    extension INTEGER NOT NULL REFERENCES extensions,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    ctype TEXT NOT NULL,
    kind TEXT NOT NULL,
    function TEXT,
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (extension, position)
) WITHOUT ROWID;
CREATE TABLE findings (
    extension INTEGER REFERENCES extensions,
    run INTEGER REFERENCES runs,
    position INTEGER NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    confidence TEXT NOT NULL,
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    "column" INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    extension_name TEXT NOT NULL,
    message TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    suppressed TEXT,
    related TEXT NOT NULL,
    CHECK ((extension IS NULL) <> (run IS NULL))
);
CREATE INDEX findings_of_extension ON findings (extension, position) WHERE extension IS NOT NULL;
CREATE INDEX findings_of_run ON findings (run, position) WHERE run IS NOT NULL;
CREATE TABLE gaps (
    run INTEGER NOT NULL REFERENCES runs,
    position INTEGER NOT NULL,
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE TABLE decisions (
    run INTEGER NOT NULL REFERENCES runs,
    position INTEGER NOT NULL,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE TABLE rungs (
    run INTEGER NOT NULL REFERENCES runs,
    position INTEGER NOT NULL,
    modules TEXT NOT NULL,
    reached INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
"""

# Runs counted by another definition than porter's own, and the port of each extension as text.
SECOND = """
ALTER TABLE runs ADD COLUMN definition TEXT NOT NULL DEFAULT 'porter';
CREATE TABLE patches (
    run INTEGER NOT NULL REFERENCES runs,
    position INTEGER NOT NULL,
    extension TEXT NOT NULL,
    diff TEXT NOT NULL
);
CREATE INDEX patches_of_run ON patches (run, position);
"""

MIGRATIONS = (FIRST, SECOND)
