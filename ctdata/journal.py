"""Change several files of a folder together: all of them or none, however the process ends.

The new files are written to a folder beside the old ones. Giving that folder its final name is the
one step that counts: before it, nothing has changed; behind it, the change is certain, and
whoever opens the corpus next moves into place what the process could not.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

PENDING = ".pending"
_STAGED = ".staged-"


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep a folder for one process that reads and then writes; others wait.

    Parameters
    ----------
    root : Path
        The folder.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def commit(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files, all or none; the folder should be locked.

    Parameters
    ----------
    root : Path
        The folder.
    files : mapping of str to bytes
        New contents, by path relative to the folder.

    Raises
    ------
    OSError
        The files cannot be written; none has changed.
    """
    recover(root)
    for left in root.glob(f"{_STAGED}*"):
        shutil.rmtree(left, ignore_errors=True)
    staged = Path(tempfile.mkdtemp(prefix=_STAGED, dir=root))
    try:
        for name, content in files.items():
            path = staged / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
                os.chmod(path, _mode(root / name))
                file.flush()
                os.fsync(file.fileno())
        for folder in {(staged / name).parent for name in files}:
            _sync(folder)
        os.rename(staged, root / PENDING)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    _sync(root)
    recover(root)


def recover(root: Path) -> None:
    """Finish a change that was begun, if there is one.

    Several processes may do so at the same time, and another change may begin meanwhile: each file
    is moved by one of them, and only empty folders are removed.

    Parameters
    ----------
    root : Path
        The folder.

    Raises
    ------
    OSError
        The files cannot be moved into place; the next call tries again.
    """
    pending = root / PENDING
    if not os.path.exists(pending):
        return
    folders = []
    for folder, _, names in os.walk(pending):
        place = root / Path(folder).relative_to(pending)
        folders.append((folder, place))
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            with suppress(FileNotFoundError):  # moved by another process
                os.replace(Path(folder, name), place / name)
    for folder, place in reversed(folders):
        _sync(place)
        with suppress(OSError):
            os.rmdir(folder)


def replace_file(path: Path, content: bytes) -> None:
    """Write one file, whole or not at all.

    Parameters
    ----------
    path : Path
        Where; its folder is made if it is missing.
    content : bytes
        What.

    Raises
    ------
    OSError
        The file cannot be written; the old one stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, _mode(path))
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _mode(path: Path) -> int:
    """Who may read and write a file: as before, or as the system gives to new files."""
    with suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync(folder: Path) -> None:
    """Have a folder's entries written to the disk, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
