"""Load the curated tables, check them against the texts as they are read, and select from them.

A claim's table comes with columns derived from its evidence: ``start`` and ``end`` (offsets, in
characters, into the verbatim text), ``paragraph`` and ``citation``; and with ``<name>_earliest``
and ``<name>_latest`` for each column of dates.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from ctdata import dates, journal
from ctdata.evidence import EvidenceError, Text, citation, fold, read_text, text_path
from ctdata.names import INSTRUMENT, ORGANIZATION, Name, NameFinder
from ctdata.schema import DESCRIPTOR, READS, Column, Table, default_root, read_schema

DERIVED_TABLES = {
    "passages": "One row is one paragraph of one text.",
    "mentions": "One row is one place where a text names an organization or instrument.",
}
DERIVED_COLUMNS = {
    "start": ("integer", "Where the quote begins: offset into the verbatim text, in characters."),
    "end": ("integer", "Where the quote ends; the character at this offset is not included."),
    "paragraph": ("integer", "Number of the paragraph in which the quote begins, from 1."),
    "citation": ("string", "The text and the paragraph, ready to print."),
}
_DERIVED_TABLE_COLUMNS = {
    "passages": {
        "source_id": ("string", "The text."),
        "paragraph": ("integer", "Number of the paragraph, from 1."),
        "start": ("integer", "Where the paragraph begins: offset into the verbatim text."),
        "end": ("integer", "Where it ends; the character at this offset is not included."),
        "text": ("string", "The words of the paragraph, white space folded."),
    },
    "mentions": {
        "source_id": ("string", "The text."),
        "entity_id": ("string", "The organization or instrument named."),
        "organization_id": ("string", "The same, where it is an organization."),
        "instrument_id": ("string", "The same, where it is an instrument."),
        "start": ("integer", "Where the name begins: offset into the verbatim text."),
        "end": ("integer", "Where it ends; the character at this offset is not included."),
        "text": ("string", "The name as printed."),
    },
}
ENTITY_TABLES = ("organizations", "instruments", "aliases")
_EVERYTHING = ("", "all")


class CorpusError(ValueError):
    """The tables of a corpus cannot be used as they are."""


class Corpus:
    """A folder of verbatim texts and the tables curated from them.

    Parameters
    ----------
    root : path-like, optional
        The folder. Where none is given, the one that ``CTDATA_SOURCES`` names, or else the
        collection's own.

    Attributes
    ----------
    root : pathlib.Path
        The folder.
    schema : dict of str to ctdata.schema.Table
        The tables that the folder declares.

    Raises
    ------
    ctdata.schema.SchemaError
        The folder has no usable ``datapackage.json``.
    CorpusError
        A change of the tables was begun and cannot be finished.
    """

    def __init__(self, root: str | Path | None = None) -> None:
        self.root = Path(root) if root is not None else default_root()
        try:
            journal.recover(self.root)
        except OSError as error:
            raise CorpusError(
                f"{error.filename or self.root}: {error.strerror}; a change of the tables that was "
                "begun cannot be finished, so make the folder writable and load again"
            ) from None
        self.schema = read_schema(self.root)
        self._frames: dict[str, pd.DataFrame] = {}
        self._texts: dict[str, Text] = {}
        # The files that each table or text comes from, and those of the tables being made.
        self._files: dict[str, frozenset[Path]] = {}
        self._making: list[set[Path]] = []
        self._noted: set[Path] = set()
        self._note({self.root / DESCRIPTOR})
        ready = _ready.get(self.root.resolve())
        if ready and ready[0] == self._state():
            for mine, theirs in zip(self._kept(), ready[1]._kept(), strict=True):
                mine.update(theirs)

    def __repr__(self) -> str:
        return f"Corpus({str(self.root)!r})"

    @property
    def tables(self) -> list[str]:
        """Names of all tables, the derived ones last."""
        return [*self.schema, *DERIVED_TABLES]

    def text(self, source_id: str) -> Text:
        """A verbatim text, ready for finding quotes in it.

        Parameters
        ----------
        source_id : str
            Short name of the text.

        Returns
        -------
        ctdata.evidence.Text

        Raises
        ------
        ValueError
            No text has this name; the message lists those that there are.
        ctdata.evidence.TextError
            The file is missing or is not UTF-8.
        """
        if source_id not in self._texts:
            if source_id not in self._source_ids:
                raise unknown_value("source", source_id, sorted(self._source_ids))
            self._texts[source_id] = Text(read_text(self.root, source_id))
            path = text_path(self.root, source_id)
            self._files[path.name] = self._files["sources"] | {path}
        self._note(self._files[f"{source_id}.txt"])
        return self._texts[source_id]

    def load(
        self,
        table: str,
        *,
        country: str | Sequence[str] | None = None,
        source: str | Sequence[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> pd.DataFrame:
        """Load one table, or the part of it that is in scope.

        Parameters
        ----------
        table : str
            Name of the table.
        country : str or sequence of str, optional
            ISO 3166-1 alpha-3 codes. A figure or measure belongs to the state that it is about, a
            row that names none to the country of its text; an event belongs to both the state
            where it took place and the country of its text; an organization to its own state; an
            instrument to the state that made it.
        source : str or sequence of str, optional
            Short names of texts. Organizations, instruments and aliases: those that the texts
            name.
        since, until : str, optional
            EDTF dates; both ends are included. A row counts when its date touches the period; a
            claim without a date counts at the date of its text.

        Returns
        -------
        pandas.DataFrame
            A fresh frame; its columns are told by :meth:`describe`. Text is ``str``, numbers are
            ``float64`` (an open bound is NaN), offsets ``int64``, dates ``datetime64``.

        Raises
        ------
        ValueError
            The table, country, source or date is unknown; the message lists the known ones.
        CorpusError
            A table or a quote of the corpus is broken.
        """
        frame = self._full(table)
        countries = self._wanted("country", country, self._countries)
        sources = self._wanted("source", source, lambda: list(self._full("sources")["source_id"]))
        since_date, until_date = _period(since, until)
        keep = pd.Series(True, index=frame.index)
        if countries:
            keep &= self._about(table, frame, countries)
        if table in ENTITY_TABLES and (sources or since_date or until_date):
            mentions = self.load("mentions", source=source, since=since, until=until)
            entity = frame["entity_id"] if table == "aliases" else frame.iloc[:, 0]
            keep &= entity.isin(mentions["entity_id"])
        else:
            if sources:
                keep &= frame["source_id"].isin(sources)
            if since_date or until_date:
                keep &= self._touches(table, frame, since_date, until_date)
        return frame[keep].reset_index(drop=True)

    def select(
        self,
        *,
        country: str | Sequence[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: str | Sequence[str] | None = None,
    ) -> Selection:
        """Take the part of the corpus that is in scope.

        Parameters
        ----------
        country, since, until : optional
            As in :meth:`load`. An empty string or "all" is no restriction.
        sources : str or sequence of str, optional
            Short names of texts; several may stand in one string, with commas between them.

        Returns
        -------
        Selection

        Raises
        ------
        ValueError
            A value is unknown; the message lists the known ones.
        """
        self._wanted("country", country, self._countries)
        self._wanted("source", sources, lambda: list(self._full("sources")["source_id"]))
        _period(since, until)
        return Selection(self, country, since, until, sources)

    def describe(self, table: str | None = None) -> pd.DataFrame:
        """The data dictionary.

        Parameters
        ----------
        table : str, optional
            Name of a table; none lists the tables.

        Returns
        -------
        pandas.DataFrame
            Of a table: ``column, type, required, description, values, refers_to``, a row a column,
            the derived ones too. Without one: ``table, rows, columns, description``.

        Raises
        ------
        ValueError
            No table has this name.
        """
        if table is None:
            rows = [
                {
                    "table": name,
                    "rows": len(self._full(name)),
                    "columns": len(self._full(name).columns),
                    "description": self._describe_table(name),
                }
                for name in self.tables
            ]
            return pd.DataFrame(rows)
        self._require(table)
        declared = self.schema[table].columns if table in self.schema else ()
        rows = [
            {
                "column": column.name,
                "type": "date (EDTF)" if column.is_date else column.type,
                "required": column.required,
                "description": column.description,
                "values": ", ".join(column.values),
                "refers_to": ", ".join(column.references),
            }
            for column in declared
        ]
        for name, (kind, description) in self._derived_columns(table).items():
            rows.append(
                {
                    "column": name,
                    "type": kind,
                    "required": False,
                    "description": description,
                    "values": "",
                    "refers_to": "",
                }
            )
        return pd.DataFrame(rows)

    def cite(self, table: str | None = None, **filters: str | Sequence[str] | None) -> str:
        """The texts behind a table, ready to paste.

        Parameters
        ----------
        table : str, optional
            Name of the table; none cites all texts.
        **filters
            As in :meth:`load`: only the texts behind the rows in scope.

        Returns
        -------
        str
            A line for each text, sorted.

        Raises
        ------
        ValueError
            The table or a filter is unknown.
        """
        used = self.load("sources" if table is None else table, **filters)
        if table in ENTITY_TABLES:
            mentions = self.load("mentions", source=filters.get("source"))
            entity = used["entity_id"] if table == "aliases" else used.iloc[:, 0]
            used = mentions[mentions["entity_id"].isin(entity)]
        return self.references(used["source_id"].unique())

    def references(self, source_ids: Iterable[str]) -> str:
        """Full references of texts.

        Parameters
        ----------
        source_ids : iterable of str
            Short names of texts.

        Returns
        -------
        str
            A line for each text: title, publisher, date, short name and, if known, address.
        """
        passports = self._full("sources").set_index("source_id")
        return "\n".join(_reference(passports.loc[name]) for name in sorted(source_ids))

    @cached_property
    def names(self) -> dict[str, str]:
        """Name or title of every organization and instrument, by id."""
        organizations = self._full("organizations").set_index("organization_id")["name"]
        instruments = self._full("instruments").set_index("instrument_id")["title"]
        return {**organizations, **instruments}

    @cached_property
    def short_names(self) -> dict[str, str]:
        """Acronym, number or, where there is neither, name of every id; made for labels."""
        organizations = self._full("organizations").set_index("organization_id")["acronym"]
        instruments = self._full("instruments").set_index("instrument_id")["number"]
        return {**self.names, **organizations.dropna(), **instruments.dropna()}

    @cached_property
    def curated_in_full(self) -> frozenset[str]:
        """The texts whose claims are all in the tables, by their passports."""
        passports = self._full("sources")
        if "curation" not in passports:
            return frozenset()
        return frozenset(passports.loc[passports["curation"] == "in_full", "source_id"])

    @cached_property
    def _source_ids(self) -> frozenset[str]:
        return frozenset(self._full("sources")["source_id"])

    def _require(self, table: str) -> None:
        if table not in self.tables:
            raise unknown_value("table", table, self.tables)

    def _describe_table(self, table: str) -> str:
        return self.schema[table].description if table in self.schema else DERIVED_TABLES[table]

    def _derived_columns(self, table: str) -> dict[str, tuple[str, str]]:
        if table in DERIVED_TABLES:
            return _DERIVED_TABLE_COLUMNS[table]
        declared = self.schema[table]
        columns = dict(DERIVED_COLUMNS) if declared.has_evidence else {}
        for column in declared.columns:
            if column.is_date:
                columns[f"{column.name}_earliest"] = ("date", f"First day of {column.name}.")
                columns[f"{column.name}_latest"] = ("date", f"Last day of {column.name}.")
        return columns

    def _full(self, table: str) -> pd.DataFrame:
        """The whole table with its derived columns; kept, so never handed out."""
        if table not in self._frames:
            self._require(table)
            derive = {"passages": self._passages, "mentions": self._mentions}
            self._making.append(set())
            try:
                self._frames[table] = derive[table]() if table in derive else self._read(table)
                self._files[table] = frozenset(self._making[-1])
            finally:
                self._note(self._making.pop())
        else:
            self._note(self._files[table])
        return self._frames[table]

    def _note(self, files: Iterable[Path]) -> None:
        """Note files that were read: for the table that is being made, or else for the batch."""
        if self._making:
            self._making[-1].update(files)
        elif (notes := os.environ.get(READS)) and (new := set(files) - self._noted):
            self._noted |= new
            with open(notes, "a", encoding="utf-8") as file:
                file.writelines(f"{path.resolve()}\n" for path in sorted(new))

    def _kept(self) -> tuple[dict, ...]:
        return self._frames, self._texts, self._files

    def _state(self) -> dict[Path, tuple[int, ...]]:
        """What tells whether a file of the corpus has changed."""
        tables = [self.root / table.path for table in self.schema.values()]
        files = [self.root / DESCRIPTOR, *tables, *(self.root / "texts").glob("*.txt")]
        seen = {path: path.stat() for path in files if path.exists()}
        return {path: (stat.st_mtime_ns, stat.st_size, stat.st_ino) for path, stat in seen.items()}

    def _read(self, table: str) -> pd.DataFrame:
        declared = self.schema[table]
        path = self.root / declared.path
        frame = _read_csv(path, declared)
        self._note({path})
        for column in declared.columns:
            frame[column.name] = _typed(frame[column.name], column, path)
        if declared.has_evidence:
            frame = frame.join(self._evidence(frame, path))
        for column in declared.columns:
            if column.is_date:
                frame = frame.join(_bounds(frame[column.name], path))
        return frame

    def _evidence(self, frame: pd.DataFrame, path: Path) -> pd.DataFrame:
        """Where each quote stands in its text."""
        places = []
        rows = frame[["source_id", "quote", "prefix"]].fillna("").to_numpy().tolist()
        for line, (source_id, quote, prefix) in enumerate(rows, start=2):
            try:
                text = self.text(source_id)
                span = text.find(quote, prefix)
            except (EvidenceError, ValueError) as error:
                raise CorpusError(_advise(path, line, "quote", str(error))) from None
            paragraph = text.paragraph_at(span.start)
            places.append((span.start, span.end, paragraph, citation(source_id, paragraph)))
        found = pd.DataFrame(places, columns=list(DERIVED_COLUMNS), index=frame.index)
        return found.astype(
            {"start": "int64", "end": "int64", "paragraph": "int64", "citation": "str"}
        )

    def _passages(self) -> pd.DataFrame:
        rows = [
            (
                source_id,
                passage.paragraph,
                passage.start,
                passage.end,
                fold(self.text(source_id).verbatim[passage.start : passage.end]),
            )
            for source_id in self._full("sources")["source_id"]
            for passage in self.text(source_id).passages
        ]
        return _derived_frame("passages", rows)

    def _mentions(self) -> pd.DataFrame:
        rows = []
        for source_id in self._full("sources")["source_id"]:
            text = self.text(source_id)
            for found in self.name_finder.find(text):
                is_organization = found.kind == ORGANIZATION
                rows.append(
                    (
                        source_id,
                        found.entity_id,
                        found.entity_id if is_organization else None,
                        None if is_organization else found.entity_id,
                        found.start,
                        found.end,
                        text.verbatim[found.start : found.end],
                    )
                )
        return _derived_frame("mentions", rows)

    @cached_property
    def name_finder(self) -> NameFinder:
        """Finds the organizations and instruments of this corpus in any text."""
        names = []
        for row in self._full("organizations").itertuples():
            names += [Name(row.organization_id, ORGANIZATION, w) for w in (row.name, row.acronym)]
        for row in self._full("instruments").itertuples():
            names += [Name(row.instrument_id, INSTRUMENT, w) for w in (row.title, row.number)]
        instruments = set(self._full("instruments")["instrument_id"])
        for row in self._full("aliases").fillna({"context": ""}).itertuples():
            kind = INSTRUMENT if row.entity_id in instruments else ORGANIZATION
            names.append(Name(row.entity_id, kind, row.alias, row.context))
        parents = self._full("organizations").set_index("organization_id")["parent_id"].dropna()
        written = [name for name in names if isinstance(name.written, str)]
        return NameFinder(written, parents.to_dict())

    def _countries(self) -> list[str]:
        """Every country that any table knows."""
        known: set[str] = set()
        for table in self.schema:
            if "country" in self.schema[table].column_names:
                known |= set(self._full(table)["country"].dropna())
        return sorted(known)

    def _wanted(
        self, what: str, value: str | Sequence[str] | None, known: Callable[[], list[str]]
    ) -> list[str]:
        """The values of a filter; none means no restriction."""
        if value is None:
            return []
        values = value.split(",") if isinstance(value, str) else list(value)
        values = [entry.strip() if isinstance(entry, str) else entry for entry in values]
        if not values or any(entry in _EVERYTHING for entry in values):
            return []
        for entry in values:
            if entry not in known():
                raise unknown_value(what, entry, known())
        return values

    def _source_country(self, frame: pd.DataFrame) -> pd.Series:
        return frame["source_id"].map(self._full("sources").set_index("source_id")["country"])

    def _about(self, table: str, frame: pd.DataFrame, countries: list[str]) -> pd.Series:
        """Which rows are about one of the countries."""
        if table in ("organizations", "sources"):
            return frame["country"].isin(countries)
        if table in ("instruments", "aliases"):
            return self._entity_country(frame, table).isin(countries)
        of_text = self._source_country(frame)
        if "country" not in frame:
            return of_text.isin(countries)
        if table == "events":
            return of_text.isin(countries) | frame["country"].isin(countries)
        return frame["country"].fillna(of_text).isin(countries)

    def _entity_country(self, frame: pd.DataFrame, table: str) -> pd.Series:
        state = self._full("organizations").set_index("organization_id")["country"]
        if table == "instruments":
            return frame["jurisdiction_id"].map(state)
        maker = self._full("instruments").set_index("instrument_id")["jurisdiction_id"].map(state)
        return frame["entity_id"].map(pd.concat([state, maker]))

    def _touches(
        self,
        table: str,
        frame: pd.DataFrame,
        since: pd.Timestamp | None,
        until: pd.Timestamp | None,
    ) -> pd.Series:
        """Which rows' dates touch the period; a row without one takes its text's."""
        stated = [(table, frame)]
        if table == "participation":
            events = self._full("events").drop_duplicates("event_id").set_index("event_id")
            stated = [("events", events.reindex(frame["event_id"]).set_axis(frame.index))]
        if table != "sources":
            passports = self._full("sources").set_index("source_id")
            stated.append(("sources", passports.reindex(frame["source_id"]).set_axis(frame.index)))
        touches = pd.Series(False, index=frame.index)
        open_question = pd.Series(True, index=frame.index)
        for name, dated in stated:
            for column in self.schema[name].dates if name in self.schema else ():
                answers = open_question & dated[column].notna()
                earliest, latest = dated[f"{column}_earliest"], dated[f"{column}_latest"]
                inside = pd.Series(True, index=frame.index)
                if since is not None:
                    inside &= latest.isna() | (latest >= since)
                if until is not None:
                    inside &= earliest.isna() | (earliest <= until)
                touches |= answers & inside
                open_question &= ~answers
        return touches


class Selection:
    """The part of a corpus that is in scope; every table is an attribute.

    Made by :meth:`Corpus.select`. ``organizations`` and ``instruments`` hold what the claims and
    mentions in scope refer to.
    """

    def __init__(
        self,
        corpus: Corpus,
        country: str | Sequence[str] | None,
        since: str | None,
        until: str | None,
        sources: str | Sequence[str] | None,
    ) -> None:
        self.corpus = corpus
        self.filters = {"country": country, "since": since, "until": until, "source": sources}
        self._loaded: dict[str, pd.DataFrame] = {}

    def __repr__(self) -> str:
        return f"Selection({self.scope})"

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.corpus.tables]

    def __getattr__(self, table: str) -> pd.DataFrame:
        if table.startswith("_") or table not in self.corpus.tables:
            raise AttributeError(
                f"a selection has no table {table!r}; it has {', '.join(self.corpus.tables)}"
                if not table.startswith("_")
                else table
            )
        if table not in self._loaded:
            self._loaded[table] = self._load(table)
        return self._loaded[table].copy()

    def _load(self, table: str) -> pd.DataFrame:
        if table not in ENTITY_TABLES:
            return self.corpus.load(table, **self.filters)
        frame = self.corpus.load(table)
        entity = frame["entity_id"] if table == "aliases" else frame.iloc[:, 0]
        return frame[entity.isin(self._entities)].reset_index(drop=True)

    @cached_property
    def _entities(self) -> set[str]:
        """Ids of the organizations and instruments that the rows in scope refer to."""
        found = set(self.mentions["entity_id"])
        for name, table in self.corpus.schema.items():
            if table.is_claim:
                for column in table.columns:
                    if set(column.references) & {"organizations", "instruments"}:
                        found |= set(getattr(self, name)[column.name].dropna())
        return found

    @property
    def scope(self) -> str:
        """The scope in words, such as "Kazakhstan; 2010 to 2014; all texts"."""
        country, since, until, source = (_words(value) for value in self.filters.values())
        states = self.corpus.load("organizations").query("kind == 'state'")
        names = dict(zip(states["country"], states["name"], strict=True))
        country = ", ".join(names.get(c.strip(), c.strip()) for c in country.split(","))
        if since and until:
            period = f"{dates.label(since)} to {dates.label(until)}"
        elif since or until:
            period = f"since {dates.label(since)}" if since else f"until {dates.label(until)}"
        else:
            period = "all years"
        return "; ".join([country or "all countries", period, source or "all texts"])

    @property
    def is_empty(self) -> bool:
        """Whether no claim is in scope."""
        return all(
            getattr(self, name).empty
            for name, table in self.corpus.schema.items()
            if table.is_claim
        )

    def cite(self) -> str:
        """Full references of the texts in scope, a line each."""
        used: set[str] = set()
        for name, table in self.corpus.schema.items():
            if table.is_claim:
                used |= set(getattr(self, name)["source_id"])
        return self.corpus.references(used)


def _words(value: str | Sequence[str] | None) -> str:
    """A filter's value in words; empty where it restricts nothing."""
    if value is None or value in _EVERYTHING:
        return ""
    return value if isinstance(value, str) else ", ".join(value)


def unknown_value(what: str, value: object, known: Iterable[str]) -> ValueError:
    """Make the error for a value that is not known.

    Parameters
    ----------
    what : str
        What the value is, such as "country".
    value : object
        The value.
    known : iterable of str
        The known values.

    Returns
    -------
    ValueError
        Its message names the nearest known value, if any is near, and lists all.
    """
    known = list(known)
    near = difflib.get_close_matches(str(value), known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return ValueError(f"unknown {what} {value!r}{hint} Known: {', '.join(known) or 'none'}")


def _day(what: str, value: str | None) -> pd.Timestamp | None:
    """The first day of ``since`` or the last of ``until``."""
    if value is None or value in _EVERYTHING:
        return None
    try:
        date = dates.parse(value)
    except dates.DateError as error:
        raise ValueError(f"{what}: {error}") from None
    day = date.earliest if what == "since" else date.latest
    return None if day is None else pd.Timestamp(day)


def _period(
    since: str | None, until: str | None
) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    first, last = _day("since", since), _day("until", until)
    if first is not None and last is not None and first > last:
        raise ValueError(f"since {since} lies after until {until}; swap the two")
    return first, last


def _advise(path: Path, line: int, column: str, message: str) -> str:
    return f"{path}:{line}: {column}: {message}\n`ctdata check` lists all problems of a corpus"


def _read_csv(path: Path, declared: Table) -> pd.DataFrame:
    try:
        frame = pd.read_csv(
            path, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8"
        )
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file; datapackage.json declares it") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise CorpusError(f"{path}: not a table: {error}; run `ctdata check`") from None
    if list(frame.columns) != declared.column_names:
        raise CorpusError(
            f"{path}:1: the columns are {', '.join(frame.columns)}; "
            f"they should be {', '.join(declared.column_names)}"
        )
    return frame


def _typed(values: pd.Series, column: Column, path: Path) -> pd.Series:
    if column.type == "string":
        return values.astype("str")
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    broken = numbers.isna() & values.notna()
    if broken.any():
        at = broken.idxmax()
        raise CorpusError(
            _advise(path, at + 2, column.name, f"{values[at]!r} is not a number; write digits only")
        )
    return numbers


def _bounds(values: pd.Series, path: Path) -> pd.DataFrame:
    """First and last day of each date."""
    earliest, latest = [], []
    for line, value in enumerate(values.tolist(), start=2):
        if isinstance(value, str):
            try:
                date = dates.parse(value)
            except dates.DateError as error:
                raise CorpusError(_advise(path, line, str(values.name), str(error))) from None
            earliest.append(date.earliest)
            latest.append(date.latest)
        else:
            earliest.append(None)
            latest.append(None)
    return pd.DataFrame(
        {
            f"{values.name}_earliest": pd.array(earliest, dtype="datetime64[s]"),
            f"{values.name}_latest": pd.array(latest, dtype="datetime64[s]"),
        },
        index=values.index,
    )


def _derived_frame(table: str, rows: list[tuple]) -> pd.DataFrame:
    columns = _DERIVED_TABLE_COLUMNS[table]
    frame = pd.DataFrame(rows, columns=list(columns))
    dtypes = {"string": "str", "integer": "int64"}
    return frame.astype({name: dtypes[kind] for name, (kind, _) in columns.items()})


def _reference(passport: pd.Series) -> str:
    issued = passport["issued"]
    parts = [
        f"{passport['title'].rstrip('.')}.",
        f"{passport['publisher']},",
        f"{dates.label(issued)}." if isinstance(issued, str) else "undated.",
        f"[{passport.name}]",
    ]
    if isinstance(passport["url"], str):
        parts.append(passport["url"])
    return " ".join(parts)


def select(
    *,
    country: str | Sequence[str] | None = None,
    since: str | None = None,
    until: str | None = None,
    sources: str | Sequence[str] | None = None,
    root: str | Path | None = None,
) -> Selection:
    """Take the part of the collection that is in scope.

    Parameters
    ----------
    country, since, until, sources : optional
        As in :meth:`Corpus.select`.
    root : path-like, optional
        Folder of another corpus.

    Returns
    -------
    Selection

    Raises
    ------
    ValueError
        A value is unknown; the message lists the known ones.
    """
    return Corpus(root).select(country=country, since=since, until=until, sources=sources)


# What `prepare` has read, with the state of the files then, by folder.
_ready: dict[Path, tuple[dict[Path, tuple[int, ...]], Corpus]] = {}


def prepare(root: str | Path | None = None) -> None:
    """Read a whole corpus ahead, for this process and those that are forked from it.

    A corpus that is opened there later has its tables at once, as long as no file of the folder
    has changed since.

    Parameters
    ----------
    root : path-like, optional
        Folder of another corpus.

    Raises
    ------
    ctdata.schema.SchemaError, CorpusError
        As for :class:`Corpus`.
    """
    corpus = Corpus(root)
    state = corpus._state()
    for table in corpus.tables:
        corpus._full(table)
    _ready[corpus.root.resolve()] = (state, corpus)


def load_text(source_id: str, *, root: str | Path | None = None) -> str:
    """Load a verbatim text.

    Parameters
    ----------
    source_id : str
        Short name of the text.
    root : path-like, optional
        Folder of another corpus.

    Returns
    -------
    str
        The text as received.

    Raises
    ------
    ValueError
        No text has this name; the message lists those that there are.
    """
    return Corpus(root).text(source_id).verbatim


def describe(table: str | None = None, *, root: str | Path | None = None) -> pd.DataFrame:
    """The data dictionary of a table, or the list of tables; see :meth:`Corpus.describe`.

    Parameters
    ----------
    table : str, optional
        Name of a table; none lists the tables.
    root : path-like, optional
        Folder of another corpus.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        No table has this name.
    """
    return Corpus(root).describe(table)


def cite(
    table: str | None = None,
    *,
    country: str | Sequence[str] | None = None,
    source: str | Sequence[str] | None = None,
    since: str | None = None,
    until: str | None = None,
    root: str | Path | None = None,
) -> str:
    """The texts behind a table, ready to paste; see :meth:`Corpus.cite`.

    Parameters
    ----------
    table : str, optional
        Name of the table; none cites all texts.
    country, source, since, until : optional
        As in :meth:`Corpus.load`.
    root : path-like, optional
        Folder of another corpus.

    Returns
    -------
    str
        A line for each text, sorted.

    Raises
    ------
    ValueError
        The table or a filter is unknown.
    """
    return Corpus(root).cite(table, country=country, source=source, since=since, until=until)


def _loader(table: str) -> Callable[..., pd.DataFrame]:
    def load(
        *,
        country: str | Sequence[str] | None = None,
        source: str | Sequence[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        root: str | Path | None = None,
    ) -> pd.DataFrame:
        return Corpus(root).load(table, country=country, source=source, since=since, until=until)

    load.__name__ = load.__qualname__ = f"load_{table}"
    load.__doc__ = f"""Load the table ``{table}``; its columns: ``ctdata.describe("{table}")``.

    Parameters
    ----------
    country, source, since, until : optional
        Only the rows in scope; see :meth:`ctdata.Corpus.load`.
    root : path-like, optional
        Folder of another corpus.

    Returns
    -------
    pandas.DataFrame
        A fresh frame on each call.

    Raises
    ------
    ValueError
        A filter's value is unknown; the message lists the known ones.
    CorpusError
        A table or a quote of the corpus is broken.
    """
    return load


load_sources = _loader("sources")
load_passages = _loader("passages")
load_organizations = _loader("organizations")
load_instruments = _loader("instruments")
load_people = _loader("people")
load_aliases = _loader("aliases")
load_relations = _loader("relations")
load_events = _loader("events")
load_participation = _loader("participation")
load_legal_events = _loader("legal_events")
load_figures = _loader("figures")
load_measures = _loader("measures")
load_designations = _loader("designations")
load_mentions = _loader("mentions")
