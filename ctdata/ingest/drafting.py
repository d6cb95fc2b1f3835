"""Write drafts to disk: for one text, or for many at a time."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ctdata.corpus import Corpus
from ctdata.ingest.gazetteer import gazetteer_of
from ctdata.ingest.known import Row, known_of
from ctdata.ingest.records import records
from ctdata.ingest.sheets import add_drafts, read_sheets
from ctdata.schema import default_root

Found = dict[str, list[Row]]

_AHEAD = 2  # texts that are handed out for each worker: enough that none waits


def draft(source_id: str, root: str | Path | None = None) -> dict[str, int]:
    """Draft records from a text of a corpus and add those that are new to its sheets.

    What has been decided or changed stays as it is; what was rejected or moved into the tables
    does not come back.

    Parameters
    ----------
    source_id : str
        Short name of the text.
    root : path-like, optional
        Folder of another corpus.

    Returns
    -------
    dict of str to int
        How many drafts are new, by table.

    Raises
    ------
    ValueError
        No text has this name, or a sheet cannot be used; nothing has changed.
    OSError
        The sheets cannot be written; nothing has changed.
    """
    root = Path(root) if root is not None else default_root()
    return _add(source_id, root, find(source_id, root))


def find(source_id: str, root: Path) -> Found:
    """Draft records from a text and write nothing.

    Parameters
    ----------
    source_id : str
        Short name of the text.
    root : Path
        Folder of the corpus.

    Returns
    -------
    dict of str to list of dict
        The rows by table, as :func:`ctdata.ingest.records.records` gives them.

    Raises
    ------
    ValueError
        No text has this name, or a sheet cannot be used.
    """
    known = known_of(root)
    sheets = read_sheets(root, source_id, known.corpus.schema)
    return records(known, source_id, {table: sheet.rows for table, sheet in sheets.items()})


def _add(source_id: str, root: Path, found: Found) -> dict[str, int]:
    return add_drafts(root, source_id, known_of(root).corpus.schema, found)


def draft_all(
    source_ids: Iterable[str],
    root: str | Path | None = None,
    *,
    jobs: int = 1,
    scheduler: str = "",
) -> Iterator[tuple[str, dict[str, int] | Exception]]:
    """Draft records from many texts, side by side.

    Parameters
    ----------
    source_ids : iterable of str
        Short names of the texts; a few at a time are handed out.
    root : path-like, optional
        Folder of another corpus.
    jobs : int, optional
        How many processes of this machine take part.
    scheduler : str, optional
        Address of a dask scheduler; its workers take part instead. They must reach the folder of
        the corpus by the same path.

    Yields
    ------
    source_id : str
        A text, in the order given.
    dict of str to int, or Exception
        How many drafts are new, by table; or why there are none.

    Raises
    ------
    ValueError
        The cluster or the corpus cannot be used.
    concurrent.futures.BrokenExecutor
        A process has been killed; what is yielded so far is written.
    """
    root = Corpus(root).root.resolve()
    if jobs == 1 and not scheduler:
        for source_id in source_ids:
            yield source_id, _try(draft, source_id, root)
        return
    if not scheduler:
        known_of(root)  # read before the processes begin, which then have it at once
        gazetteer_of(root)
    with _executor(jobs, scheduler) as (executor, workers):
        waiting = iter(source_ids)
        running: deque = deque()
        while True:
            for source_id in itertools.islice(waiting, _AHEAD * workers - len(running)):
                running.append((source_id, executor.submit(_try, find, source_id, root)))
            if not running:
                return
            source_id, future = running.popleft()
            found = future.result()
            if not isinstance(found, Exception):
                found = _try(_add, source_id, root, found)
            yield source_id, found


def _try(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do the work for one text; a wrong sheet or a full disk stops no other text."""
    try:
        return work(*arguments)
    except (ValueError, OSError) as error:
        return error


@contextmanager
def _executor(jobs: int, scheduler: str) -> Iterator[tuple[Executor, int]]:
    """Open what finds records, and tell how many texts it works on at a time."""
    if scheduler:
        from ctdata.reports.workers import SchedulerError, connect

        try:
            client = connect(scheduler)
        except SchedulerError as error:
            raise ValueError(str(error)) from None
        with client:
            yield client.get_executor(pure=False), len(client.ncores())
        return
    pool = ProcessPoolExecutor(jobs)
    try:
        yield pool, jobs
    finally:
        pool.shutdown(cancel_futures=True)
