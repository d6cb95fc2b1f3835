"""Move accepted drafts into the tables: all of them, or none."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ctdata import journal
from ctdata.check import Problem, check, nearest
from ctdata.ingest.desk import Desk, id_column
from ctdata.ingest.gazetteer import gazetteer_of
from ctdata.ingest.sheets import DraftError, Sheet, short_name
from ctdata.schema import Table

Row = dict[str, str]


def accept(source_id: str, root: str | Path | None = None) -> dict[str, int]:
    """Move the accepted drafts of a text into the tables.

    Claims get the next free ``claim_id``, the tables are sorted, and the whole corpus is checked as
    it would be, before anything is written. The drafts are then "done". However the process ends,
    tables and drafts are as before or complete.

    Parameters
    ----------
    source_id : str
        Short name of the text.
    root : path-like, optional
        Folder of another corpus.

    Returns
    -------
    dict of str to int
        How many rows are new, by table; empty if no draft is accepted.

    Raises
    ------
    ValueError
        No text has this name.
    ctdata.ingest.sheets.DraftError
        A sheet cannot be read, an accepted draft refers to one that is not, or the corpus would not
        be sound; each problem names the file and line. Nothing has changed.
    OSError
        The files cannot be written; nothing has changed.
    """
    desk = Desk(source_id, root)
    with journal.locked(desk.root):
        sheets = {table: desk.sheet(table) for table in desk.tables()}
        accepted = {
            table: rows
            for table, sheet in sheets.items()
            if (rows := [row for row in sheet.rows if row["status"] == "accepted"])
        }
        if not accepted:
            return {}
        _require_references(desk, sheets)
        tables, places = _merge(desk, sheets, accepted)
        files = {sheets[name].declared.path: content for name, content in tables.items()}
        _require_sound(desk.root, files, places)
        for name in accepted:
            for row in accepted[name]:
                row["status"] = "done"
            path = sheets[name].path.relative_to(desk.root).as_posix()
            files[path] = sheets[name].content()
        journal.commit(desk.root, files)
    gazetteer_of.cache_clear()
    return {name: len(rows) for name, rows in accepted.items()}


def _require_references(desk: Desk, sheets: Mapping[str, Sheet]) -> None:
    """Refuse accepted drafts that refer to drafts which nobody has accepted."""
    problems = []
    for sheet in sheets.values():
        for column in sheet.declared.columns:
            targets = [name for name in column.references if id_column(name)]
            if not targets:
                continue
            drafted = {
                row[id_column(name)]: (name, row)
                for name in targets
                for row in (sheets[name].rows if name in sheets else ())
            }
            known = set().union(*(desk.corpus.load(name)[id_column(name)] for name in targets))
            known |= {key for key, (_, row) in drafted.items() if row["status"] == "accepted"}
            for at, row in enumerate(sheet.rows):
                value = row[column.name]
                if row["status"] == "accepted" and value and value not in known:
                    message = _unfounded(value, targets, drafted, known)
                    problems.append(sheet.problem(at, column.name, message))
    if problems:
        raise DraftError(sorted(problems))


def _unfounded(
    value: str,
    targets: Iterable[str],
    drafted: Mapping[str, tuple[str, Row]],
    known: set[str],
) -> str:
    if value not in drafted:
        return f"{value!r} is not in {' or '.join(targets)}{nearest(value, known)}; mend it"
    table, row = drafted[value]
    decided = "is rejected" if row["status"] == "rejected" else "is not decided on"
    return (
        f"{value!r} is draft {row['draft_id']} of {table}, which {decided}; "
        "accept that too, or do not accept this row"
    )


# Tables as they would be --------------------------------------------------------------------------


def _merge(
    desk: Desk, sheets: Mapping[str, Sheet], accepted: Mapping[str, list[Row]]
) -> tuple[dict[str, bytes], dict[str, dict[int, Problem]]]:
    """The tables with the accepted drafts in them.

    Returns
    -------
    dict of str to bytes
        New contents, by table.
    dict of str to dict of int to Problem
        By path of the table and line: the draft that the line was made from.
    """
    contents, places = {}, {}
    for name, rows in accepted.items():
        declared = desk.corpus.schema[name]
        old = _rows(desk.root / declared.path)
        if declared.is_claim:
            _number(desk, name, rows)
        new = [{column: row[column] for column in declared.column_names} for row in rows]
        merged = sorted([*old, *new], key=lambda row: _sort_key(declared, row))
        contents[name] = _content(declared, merged)
        line_of = {id(row): line for line, row in enumerate(merged, start=2)}
        sheet = sheets[name]
        position = {row["draft_id"]: at for at, row in enumerate(sheet.rows)}
        places[declared.path] = {
            line_of[id(row)]: sheet.problem(position[draft["draft_id"]], "", "")
            for row, draft in zip(new, rows, strict=True)
        }
    return contents, places


def _number(desk: Desk, table: str, rows: list[Row]) -> None:
    """Give claims the next free ids, in the order of the text."""
    start = f"{desk.source_id}-{short_name(table)}-"
    ids = desk.corpus.load(table)["claim_id"]
    found = (re.fullmatch(rf"{re.escape(start)}(\d+)", name) for name in ids)
    number = max((int(match[1]) for match in found if match), default=0)
    places = desk.rows("accepted").set_index("draft_id")["start"]
    for row in sorted(rows, key=lambda row: places[row["draft_id"]]):
        number += 1
        row["claim_id"] = f"{start}{number:03d}"


def _sort_key(declared: Table, row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in declared.primary_key)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _content(declared: Table, rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, declared.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _require_sound(
    root: Path, files: Mapping[str, bytes], places: Mapping[str, Mapping[int, Problem]]
) -> None:
    """Refuse tables with which the corpus would not be sound."""
    with tempfile.TemporaryDirectory(prefix="ctdata-") as folder:
        trial = Path(folder)
        (trial / "texts").mkdir()
        for path in [*root.glob("*.*"), *(root / "texts").glob("*")]:
            name = path.relative_to(root)
            if path.is_file() and name.as_posix() not in files:
                _link(path, trial / name)
        for name, content in files.items():
            (trial / name).write_bytes(content)
        found = check(trial)
        problems = [_explained(problem, trial, root, places) for problem in found]
    if problems:
        raise DraftError(sorted(set(problems)))


def _link(path: Path, place: Path) -> None:
    try:
        os.symlink(path.resolve(), place)
    except OSError:  # where links need a privilege
        shutil.copyfile(path, place)


def _explained(
    problem: Problem, trial: Path, root: Path, places: Mapping[str, Mapping[int, Problem]]
) -> Problem:
    """A problem of the trial, told of the draft that brings it or of the real table."""
    name = problem.path.relative_to(trial).as_posix()
    draft = places.get(name, {}).get(problem.line)
    message = problem.message.replace(str(trial), str(root))
    if draft is not None:
        return Problem(draft.path, draft.line, problem.column, message)
    return Problem(root / name, problem.line, problem.column, message)
