"""What :func:`porter.tree.discover` found, kept with the state of every file and folder of the tree."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

from porter.cache.stamp import stamp
from porter.cache.store import Store, key_of
from porter.tree import discover
from porter.tree.model import Tree

_MOST = 50_000  # files; a larger tree is read anew each time
_APART = frozenset(
    (".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", "node_modules", "site-packages", "__pycache__")
)
_RECENT = 3_000_000_000  # nanoseconds: the coarsest clock of a file system counts in steps of two seconds
_SECOND = 1_000_000_000

State = tuple[str, int, int, int, int, int]


def discovered(store: Store | None, root: Path) -> Tree:
    """``discover(root)``, from the store where the tree is as it was. Raises what that raises."""
    before = _states(root) if store else None
    if store is None or before is None:
        return discover(root)
    key = key_of("tree", stamp(), os.path.abspath(root), before)
    kept = store.get(key)
    if isinstance(kept, Tree):
        return kept
    tree = discover(root)
    if _states(root) == before and not _may_change_unseen(before):
        store.put(key, tree)
    return tree


def _may_change_unseen(states: list[State]) -> bool:
    """Whether a file was changed so lately that another change might leave its times as they are."""
    now = time.time_ns()
    return any(now - changed < _RECENT and changed % _SECOND == 0 for *_, changed in states)


def _states(root: Path) -> list[State] | None:
    """Path, kind, size, inode and times of all that lies in the tree; None where that does not tell what is in it.

    A link to a folder leads to files that nobody lists here. Of folders of version control and environments only the
    folders themselves count.
    """
    top, found = os.fspath(root), []
    if not os.path.isdir(top):
        return None
    waiting = [top]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    state, folder = _state(entry)
                    found.append(state)
                    if folder and entry.is_symlink():
                        return None
                    if folder and entry.name not in _APART:
                        waiting.append(entry.path)
        except OSError:
            return None
        if len(found) > _MOST:
            return None
    return sorted(found)


def _state(entry: os.DirEntry) -> tuple[State, bool]:
    """What says whether an entry is as it was, and whether it is a folder. Raises OSError, also for a broken link."""
    status = entry.stat()
    own = (entry.path, status.st_mode, status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
    return own, stat.S_ISDIR(status.st_mode)
