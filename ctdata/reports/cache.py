"""Remember what each report in a folder was made from, and keep the folder for one batch at a time.

The memory lies in the folder itself, in ``.ctdata/made.jsonl``: a line for each report, added when
all its files are in place. A line that was cut short only means that its report is made once more.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ctdata.reports.recipes import file_digest
from ctdata.reports.run import write_whole

STATE = ".ctdata"
_FACTS = ("inputs", "files", "seconds")


class FolderInUse(Exception):
    """Another batch is being made in the same folder; the message says by whom."""


class Memory:
    """What is remembered of the reports in a folder.

    Parameters
    ----------
    output : Path
        The folder of the site; it need not exist.

    Attributes
    ----------
    made : dict of str to dict
        By name of the report: ``inputs`` (name to hash), ``files`` (name to size, time of change
        and hash) and ``seconds``.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self.made: dict[str, dict[str, Any]] = {}
        self._path = output / STATE / "made.jsonl"
        self._lines: list[str] = []
        with suppress(OSError):
            self._lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in self._lines:
            # A line that was cut short, or is none of ours, is as good as none.
            with suppress(ValueError, KeyError, TypeError):
                entry = json.loads(line)
                self.made[entry["name"]] = {key: entry[key] for key in _FACTS}

    def changes(self, name: str, inputs: Mapping[str, str]) -> str:
        """Tell why a report has to be made.

        Parameters
        ----------
        name : str
            The report.
        inputs : mapping
            The hashes of all that it could be made from.

        Returns
        -------
        str
            What has changed, in words; "" if nothing has.
        """
        entry = self.made.get(name)
        if entry is None:
            return "not made yet"
        changed = [
            path
            for path, known in entry["inputs"].items()
            if known != (inputs.get(path) or file_digest(Path(path)))
        ]
        if changed:
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            return f"changed: {', '.join(changed[:3])}{more}"
        lost = [
            path
            for path, (size, modified, known) in entry["files"].items()
            if _state(self.output / path) != (size, modified)
            and file_digest(self.output / path) != known
        ]
        return f"missing or changed by hand: {', '.join(lost)}" if lost else ""

    def add(
        self, name: str, files: Iterable[str], inputs: Mapping[str, str], seconds: float
    ) -> None:
        """Remember what a report was made from, once all its files are in place.

        Parameters
        ----------
        name : str
            The report.
        files : iterable of str
            Names of its files.
        inputs : mapping
            What it was made from: name to hash.
        seconds : float
            How long that took.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        states = {
            path: [*_state(self.output / path), file_digest(self.output / path)] for path in files
        }
        self.made[name] = {"inputs": dict(inputs), "files": states, "seconds": seconds}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(self._line(name))

    def tidy(self, names: Iterable[str]) -> None:
        """Forget all but these reports, and lines that later ones have overtaken."""
        self.made = {name: self.made[name] for name in names if name in self.made}
        if len(self.made) != len(self._lines):
            write_whole(self._path, "".join(map(self._line, self.made)))

    def _line(self, name: str) -> str:
        return json.dumps({"name": name, **self.made[name]}, ensure_ascii=False) + "\n"


def _state(path: Path) -> tuple[int, int]:
    """Size and time of change of a file; zeros if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Keep a folder for one batch at a time.

    Parameters
    ----------
    output : Path
        The folder; it is made if need be.

    Raises
    ------
    FolderInUse
        If another process has it.
    OSError
        If nothing can be written there.
    """
    state = output / STATE
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("a+", encoding="utf-8") as file:
        if not _lock(file.fileno()):
            file.seek(0)
            raise FolderInUse(
                f"{output}: another batch is being made here ({file.read().strip() or 'unknown'}); "
                "wait until it has ended, or write elsewhere with --output"
            )
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield


def _lock(number: int) -> bool:
    """Lock an open file for as long as it is open; False if another process has locked it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
