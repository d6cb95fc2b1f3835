"""A small corpus with drafts of its text, as a rule might have made them."""

from __future__ import annotations

from pathlib import Path

from small_corpus import TEXT, SmallCorpus

from ctdata.ingest.desk import Desk
from ctdata.ingest.sheets import read_sheet

SOURCE = "rur-2016"
PLACE = {"source_id": SOURCE}
DRAFTS = {
    "organizations": [
        {
            "draft_id": "org-1",
            "score": "0.8",
            "organization_id": "rur-ministry",
            "name": "The Directorat",
            "kind": "government_body",
            "level": "national",
            "country": "RUR",
            "quote": "the Ministry",
        }
    ],
    "events": [
        {
            "draft_id": "evt-1",
            "score": "0.6",
            **PLACE,
            "event_id": "rur-departure",
            "name": "Departure",
            "kind": "meeting",
            "date": "2016",
            "quote": "Border Act of 2010",
        }
    ],
    "participation": [
        {
            "draft_id": "par-1",
            "score": "0.6",
            **PLACE,
            "event_id": "rur-departure",
            "organization_id": "rur-ministry",
            "role": "host",
            "quote": "said the Ministry",
        }
    ],
    "figures": [
        {
            "draft_id": f"fig-{at}",
            "score": "0.85",
            **PLACE,
            "country": "RUR",
            "indicator": "departed_to_conflict",
            "population": "people",
            "low": low,
            "high": high,
            "unit": "people",
            "qualifier": qualifier,
            "quote": quote,
            "prefix": prefix,
        }
        for at, (low, high, qualifier, quote, prefix) in enumerate(
            [
                ("800", "", "over", "Over 800 people left Ruritania", "2016."),
                ("800", "", "over", "Over 800 people left Ruritania", "2010."),
                ("100", "100", "", "100 of them returned", ""),
            ],
            start=1,
        )
    ],
}


def write_drafts(root: Path, drafts: dict[str, list[dict[str, str]]]) -> Desk:
    """Put drafts of the text into its corpus."""
    desk = Desk(SOURCE, root)
    for table, rows in drafts.items():
        path = desk.folder / f"{table}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet = read_sheet(path, desk.corpus.schema[table])
        sheet.rows += [dict.fromkeys(sheet.columns, "") | {"status": "draft"} | row for row in rows]
        path.write_bytes(sheet.content())
    return desk


def make_drafted(root: Path) -> Desk:
    """Make the corpus in an empty folder."""
    SmallCorpus(root)
    assert TEXT.count("800 people") == 2
    return write_drafts(root, DRAFTS)
