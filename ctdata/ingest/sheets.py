"""Drafts on disk: one CSV a table in ``drafts/<source_id>/``, for the notebook and spreadsheets.

A sheet has the columns of its table behind three of its own: ``draft_id``, by which a draft is
known again (it never changes, whatever is changed in the row), ``status`` and ``score``. Tables
without evidence of their own get ``quote`` and ``prefix`` at the end: the words that the draft was
made from. ``claim_id`` stays empty until the row is moved into the tables.

What spreadsheets do to a CSV is forgiven when it is read: a byte order mark, other line ends,
semicolons or tabs between the cells.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ctdata import journal
from ctdata.check import Problem, cell_faults
from ctdata.schema import Table

STATUSES = ("draft", "accepted", "rejected", "done")
OWN_COLUMNS = ("draft_id", "status", "score")
EVIDENCE_COLUMNS = ("quote", "prefix")
FOLDER = "drafts"
_DELIMITERS = ",;\t"
_SHORT_NAMES = {
    "organizations": "org",
    "instruments": "ins",
    "people": "peo",
    "aliases": "ali",
    "relations": "rel",
    "events": "evt",
    "participation": "par",
    "legal_events": "leg",
    "figures": "fig",
    "measures": "mea",
    "designations": "des",
}


class DraftError(ValueError):
    """A sheet of drafts cannot be used as it is; a line of the message for each problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(slots=True)
class Sheet:
    """The drafts of one table for one text; a row is a dict of cells, all of them strings."""

    declared: Table
    path: Path
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # of the rows that were read

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of the file."""
        return sheet_columns(self.declared)

    def row(self, draft_id: str) -> dict[str, str] | None:
        """The row of a draft."""
        return next((row for row in self.rows if row["draft_id"] == draft_id), None)

    def problem(self, at: int, column: str, message: str) -> Problem:
        """A problem in the row at a position."""
        return Problem(self.path, self.lines[at] if at < len(self.lines) else 0, column, message)

    def content(self) -> bytes:
        """The file, as it should be written."""
        text = io.StringIO()
        writer = csv.DictWriter(text, self.columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue().encode()


def short_name(table: str) -> str:
    """The three letters that stand for a table in an id.

    Parameters
    ----------
    table : str
        Name of the table.

    Returns
    -------
    str
        Such as "fig" for figures.
    """
    return _SHORT_NAMES.get(table, table[:3])


def draft_id(table: str, *facts: object) -> str:
    """Make the id of a draft from what makes it the draft that it is.

    Parameters
    ----------
    table : str
        Name of its table.
    *facts
        The place in the text and whatever else tells it from others at that place.

    Returns
    -------
    str
        Such as ``fig-5d41402abc``.
    """
    words = "\x1f".join(map(str, facts))
    return f"{short_name(table)}-{hashlib.sha256(words.encode()).hexdigest()[:10]}"


def sheet_columns(declared: Table) -> list[str]:
    """The columns of the drafts of a table.

    Parameters
    ----------
    declared : Table
        The table.

    Returns
    -------
    list of str
    """
    evidence = () if declared.has_evidence else EVIDENCE_COLUMNS
    return [*OWN_COLUMNS, *declared.column_names, *evidence]


def sheet_path(root: Path, source_id: str, table: str) -> Path:
    """Where the drafts of a table for a text lie.

    Parameters
    ----------
    root : Path
        Folder of the corpus.
    source_id : str
        Short name of the text.
    table : str
        Name of the table.

    Returns
    -------
    Path
    """
    return root / FOLDER / source_id / f"{table}.csv"


def read_sheet(path: Path, declared: Table) -> Sheet:
    """Read drafts.

    Parameters
    ----------
    path : Path
        The file; where there is none, there are no drafts.
    declared : Table
        The table that the drafts are for.

    Returns
    -------
    Sheet

    Raises
    ------
    DraftError
        The file cannot be read or a cell is wrong; each problem with line and column.
    """
    sheet, problems = _read(path, declared)
    problems += _faults(sheet)
    if problems:
        raise DraftError(sorted(set(problems)))
    return sheet


def read_sheets(root: Path, source_id: str, schema: Mapping[str, Table]) -> dict[str, Sheet]:
    """Read all drafts of a text.

    Parameters
    ----------
    root : Path
        Folder of the corpus.
    source_id : str
        Short name of the text.
    schema : mapping of str to Table
        Its tables.

    Returns
    -------
    dict of str to Sheet
        By table, in the order of the data package; those that there are.

    Raises
    ------
    DraftError
        A file cannot be read or a cell is wrong.
    """
    paths = {name: sheet_path(root, source_id, name) for name in schema if name != "sources"}
    return {name: read_sheet(path, schema[name]) for name, path in paths.items() if path.is_file()}


def add_drafts(
    root: Path,
    source_id: str,
    schema: Mapping[str, Table],
    rows: Mapping[str, Iterable[Mapping[str, str]]],
) -> dict[str, int]:
    """Add drafts to the sheets of a text; those that are there already stay as they are.

    Parameters
    ----------
    root : Path
        Folder of the corpus.
    source_id : str
        Short name of the text.
    schema : mapping of str to Table
        Its tables.
    rows : mapping of str to iterable of mapping
        By table; an undecided draft each, with its ``draft_id`` and the cells that are filled.

    Returns
    -------
    dict of str to int
        How many are new, by table.

    Raises
    ------
    DraftError
        A sheet cannot be read; nothing has changed.
    OSError
        The sheets cannot be written; nothing has changed.
    """
    files, counts = {}, {}
    with journal.locked(root):
        for table, drafted in rows.items():
            path = sheet_path(root, source_id, table)
            sheet = read_sheet(path, schema[table])
            there = {row["draft_id"] for row in sheet.rows}
            new = [row for row in drafted if row["draft_id"] not in there]
            if new:
                empty = dict.fromkeys(sheet.columns, "") | {"status": "draft"}
                sheet.rows += [empty | row for row in new]
                files[path.relative_to(root).as_posix()] = sheet.content()
                counts[table] = len(new)
        if files:
            journal.commit(root, files)
    return counts


def check_drafts(root: Path, schema: dict[str, Table]) -> list[Problem]:
    """Verify all drafts of a corpus: columns, status and cells; quotes are not looked for.

    Parameters
    ----------
    root : Path
        Folder of the corpus.
    schema : dict of str to Table
        Its tables.

    Returns
    -------
    list of Problem
        Sorted by file and line.
    """
    problems = []
    texts = {path.stem for path in (root / "texts").glob("*.txt")}
    for path in sorted((root / FOLDER).glob("*/*.csv")):
        if path.name.startswith("."):
            continue
        if path.parent.name not in texts:
            problems.append(
                Problem(path, 0, "", f"there is no text {path.parent.name!r}; add it or move this")
            )
        elif path.stem not in schema or path.stem == "sources":
            known = ", ".join(name for name in schema if name != "sources")
            problems.append(Problem(path, 0, "", f"there is no such table; one of {known}"))
        else:
            try:
                read_sheet(path, schema[path.stem])
            except DraftError as error:
                problems += error.problems
    return problems


def _read(path: Path, declared: Table) -> tuple[Sheet, list[Problem]]:
    """The rows of a file, and what keeps it from being read."""
    sheet = Sheet(declared, path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return sheet, []
    except OSError as error:
        return sheet, [Problem(path, 0, "", f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        wrong = f"byte 0x{byte:02X} is not UTF-8; save the sheet as “CSV UTF-8”"
        return sheet, [Problem(path, line, "", wrong)]
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        problems = _header_faults(sheet, header)
        if problems:
            return sheet, problems
        line = reader.line_num + 1
        for record in reader:
            if any(record):
                if len(record) != len(header):
                    wrong = (
                        f"{len(record)} cells, but the header has {len(header)}; "
                        f"put a cell that holds a {delimiter!r} between quotation marks"
                    )
                    return sheet, [Problem(path, line, "", wrong)]
                cells = dict(zip(header, (" ".join(cell.split()) for cell in record), strict=True))
                sheet.rows.append({name: cells.get(name, "") for name in sheet.columns})
                sheet.lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        wrong = f"not CSV: {error}; look for an unclosed quotation mark"
        return sheet, [Problem(path, line, "", wrong)]
    for row in sheet.rows:
        # A row that was written by hand gets an id and is a draft like any other.
        row["status"] = row["status"] or "draft"
        row["draft_id"] = row["draft_id"] or draft_id(declared.name, *row.values())
    return sheet, []


def _header_faults(sheet: Sheet, header: list[str]) -> list[Problem]:
    if not any(header):
        return [
            Problem(
                sheet.path, 1, "", f"the file is empty; write the header {','.join(sheet.columns)}"
            )
        ]
    problems = []
    for name in header:
        if name not in sheet.columns:
            wrong = f"unknown column; one of {', '.join(sheet.columns)}"
            problems.append(Problem(sheet.path, 1, name or "(blank)", wrong))
        elif header.count(name) > 1:
            problems.append(Problem(sheet.path, 1, name, "the column stands twice; keep one"))
    missing = [name for name in sheet.columns if name not in header]
    for name in missing:
        problems.append(Problem(sheet.path, 1, name, "the column is missing; add it"))
    return problems


def _faults(sheet: Sheet) -> Iterator[Problem]:
    """What is wrong in the rows that were read."""
    first: dict[str, int] = {}
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        if row["draft_id"] in first:
            wrong = f"{row['draft_id']!r} stands already on line {first[row['draft_id']]}"
            yield Problem(sheet.path, line, "draft_id", f"{wrong}; empty the cell of a new row")
        first.setdefault(row["draft_id"], line)
        if row["status"] not in STATUSES:
            wrong = f"unknown status {row['status']!r}; one of {', '.join(STATUSES)}"
            yield Problem(sheet.path, line, "status", wrong)
        if row["score"] and not re.fullmatch(r"\d+(\.\d+)?", row["score"]):
            wrong = f"{row['score']!r} is not a number; write a dot before decimals, or nothing"
            yield Problem(sheet.path, line, "score", wrong)
        if row["status"] in ("draft", "accepted"):
            for column, message in row_faults(sheet.declared, row):
                yield Problem(sheet.path, line, column, message)


def row_faults(declared: Table, row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong in the cells of a draft; an empty cell is not.

    Parameters
    ----------
    declared : Table
        The table that the draft is for.
    row : dict of str to str
        Its cells.

    Yields
    ------
    tuple of str
        The column, and what is wrong and would be right.
    """
    for column in declared.columns:
        if row[column.name]:
            for message in cell_faults(column, row[column.name]):
                yield column.name, message
