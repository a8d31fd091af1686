"""``porter clean``."""

from __future__ import annotations

import click

from porter.cache.store import Store, default_folder
from porter.cli.output import remark


@click.command()
def command() -> None:
    """Remove what scans have kept to be quicker the next time.

    It lies in $PORTER_CACHE_DIR, else in 'porter' below $XDG_CACHE_HOME, else in ~/.cache/porter. Nothing but time is
    lost: what a scan says never depends on it, and it is kept below 256 MB without being asked.
    """
    folder = default_folder()
    remark(f"{folder}: {Store(folder).shrink(0)} entries removed")
