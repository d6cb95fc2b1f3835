"""What a corpus must satisfy.

The checks read the files themselves, line by line, so that each problem can name its line. They go
from the outside in: bytes, header, cells, keys, dates, numbers, texts, quotes, names.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ctdata import dates, journal
from ctdata.evidence import EvidenceError, Text, fold, text_path
from ctdata.names import name_key
from ctdata.schema import DESCRIPTOR, Column, SchemaError, Table, read_schema

_BOM = b"\xef\xbb\xbf"
_SHOWN_VALUES = 12


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that is wrong in a corpus, and what would be right."""

    path: Path
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return (
            f"{where}: {self.column}: {self.message}" if self.column else f"{where}: {self.message}"
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """A record of a table and the line that it begins on."""

    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class _Table:
    """A table as read from its file, with what could not be read left out."""

    declared: Table
    path: Path
    rows: list[_Row]

    def values(self, column: str) -> set[str]:
        return {row.cells[column] for row in self.rows if row.cells.get(column)}


def check(root: str | Path) -> list[Problem]:
    """Verify a whole corpus.

    Parameters
    ----------
    root : path-like
        Folder of the corpus.

    Returns
    -------
    list of Problem
        Sorted by file and line; empty for a sound corpus.
    """
    root = Path(root)
    try:
        journal.recover(root)
    except OSError as error:
        message = f"a change that was begun cannot be finished: {error.strerror}"
        return [Problem(Path(error.filename or root), 0, "", message)]
    try:
        schema = read_schema(root)
    except SchemaError as error:
        return [Problem(root / DESCRIPTOR, 0, "", str(error).split(": ", 1)[-1])]
    problems: list[Problem] = []
    tables: dict[str, _Table] = {}
    for declared in schema.values():
        table, found = _read(root, declared)
        problems += found
        tables[declared.name] = table
        problems += _check_cells(table)
        problems += _check_key(table)
        problems += _check_bounds(table)
    problems += _check_files(root, schema)
    problems += _check_claim_ids(tables)
    problems += _check_references(tables)
    problems += _check_participation(tables)
    texts, found = _check_texts(root, tables)
    problems += found
    problems += _check_quotes(tables, texts)
    problems += _check_names(tables)
    return sorted(set(problems))


# Bytes, header and records ------------------------------------------------------------------------


def _read(root: Path, declared: Table) -> tuple[_Table, list[Problem]]:
    path = root / declared.path
    table = _Table(declared, path, [])
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return table, [Problem(path, 0, "", f"the table is missing; {DESCRIPTOR} declares it")]
    except OSError as error:
        return table, [Problem(path, 0, "", f"cannot be read: {error.strerror}")]
    problems = _check_bytes(path, content)
    try:
        text = content.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        return table, problems
    if not text.strip():
        columns = ",".join(declared.column_names)
        return table, [
            *problems,
            Problem(path, 1, "", f"the file is empty; write the header {columns}"),
        ]
    problems += _read_records(table, text)
    return table, problems


def _check_bytes(path: Path, content: bytes) -> list[Problem]:
    problems = []
    if content.startswith(_BOM):
        problems.append(
            Problem(path, 1, "", "begins with a byte order mark; save it as UTF-8 without BOM")
        )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        problems.append(
            Problem(path, line, "", f"byte 0x{byte:02X} is not UTF-8; save the file as UTF-8")
        )
    if b"\r" in content:
        line = content.count(b"\n", 0, content.index(b"\r")) + 1
        problems.append(
            Problem(path, line, "", "a line ends with CR LF or CR; save the file with LF line ends")
        )
    if content and not content.endswith(b"\n"):
        line = content.count(b"\n") + 1
        problems.append(Problem(path, line, "", "the last line has no line end; add one"))
    return problems


def _read_records(table: _Table, text: str) -> list[Problem]:
    path, declared = table.path, table.declared
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(reader)
        problems = _check_header(path, header, declared)
        line = reader.line_num + 1
        for record in reader:
            if not record:
                problems.append(Problem(path, line, "", "the line is blank; delete it"))
            elif len(record) != len(header):
                problems.append(
                    Problem(
                        path,
                        line,
                        "",
                        f"{len(record)} cells, but the header has {len(header)}; "
                        "put a cell that holds a comma between quotation marks",
                    )
                )
            else:
                table.rows.append(_Row(line, dict(zip(header, record, strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        return [Problem(path, line, "", f"not CSV: {error}; look for an unclosed quotation mark")]
    return problems


def _check_header(path: Path, header: list[str], declared: Table) -> list[Problem]:
    problems = []
    known = declared.column_names
    for position, name in enumerate(header, start=1):
        if not name.strip():
            problems.append(
                Problem(path, 1, "", f"the header of column {position} is blank; name the column")
            )
        elif header.index(name) < position - 1:
            problems.append(Problem(path, 1, name, "the header is doubled; keep one column"))
        elif name not in known:
            problems.append(
                Problem(path, 1, name, f"unknown column{nearest(name, known)}; {_one_of(known)}")
            )
    for name in known:
        if name not in header:
            problems.append(Problem(path, 1, name, "the column is missing; add it to the header"))
    present = [name for name in header if name in known]
    if not problems and present != known:
        problems.append(
            Problem(path, 1, "", f"the columns stand in another order; {_in_order(known)}")
        )
    return problems


# Cells --------------------------------------------------------------------------------------------


def _check_cells(table: _Table) -> Iterator[Problem]:
    for row in table.rows:
        for column in table.declared.columns:
            value = row.cells.get(column.name)
            if value is not None:
                for message in cell_faults(column, value):
                    yield Problem(table.path, row.line, column.name, message)


def cell_faults(column: Column, value: str) -> Iterator[str]:
    """Find what is wrong with one cell.

    Parameters
    ----------
    column : Column
        The column that the cell belongs to.
    value : str
        What stands in it.

    Yields
    ------
    str
        What is wrong and what would be right.
    """
    if "\n" in value or "\r" in value:
        yield "a line break stands in the cell; write a blank instead"
        return
    if value != value.strip():
        yield f"white space stands around {value.strip()!r}; delete it"
        return
    if not value:
        if column.required:
            yield "the cell is empty, but a value is required"
        return
    if column.values and value not in column.values:
        known = list(column.values)
        yield f"unknown value {value!r}{nearest(value, known)}; {_one_of(known)}"
    elif column.pattern and not re.fullmatch(column.pattern, value):
        yield f"{value!r} does not have the form {column.pattern}"
    if column.is_date:
        try:
            dates.parse(value)
        except dates.DateError as error:
            yield str(error)
    if column.type == "number":
        number = _number(value)
        if number is None:
            yield f"{value!r} is not a number; write digits, such as 800"
        elif column.minimum is not None and number < column.minimum:
            yield f"{value} lies below the least value {column.minimum:g}"


def _number(value: str) -> float | None:
    return float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else None


def _check_bounds(table: _Table) -> Iterator[Problem]:
    if not {"low", "high"} <= set(table.declared.column_names):
        return
    for row in table.rows:
        written = [row.cells.get(name, "") for name in ("low", "high")]
        low, high = map(_number, written)
        if low is not None and high is not None and low > high:
            what = "low {} is above high {}; swap the two".format(*written)
            yield Problem(table.path, row.line, "low", what)


# Keys ---------------------------------------------------------------------------------------------


def _check_key(table: _Table) -> Iterator[Problem]:
    """Keys are unique and the rows are sorted by them."""
    unique = [(column.name,) for column in table.declared.columns if column.unique]
    for key in dict.fromkeys([*unique, table.declared.primary_key]):
        first: dict[tuple[str, ...], int] = {}
        for row in table.rows:
            value = tuple(row.cells.get(name, "") for name in key)
            if value in first and any(value):
                yield Problem(
                    table.path,
                    row.line,
                    ", ".join(key),
                    f"{' / '.join(value)!r} stands already on line {first[value]}; "
                    "each row needs its own",
                )
            first.setdefault(value, row.line)
    previous: tuple[str, ...] = ()
    for row in table.rows:
        value = tuple(row.cells.get(name, "") for name in table.declared.primary_key)
        if value < previous:
            yield Problem(
                table.path,
                row.line,
                ", ".join(table.declared.primary_key),
                f"{' / '.join(value)!r} stands behind {' / '.join(previous)!r}; sort the rows",
            )
        previous = value


def _check_claim_ids(tables: dict[str, _Table]) -> Iterator[Problem]:
    """A claim's name is unique over all tables."""
    first: dict[str, _Table] = {}
    for table in tables.values():
        if table.declared.is_claim:
            for row in table.rows:
                name = row.cells.get("claim_id", "")
                other = first.setdefault(name, table)
                if name and other is not table:
                    yield Problem(
                        table.path,
                        row.line,
                        "claim_id",
                        f"{name!r} stands already in {other.path.name}; "
                        "a claim_id is unique over all tables",
                    )


def _check_references(tables: dict[str, _Table]) -> Iterator[Problem]:
    """Every id leads to a row of its table."""
    for table in tables.values():
        for column in table.declared.columns:
            if not column.references:
                continue
            known: set[str] = set()
            for name in column.references:
                known |= tables[name].values(_id_column(name, column, tables))
            for row in table.rows:
                value = row.cells.get(column.name)
                if value and value not in known:
                    yield Problem(
                        table.path,
                        row.line,
                        column.name,
                        f"{value!r} is not in {' or '.join(column.references)}"
                        f"{nearest(value, known)}; add it there or mend the spelling",
                    )


def _id_column(name: str, column: Column, tables: dict[str, _Table]) -> str:
    """The column of the table referred to that holds the id."""
    declared = tables[name].declared
    if declared.is_claim:
        return column.name
    return declared.primary_key[0]


def _check_participation(tables: dict[str, _Table]) -> Iterator[Problem]:
    """A text that says who took part also tells the event."""
    if not {"events", "participation"} <= set(tables):
        return
    told = {
        (row.cells.get("source_id"), row.cells.get("event_id")) for row in tables["events"].rows
    }
    known = tables["events"].values("event_id")
    for row in tables["participation"].rows:
        source, event = row.cells.get("source_id"), row.cells.get("event_id")
        if event in known and (source, event) not in told:
            yield Problem(
                tables["participation"].path,
                row.line,
                "event_id",
                f"{event!r} is not in events for the text {source!r}; add a row there",
            )


# Texts, quotes and names --------------------------------------------------------------------------


def _check_texts(root: Path, tables: dict[str, _Table]) -> tuple[dict[str, Text], list[Problem]]:
    """Every passport has its text, unchanged, and every text its passport."""
    problems, texts = [], {}
    if "sources" not in tables:
        return texts, problems
    passports = tables["sources"]
    for row in passports.rows:
        source_id, expected = row.cells.get("source_id", ""), row.cells.get("sha256", "")
        path = text_path(root, source_id)
        try:
            content = path.read_bytes()
        except OSError:
            problems.append(
                Problem(passports.path, row.line, "source_id", f"there is no text {path}; add it")
            )
            continue
        digest = hashlib.sha256(content).hexdigest()
        if digest != expected:
            problems.append(
                Problem(
                    passports.path,
                    row.line,
                    "sha256",
                    f"{path} has changed: its sha256 is {digest}; "
                    "bring the text back, or read the rows against the new one",
                )
            )
        try:
            texts[source_id] = Text(content.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            problems.append(Problem(path, line, "", "not UTF-8; save the text as UTF-8"))
            continue
        if not content.strip():
            problems.append(Problem(path, 1, "", "the text is empty; put the words in"))
    known = passports.values("source_id")
    for path in sorted((root / "texts").glob("*")):
        if path.suffix != ".txt" or path.stem not in known:
            problems.append(
                Problem(path, 0, "", "no row of sources.csv speaks of this file; add one")
            )
    return texts, problems


def _check_quotes(tables: dict[str, _Table], texts: dict[str, Text]) -> Iterator[Problem]:
    for table in tables.values():
        if not table.declared.has_evidence:
            continue
        for row in table.rows:
            text = texts.get(row.cells.get("source_id", ""))
            quote, prefix = row.cells.get("quote", ""), row.cells.get("prefix", "")
            if text is None or not quote:
                continue
            try:
                text.find(quote, prefix)
            except EvidenceError as error:
                yield Problem(table.path, row.line, "quote", str(error))
                continue
            if prefix and len(text.occurrences(quote)) == 1:
                yield Problem(
                    table.path,
                    row.line,
                    "prefix",
                    "the quote stands in the text once; leave the prefix empty",
                )
            if row.cells.get("as_written") and fold(row.cells["as_written"]) not in fold(quote):
                yield Problem(
                    table.path,
                    row.line,
                    "as_written",
                    f"{row.cells['as_written']!r} is not in the quote; copy it from there",
                )


def _check_names(tables: dict[str, _Table]) -> Iterator[Problem]:
    """A spelling without context stands for one organization and one instrument at most."""
    owners: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name, columns in (
        ("organizations", ("name", "acronym")),
        ("instruments", ("title", "number")),
    ):
        for row in tables[name].rows if name in tables else ():
            entity = row.cells.get(tables[name].declared.primary_key[0], "")
            for column in columns:
                if row.cells.get(column):
                    owners[name, name_key(row.cells[column])][entity] = row.cells[column]
    if "aliases" not in tables:
        return
    instruments = (
        tables["instruments"].values("instrument_id") if "instruments" in tables else set()
    )
    for row in tables["aliases"].rows:
        entity, alias = row.cells.get("entity_id", ""), row.cells.get("alias", "")
        if not alias or row.cells.get("context"):
            continue
        kind = "instruments" if entity in instruments else "organizations"
        known = owners[kind, name_key(alias)]
        if known.get(entity) == alias:
            message = f"{alias!r} is already a name of {entity!r}; delete the row"
            yield Problem(tables["aliases"].path, row.line, "alias", message)
        elif others := ", ".join(sorted(set(known) - {entity})):
            message = f"{alias!r} also stands for {others}; give a context to tell them apart"
            yield Problem(tables["aliases"].path, row.line, "alias", message)
        known[entity] = alias


def _check_files(root: Path, schema: dict[str, Table]) -> Iterator[Problem]:
    """Every table in the folder is declared."""
    known = {declared.path for declared in schema.values()}
    for path in sorted(root.glob("*.csv")):
        if path.name not in known:
            yield Problem(path, 0, "", f"{DESCRIPTOR} does not declare this table; add or move it")


# Words --------------------------------------------------------------------------------------------


def nearest(value: str, known: Iterable[str]) -> str:
    """Words that point to the known value that is most like a wrong one, if any is.

    Parameters
    ----------
    value : str
        The wrong value.
    known : iterable of str
        The known ones.

    Returns
    -------
    str
        Such as " (did you mean 'arrested'?)", or nothing.
    """
    near = difflib.get_close_matches(value, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _one_of(known: list[str]) -> str:
    more = f" and {len(known) - _SHOWN_VALUES} more" if len(known) > _SHOWN_VALUES else ""
    return f"one of {', '.join(known[:_SHOWN_VALUES])}{more}"


def _in_order(known: list[str]) -> str:
    return f"write {', '.join(known)}"
