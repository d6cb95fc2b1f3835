"""Draft records from a text: what the rules of this package find, for a person to decide on."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np
import pandas as pd

from ctdata.corpus import unknown_value
from ctdata.ingest.claims import (
    Event,
    FigureClaim,
    LegalEvent,
    Participation,
    find_claims,
)
from ctdata.ingest.context import Context
from ctdata.ingest.dates import Date, find_dates
from ctdata.ingest.figures import Figure, find_figures
from ctdata.ingest.gazetteer import (
    CITY,
    MONTH,
    NUMBER,
    PEOPLE,
    STATE,
    YEAR_WORD,
    Entity,
    gazetteer_of,
)
from ctdata.ingest.instruments import Instrument, find_instruments
from ctdata.ingest.numerals import tokens_of
from ctdata.ingest.organizations import Organization, find_organizations
from ctdata.ingest.passage import Passage, passages_of
from ctdata.schema import default_root

_TEXT = pd.StringDtype(na_value=np.nan)  # what pandas calls "str", without looking that up
_DTYPES = {
    "start": "int64",
    "end": "int64",
    "low": "float64",
    "high": "float64",
    "score": "float64",
}


Column = Sequence[Any]


class _Part(NamedTuple):
    """What was found in one passage; offsets are those of its folded words.

    Column by column: a few long rows in place of many short ones are less to keep and to free, and
    less for the garbage collection to look through.
    """

    passage: Passage
    columns: dict[str, list[Column]]  # by table


# What a row of a table is while it is drafted; what a figure says is a table of its own.
_CLAIMED = "claimed figures"
_ROWS: dict[str, Any] = {
    "organizations": Organization,
    "instruments": Instrument,
    "dates": Date,
    "figures": Figure,
    "events": Event,
    "participation": Participation,
    "legal_events": LegalEvent,
    _CLAIMED: FigureClaim,
}
_WIDTHS = {table: len(getattr(kind, "_fields", get_args(kind))) for table, kind in _ROWS.items()}
TABLES = tuple(table for table in _ROWS if table != _CLAIMED)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off the garbage collection: drafts are many small objects and no cycles of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Table(cached_property):
    """A table of drafts, made when it is first asked for.

    Parameters
    ----------
    columns : callable
        Gives the columns of the table, by name.
    """

    def __init__(self, columns: Callable[[Drafts], dict[str, Column]]) -> None:
        self.columns = columns
        super().__init__(self._make)

    def _make(self, drafts: Drafts) -> pd.DataFrame:
        with _uncollected():
            return _frame(self.columns(drafts))


class Drafts:
    """What was drafted from a text, or from a part of one.

    Each attribute is a :class:`pandas.DataFrame`, made when it is first asked for, with a row for
    each place of the text. ``start`` and ``end`` are offsets, in characters, into the text as it
    was given, and ``text`` is the words that stand there; of a claim, ``quote`` is the words that
    carry it, white space folded. ``score`` says how sure the rule is, from 0 to 1. An empty cell:
    the text does not tell.

    Attributes
    ----------
    organizations : pandas.DataFrame
        ``start, end, text, name, acronym, organization_id, kind, level, country, rule, score``;
        ``organization_id`` where the corpus knows the organization.
    instruments : pandas.DataFrame
        ``start, end, text, name, number, instrument_id, kind, years, rule, score``; ``number`` is
        that of a resolution or of an act, or else the year by which the text tells the instrument
        from others.
    dates : pandas.DataFrame
        ``start, end, text, date, rule, score``; ``date`` is EDTF.
    figures : pandas.DataFrame
        ``start, end, text, low, high, qualifier, unit, population, country, indicator, period,
        asserted_by, quote, rule, score``; an open bound is NaN.
    events : pandas.DataFrame
        ``start, end, quote, event_id, name, kind, date, place, country, score``.
    participation : pandas.DataFrame
        ``start, end, quote, event_id, organization_id, organization, role, score``.
    legal_events : pandas.DataFrame
        ``start, end, quote, instrument_id, instrument, action, actor_id, actor, date, score``.
    """

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._parts = parts

    def __repr__(self) -> str:
        counts = ", ".join(f"{rows} {table}" for table, rows in self.counts.items())
        return f"Drafts({counts})"

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return {table: sum(len(part.columns[table][0]) for part in self._parts) for table in TABLES}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table one by one, without the making of a frame.

        Parameters
        ----------
        table : str
            One of ``TABLES``.

        Returns
        -------
        list of dict
            Values by column; an empty cell is "", an open bound NaN.
        """
        columns = {
            name: np.array(values, dtype=_DTYPES[name]).tolist()
            if name in _DTYPES
            else [value or "" for value in values]
            for name, values in getattr(Drafts, table).columns(self).items()
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    @_Table
    def organizations(self) -> dict[str, Column]:
        entities, rules, scores = self._columns("organizations")
        _, names, acronyms, ids, sorts, levels, countries = _columns(entities, len(Entity._fields))
        return self._placed("organizations") | {
            "name": names,
            "acronym": acronyms,
            "organization_id": ids,
            "kind": sorts,
            "level": levels,
            "country": countries,
            "rule": rules,
            "score": scores,
        }

    @_Table
    def instruments(self) -> dict[str, Column]:
        entities, years, rules, scores = self._columns("instruments")
        _, names, numbers, ids, sorts, _, _ = _columns(entities, len(Entity._fields))
        return self._placed("instruments") | {
            "name": names,
            "number": [
                number or its_years[:4] for number, its_years in zip(numbers, years, strict=True)
            ],
            "instrument_id": ids,
            "kind": sorts,
            "years": years,
            "rule": rules,
            "score": scores,
        }

    @_Table
    def dates(self) -> dict[str, Column]:
        dates, rules, scores = self._columns("dates")
        return self._placed("dates") | {"date": dates, "rule": rules, "score": scores}

    @_Table
    def figures(self) -> dict[str, Column]:
        lows, highs, qualifiers, _, populations, rules, scores = self._columns("figures")
        indicators, units, countries, periods, speakers = self._columns(_CLAIMED)
        return self._placed("figures") | {
            "low": lows,
            "high": highs,
            "qualifier": qualifiers,
            "unit": units,
            "population": populations,
            "country": countries,
            "indicator": indicators,
            "period": periods,
            "asserted_by": speakers,
            "quote": self._folded(_CLAIMED),
            "rule": rules,
            "score": scores,
        }

    @_Table
    def events(self) -> dict[str, Column]:
        columns = zip(Event._fields[2:], self._columns("events"), strict=True)
        return self._quoted("events") | dict(columns)

    @_Table
    def participation(self) -> dict[str, Column]:
        events, entities, roles, scores = self._columns("participation")
        return self._quoted("participation") | {
            "event_id": events,
            "organization_id": [entity.entity_id for entity in entities],
            "organization": [entity.name for entity in entities],
            "role": roles,
            "score": scores,
        }

    @_Table
    def legal_events(self) -> dict[str, Column]:
        entities, actions, actors, dates, scores = self._columns("legal_events")
        return self._quoted("legal_events") | {
            "instrument_id": [entity.entity_id for entity in entities],
            "instrument": [entity.name for entity in entities],
            "action": actions,
            "actor_id": [actor and actor.entity_id for actor in actors],
            "actor": [actor and actor.name for actor in actors],
            "date": dates,
            "score": scores,
        }

    def _columns(self, table: str) -> list[Column]:
        """The columns of a table behind start and end."""
        parts = [part.columns[table] for part in self._parts]
        return [
            list(chain.from_iterable(part[at] for part in parts)) for at in range(2, _WIDTHS[table])
        ]

    def _spans(self, table: str) -> Iterator[tuple[Passage, list[tuple[int, int]]]]:
        """Where the rows of a table stand in the folded words of each passage."""
        for passage, columns in self._parts:
            starts, ends, *_ = columns[table]
            yield passage, list(zip(starts, ends, strict=True))

    def _places(self, table: str) -> dict[str, Column]:
        """Where the rows of a table stand in the text."""
        places = [place for passage, spans in self._spans(table) for place in passage.spans(spans)]
        return {"start": [start for start, _ in places], "end": [end for _, end in places]}

    def _placed(self, table: str) -> dict[str, Column]:
        """Where the rows of a table stand in the text, and the words that stand there."""
        texts = []
        for passage, spans in self._spans(table):
            text, offset = passage.verbatim, passage.offset
            texts += [text[start - offset : end - offset] for start, end in passage.spans(spans)]
        return self._places(table) | {"text": texts}

    def _quoted(self, table: str) -> dict[str, Column]:
        """Where the rows of a table stand in the text, and the folded words that stand there."""
        return self._places(table) | {"quote": self._folded(table)}

    def _folded(self, table: str) -> list[str]:
        """The folded words of each row."""
        return [
            passage.words[start:end]
            for passage, spans in self._spans(table)
            for start, end in spans
        ]


def _columns(rows: Iterable[tuple], width: int) -> list[Column]:
    """Rows column by column; ``width`` tells how many columns there are."""
    return list(zip(*rows, strict=True)) or [()] * width


def _frame(columns: dict[str, Sequence[Any]]) -> pd.DataFrame:
    """A typed frame; empty texts are empty cells."""
    return pd.DataFrame(
        {
            name: np.array(values, dtype=_DTYPES[name])
            if name in _DTYPES
            else pd.array([value or None for value in values], dtype=_TEXT)
            for name, values in columns.items()
        },
        copy=False,
    )


def suggest(
    text: str, *, country: str = "", year: int | None = None, root: str | Path | None = None
) -> Drafts:
    """Draft records from a text.

    Parameters
    ----------
    text : str
        Any text.
    country : str, optional
        ISO 3166-1 alpha-3 code of the country that the text is about; else the one it names most.
    year : int, optional
        The year that the text is of, for dates without one; else the one that it dates most by.
    root : path-like, optional
        Folder of another corpus, whose names are then the known ones.

    Returns
    -------
    Drafts

    Raises
    ------
    TypeError
        The text is no string, or the year no whole number.
    ValueError
        The country is unknown; the message lists the known ones.
    ctdata.CorpusError
        The corpus cannot be read.

    Examples
    --------
    >>> from ctdata.ingest import suggest
    >>> suggest("Over 800 nationals left.").figures.loc[0, ["low", "qualifier"]].tolist()
    [800.0, 'over']
    """
    if not isinstance(text, str):
        raise TypeError(f"the text is {type(text).__name__}, not str; decode it first")
    with _uncollected():
        return Drafts(list(_parts([text], country, year, root)))


def suggest_all(texts: Iterable[str], *, root: str | Path | None = None) -> Iterator[Drafts]:
    """Draft records from many texts, one after the other.

    Parameters
    ----------
    texts : iterable of str
        The texts; one is in memory at a time.
    root : path-like, optional
        Folder of another corpus.

    Yields
    ------
    Drafts
        For each text.
    """
    for text in texts:
        yield suggest(text, root=root)


def suggest_stream(
    chunks: Iterable[str],
    *,
    country: str = "",
    year: int | None = None,
    root: str | Path | None = None,
) -> Iterator[Drafts]:
    """Draft records from one text that is too long to be in memory.

    Parameters
    ----------
    chunks : iterable of str
        The text in pieces of any length.
    country, year, root : optional
        As in :func:`suggest`.

    Yields
    ------
    Drafts
        For each passage of some 65,000 characters; offsets count from the beginning of the text.
        What one passage tells (acronyms, the year, the main event) holds for the next.
    """
    for part in _parts(chunks, country, year, root):
        yield Drafts([part])


def _parts(
    chunks: Iterable[str], country: str, year: int | None, root: str | Path | None
) -> Iterator[_Part]:
    gazetteer = gazetteer_of(Path(root) if root else default_root())
    if country not in gazetteer.state_names:
        raise unknown_value("country", country, sorted(gazetteer.state_names)[1:])
    if year is not None and not isinstance(year, int):
        raise TypeError(f"the year is {year!r}; write a whole number, such as 2016")
    context = Context(gazetteer, country, year)
    for passage in passages_of(chunks):
        with _uncollected():
            part = _read(passage, context)
        yield part


def _read(passage: Passage, context: Context) -> _Part:
    """Draft records from one passage."""
    found = context.gazetteer.find(passage)
    context.read_states(found[STATE], found[PEOPLE], found[CITY])
    tokens, capitals = tokens_of(passage, found[MONTH])
    organizations = find_organizations(passage, found, capitals, context)
    instruments = find_instruments(passage, found, tokens, organizations, context)
    dates, dated = find_dates(passage, tokens, found[YEAR_WORD], instruments, context)
    naming = [row[:2] for row in instruments if row[2].sort != "collection"]
    figures = find_figures(passage, tokens, found[NUMBER], sorted(naming + dated))
    events, participation, legal_events, claimed = find_claims(
        passage, found, organizations, instruments, dates, figures, context
    )
    rows = (
        organizations,
        instruments,
        dates,
        figures,
        events,
        participation,
        legal_events,
        claimed,
    )
    columns = {
        table: _columns(each, width)
        for (table, width), each in zip(_WIDTHS.items(), rows, strict=True)
    }
    return _Part(passage, columns)
