"""The brief: two pages, each number of which is recomputed here straight from the CSV files."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

import ctdata
from ctdata import brief, display, estimates
from ctdata.reports.plan import Report
from ctdata.reports.render import make_pdf, make_word
from ctdata.reports.run import execute

ROOT = Path(__file__).parent.parent
NOTEBOOK = next((ROOT / "notebooks").glob("*_country_brief.ipynb"))
SCOPES = {
    "all": {},
    "Kazakhstan": {"country": "KAZ"},
    "Kyrgyzstan": {"country": "KGZ"},
    "two years": {"since": "2012", "until": "2013"},
    "one text": {"sources": "unsc-kaz-2014"},
}
NOTHING = {"country": "KGZ", "until": "1990"}
# Texts by the state that they are about.
TEXTS = {
    "kaz": {"gov-kaz-2011", "unsc-kaz-2014", "cted-kaz-2016", "crt-kaz-2017"},
    "kgz": {"cted-kgz-2019"},
}


@cache
def rows(table: str) -> list[dict[str, str]]:
    with (ROOT / "sources" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def executed(country: str):
    return execute(NOTEBOOK, {"country": country})


def report(country: str) -> Report:
    return Report(name="brief", title="Country brief", notebook=NOTEBOOK, scope=country)


@pytest.mark.parametrize("state", TEXTS)
def test_claims_on_ties_of_partners_are_those_of_the_csv(state):
    families = {p: family for family, known in ctdata.network.FAMILIES.items() for p in known}
    bodies = {row["organization_id"] for row in rows("organizations")}
    told: Counter[tuple[str, str]] = Counter()
    for row in rows("relations"):
        ends = {row["subject_id"], row["object_id"]}
        if row["source_id"] in TEXTS[state] and state in ends and len(ends & bodies) == 2:
            told[(ends - {state}).pop(), families[row["predicate"]]] += 1
    found = brief.partners(ctdata.select(country=state.upper()))
    assert len(found) > 10
    for partner in found.to_dict("records"):
        for family in ctdata.network.FAMILIES:
            assert partner[family] == told.pop((partner["organization_id"], family), 0)
    known = {row["organization_id"]: row for row in rows("organizations")}
    for body, _ in told:  # what is left is the state's own
        while known[body]["parent_id"] not in ("", state):
            body = known[body]["parent_id"]
        assert known[body]["country"] == state.upper()


@pytest.mark.parametrize("state", TEXTS)
def test_shared_events_of_partners_are_those_of_the_csv(state):
    there: dict[str, set[str]] = {}
    for row in rows("participation"):
        if row["source_id"] in TEXTS[state] and row["role"] not in ctdata.network.APART:
            there.setdefault(row["event_id"], set()).add(row["organization_id"])
    told = Counter(body for bodies in there.values() if state in bodies for body in bodies)
    found = brief.partners(ctdata.select(country=state.upper()))
    assert found["events"].max() > 1
    for body, number in zip(found["organization_id"], found["events"], strict=True):
        assert number == told[body]


def test_years_are_those_in_which_visits_attacks_and_adoptions_of_the_csv_begin():
    found = brief.course(ctdata.select(country="KAZ"))
    counted = {(lane, year): number for lane, year, number in found.itertuples(index=False)}
    for kind, lane in (("visit", "Visits"), ("attack", "Attacks")):
        events = {
            (row["event_id"], int(row["date"][:4]))
            for row in rows("events")
            if row["kind"] == kind and row["source_id"] in TEXTS["kaz"]
        }
        assert events
        years = Counter(year for _, year in events)
        assert years == {year: n for (name, year), n in counted.items() if name == lane}
    assert counted["Kazakhstan", 2010] == len(
        {
            (row["instrument_id"], row["action"])
            for row in rows("legal_events")
            if row["date"].startswith("2010") and row["instrument_id"].startswith("kaz-")
        }
    )


def test_judged_themes_are_the_most_frequent_of_the_csv_with_their_first_measure():
    found = brief.judged(ctdata.select())
    for stance in ("criticised", "commended"):
        told = [row for row in rows("measures") if row["stance"] == stance]
        themes = Counter(row["theme"] for row in told)
        shown = found[found["stance"] == stance.capitalize()]
        most = sorted(themes, key=lambda theme: (-themes[theme], theme))[:3]
        assert list(shown["theme"]) == [display.header(theme) for theme in most]
        assert list(shown["measures"]) == [themes[theme] for theme in most]
        for row in shown.itertuples():
            of_theme = [r for r in told if display.header(r["theme"]) == row.theme]
            assert row.example in {r["summary"] for r in of_theme}
            assert {name for name, *_ in row.citation.places} == {r["claim_id"] for r in of_theme}


def test_key_facts_tell_the_numbers_of_the_csv():
    facts = brief.key_facts(ctdata.select(country="KAZ")).plain()
    tables = "relations events participation legal_events figures measures designations".split()
    claims = sum(row["source_id"] in TEXTS["kaz"] for table in tables for row in rows(table))
    assert f"4 texts speak in this scope, with {claims} claims" in facts
    assert f"prints {len(rows('designations'))} names on the list" in facts
    members = {
        row["organization_id"]
        for row in rows("participation")
        if row["event_id"] == "cted-visit-kaz-2016" and row["role"] in ("lead", "member")
    }
    assert f"a delegation of {len(members)} bodies" in facts


def test_unknowns_tell_the_numbers_of_the_csv():
    told = brief.unknowns(ctdata.select(country="KGZ")).plain()
    figures = [row for row in rows("figures") if row["source_id"] == "cted-kgz-2019"]
    is_open = [row for row in figures if "" in (row["low"], row["high"])]
    assert f"{len(is_open)} of {len(figures)} numbers" in told
    themes = {row["theme"] for row in rows("measures") if row["source_id"] == "cted-kgz-2019"}
    silent = {row["theme"] for row in rows("measures")} - themes
    assert silent and all(theme.replace("_", " ") in told for theme in silent)


def test_what_was_counted_is_told_with_its_place_and_a_difference_is_not_hidden():
    checked = estimates.recounted(ctdata.select())
    assert brief.recounted(checked).plain().startswith("Counted in the tables, 5 of 5 stated")
    checked.loc[0, "verdict"] = "differs"
    told = brief.recounted(checked)
    assert told.plain().startswith("Counted in the tables, 4 of 5 stated")
    assert sum(isinstance(part, display.Citation) for part in told.parts) == 5


@pytest.mark.parametrize("filters", SCOPES.values(), ids=SCOPES)
def test_the_picture_tells_its_numbers_in_words_too(filters):
    scope = ctdata.select(**filters)
    picture = brief.draw(scope)
    assert isinstance(picture, display.Picture)
    assert f"{len(brief.partners(scope))} partner" in picture.title
    assert f"{brief.course(scope)['number'].sum()} acts, visits and attacks" in picture.title
    assert picture.title in picture.alt


def test_a_single_act_is_one():
    picture = brief.draw(ctdata.select(since="2015", until="2015"))
    assert picture.title == "1 act, visit or attack with a date"


def test_an_empty_scope_is_told_in_sentences():
    scope = ctdata.select(**NOTHING)
    shown = [brief.draw(scope), brief.tell_partners(scope), brief.key_facts(scope)]
    shown += [brief.unknowns(scope), brief.recounted(estimates.recounted(scope))]
    assert all(isinstance(one, display.Sentence) for one in shown)
    assert brief.judged(scope).empty


@pytest.mark.parametrize("country", ["KAZ", "KGZ"])
def test_the_brief_is_two_pages_before_the_cited_words(country):
    document = pypdfium2.PdfDocument(make_pdf(report(country), executed(country)))
    pages = [page.get_textpage().get_text_range() for page in document]
    first = next(number for number, words in enumerate(pages) if "Cited words" in words)
    assert first < 3 and (first < 2 or pages[2].lstrip().startswith("Cited words"))
    assert "Sources" in "".join(pages[:2]) and "Contents" not in "".join(pages)


def test_a_word_file_of_the_brief_holds_its_picture_and_no_contents(tmp_path):
    import zipfile

    path = tmp_path / "brief.docx"
    path.write_bytes(make_word(report("KGZ"), executed("KGZ")))
    with zipfile.ZipFile(path) as parts:
        pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
        words = parts.read("word/document.xml").decode()
        assert [parts.read(name)[:8] for name in pictures] == [b"\x89PNG\r\n\x1a\n"]
    assert "Key facts" in words and "Contents" not in words
