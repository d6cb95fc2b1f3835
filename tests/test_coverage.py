"""What the first notebook counts, recomputed straight from the files."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import ctdata
from ctdata import coverage, display

SOURCES = Path(__file__).parent.parent / "sources"
SCOPES = {
    "all": {},
    "Kazakhstan": {"country": "KAZ"},
    "one text": {"sources": "unsc-kaz-2014"},
    "two years": {"since": "2012", "until": "2013"},
}


@cache
def rows(table: str) -> list[dict[str, str]]:
    with (SOURCES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def claim_tables() -> dict[str, list[dict[str, str]]]:
    """The rows of each table with claims, by its name."""
    package = json.loads((SOURCES / "datapackage.json").read_text(encoding="utf-8"))
    names = [Path(resource["path"]).stem for resource in package["resources"]]
    found = {name: rows(name) for name in names if "claim_id" in rows(name)[0]}
    assert len(found) > 5
    return found


def verbatim(source_id: str) -> str:
    return (SOURCES / "texts" / f"{source_id}.txt").read_bytes().decode("utf-8")


def passages(source_id: str) -> list[tuple[int, int]]:
    """Where the paragraphs of a text begin and end."""
    found = ctdata.load_passages(source=source_id)
    return list(zip(found["start"], found["end"], strict=True))


def test_a_text_is_counted_and_hashed_as_its_file_is():
    found = coverage.passports(ctdata.select())
    assert sorted(found["source_id"]) == sorted(row["source_id"] for row in rows("sources"))
    for text in found.itertuples():
        assert text.words == len(re.findall(r"\S+", verbatim(text.source_id)))
        assert text.paragraphs == len(passages(text.source_id))
        recorded = {row["source_id"]: row["sha256"] for row in rows("sources")}
        file = (SOURCES / "texts" / f"{text.source_id}.txt").read_bytes()
        assert hashlib.sha256(file).hexdigest() == recorded[text.source_id]
        assert text.unchanged


def test_claims_by_table_and_text_are_the_rows_of_the_files():
    found = coverage.rows_by_text(ctdata.select()).set_index("table")
    assert list(found.index) == list(claim_tables())
    for table, told in claim_tables().items():
        by_text = Counter(row["source_id"] for row in told)
        assert found.loc[table, "all"] == len(told)
        assert all(found.loc[table, text] == number for text, number in by_text.items())
    assert found["all"].sum() == len(coverage.claims(ctdata.select()))


def test_coded_paragraphs_are_those_that_hold_a_word_of_a_quote():
    found = coverage.coded_passages(ctdata.select())
    claims = coverage.claims(ctdata.select())
    for text in found.itertuples():
        words = verbatim(text.source_id)
        held = bytearray(len(words))
        for claim in claims[claims["source_id"] == text.source_id].itertuples():
            held[claim.start : claim.end] = b"\1" * (claim.end - claim.start)
        coded = [any(held[start:end]) for start, end in passages(text.source_id)]
        assert (text.paragraphs, text.coded) == (len(coded), sum(coded))
        silent = [str(number) for number, told in enumerate(coded, start=1) if not told]
        assert text.silent == (", ".join(silent) or "none")


def test_years_are_the_first_that_the_dates_of_the_files_name():
    counted: Counter[tuple[str, int]] = Counter()
    columns = {"figures": ("period", "as_of")}
    for table, told in claim_tables().items():
        for row in told:
            dates = [row.get(name, "") for name in columns.get(table, ("date",))]
            stated = next((date for date in dates if date), "")
            if year := re.search(r"\d{4}", stated):
                counted[row["source_id"], int(year[0])] += 1
    found = coverage.dated_claims(ctdata.select())
    assert {(t, y): n for t, y, n in found.itertuples(index=False)} == dict(counted)


@pytest.mark.parametrize("filters", SCOPES.values(), ids=SCOPES)
def test_the_chart_of_years_tells_the_most_spoken_of_year(filters):
    scope = ctdata.select(**filters)
    picture, counts = coverage.draw_years(scope), coverage.dated_claims(scope)
    most = counts.sort_values("claims").iloc[-1]
    assert f"The most, {most['claims']}," in picture.alt
    assert str(counts["year"].min()) in picture.title and str(counts["year"].max()) in picture.title


def test_a_quote_is_shown_inside_the_very_words_of_its_text():
    claim = coverage.claims(ctdata.select(country="KGZ")).iloc[20]
    shown = coverage.Context(ctdata.select(), claim["claim_id"]).plain()
    around = " ".join(verbatim(claim["source_id"]).split())
    inside = " ".join(shown.strip("…").replace("»", "").replace("«", "").split())
    assert inside in around and "»" in shown
    with pytest.raises(ValueError, match="no claim in scope is called 'none-such'"):
        coverage.Context(ctdata.select(), "none-such")


def test_an_empty_scope_has_no_rows_and_no_chart():
    scope = ctdata.select(country="KGZ", until="1990")
    frames = [coverage.passports(scope), coverage.claims(scope), coverage.coded_passages(scope)]
    assert all(frame.empty for frame in frames)
    assert isinstance(coverage.draw_years(scope), display.Sentence)
