"""How much of what a curator took from the texts of a corpus do the rules draft?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from ctdata.corpus import Corpus
from ctdata.ingest.drafts import Drafts, suggest

MEASURES = (
    "organizations",
    "instruments",
    "dates",
    "figures",
    "participation",
    "legal_events",
)


def coverage(corpus: Corpus | None = None) -> pd.DataFrame:
    """Measure the drafts against the curated rows of a corpus.

    Parameters
    ----------
    corpus : Corpus, optional
        The corpus; none takes the collection's own.

    Returns
    -------
    pandas.DataFrame
        ``source_id, table, curated, drafted``, a row for each text and measure:

        - *organizations*, *instruments*: those that the text names (states aside); drafted, where a
          draft has the same id.
        - *dates*: the dates of events and of acts; drafted, where a draft of a date, an event or an
          act says the same and touches the paragraph of the quote.
        - *figures*: drafted, where a draft within the quote has the same bounds.
        - *participation*: drafted, where a draft names the same organization and role, and touches
          the quote's paragraph.
        - *legal_events*: likewise with instrument and action.
    """
    corpus = corpus or Corpus()
    rows = []
    for source_id in corpus.load("sources")["source_id"]:
        text = corpus.text(source_id)
        drafts = suggest(text.verbatim, root=corpus.root)
        for table, is_drafted in _curated(corpus, source_id, drafts):
            rows.append((source_id, table, 1, int(is_drafted)))
    frame = pd.DataFrame(rows, columns=["source_id", "table", "curated", "drafted"])
    return frame.groupby(["source_id", "table"], as_index=False).sum()


def _curated(corpus: Corpus, source_id: str, drafts: Drafts) -> Iterator[tuple[str, bool]]:
    """Each curated row of a text, by measure, and whether it is drafted."""
    organizations = corpus.load("organizations").set_index("organization_id")["kind"]
    states = set(organizations.index[organizations == "state"])
    mentions = corpus.load("mentions", source=source_id)
    for table, column in (("organizations", "organization_id"), ("instruments", "instrument_id")):
        drafted = set(getattr(drafts, table)[column].dropna())
        for entity_id in sorted(set(mentions[column].dropna()) - states):
            yield table, entity_id in drafted

    passages = corpus.load("passages", source=source_id).set_index("paragraph")

    def near(row: pd.Series) -> Callable[[pd.DataFrame], pd.DataFrame]:
        paragraph = passages.loc[row["paragraph"]]
        first, last = paragraph["start"], max(paragraph["end"], row["end"])
        return lambda frame: frame[(frame["end"] > first) & (frame["start"] < last)]

    dated = (drafts.dates, drafts.events, drafts.legal_events)
    for table in ("events", "legal_events"):
        for _, row in corpus.load(table, source=source_id).dropna(subset=["date"]).iterrows():
            told = (near(row)(frame)["date"] for frame in dated)
            yield "dates", any((dates == row["date"]).any() for dates in told)
    for _, row in corpus.load("figures", source=source_id).iterrows():
        found = drafts.figures
        found = found[(found["end"] > row["start"]) & (found["start"] < row["end"])]
        same = _equal(found["low"], row["low"]) & _equal(found["high"], row["high"])
        yield "figures", bool(same.any())
    for table, columns in (
        ("participation", ["organization_id", "role"]),
        ("legal_events", ["instrument_id", "action"]),
    ):
        for _, row in corpus.load(table, source=source_id).iterrows():
            found = near(row)(getattr(drafts, table))
            yield table, bool((found[columns] == row[columns]).all(axis=1).any())


def _equal(values: pd.Series, value: float) -> pd.Series:
    """Equal numbers, or both open."""
    return values.isna() if value != value else values == value


def coverage_of(root: str | Path | None = None) -> pd.DataFrame:
    """The coverage of all texts of a corpus, by measure.

    Parameters
    ----------
    root : path-like, optional
        Folder of the corpus.

    Returns
    -------
    pandas.DataFrame
        ``table, curated, drafted, share``.
    """
    frame = coverage(Corpus(root)).groupby("table", as_index=False)[["curated", "drafted"]].sum()
    return frame.assign(share=frame["drafted"] / frame["curated"])
