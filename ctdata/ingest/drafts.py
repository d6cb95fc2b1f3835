"""Draft records from a text: what the rules of this package find, for a person to decide on."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ctdata.corpus import unknown_value
from ctdata.ingest.claims import Claims, find_claims
from ctdata.ingest.context import Context
from ctdata.ingest.dates import Date, find_dates
from ctdata.ingest.figures import Figure, find_figures
from ctdata.ingest.gazetteer import CITY, MONTH, NUMBER, PEOPLE, STATE, YEAR_WORD, gazetteer_of
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

    @cached_property
    def organizations(self) -> pd.DataFrame:
        rows = [
            (*place, e.name, e.short, e.entity_id, e.sort, e.level, e.country, rule, score)
            for part in self._parts
            for place, (_, _, e, rule, score) in _placed(part, part.organizations)
        ]
        return _frame(
            rows, "start end text name acronym organization_id kind level country rule score"
        )

    @cached_property
    def instruments(self) -> pd.DataFrame:
        rows = [
            (*place, e.name, e.short or years[:4], e.entity_id, e.sort, years, rule, score)
            for part in self._parts
            for place, (_, _, e, years, rule, score) in _placed(part, part.instruments)
        ]
        return _frame(rows, "start end text name number instrument_id kind years rule score")

    @cached_property
    def dates(self) -> pd.DataFrame:
        rows = [
            (*place, *row[2:]) for part in self._parts for place, row in _placed(part, part.dates)
        ]
        return _frame(rows, "start end text date rule score")

    @cached_property
    def figures(self) -> pd.DataFrame:
        rows = [
            (
                *place,
                figure.low,
                figure.high,
                figure.qualifier,
                claim.unit,
                figure.population,
                claim.country,
                claim.indicator,
                claim.period,
                claim.asserted_by,
                part.passage.words[slice(*claim.quote)],
                figure.rule,
                figure.score,
            )
            for part in self._parts
            for (place, figure), claim in zip(
                _placed(part, part.figures), part.claims.figures, strict=True
            )
        ]
        return _frame(
            rows,
            "start end text low high qualifier unit population country indicator period "
            "asserted_by quote rule score",
        )

    @cached_property
    def events(self) -> pd.DataFrame:
        rows = [
            (*place, *row[2:])
            for part in self._parts
            for place, row in _quoted(part, part.claims.events)
        ]
        return _frame(rows, "start end quote event_id name kind date place country score")

    @cached_property
    def participation(self) -> pd.DataFrame:
        rows = [
            (*place, event_id, e.entity_id, e.name, role, score)
            for part in self._parts
            for place, (_, _, event_id, e, role, score) in _quoted(part, part.claims.participation)
        ]
        return _frame(rows, "start end quote event_id organization_id organization role score")

    @cached_property
    def legal_events(self) -> pd.DataFrame:
        rows = [
            (
                *place,
                e.entity_id,
                e.name,
                action,
                actor.entity_id if actor else None,
                actor.name if actor else None,
                date,
                score,
            )
            for part in self._parts
            for place, (_, _, e, action, actor, date, score) in _quoted(
                part, part.claims.legal_events
            )
        ]
        return _frame(
            rows, "start end quote instrument_id instrument action actor_id actor date score"
        )


def _placed(part: _Part, rows: Sequence[Any]) -> Iterator[tuple[tuple[int, int, str], Any]]:
    """Each row with its place in the text and its verbatim words."""
    verbatim, offset = part.passage.verbatim, part.passage.offset
    for (start, end), row in zip(part.passage.spans(rows), rows, strict=True):
        yield (start, end, verbatim[start - offset : end - offset]), row


def _quoted(part: _Part, rows: Sequence[Any]) -> Iterator[tuple[tuple[int, int, str], Any]]:
    """Each row with its place in the text and its folded words."""
    words = part.passage.words
    for (start, end), row in zip(part.passage.spans(rows), rows, strict=True):
        yield (start, end, words[row[0] : row[1]]), row


def _frame(rows: list[tuple], names: str) -> pd.DataFrame:
    """A typed frame; empty texts are empty cells."""
    columns = names.split()
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    return pd.DataFrame(
        {
            name: pd.Series(
                column if name in _DTYPES else [value or None for value in column],
                dtype=_DTYPES.get(name, "str"),
            )
            for name, column in zip(columns, values, strict=True)
        }
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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off the garbage collection: a passage makes many small objects and no cycles of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
