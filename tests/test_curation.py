"""The curated rows agree with the texts, with each other, and with what the texts count."""

from __future__ import annotations

import csv

import pytest
from frictionless import validate
from tests_support import number_is_in_quote, numbers_in

import ctdata

CORPUS = ctdata.Corpus()
CLAIM_TABLES = [name for name, table in CORPUS.schema.items() if table.is_claim]


def test_the_data_package_is_valid_for_frictionless():
    report = validate(str(CORPUS.root / "datapackage.json"))
    assert report.valid, report.flatten(["type", "rowNumber", "fieldName", "note"])
    assert report.stats["tasks"] == len(CORPUS.schema)


def test_frictionless_sees_a_broken_table(small_corpus):
    small_corpus.change("figures", 0, unit="folk")
    assert not validate(str(small_corpus.root / "datapackage.json")).valid


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_every_claim_is_made_once(table):
    frame = CORPUS.load(table)
    own = [c for c in CORPUS.schema[table].column_names if c not in ("claim_id", "prefix", "note")]
    assert len(frame)
    assert not frame.duplicated(own).any(), frame[frame.duplicated(own)]


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_a_text_names_every_organization_and_instrument_that_its_claims_speak_of(table):
    mentions = CORPUS.load("mentions")
    named = set(zip(mentions["source_id"], mentions["entity_id"], strict=True))
    frame = CORPUS.load(table)
    checked = 0
    for column in CORPUS.schema[table].columns:
        if set(column.references) & {"organizations", "instruments"}:
            for row in frame.dropna(subset=[column.name]).to_dict("records"):
                if row[column.name] == "usa-state" and row["source_id"].startswith("crt-"):
                    continue  # The publisher speaks without naming itself.
                if row[column.name] == "cted" and column.name == "asserted_by":
                    continue
                assert (row["source_id"], row[column.name]) in named, row["claim_id"]
                checked += 1
    assert checked or table == "events"


def test_every_organization_instrument_and_alias_is_in_use():
    mentions = CORPUS.load("mentions")
    used = set(mentions["entity_id"])
    for table in CLAIM_TABLES:
        frame = CORPUS.load(table)
        for column in CORPUS.schema[table].columns:
            if column.references:
                used |= set(frame[column.name].dropna())
    assert set(CORPUS.load("organizations")["organization_id"]) <= used
    assert set(CORPUS.load("instruments")["instrument_id"]) <= used


def test_every_alias_is_printed_in_some_text():
    texts = [CORPUS.text(name) for name in CORPUS.load("sources")["source_id"]]
    folded = [" ".join(text.verbatim.replace("-\n", "-").split()).casefold() for text in texts]
    for alias in CORPUS.load("aliases").itertuples():
        assert any(alias.alias.casefold() in text for text in folded), alias.alias
        if isinstance(alias.context, str):
            assert any(alias.context.casefold() in text for text in folded), alias.context


def test_every_number_stands_in_its_quote():
    figures = CORPUS.load("figures").to_dict("records")
    assert figures
    for figure in figures:
        assert number_is_in_quote(figure), figure["claim_id"]


def test_a_number_that_its_quote_lacks_is_seen():
    figure = {"quote": "over 800 nationals, of which nine", "low": 800.0, "high": float("nan")}
    assert number_is_in_quote(figure)
    assert number_is_in_quote(figure | {"high": 9.0})
    assert not number_is_in_quote(figure | {"low": 700.0})
    assert numbers_in("$600 million, 1,000 or fourteen") == {600e6, 1000.0, 14.0}


def test_the_qualifier_stands_in_the_quote():
    for figure in CORPUS.load("figures").dropna(subset=["qualifier"]).itertuples():
        for word in figure.qualifier.replace("…", " ").split():
            assert word in figure.quote, figure.claim_id


def test_the_list_of_forbidden_organizations_has_as_many_entries_as_the_text_counts():
    stated = CORPUS.load("figures").query("indicator == 'organizations_listed'")
    entries = CORPUS.load("designations", source=list(stated["source_id"]))
    assert list(stated["low"]) == [len(entries)] == [entries["organization_id"].nunique()]


def test_printed_entries_stand_in_the_text_in_their_order():
    entries = CORPUS.load("designations").sort_values("start")
    verbatim = CORPUS.text(entries["source_id"].iloc[0]).verbatim
    places = [verbatim.index(written) for written in entries["as_written"]]
    assert places == sorted(places)


def test_delegations_have_the_members_that_a_hand_count_finds():
    """Counted by hand in the last paragraphs of the two visit reports."""
    members = CORPUS.load("participation").query("role == 'member'")
    counts = members.groupby("event_id")["organization_id"].nunique()
    assert counts["cted-visit-kaz-2016"] == 10
    assert counts["cted-visit-kgz-2019"] == 10


def test_resolutions_carry_the_year_of_their_number():
    resolutions = CORPUS.load("instruments").query("kind == 'resolution'")
    assert len(resolutions)
    for row in resolutions.itertuples():
        assert row.issued == row.number[-5:-1]
    adopted = CORPUS.load("legal_events").query("action == 'adopted'").dropna(subset=["date"])
    years = adopted.merge(resolutions, on="instrument_id")
    assert len(years)
    assert (years["date"].str[:4] == years["issued"]).all()


def test_a_sum_of_hashes_pins_the_texts():
    """The texts are those that were curated: any change is a review, never a number to paste."""
    with (CORPUS.root / "sources.csv").open(newline="", encoding="utf-8") as file:
        assert all(len(row["sha256"]) == 64 for row in csv.DictReader(file))
