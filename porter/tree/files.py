"""The files of a tree: found, read as text of one character a byte, and written back atomically."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from porter.errors import Gap, PorterError
from porter.span import decode, encode

C_SUFFIXES = (".c",)
CPP_SUFFIXES = (".cc", ".cpp", ".cxx", ".c++")
HEADER_SUFFIXES = (".h", ".hh", ".hpp", ".hxx")
TEMPLATE_SUFFIXES = (".c.in", ".h.in", ".cpp.in", ".c.src", ".h.src", ".c.j2", ".h.j2", ".cpp.j2")
GENERATOR_SUFFIXES = (".pyx", ".i", ".pyx.in", ".pyx.tp")
SOURCE_SUFFIXES = C_SUFFIXES + CPP_SUFFIXES + HEADER_SUFFIXES + TEMPLATE_SUFFIXES + GENERATOR_SUFFIXES
SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".tox", ".nox", ".venv", ".eggs", "build", "dist", "venv", "env", "node_modules"}
    | {"__pycache__", "site-packages"}
)
LARGEST = 50_000_000  # bytes
NOT_THERE = "cannot be read: No such file or directory"
WIDE_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def read_source(root: Path, relative: str) -> str | Gap:
    """The text of a file of the tree (:func:`porter.span.decode`), or the Gap that says why it is none."""
    data = _read_bytes(root / relative)
    if isinstance(data, str):
        return Gap(relative, 0, "the file", data)
    for mark, name in WIDE_MARKS.items():
        if data.startswith(mark):
            return Gap(relative, 0, "the file", f"broken encoding: {name}, which no C compiler reads; save it as UTF-8")
    if b"\0" in data:
        return Gap(relative, 0, "the file", "a binary file: it has NUL bytes")
    return decode(data)


def _read_bytes(path: Path) -> bytes | str:
    """The bytes of a regular file, or in words why there are none."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return "not a regular file"
        if found.st_size > LARGEST:
            return f"larger than {LARGEST // 1_000_000} MB"
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return NOT_THERE
    except OSError as problem:
        return f"cannot be read: {problem.strerror or problem}"
    except ValueError:
        return "cannot be read: no valid file name"


def source_files(root: Path, suffixes: tuple[str, ...] = SOURCE_SUFFIXES) -> tuple[list[str], list[Gap]]:
    """Every file under ``root`` with one of ``suffixes`` (those of C and its like), and a Gap for each unreadable folder.

    They are sorted, and relative to ``root`` with POSIX separators. Folders of builds, environments and version control are passed over; links to folders are not followed, and a
    link to a file of the same tree is left out, so that each file comes once.
    """
    files, gaps = [], []

    def unreadable(problem: OSError) -> None:
        gaps.append(Gap(relative_to(root, problem.filename), 0, "the folder", f"cannot be read: {problem.strerror}"))

    for folder, folders, names in os.walk(root, onerror=unreadable):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS and not name.endswith(".egg-info"))
        paths = (os.path.join(folder, name) for name in names if name.lower().endswith(suffixes))
        files += [relative_to(root, path) for path in paths if _comes_once(root, path)]
    return sorted(files), sorted(gaps)


def _comes_once(root: Path, path: str) -> bool:
    if not os.path.isfile(path):
        return False
    return not os.path.islink(path) or not is_inside(os.path.realpath(root), os.path.realpath(path))


def relative_to(root: Path, path: str) -> str:
    """``path`` as seen from ``root``, with POSIX separators."""
    return os.path.relpath(path, root).replace(os.sep, "/")


def is_inside(folder: str, path: str) -> bool:
    """Whether ``path`` is ``folder`` or lies in it; both absolute and normal."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def write_files(root: Path, texts: dict[str, str]) -> None:
    """Replace files of the tree by new texts; each replacement is atomic and keeps the file's mode.

    All new contents are on the disk before the first file is replaced; a file that has its text already is left
    alone; of a link the target is replaced. Raises PorterError, with nothing replaced, if a path leads out of
    ``root`` or a file cannot be written.
    """
    targets = {_target(root, relative): _encoded(relative, text) for relative, text in texts.items()}
    staged: dict[Path, str] = {}
    try:
        for target, data in targets.items():
            if not target.is_file() or target.read_bytes() != data:
                staged[target] = _stage(target, data)
        for target, temporary in staged.items():
            os.replace(temporary, target)
    except OSError as problem:
        raise PorterError(
            f"cannot write {problem.filename}: {problem.strerror}", "check permissions and space"
        ) from None
    finally:
        for temporary in staged.values():
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _target(root: Path, relative: str) -> Path:
    target = Path(os.path.realpath(root / relative))
    if not is_inside(os.path.realpath(root), str(target)):
        raise PorterError(f"{relative} leads out of {root}", "nothing was written; replace the link by the file")
    return target


def _encoded(relative: str, text: str) -> bytes:
    try:
        return encode(text)
    except UnicodeEncodeError:
        raise PorterError(f"{relative}: the new text is not Latin-1 decoded source") from None


def _stage(target: Path, data: bytes) -> str:
    """A temporary file beside ``target`` with ``data`` on the disk and the mode of ``target``."""
    import tempfile  # slow to load, and most calls write nothing

    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".porter-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), _mode(target))
            os.fsync(stream.fileno())
    except OSError:
        os.unlink(temporary)
        raise
    return temporary


def _mode(target: Path) -> int:
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
