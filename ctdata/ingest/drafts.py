"""Draft records from a text: what the rules of this package find, for a person to decide on."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, wraps
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ctdata.corpus import unknown_value
from ctdata.ingest.claims import (
    Claims,
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

TABLES = (
    "organizations",
    "instruments",
    "dates",
    "figures",
    "events",
    "participation",
    "legal_events",
)
_TEXT = pd.StringDtype(na_value=np.nan)  # what pandas calls "str", without looking that up
_DTYPES = {
    "start": "int64",
    "end": "int64",
    "low": "float64",
    "high": "float64",
    "score": "float64",
}


class _Part(NamedTuple):
    """What was found in one passage; offsets are those of its folded words."""

    passage: Passage
    organizations: list[Organization]
    instruments: list[Instrument]
    dates: list[Date]
    figures: list[Figure]
    claims: Claims


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


def _table(make: Callable[[Drafts], pd.DataFrame]) -> cached_property[pd.DataFrame]:
    """A table that is made when it is first asked for."""

    @wraps(make)
    def made(drafts: Drafts) -> pd.DataFrame:
        with _uncollected():
            return make(drafts)

    return cached_property(made)


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
        that of a resolution, or else the year by which the text tells the instrument from others.
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
        return {
            table: sum(
                len(getattr(part if table in _Part._fields else part.claims, table))
                for part in self._parts
            )
            for table in TABLES
        }

    @_table
    def organizations(self) -> pd.DataFrame:
        parts = [part.organizations for part in self._parts]
        _, _, entities, rules, scores = _columns(parts, Organization)
        _, names, acronyms, ids, sorts, levels, countries = _columns([entities], Entity)
        return _frame(
            self._placed(parts)
            | {
                "name": names,
                "acronym": acronyms,
                "organization_id": ids,
                "kind": sorts,
                "level": levels,
                "country": countries,
                "rule": rules,
                "score": scores,
            }
        )

    @_table
    def instruments(self) -> pd.DataFrame:
        parts = [part.instruments for part in self._parts]
        _, _, entities, years, rules, scores = _columns(parts, Instrument)
        _, names, numbers, ids, sorts, _, _ = _columns([entities], Entity)
        return _frame(
            self._placed(parts)
            | {
                "name": names,
                "number": [
                    number or its_years[:4]
                    for number, its_years in zip(numbers, years, strict=True)
                ],
                "instrument_id": ids,
                "kind": sorts,
                "years": years,
                "rule": rules,
                "score": scores,
            }
        )

    @_table
    def dates(self) -> pd.DataFrame:
        parts = [part.dates for part in self._parts]
        _, _, dates, rules, scores = _columns(parts, Date)
        return _frame(self._placed(parts) | {"date": dates, "rule": rules, "score": scores})

    @_table
    def figures(self) -> pd.DataFrame:
        parts = [part.figures for part in self._parts]
        claims = [part.claims.figures for part in self._parts]
        _, _, lows, highs, qualifiers, _, populations, rules, scores = _columns(parts, Figure)
        indicators, units, countries, periods, speakers, _ = _columns(claims, FigureClaim)
        return _frame(
            self._placed(parts)
            | {
                "low": lows,
                "high": highs,
                "qualifier": qualifiers,
                "unit": units,
                "population": populations,
                "country": countries,
                "indicator": indicators,
                "period": periods,
                "asserted_by": speakers,
                "quote": self._folded([[claim.quote for claim in part] for part in claims]),
                "rule": rules,
                "score": scores,
            }
        )

    @_table
    def events(self) -> pd.DataFrame:
        parts = [part.claims.events for part in self._parts]
        _, _, *columns = _columns(parts, Event)
        return _frame(self._quoted(parts) | dict(zip(Event._fields[2:], columns, strict=True)))

    @_table
    def participation(self) -> pd.DataFrame:
        parts = [part.claims.participation for part in self._parts]
        _, _, events, entities, roles, scores = _columns(parts, Participation)
        return _frame(
            self._quoted(parts)
            | {
                "event_id": events,
                "organization_id": [entity.entity_id for entity in entities],
                "organization": [entity.name for entity in entities],
                "role": roles,
                "score": scores,
            }
        )

    @_table
    def legal_events(self) -> pd.DataFrame:
        parts = [part.claims.legal_events for part in self._parts]
        _, _, entities, actions, actors, dates, scores = _columns(parts, LegalEvent)
        return _frame(
            self._quoted(parts)
            | {
                "instrument_id": [entity.entity_id for entity in entities],
                "instrument": [entity.name for entity in entities],
                "action": actions,
                "actor_id": [actor and actor.entity_id for actor in actors],
                "actor": [actor and actor.name for actor in actors],
                "date": dates,
                "score": scores,
            }
        )

    def _places(self, parts: Sequence[Sequence[tuple]]) -> dict[str, list]:
        """Where the rows of a table stand in the text."""
        spans = [
            span
            for part, rows in zip(self._parts, parts, strict=True)
            for span in part.passage.spans(rows)
        ]
        return {"start": [start for start, _ in spans], "end": [end for _, end in spans]}

    def _placed(self, parts: Sequence[Sequence[tuple]]) -> dict[str, list]:
        """Where the rows of a table stand in the text, and the words that stand there."""
        places = self._places(parts)
        spans = zip(places["start"], places["end"], strict=True)
        texts: list[str] = []
        for part, rows in zip(self._parts, parts, strict=True):
            text, offset = part.passage.verbatim, part.passage.offset
            texts += [
                text[start - offset : end - offset] for start, end in islice(spans, len(rows))
            ]
        return places | {"text": texts}

    def _quoted(self, parts: Sequence[Sequence[tuple]]) -> dict[str, list]:
        """Where the rows of a table stand in the text, and the folded words that stand there."""
        return self._places(parts) | {"quote": self._folded(parts)}

    def _folded(self, parts: Sequence[Sequence[tuple]]) -> list[str]:
        """The folded words of each row."""
        quotes: list[str] = []
        for part, rows in zip(self._parts, parts, strict=True):
            words = part.passage.words
            quotes += [words[row[0] : row[1]] for row in rows]
        return quotes


def _columns(parts: Iterable[Sequence[tuple]], kind: type) -> Sequence[Sequence[Any]]:
    """The rows of all parts, column by column; ``kind`` tells how many they have."""
    return list(zip(*chain.from_iterable(parts), strict=True)) or [()] * len(kind._fields)


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
    tokens, capitals = tokens_of(passage.words, found[MONTH])
    organizations = find_organizations(passage, found, capitals, context)
    bodies = [row[:2] for row in organizations]
    instruments = find_instruments(passage, found, tokens, bodies, context)
    titles = [row[:2] for row in instruments]
    dates, dated = find_dates(passage, tokens, found[YEAR_WORD], titles, context)
    naming = [row[:2] for row in instruments if row.entity.sort != "collection"]
    figures = find_figures(passage, tokens, found[NUMBER], sorted(naming + dated))
    claims = find_claims(passage, found, organizations, instruments, dates, figures, context)
    return _Part(passage, organizations, instruments, dates, figures, claims)
