"""A second text for the small corpus, of which nothing is curated yet."""

from __future__ import annotations

import hashlib

import pandas as pd
from small_corpus import SmallCorpus

from ctdata.ingest.desk import Desk

TEXT = (
    "The Directorate (DIR) visited Ruritania from 6 to 8 June 2018.\n\n"
    "The delegation included representatives of the State Security Committee, the Border Guard "
    "Service and the Centre for Strategic Research (CSR) of Kazakhstan. The CSR spoke.\n\n"
    "Over 800 nationals left Kazakhstan to fight in Syria. Over 800 nationals left Kazakhstan, "
    "said the State Security Committee.\n\n"
    "The Law “On Border Guards” was adopted in 2012. The Law “On Extremism” was signed in 2013.\n"
)


def add_text(small_corpus: SmallCorpus) -> SmallCorpus:
    """Add a second text, of which nothing is curated yet."""
    small_corpus.write_text("kaz-2018", TEXT)
    small_corpus.write(
        "sources",
        [
            {
                "source_id": name,
                "title": "Visit",
                "publisher": "Directorate",
                "document_type": "press_release",
                "issued": issued,
                "country": country,
                "language": "en",
                "rights": "Made for a test.",
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for name, issued, country in (
                ("kaz-2018", "2018", "KAZ"),
                ("rur-2016", "2016", "RUR"),
            )
            for path in [small_corpus.root / "texts" / f"{name}.txt"]
        ],
    )
    return small_corpus


def row_of(desk: Desk, table: str, **cells: object) -> pd.Series:
    """The first draft of a table that has these cells."""
    frame = desk.load(table)
    for name, value in cells.items():
        frame = frame[frame[name] == value]
    assert len(frame), (table, cells)
    return frame.iloc[0]
