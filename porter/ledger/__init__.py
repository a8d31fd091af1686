"""The ledger: what was found, decided and proven, run after run, in one SQLite file."""
