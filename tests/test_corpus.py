"""Tables load typed and complete, and filters take what is in scope and nothing else."""

from __future__ import annotations

import csv
import inspect
import subprocess
import sys

import pandas as pd
import pytest

import ctdata
from ctdata import corpus, dates
from ctdata.corpus import DERIVED_TABLES, ENTITY_TABLES, Corpus
from ctdata.schema import READS

LOADERS = {
    name.removeprefix("load_"): getattr(ctdata, name)
    for name in ctdata.__all__
    if name.startswith("load_") and name != "load_text"
}
CORPUS = Corpus()
TEXT_TABLES = [name for name in LOADERS if name not in ENTITY_TABLES]


def rows_of(table: str) -> list[dict[str, str]]:
    """The rows of a table, straight from its file."""
    path = CORPUS.root / CORPUS.schema[table].path
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_table_has_a_loader_and_every_loader_a_table():
    assert set(LOADERS) == set(CORPUS.schema) | set(DERIVED_TABLES)
    assert len(LOADERS) >= 14


@pytest.mark.parametrize("table", LOADERS)
def test_a_loader_takes_the_common_keywords_only(table):
    parameters = inspect.signature(LOADERS[table]).parameters
    assert list(parameters) == ["country", "source", "since", "until", "root"]
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values())


@pytest.mark.parametrize("table", CORPUS.schema)
def test_a_table_holds_every_row_and_cell_of_its_file(table):
    frame, rows = LOADERS[table](), rows_of(table)
    assert len(frame) == len(rows) > 0
    for column in CORPUS.schema[table].columns:
        cells = [row[column.name] for row in rows]
        if column.type == "number":
            assert frame[column.name].fillna(-1).tolist() == [float(c or -1) for c in cells]
        else:
            assert frame[column.name].fillna("").tolist() == cells


@pytest.mark.parametrize("table", LOADERS)
def test_columns_have_the_type_that_the_dictionary_declares(table):
    frame, declared = LOADERS[table](), ctdata.describe(table)
    assert list(frame.columns) and set(frame.columns) == set(declared["column"])
    expected = {
        "string": "str",
        "date (EDTF)": "str",
        "number": "float64",
        "integer": "int64",
        "date": "datetime64[s]",
    }
    for column in declared.itertuples():
        assert str(frame[column.column].dtype) == expected[column.type], column.column


@pytest.mark.parametrize("table", LOADERS)
def test_each_call_gives_a_fresh_frame(table):
    frame = CORPUS.load(table)
    frame.loc[0, frame.columns[0]] = "changed"
    frame["extra"] = 1
    again = CORPUS.load(table)
    assert "changed" not in set(again.iloc[:, 0])
    assert "extra" not in again


@pytest.mark.parametrize("table", [n for n, t in CORPUS.schema.items() if t.has_evidence])
def test_every_quote_stands_in_its_text_at_its_offsets(table):
    frame = LOADERS[table]()
    for row in frame.itertuples():
        verbatim = CORPUS.text(row.source_id).verbatim[row.start : row.end]
        # A way of its own: fold white space, and take a hyphen at a line's end as part of the word.
        assert " ".join(verbatim.replace("-\n", "-").split()) == row.quote
        assert row.citation == f"{row.source_id}, para. {row.paragraph}"


@pytest.mark.parametrize("table", [n for n, t in CORPUS.schema.items() if t.dates])
def test_dates_come_with_their_first_and_last_day(table):
    frame = LOADERS[table]()
    for column in (c.name for c in CORPUS.schema[table].columns if c.is_date):
        assert list(frame.loc[frame[column].isna(), f"{column}_earliest"].dropna()) == []
        for row in frame.dropna(subset=[column]).to_dict("records"):
            date = dates.parse(row[column])
            for end, day in (("earliest", date.earliest), ("latest", date.latest)):
                found = row[f"{column}_{end}"]
                assert (None if pd.isna(found) else found.date()) == day


@pytest.mark.parametrize("table", TEXT_TABLES)
def test_the_texts_partition_a_table(table):
    whole = LOADERS[table]()
    parts = [LOADERS[table](source=name) for name in ctdata.load_sources()["source_id"]]
    assert sum(map(len, parts)) == len(whole)
    for part in parts:
        assert part["source_id"].nunique() <= 1


@pytest.mark.parametrize("table", LOADERS)
def test_several_texts_may_be_named_in_one_string_or_as_a_list(table):
    names = list(ctdata.load_sources()["source_id"])[:2]
    together = LOADERS[table](source=names)
    pd.testing.assert_frame_equal(together, LOADERS[table](source=", ".join(names)))
    apart = pd.concat([LOADERS[table](source=name) for name in names]).drop_duplicates()
    assert len(together) == len(apart)


@pytest.mark.parametrize("table", LOADERS)
@pytest.mark.parametrize("nothing", [None, "", "all"])
def test_an_empty_filter_or_all_restricts_nothing(table, nothing):
    everything = {"country": nothing, "source": nothing, "since": nothing, "until": nothing}
    pd.testing.assert_frame_equal(LOADERS[table](**everything), LOADERS[table]())


@pytest.mark.parametrize("table", LOADERS)
@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"country": "XXX"}, "unknown country 'XXX'.*Known: .*KAZ"),
        ({"source": "cted-kaz-2061"}, "did you mean 'cted-kaz-2016'?"),
        ({"since": "May 2016"}, "since: .*2016-05"),
        ({"until": "2016-13"}, "until: .*month 13"),
        ({"since": "2014", "until": "2010"}, "swap the two"),
    ],
)
def test_an_unknown_value_is_refused_with_the_known_ones(table, filters, message):
    with pytest.raises(ValueError, match=message):
        LOADERS[table](**filters)


def test_figures_belong_to_the_country_they_are_about():
    for country in ("KAZ", "KGZ"):
        expected = [
            row["claim_id"]
            for row in rows_of("figures")
            if (row["country"] or row["source_id"].split("-")[1].upper()) == country
        ]
        assert expected
        assert list(ctdata.load_figures(country=country)["claim_id"]) == expected


def test_events_belong_to_their_place_and_to_the_country_of_their_text():
    abroad = ctdata.load_events(country="MAR")
    assert len(abroad) and set(abroad["country"]) == {"MAR"}
    at_home = set(ctdata.load_events(country="KAZ")["claim_id"])
    assert set(abroad["claim_id"]) <= at_home


def test_organizations_belong_to_their_own_state():
    assert set(ctdata.load_organizations(country="KGZ")["country"]) == {"KGZ"}


def test_a_period_takes_what_touches_it_both_ends_included():
    events = {row["claim_id"]: row["date"] for row in rows_of("events")}
    taken = set(ctdata.load_events(since="2005-01-28", until="2005-08")["claim_id"])
    assert {c for c, d in events.items() if d == "2005-01-25/2005-01-28"} <= taken
    assert {c for c, d in events.items() if d == "2005-08"} <= taken
    assert not {c for c, d in events.items() if d == "2005-09" or d.startswith("2006")} & taken


def test_a_claim_without_a_date_counts_at_the_date_of_its_text():
    issued = ctdata.load_sources().set_index("source_id")
    undated = ctdata.load_relations()
    undated = undated[undated["date"].isna()]
    assert len(undated)
    within = set(ctdata.load_relations(since="2019", until="2019")["claim_id"])
    for row in undated.itertuples():
        of_2019 = issued.loc[row.source_id, "issued"].startswith("2019")
        assert (row.claim_id in within) == of_2019


def test_a_period_splits_the_dated_rows_without_loss():
    early = set(ctdata.load_legal_events(until="2009")["claim_id"])
    late = set(ctdata.load_legal_events(since="2010")["claim_id"])
    assert early | late == set(ctdata.load_legal_events()["claim_id"])


def test_organizations_of_a_text_are_those_that_it_names():
    named = ctdata.load_mentions(source="cted-kaz-2016")["organization_id"].dropna()
    found = ctdata.load_organizations(source="cted-kaz-2016")["organization_id"]
    assert set(found) == set(named)


def test_mentions_fill_one_of_the_two_ids_and_stand_at_their_offsets():
    mentions = ctdata.load_mentions()
    assert list(mentions.columns) == (
        "source_id entity_id organization_id instrument_id start end text".split()
    )
    assert (mentions["organization_id"].isna() != mentions["instrument_id"].isna()).all()
    for row in mentions.itertuples():
        assert ctdata.load_text(row.source_id)[row.start : row.end] == row.text


def test_passages_cover_every_word_of_their_text():
    for source_id, passages in ctdata.load_passages().groupby("source_id"):
        assert list(passages["paragraph"]) == list(range(1, len(passages) + 1))
        assert " ".join(passages["text"]) == " ".join(ctdata.load_text(source_id).split())


def test_a_selection_holds_every_table_and_says_its_scope():
    scope = ctdata.select(country="KAZ", since="2001", until="2017")
    for table in TEXT_TABLES:
        filters = {"country": "KAZ", "since": "2001", "until": "2017"}
        pd.testing.assert_frame_equal(getattr(scope, table), LOADERS[table](**filters))
    assert scope.scope == "Kazakhstan; 2001 to 2017; all texts"
    assert not scope.is_empty
    assert "gov-kaz-2011" in scope.cite() and "cted-kgz-2019" not in scope.cite()


def test_a_selection_names_the_organizations_that_its_claims_refer_to():
    scope = ctdata.select(sources="cted-kgz-2019")
    found = set(scope.organizations["organization_id"])
    assert set(scope.participation["organization_id"]) <= found
    assert "kaz" not in found


def test_an_empty_selection_knows_that_it_is_empty():
    scope = ctdata.select(country="KGZ", until="1990")
    assert scope.is_empty
    assert scope.cite() == ""


def test_a_selection_refuses_a_table_that_is_not_there():
    with pytest.raises(AttributeError, match="it has sources, organizations"):
        ctdata.select().persons  # noqa: B018


def test_an_unknown_table_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="did you mean 'figures'"):
        ctdata.describe("figure")


def test_the_dictionary_explains_every_column():
    for table in LOADERS:
        assert ctdata.describe(table)["description"].str.len().min() > 5
    assert set(ctdata.describe()["table"]) == set(LOADERS)


def test_citing_names_the_texts_behind_the_rows_in_scope():
    assert ctdata.cite("figures", country="KGZ").count("\n") == 0
    assert "[cted-kgz-2019]" in ctdata.cite("figures", country="KGZ")
    assert len(ctdata.cite().splitlines()) == len(rows_of("sources"))
    assert "[cted-kgz-2019]" in ctdata.cite("organizations", country="KGZ")


def test_an_unknown_text_is_refused():
    with pytest.raises(ValueError, match="unknown source 'nothing'"):
        ctdata.load_text("nothing")


def test_a_corpus_of_ones_own_loads_the_same_way(small_corpus, monkeypatch):
    own = ctdata.load_figures(root=small_corpus.root)
    assert list(own["low"]) == [800, 100] and pd.isna(own["high"][0])
    monkeypatch.setenv("CTDATA_SOURCES", str(small_corpus.root))
    pd.testing.assert_frame_equal(ctdata.load_figures(), own)
    mentions = ctdata.load_mentions()
    assert list(mentions["entity_id"]) == ["dir", "dir", "rur"] + ["rur", "dir", "border-act"] + [
        "rur",
        "rur",
    ]


def test_a_changed_file_is_seen_by_the_next_call(small_corpus):
    small_corpus.change("figures", 1, low="90", high="90")
    assert list(ctdata.load_figures(root=small_corpus.root)["low"]) == [800, 90]


@pytest.fixture
def nothing_ready(monkeypatch):
    """No corpus is read ahead, and what the test reads ahead is gone behind it."""
    monkeypatch.setattr(corpus, "_ready", {})


def test_tables_read_ahead_are_the_same_and_name_the_same_files(
    nothing_ready, tmp_path, monkeypatch
):
    def read(table, notes):
        monkeypatch.setenv(READS, str(notes))
        frame = Corpus().load(table)
        monkeypatch.delenv(READS)
        return frame, set(notes.read_text(encoding="utf-8").splitlines())

    tables = CORPUS.tables
    cold = {table: read(table, tmp_path / f"cold-{table}") for table in tables}
    corpus.prepare()
    with monkeypatch.context() as patch:
        patch.setattr(pd, "read_csv", None)  # nothing is read again
        warm = {table: read(table, tmp_path / f"warm-{table}") for table in tables}
    for table in tables:
        pd.testing.assert_frame_equal(warm[table][0], cold[table][0])
        assert warm[table][1] == cold[table][1], table
    assert any(name.endswith("figures.csv") for name in cold["figures"][1])
    assert not any(name.endswith("events.csv") for name in cold["figures"][1])


def test_a_table_changed_since_it_was_read_ahead_is_read_again(nothing_ready, small_corpus):
    corpus.prepare(small_corpus.root)
    small_corpus.change("figures", 1, low="90", high="90")
    assert list(ctdata.load_figures(root=small_corpus.root)["low"]) == [800, 90]


def test_a_text_changed_since_it_was_read_ahead_is_read_again(nothing_ready, small_corpus):
    corpus.prepare(small_corpus.root)
    path = next((small_corpus.root / "texts").glob("*.txt"))
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more.\n", encoding="utf-8")
    assert Corpus(small_corpus.root).text(path.stem).verbatim.endswith("One more.\n")


@pytest.mark.parametrize(
    ("table", "cells", "message"),
    [
        ("figures", {"low": "many"}, "figures.csv:2: low: 'many' is not a number"),
        ("figures", {"period": "2016-13"}, "figures.csv:2: period: .*month 13"),
        ("figures", {"quote": "not there"}, "figures.csv:2: quote: .*is not in the text"),
        ("figures", {"source_id": "nothing"}, "figures.csv:2: quote: unknown source"),
    ],
)
def test_a_broken_row_stops_the_loader_with_its_line(small_corpus, table, cells, message):
    small_corpus.change(table, 0, **cells)
    with pytest.raises(ctdata.CorpusError, match=message):
        ctdata.load_figures(root=small_corpus.root)


def test_a_missing_table_or_column_stops_the_loader(small_corpus):
    small_corpus.edit("figures", lambda content: content.replace(b"unit", b"units", 1))
    with pytest.raises(ctdata.CorpusError, match="they should be claim_id"):
        ctdata.load_figures(root=small_corpus.root)
    small_corpus.path("figures").unlink()
    with pytest.raises(ctdata.CorpusError, match="datapackage.json declares it"):
        ctdata.load_figures(root=small_corpus.root)


def test_loading_brings_no_heavy_library_along():
    heavy = {"matplotlib", "networkx", "IPython", "frictionless", "papermill", "nbconvert"}
    code = "import sys, ctdata; ctdata.load_figures(); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "pandas" in modules
    assert heavy & set(modules) == set()
