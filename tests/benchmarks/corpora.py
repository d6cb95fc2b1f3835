"""Corpora of any size, made up: texts of a few pages with a dozen claims each.

Every text is another one: its words are drawn by chance, with a seed, so that nothing can be had by
remembering what was read before. Organizations and laws grow slower than texts, as they do in life.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import ctdata

PARAGRAPHS, SENTENCES, WORDS = 9, 4, 16  # six thousand characters, as the collection's texts
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "ul")]
_FIGURES = 3


def make_corpus(root: Path, texts: int) -> None:
    """Make a sound corpus in an empty folder.

    Parameters
    ----------
    root : Path
        The folder.
    texts : int
        How many texts it shall have.
    """
    chance = random.Random(texts)
    shutil.copy(ctdata.Corpus().root / "datapackage.json", root)
    (root / "texts").mkdir()
    bodies = _names(chance, "Council", 20 + texts // 50)
    laws = _names(chance, "Act", 10 + texts // 50)
    tables: dict[str, list[dict[str, str]]] = {
        "organizations": [
            {"organization_id": "rur", "name": "Ruritania", "kind": "state", "level": "national",
             "country": "RUR"},
            *({"organization_id": _id(name), "name": name, "kind": "organ", "level": "global"}
              for name in bodies),
        ],
        "instruments": [
            {"instrument_id": _id(name), "title": name, "kind": "law", "jurisdiction_id": "rur"}
            for name in laws
        ],
    }  # fmt: skip
    for number in range(texts):
        source = f"t-{number:05}"
        claims = _claims(source, number, chance.choice(bodies), chance.choice(laws))
        text = _text(chance, [row["quote"] for rows in claims.values() for row in rows], bodies)
        content = text.encode()
        (root / "texts" / f"{source}.txt").write_bytes(content)
        passport = {
            "source_id": source, "title": f"Visit {number}", "publisher": "Directorate",
            "document_type": "press_release", "issued": str(_year(number)), "country": "RUR",
            "language": "en", "rights": "Made up.", "sha256": hashlib.sha256(content).hexdigest(),
        }  # fmt: skip
        tables.setdefault("sources", []).append(passport)
        for table, rows in claims.items():
            tables.setdefault(table, []).extend(rows)
    package = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        columns = [field["name"] for field in resource["schema"]["fields"]]
        with (root / resource["path"]).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(sorted(tables.get(resource["name"], []), key=_sort_key(columns)))


def _claims(source: str, number: int, body: str, law: str) -> dict[str, list[dict[str, str]]]:
    """Make a text's claims; each quote is a sentence of its own."""
    year = _year(number)
    event = {"event_id": f"visit-{number}", "name": f"Visit {number}", "kind": "visit",
             "date": f"{year}-05", "country": "RUR"}  # fmt: skip
    rows = {
        "events": [event | {"quote": f"The {body} came to Ruritania in May {year}."}],
        "participation": [
            {"event_id": f"visit-{number}", "organization_id": _id(body), "role": "lead",
             "quote": f"It was the {body} that led visit {number}."}
        ],
        "relations": [
            {"subject_id": _id(body), "predicate": "supports", "object_id": _id(law),
             "quote": f"The {body} praised the {law} during visit {number}."}
        ],
        "legal_events": [
            {"instrument_id": _id(law), "action": "adopted", "actor_id": "rur", "date": str(year),
             "quote": f"Ruritania adopted the {law} in {year}, before visit {number}."}
        ],
        "figures": [
            {"country": "RUR", "indicator": "departed_to_conflict", "population": "people",
             "low": str(100 + number + wave), "high": str(100 + number + wave), "unit": "people",
             "asserted_by": "rur", "as_of": str(year),
             "quote": f"In wave {wave}, {100 + number + wave} people left Ruritania."}
            for wave in range(_FIGURES)
        ],
        "measures": [
            {"country": "RUR", "theme": "border_security", "stance": "reported",
             "actor_id": "rur", "summary": "Ruritania closed crossings.", "date": str(year),
             "quote": f"Ruritania closed {number + 2} crossings in {year}."}
        ],
    }  # fmt: skip
    for table, claims in rows.items():
        for place, row in enumerate(claims):
            row |= {"claim_id": f"{source}-{table[:3]}-{place}", "source_id": source}
    return rows


def _year(number: int) -> int:
    return 1990 + number % 30


def _text(chance: random.Random, quotes: list[str], bodies: list[str]) -> str:
    """Write paragraphs of made-up words, with names, and with the quotes strewn in by chance."""
    paragraphs = []
    for _ in range(PARAGRAPHS):
        sentences = [_sentence(chance) for _ in range(SENTENCES)]
        sentences.append(f"The {chance.choice(bodies)} {_sentence(chance).lower()}")
        paragraphs.append(sentences)
    for quote in quotes:
        sentences = chance.choice(paragraphs)
        sentences.insert(chance.randrange(len(sentences)), quote)
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs) + "\n"


def _sort_key(columns: list[str]) -> Callable[[dict[str, str]], list[str]]:
    return lambda row: [row.get(column, "") for column in columns]


def _names(chance: random.Random, kind: str, count: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names[f"{_word(chance).title()} {_word(chance).title()} {kind}"] = None
    return list(names)


def _id(name: str) -> str:
    return name.lower().replace(" ", "-")


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))


def _sentence(chance: random.Random) -> str:
    words = [_word(chance) for _ in range(WORDS)]
    return " ".join(words).capitalize() + "."
