"""The dashboard: the ledger as values first (:mod:`.build`), then as pages (:mod:`.site`)."""
