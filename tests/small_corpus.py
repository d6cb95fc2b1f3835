"""A small sound corpus, made anew for each test, that can be broken."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import ctdata

TEXT = (
    "The Directorate (DIR) visited Ruritania from 3 to 5 May 2016.\n"
    "Over 800 people left Ruritania. The Directorate praised the Border Act of 2010.\n"
    "\n"
    "Over 800 people left Ruritania, said the Ministry; 100 of them returned.\n"
)

TABLES = {
    "organizations": [
        {
            "organization_id": "dir",
            "name": "Directorate",
            "acronym": "DIR",
            "kind": "secretariat",
            "level": "global",
        },
        {
            "organization_id": "rur",
            "name": "Ruritania",
            "kind": "state",
            "level": "national",
            "country": "RUR",
        },
    ],
    "instruments": [
        {
            "instrument_id": "border-act",
            "title": "Border Act",
            "kind": "law",
            "jurisdiction_id": "rur",
            "issued": "2010",
        }
    ],
    "people": [
        {
            "person_id": "minister",
            "role": "Minister of Ruritania",
            "organization_id": "rur",
            "source_id": "rur-2016",
            "quote": "said the Ministry",
        }
    ],
    "aliases": [{"entity_id": "rur", "alias": "the Ministry"}],
    "relations": [
        {
            "claim_id": "rur-2016-rel-001",
            "source_id": "rur-2016",
            "subject_id": "dir",
            "predicate": "supports",
            "object_id": "border-act",
            "quote": "The Directorate praised the Border Act",
        }
    ],
    "events": [
        {
            "claim_id": "rur-2016-evt-001",
            "source_id": "rur-2016",
            "event_id": "visit-2016",
            "name": "Visit to Ruritania",
            "kind": "visit",
            "date": "2016-05-03/2016-05-05",
            "country": "RUR",
            "quote": "visited Ruritania from 3 to 5 May 2016",
        }
    ],
    "participation": [
        {
            "claim_id": "rur-2016-par-001",
            "source_id": "rur-2016",
            "event_id": "visit-2016",
            "organization_id": "dir",
            "role": "lead",
            "quote": "The Directorate (DIR) visited Ruritania",
        }
    ],
    "legal_events": [
        {
            "claim_id": "rur-2016-leg-001",
            "source_id": "rur-2016",
            "instrument_id": "border-act",
            "action": "adopted",
            "date": "2010",
            "quote": "Border Act of 2010",
        }
    ],
    "figures": [
        {
            "claim_id": "rur-2016-fig-001",
            "source_id": "rur-2016",
            "country": "RUR",
            "indicator": "departed_to_conflict",
            "population": "people who left",
            "low": "800",
            "unit": "people",
            "qualifier": "over",
            "asserted_by": "rur",
            "quote": "Over 800 people left Ruritania, said the Ministry",
        },
        {
            "claim_id": "rur-2016-fig-002",
            "source_id": "rur-2016",
            "country": "RUR",
            "indicator": "departed_to_conflict",
            "population": "people who left and came back",
            "low": "100",
            "high": "100",
            "unit": "people",
            "period": "2016/..",
            "quote": "100 of them returned",
        },
    ],
    "measures": [
        {
            "claim_id": "rur-2016-mea-001",
            "source_id": "rur-2016",
            "country": "RUR",
            "theme": "border_security",
            "stance": "commended",
            "actor_id": "rur",
            "summary": "Ruritania has a law on its borders.",
            "quote": "praised the Border Act of 2010",
        }
    ],
    "designations": [],
    "sources": [
        {
            "source_id": "rur-2016",
            "title": "Visit to Ruritania",
            "publisher": "Directorate",
            "document_type": "press_release",
            "issued": "2016",
            "country": "RUR",
            "language": "en",
            "rights": "Made for a test.",
            "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
            "curation": "in_full",
        }
    ],
}


class SmallCorpus:
    """A folder with one text and a row or two in each table."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copy(ctdata.Corpus().root / "datapackage.json", root)
        self.columns = {
            resource["name"]: [field["name"] for field in resource["schema"]["fields"]]
            for resource in json.loads((root / "datapackage.json").read_text("utf-8"))["resources"]
        }
        (root / "texts").mkdir()
        self.write_text("rur-2016", TEXT)
        for name, rows in TABLES.items():
            self.write(name, rows)

    def path(self, table: str) -> Path:
        """Path of a table."""
        return self.root / f"{table}.csv"

    def write_text(self, source_id: str, text: str) -> None:
        """Write a verbatim text."""
        (self.root / "texts" / f"{source_id}.txt").write_bytes(text.encode())

    def write(self, table: str, rows: list[dict[str, str]]) -> None:
        """Write a table anew."""
        with self.path(table).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns[table], lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(rows)

    def change(self, table: str, row: int, **cells: str) -> None:
        """Change cells of one row, counted from 0."""
        with self.path(table).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        rows[row].update(cells)
        self.write(table, rows)

    def add(self, table: str, **cells: str) -> None:
        """Add a row at the end."""
        with self.path(table).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.write(table, [*rows, cells])

    def edit(self, table: str, edit: Callable[[bytes], bytes]) -> None:
        """Change the bytes of a table."""
        self.path(table).write_bytes(edit(self.path(table).read_bytes()))
