"""The desk on which the drafts of one text are decided on.

Whatever is decided or changed is on disk when the call returns. The sheets are read anew for each
call, so that a spreadsheet and the notebook can take turns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path

import pandas as pd

from ctdata import journal
from ctdata.check import cell_faults, nearest
from ctdata.corpus import Corpus, unknown_value
from ctdata.evidence import EvidenceError, Span, Text, fold, read_text
from ctdata.ingest.known import Row, known_of
from ctdata.ingest.quotes import NoQuote, plain_name, quote_at
from ctdata.ingest.sheets import (
    EVIDENCE_COLUMNS,
    FOLDER,
    OWN_COLUMNS,
    STATUSES,
    DraftError,
    Sheet,
    draft_id,
    read_sheet,
    sheet_path,
)
from ctdata.names import name_key
from ctdata.schema import default_root

ENTITY_IDS = {"organizations": "organization_id", "instruments": "instrument_id"}
_NAMES = {"organizations": ("name", "acronym"), "instruments": ("title", "number")}
# What makes drafts alike: the columns that must say the same.
_ALIKE = {
    "organizations": ("kind", "level", "country"),
    "instruments": ("kind",),
    "aliases": ("entity_id",),
    "events": ("kind",),
    "participation": ("event_id", "role"),
    "legal_events": ("action",),
    "figures": ("indicator",),
    "relations": ("predicate", "object_id"),
    "measures": ("theme",),
    "designations": ("list_id",),
}
_FIXED = (*OWN_COLUMNS, "claim_id", "source_id")


class Desk:
    """The drafts of one text, on disk in ``drafts/<source_id>/<table>.csv``.

    A draft is known by its ``draft_id``, which never changes. A new organization or instrument
    carries the id that is proposed for it, in the column of its table; the drafts that speak of
    it refer to that. ``status`` is "draft" until somebody decides: "accepted" or "rejected";
    "done" is what has been moved into the tables.

    Parameters
    ----------
    source_id : str
        Short name of the text.
    root : path-like, optional
        Folder of another corpus.

    Attributes
    ----------
    source_id : str
        The text.
    root : pathlib.Path
        Folder of the corpus.
    folder : pathlib.Path
        Where the drafts lie; need not exist.
    text : ctdata.evidence.Text
        The text itself.

    Raises
    ------
    ValueError
        No text has this name; the message lists those that there are.
    ctdata.CorpusError
        The corpus cannot be read.
    """

    def __init__(self, source_id: str, root: str | Path | None = None) -> None:
        self.root = Path(root) if root is not None else default_root()
        self.source_id = source_id
        passports = known_of(self.root).passports
        if source_id not in passports:
            raise unknown_value("source", source_id, passports)
        self.text = Text(read_text(self.root, source_id))
        self.folder = self.root / FOLDER / source_id
        self._spans: dict[tuple[str, str], Span] = {}

    def __repr__(self) -> str:
        return f"Desk({self.source_id!r}, {str(self.root)!r})"

    @property
    def corpus(self) -> Corpus:
        """The corpus as it lies on disk now."""
        return known_of(self.root).corpus

    # Reading --------------------------------------------------------------------------------------

    def tables(self) -> list[str]:
        """Names of the tables that have drafts, in the order of the data package."""
        return [
            name for name in self.corpus.schema if name != "sources" and self._path(name).is_file()
        ]

    def sheet(self, table: str) -> Sheet:
        """The drafts of a table as they lie on disk.

        Parameters
        ----------
        table : str
            Name of the table.

        Returns
        -------
        ctdata.ingest.sheets.Sheet

        Raises
        ------
        ValueError
            There is no such table.
        ctdata.ingest.sheets.DraftError
            The file cannot be read or a cell is wrong; the message tells the line.
        """
        known = [name for name in self.corpus.schema if name != "sources"]
        if table not in known:
            raise unknown_value("table", table, known)
        return read_sheet(self._path(table), self.corpus.schema[table])

    def load(self, table: str) -> pd.DataFrame:
        """Load the drafts of a table.

        Parameters
        ----------
        table : str
            Name of the table.

        Returns
        -------
        pandas.DataFrame
            ``draft_id, status, score``, the table's own columns and, where it has none,
            ``quote, prefix``. Text is ``str``, numbers are ``float64``; an empty cell is NaN.

        Raises
        ------
        ValueError
            There is no such table.
        ctdata.ingest.sheets.DraftError
            The file cannot be read or a cell is wrong; the message tells the line.
        """
        sheet = self.sheet(table)
        frame = pd.DataFrame(
            {
                name: pd.Series([row[name] or None for row in sheet.rows], dtype="str")
                for name in sheet.columns
            }
        )
        numbers = [column.name for column in sheet.declared.columns if column.type == "number"]
        return frame.astype(dict.fromkeys(["score", *numbers], "float64"))

    def rows(self, status: str | Iterable[str] | None = None) -> pd.DataFrame:
        """List the drafts of all tables.

        Parameters
        ----------
        status : str or iterable of str, optional
            Only those with this status, or one of these.

        Returns
        -------
        pandas.DataFrame
            ``table, draft_id, status, score, start, end, label``: by table in the order of the data
            package, then in the order of the text. ``start`` and ``end`` are offsets of the quote
            into the verbatim text, -1 for a row that has none; ``label`` says in a line what the
            row says.

        Raises
        ------
        ValueError
            The status is unknown.
        ctdata.ingest.sheets.DraftError
            A sheet cannot be read, or a quote is not in the text; the message tells the line.
        """
        wanted = STATUSES if status is None else (status,) if isinstance(status, str) else [*status]
        for value in wanted:
            _require_status(value)
        found = []
        sheets = {table: self.sheet(table) for table in self.tables()}
        names = self._names(sheets)
        for table, sheet in sheets.items():
            placed = [(*self._place(sheet, at), row) for at, row in enumerate(sheet.rows)]
            placed.sort(key=lambda entry: entry[:2])
            label = _LABELS.get(table, _label_of_any)
            for start, end, row in placed:
                if row["status"] in wanted:
                    facts = row["draft_id"], row["status"], row["score"] or "nan"
                    found.append((table, *facts, start, end, label(row, names)))
        columns = ["table", "draft_id", "status", "score", "start", "end", "label"]
        frame = pd.DataFrame(found, columns=columns)
        return frame.astype(
            {name: "str" for name in ("table", "draft_id", "status", "label")}
            | {"score": "float64", "start": "int64", "end": "int64"}
        )

    def counts(self) -> pd.DataFrame:
        """Count the drafts.

        Returns
        -------
        pandas.DataFrame
            A row a table that has drafts, a column a status; ``int64``.
        """
        tables = self.tables()
        found = [Counter(row["status"] for row in self.sheet(name).rows) for name in tables]
        counts = {status: [count[status] for count in found] for status in STATUSES}
        return pd.DataFrame(
            counts, index=pd.Index(tables, name="table", dtype="str"), dtype="int64"
        )

    def like(self, table: str, draft_id: str) -> list[str]:
        """The next ones like this: undecided drafts of the same table that say the same.

        Of participation, those with the same event and role; of legal events, the same action; of
        figures, the same indicator; of organizations, the same kind, level and country; and so on.

        Parameters
        ----------
        table, draft_id : str
            The draft.

        Returns
        -------
        list of str
            Their ids in the order of the text, without the draft's own.

        Raises
        ------
        ValueError
            There is no such draft.
        """
        sheet, this = self._draft(table, draft_id)
        columns = _ALIKE.get(table, ())
        alike = {
            row["draft_id"]
            for row in sheet.rows
            if all(row[name] == this[name] for name in columns) and row is not this
        }
        rows = self.rows("draft")
        return rows.loc[
            (rows["table"] == table) & rows["draft_id"].isin(alike), "draft_id"
        ].tolist()

    def matches(self, table: str, draft_id: str, limit: int = 5) -> pd.DataFrame:
        """Which known organizations or instruments a new one may be.

        Its name, acronym and printed spelling are compared with every name and alias of the corpus,
        in any order of words, by the share of signs that they have in common (``token_sort_ratio``
        of rapidfuzz).

        Parameters
        ----------
        table : str
            "organizations" or "instruments".
        draft_id : str
            The draft.
        limit : int, optional
            How many to give.

        Returns
        -------
        pandas.DataFrame
            ``id, name, score``: the best first; the score goes from 0 to 100.

        Raises
        ------
        ValueError
            There is no such draft, or it is neither an organization nor an instrument.
        """
        from rapidfuzz import fuzz, process, utils

        if table not in ENTITY_IDS:
            raise unknown_value("table of names", table, ENTITY_IDS)
        _, this = self._draft(table, draft_id)
        known, entities = self._written(table)
        best: dict[str, float] = {}
        for spelling in {this[name] for name in (*_NAMES[table], "quote")} - {""}:
            found = process.extract(
                spelling,
                known,
                scorer=fuzz.token_sort_ratio,
                processor=utils.default_process,
                limit=limit * 4,
            )
            for _, score, at in found:
                best[entities[at]] = max(score, best.get(entities[at], 0.0))
        ranked = sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))[:limit]
        rows = [(entity, self.corpus.names[entity], score) for entity, score in ranked]
        frame = pd.DataFrame(rows, columns=["id", "name", "score"])
        return frame.astype({"id": "str", "name": "str", "score": "float64"})

    # Deciding -------------------------------------------------------------------------------------

    def decide(self, table: str, draft_ids: str | Iterable[str], status: str) -> None:
        """Decide on drafts; the decision is on disk when this returns.

        Parameters
        ----------
        table : str
            Name of the table.
        draft_ids : str or iterable of str
            The drafts.
        status : str
            "accepted", "rejected", or "draft" to leave it open again.

        Raises
        ------
        ValueError
            The status or a draft is unknown, or the draft has been moved into the tables already;
            nothing has changed.
        OSError
            The sheet cannot be written; nothing has changed.
        """
        _require_status(status, STATUSES[:-1])
        with journal.locked(self.root):
            sheet = self.sheet(table)
            known = {row["draft_id"]: row for row in sheet.rows}
            for name in [draft_ids] if isinstance(draft_ids, str) else draft_ids:
                if name not in known:
                    raise unknown_value(f"draft of {table}", name, known)
                if known[name]["status"] == "done":
                    raise ValueError(f"{table} {name} is in the tables already; change it there")
                known[name]["status"] = status
            journal.replace_file(sheet.path, sheet.content())

    def change(self, table: str, draft_id: str, values: Mapping[str, object]) -> None:
        """Change cells of a draft; what is changed is on disk when this returns.

        A quote that stands in the text more than once gets the prefix of the place that is nearest
        to the old one, unless a prefix is given too. If the id that is proposed for an
        organization, instrument or event is changed, the drafts that refer to it follow.

        Parameters
        ----------
        table, draft_id : str
            The draft.
        values : mapping of str to object
            New contents by column; ``None`` and "" empty a cell.

        Raises
        ------
        ValueError
            There is no such draft or column, or a value is wrong; the message says what would be
            right, and nothing has changed.
        OSError
            The sheet cannot be written; nothing has changed.
        """
        with journal.locked(self.root):
            sheet, row = self._draft(table, draft_id)
            if row["status"] == "done":
                raise ValueError(f"{table} {draft_id} is in the tables already; change it there")
            columns = [name for name in sheet.columns if name not in _FIXED]
            for name in values:
                if name not in columns:
                    raise unknown_value(f"column to change in {table}", name, columns)
            new = row | {name: _cell(value) for name, value in values.items()}
            if "quote" in values:
                new["quote"], new["prefix"] = self._quote(table, row, new, "prefix" in values)
            elif "prefix" in values and new["quote"]:
                self._require_quote(new["quote"], new["prefix"])
            self._require_sound(sheet, row, new)
            files = {table: sheet}
            key = id_column(table)
            if key and row[key] != new[key]:
                if not new[key]:
                    raise ValueError(f"{key}: the cell is empty, but each row needs an id")
                files = self._refer(table, sheet, row[key], new[key])
            row.update(new)
            self._save(files)

    def use(self, draft_id: str, entity_id: str) -> None:
        """Say that a new organization or instrument is a known one.

        Its printed spelling becomes an accepted alias of the known one, all drafts that refer to it
        refer to the known one, and it is rejected itself; its id is then the known one's.

        Parameters
        ----------
        draft_id : str
            The draft, of an organization or instrument.
        entity_id : str
            Id of the known one.

        Raises
        ------
        ValueError
            There is no such draft, or no such known one; nothing has changed.
        OSError
            The sheets cannot be written; nothing has changed.
        """
        with journal.locked(self.root):
            table, sheet, row = self._entity(draft_id)
            key = ENTITY_IDS[table]
            known = set(self.corpus.load(table)[key])
            if entity_id not in known:
                raise unknown_value(key, entity_id, sorted(known))
            if row["status"] == "done":
                raise ValueError(f"{table} {draft_id} is in the tables already; change it there")
            files = self._refer(table, sheet, row[key], entity_id)
            spelling = plain_name(row["quote"] or row[_NAMES[table][0]])
            written, owners = self._written(table)
            pairs = zip(written, owners, strict=True)
            same = {name_key(words) for words, owner in pairs if owner == entity_id}
            if name_key(spelling) not in same:
                aliases = files.setdefault("aliases", self.sheet("aliases"))
                alias = alias_row(aliases, entity_id, spelling, row["quote"], row["prefix"])
                if old := aliases.row(alias["draft_id"]):
                    alias = old  # with the context that it was drafted with
                else:
                    aliases.rows.append(alias)
                alias |= {"status": "accepted", "entity_id": entity_id}
            row |= {"status": "rejected", key: entity_id}
            self._save(files)

    # Parts ----------------------------------------------------------------------------------------

    def _path(self, table: str) -> Path:
        return sheet_path(self.root, self.source_id, table)

    def _save(self, sheets: Mapping[str, Sheet]) -> None:
        """Write sheets, all or none."""
        if len(sheets) == 1:
            for sheet in sheets.values():
                journal.replace_file(sheet.path, sheet.content())
            return
        files = {
            sheet.path.relative_to(self.root).as_posix(): sheet.content()
            for sheet in sheets.values()
        }
        journal.commit(self.root, files)

    def _draft(self, table: str, draft_id: str) -> tuple[Sheet, Row]:
        sheet = self.sheet(table)
        row = sheet.row(draft_id)
        if row is None:
            raise unknown_value(f"draft of {table}", draft_id, [r["draft_id"] for r in sheet.rows])
        return sheet, row

    def _entity(self, draft_id: str) -> tuple[str, Sheet, Row]:
        known = []
        for table in ENTITY_IDS:
            sheet = self.sheet(table)
            if row := sheet.row(draft_id):
                return table, sheet, row
            known += [row["draft_id"] for row in sheet.rows]
        raise unknown_value("draft of an organization or instrument", draft_id, known)

    def _refer(self, table: str, own: Sheet, old: str, new: str) -> dict[str, Sheet]:
        """The table's own sheet and those that refer to it, with another id in place of the old."""
        changed = {table: own}
        for name in self.tables():
            sheet = own if name == table else self.sheet(name)
            for column in sheet.declared.columns:
                if table in column.references:
                    for row in sheet.rows:
                        if row[column.name] == old and row["status"] != "done":
                            row[column.name] = new
                            changed[name] = sheet
        return changed

    def _written(self, table: str) -> tuple[list[str], list[str]]:
        """Every way to write what a table of the corpus holds, and whose it is."""
        frame = self.corpus.load(table)
        aliases = self.corpus.load("aliases")
        key = ENTITY_IDS[table]
        pairs = [
            (words, entity)
            for column in _NAMES[table]
            for words, entity in zip(frame[column], frame[key], strict=True)
            if isinstance(words, str)
        ]
        known = set(frame[key])
        pairs += [
            (words, entity)
            for words, entity in zip(aliases["alias"], aliases["entity_id"], strict=True)
            if entity in known
        ]
        return [words for words, _ in pairs], [entity for _, entity in pairs]

    def _span(self, quote: str, prefix: str) -> Span:
        if (quote, prefix) not in self._spans:
            self._spans[quote, prefix] = self.text.find(quote, prefix)
        return self._spans[quote, prefix]

    def _place(self, sheet: Sheet, at: int) -> tuple[int, int]:
        row = sheet.rows[at]
        if not row["quote"]:
            return -1, -1
        try:
            span = self._span(row["quote"], row["prefix"])
        except EvidenceError as error:
            if row["status"] == "rejected":
                return -1, -1
            raise DraftError([sheet.problem(at, "quote", str(error))]) from None
        return span.start, span.end

    def _quote(self, table: str, old: Row, new: Row, has_prefix: bool) -> tuple[str, str]:
        """The new quote of a row, with a prefix if it needs one."""
        if not new["quote"] and table not in self._with_evidence:
            return "", ""
        found = self.text.occurrences(new["quote"])
        if has_prefix or len(found) < 2:
            self._require_quote(new["quote"], new["prefix"] if has_prefix else "")
            return new["quote"], new["prefix"] if has_prefix else ""
        try:
            before = self._span(old["quote"], old["prefix"]).start
        except EvidenceError:
            before = 0
        nearest_place = min(found, key=lambda span: abs(span.start - before))
        try:
            return quote_at(self.text, nearest_place.start, nearest_place.end)
        except NoQuote as error:
            raise ValueError(f"quote: {error}; take more words") from None

    def _require_quote(self, quote: str, prefix: str) -> None:
        try:
            self.text.find(quote, prefix)
        except EvidenceError as error:
            raise ValueError(f"quote: {error}") from None

    def _require_sound(self, sheet: Sheet, old: Row, new: Row) -> None:
        """Refuse a row whose changed cells are wrong."""
        for column in sheet.declared.columns:
            value = new[column.name]
            if value == old[column.name] or not value:
                continue
            for message in cell_faults(column, value):
                raise ValueError(f"{column.name}: {message}")
            if column.references and value not in (known := self._known_ids(column.references)):
                raise ValueError(
                    f"{column.name}: {value!r} is not in {' or '.join(column.references)}, nor "
                    f"drafted{nearest(value, known)}; draft it first or mend the spelling"
                )
        if {"low", "high"} <= set(new) and new["low"] and new["high"]:
            if float(new["low"]) > float(new["high"]):
                raise ValueError(f"low: {new['low']} is above high {new['high']}; swap the two")
        if new.get("as_written") and fold(new["as_written"]) not in fold(new["quote"]):
            raise ValueError(
                f"as_written: {new['as_written']!r} is not in the quote; copy it from there"
            )
        key = ENTITY_IDS.get(sheet.declared.name)
        if key and new[key] != old[key] and new[key] in self._known_ids((sheet.declared.name,)):
            raise ValueError(
                f"{key}: {new[key]!r} is taken; choose another, or say that they are the same"
            )

    def _known_ids(self, tables: Iterable[str]) -> set[str]:
        """Ids of the corpus and of drafts that are not rejected."""
        known: set[str] = set()
        for table in tables:
            key = id_column(table) or self.corpus.schema[table].primary_key[0]
            known |= set(self.corpus.load(table)[key])
            known |= {row[key] for row in self.sheet(table).rows if row["status"] != "rejected"}
        return known - {""}

    @cached_property
    def _with_evidence(self) -> set[str]:
        return {name for name, table in self.corpus.schema.items() if table.has_evidence}

    def _names(self, sheets: Mapping[str, Sheet]) -> Callable[[str], str]:
        """Tells the name of an organization or instrument, known or drafted, by its id."""
        drafted = {
            row[key]: row[_NAMES[table][0]]
            for table, key in ENTITY_IDS.items()
            if table in sheets
            for row in sheets[table].rows
        }
        names = {**drafted, **self.corpus.names}
        return lambda entity_id: names.get(entity_id, entity_id)


def id_column(table: str) -> str:
    """The column by which drafts refer to rows of a table.

    Parameters
    ----------
    table : str
        Name of the table.

    Returns
    -------
    str
        Empty for a table whose rows are not referred to by drafts.
    """
    return "event_id" if table == "events" else ENTITY_IDS.get(table, "")


def alias_row(
    sheet: Sheet, entity_id: str, alias: str, quote: str, prefix: str, context: str = ""
) -> Row:
    """Make a draft of another way to write something.

    Parameters
    ----------
    sheet : Sheet
        The drafts of aliases.
    entity_id : str
        What is written so.
    alias : str
        The spelling.
    quote, prefix : str
        Where it stands in the text.
    context : str, optional
        Words that must stand in the same sentence for the spelling to count.

    Returns
    -------
    dict of str to str
    """
    row = dict.fromkeys(sheet.columns, "")
    return row | {
        "draft_id": draft_id("aliases", name_key(alias)),
        "status": "draft",
        "entity_id": entity_id,
        "alias": alias,
        "context": context,
        "quote": quote,
        "prefix": prefix,
    }


def _require_status(status: str, known: Iterable[str] = STATUSES) -> None:
    if status not in known:
        raise unknown_value("status", status, known)


def _cell(value: object) -> str:
    """A value as it stands in a file."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return fold(str(value))


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _label_organization(row: Row, name: Callable[[str], str]) -> str:
    named = f"{row['name']} ({row['acronym']})" if row["acronym"] else row["name"]
    return _listed(named, row["kind"].replace("_", " "), row["country"])


def _label_instrument(row: Row, name: Callable[[str], str]) -> str:
    return _listed(row["title"], row["number"], row["kind"], row["issued"])


def _label_alias(row: Row, name: Callable[[str], str]) -> str:
    beside = f" beside “{row['context']}”" if row["context"] else ""
    return f"“{row['alias']}”{beside} stands for {name(row['entity_id'])}"


def _label_event(row: Row, name: Callable[[str], str]) -> str:
    return _listed(f"{row['kind']}: {row['name']}", row["date"], row["place"], row["country"])


def _label_participation(row: Row, name: Callable[[str], str]) -> str:
    return f"{name(row['organization_id'])}: {row['role']} of {row['event_id']}"


def _label_legal_event(row: Row, name: Callable[[str], str]) -> str:
    actor = f" by {name(row['actor_id'])}" if row["actor_id"] else ""
    return _listed(f"{name(row['instrument_id'])}: {row['action']}{actor}", row["date"])


def _label_figure(row: Row, name: Callable[[str], str]) -> str:
    low, high = row["low"], row["high"]
    number = low if low == high else f"{low or '…'} to {high or '…'}"
    about = row["indicator"].replace("_", " ") or "number"
    counted = row["population"] or row["unit"]
    return _listed(f"{about}: {number} {counted}".rstrip(), row["country"], row["period"])


def _label_of_any(row: Row, name: Callable[[str], str]) -> str:
    own = [key for key in row if key not in (*_FIXED, *EVIDENCE_COLUMNS, "note")]
    return _listed(*(name(row[key]) for key in own))


_LABELS = {
    "organizations": _label_organization,
    "instruments": _label_instrument,
    "aliases": _label_alias,
    "events": _label_event,
    "participation": _label_participation,
    "legal_events": _label_legal_event,
    "figures": _label_figure,
}
