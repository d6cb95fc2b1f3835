"""Forbidden organizations: entries, stated counts, and the texts that name the same groups."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter

import pytest
from conftest import SmallCorpus

import ctdata
from ctdata import display, proscription

SCOPES = {
    "all": {},
    "KAZ": {"country": "KAZ"},
    "KGZ": {"country": "KGZ"},
    "one text": {"sources": "gov-kaz-2011"},
}
SILENT = {
    "two years": {"since": "2012", "until": "2013"},
    "a text that names no group": {"sources": "unsc-kaz-2014"},
    "empty": {"country": "KGZ", "until": "1990"},
}
in_each_scope = pytest.mark.parametrize("filters", SCOPES.values(), ids=SCOPES)
in_silence = pytest.mark.parametrize("filters", SILENT.values(), ids=SILENT)

TEXT = (
    "The national list names 2 groups: Red Hand and «Blue-hand».\n\n"
    "The Board (sanctions against Red Hand) was set up by the Charter of 1999.\n\n"
    "Green Fist was seen again. The Board list was adopted.\n"
)
GROUPS = {"red-hand": "Red Hand", "blue-hand": "Blue Hand", "green-fist": "Green Fist"}


@pytest.fixture(scope="module")
def corpus() -> ctdata.Corpus:
    return ctdata.Corpus()


@pytest.fixture
def listed(small_corpus: SmallCorpus) -> SmallCorpus:
    """A corpus with a text that prints a list, names a second list and a group on neither."""
    small_corpus.write_text("rur-2017", TEXT)
    small_corpus.add(
        "sources",
        source_id="rur-2017",
        title="Groups",
        publisher="Ruritania",
        document_type="government_page",
        issued="2017",
        country="RUR",
        language="en",
        rights="Made for a test.",
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
        curation="in_full",
    )
    for name, words in GROUPS.items():
        small_corpus.add(
            "organizations",
            organization_id=name,
            name=words,
            kind="nonstate_group",
            level="regional",
            note='Printed "Blue-hand". A doubtful case.' if name == "blue-hand" else "",
        )
    small_corpus.add(
        "organizations", organization_id="board", name="Board", kind="organ", level="global"
    )
    small_corpus.add("aliases", entity_id="blue-hand", alias="Blue-hand")
    for name, title, kind, keeper in (
        ("rur-list", "National list", "list", "rur"),
        ("board-list", "Board list", "list", "board"),
        ("charter", "Charter", "treaty", "board"),
    ):
        small_corpus.add(
            "instruments", instrument_id=name, title=title, kind=kind, jurisdiction_id=keeper
        )
    claim = {"source_id": "rur-2017"}
    for number, (name, written) in enumerate(
        {"red-hand": "Red Hand", "blue-hand": "Blue-hand"}.items()
    ):
        small_corpus.add(
            "designations",
            **claim,
            claim_id=f"rur-2017-des-{number}",
            list_id="rur-list",
            organization_id=name,
            as_written=written,
            quote=written,
            prefix="groups:" if name == "red-hand" else "",
        )
    small_corpus.add(
        "figures",
        **claim,
        claim_id="rur-2017-fig-1",
        country="RUR",
        indicator="organizations_listed",
        population="groups",
        low="2",
        high="2",
        unit="organizations",
        quote="The national list names 2 groups",
    )
    for number, (subject, predicate, target, quote) in enumerate(
        (
            ("board", "sanctions", "red-hand", "The Board (sanctions against Red Hand)"),
            ("board", "established_by", "charter", "set up by the Charter"),
            ("rur", "implements", "border-act", "Green Fist was seen again"),
        )
    ):
        small_corpus.add(
            "relations",
            **claim,
            claim_id=f"rur-2017-rel-{number}",
            subject_id=subject,
            predicate=predicate,
            object_id=target,
            quote=quote,
        )
    for number, (name, action, date, quote) in enumerate(
        (
            ("board-list", "adopted", "", "The Board list was adopted"),
            ("charter", "adopted", "1999", "Charter of 1999"),
        )
    ):
        small_corpus.add(
            "legal_events",
            **claim,
            claim_id=f"rur-2017-leg-{number}",
            instrument_id=name,
            action=action,
            date=date,
            quote=quote,
        )
    for table in ("aliases", "instruments", "organizations"):
        rows = read(small_corpus.root, table)
        small_corpus.write(table, sorted(rows, key=lambda row: list(row.values())))
    return small_corpus


def select(small: SmallCorpus, **filters: str) -> ctdata.Selection:
    return ctdata.Corpus(small.root).select(**filters)


def read(root, table: str) -> list[dict[str, str]]:
    with (root / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert found
    return found


def test_the_corpus_of_these_tests_is_sound(listed):
    from ctdata.check import check

    assert list(check(listed.root)) == []


# --- Entries --------------------------------------------------------------------------------------


def test_entries_are_the_rows_of_the_file_in_printed_order(corpus):
    found = proscription.entries(corpus.select())
    rows = read(corpus.root, "designations")
    assert set(found["claim_id"]) == {row["claim_id"] for row in rows}
    for (_, source_id), of_list in found.groupby(["list_id", "source_id"]):
        verbatim = corpus.text(source_id).verbatim
        places = [verbatim.index(row.quote, row.start) for row in of_list.itertuples()]
        assert places == sorted(places) == of_list["start"].tolist()
        assert of_list["number"].tolist() == list(range(1, len(of_list) + 1))


def test_entries_stand_beside_the_names_of_the_authority_table(corpus):
    names = {row["organization_id"]: row["name"] for row in read(corpus.root, "organizations")}
    for row in proscription.entries(corpus.select()).itertuples():
        assert row.name == names[row.organization_id]
        printed, standard = (
            [letter for letter in name.casefold() if letter.isalnum()]
            for name in (row.as_written, row.name)
        )
        assert row.as_standard == (printed == standard)


def test_entries_are_numbered_as_printed_and_not_by_their_ids(listed):
    listed.change("designations", 0, claim_id="rur-2017-des-9")
    found = proscription.entries(select(listed))
    assert found["organization_id"].tolist() == ["red-hand", "blue-hand"]
    assert found["number"].tolist() == [1, 2]


def test_a_note_is_told_without_the_printed_form(listed):
    found = proscription.entries(select(listed)).set_index("organization_id")
    assert found.loc["blue-hand", "remark"] == "A doubtful case."
    assert found.loc["red-hand", "remark"] == ""
    assert found["as_standard"].all()


def test_the_spelling_is_counted(listed):
    assert proscription.spelling(select(listed)).plain() == (
        "Printed under the standard name: 2 of 2 entries (Red Hand and Blue Hand)."
    )
    assert read(listed.root, "organizations")[0]["organization_id"] == "blue-hand"
    listed.change("organizations", 0, name="Azure Hand")
    assert proscription.spelling(select(listed)).plain() == (
        "Printed under the standard name: 1 of 2 entries (Red Hand);"
        " under another spelling or name: 1."
    )


# --- Stated and counted ---------------------------------------------------------------------------


def test_the_stated_counts_agree_with_the_rows_of_the_file(corpus):
    stated = proscription.stated_counts(corpus.select())
    rows = read(corpus.root, "designations")
    figures = {row["claim_id"]: row for row in read(corpus.root, "figures")}
    assert len(stated)
    for row in stated.itertuples():
        of_list = [
            r for r in rows if (r["list_id"], r["source_id"]) == (row.list_id, row.source_id)
        ]
        assert int(figures[row.claim_id]["low"]) == len(of_list) == row.entries == row.found
        assert len({r["organization_id"] for r in of_list}) == row.organizations
        assert row.verdict == "agrees"


def test_a_stated_count_belongs_to_the_list_that_its_words_name(listed):
    stated = proscription.stated_counts(select(listed))
    assert stated[["list_id", "stated", "entries", "found", "verdict"]].to_dict("records") == [
        {"list_id": "rur-list", "stated": "2", "entries": 2, "found": 2, "verdict": "agrees"}
    ]


@pytest.mark.parametrize(
    ("low", "high", "shown", "verdict"),
    [
        ("3", "3", "3", "differs"),
        ("1", "1", "1", "differs"),
        ("1", "", "at least 1", "agrees"),
        ("3", "", "at least 3", "differs"),
        ("", "5", "at most 5", "agrees"),
        ("1", "3", "1–3", "agrees"),
    ],
)
def test_a_count_outside_of_the_stated_bounds_differs(listed, low, high, shown, verdict):
    listed.change("figures", 2, low=low, high=high)
    stated = proscription.stated_counts(select(listed))
    assert stated[["stated", "verdict"]].to_numpy().tolist() == [[shown, verdict]]


def test_two_entries_for_one_organization_differ(listed):
    listed.change("designations", 1, organization_id="red-hand")
    assert proscription.stated_counts(select(listed))["verdict"].tolist() == ["differs"]


def test_a_group_that_the_table_of_entries_left_out_is_found_by_its_name(listed):
    listed.add("aliases", entity_id="green-fist", alias="and", note="A name between the two.")
    stated = proscription.stated_counts(select(listed))
    assert stated[["entries", "found", "verdict"]].to_numpy().tolist() == [[2, 3, "differs"]]


def test_a_state_named_among_the_entries_is_no_entry(listed):
    listed.add("aliases", entity_id="rur", alias="and", note="A name between the two.")
    assert proscription.stated_counts(select(listed))["found"].tolist() == [2]


def test_a_count_without_its_entries_in_scope_is_not_compared(listed):
    listed.write("designations", [])
    assert proscription.stated_counts(select(listed))["verdict"].tolist() == ["not compared"]


# --- Who names whom -------------------------------------------------------------------------------


@in_each_scope
def test_every_mention_of_a_group_is_a_naming_and_nothing_else(corpus, filters):
    scope = corpus.select(**filters)
    found = proscription.namings(scope)
    groups = {
        row["organization_id"]
        for row in read(corpus.root, "organizations")
        if row["kind"] == "nonstate_group"
    }
    mentions = ctdata.load_mentions(country=filters.get("country"), source=filters.get("sources"))
    mentions = mentions[mentions["organization_id"].isin(groups)]
    pairs = set(zip(mentions["organization_id"], mentions["source_id"], strict=True))
    assert pairs
    assert set(zip(found["organization_id"], found["source_id"], strict=True)) == pairs


def test_each_way_of_naming_is_told_apart(listed):
    found = proscription.namings(select(listed))
    assert found[["organization_id", "naming", "how", "list_id"]].to_numpy().tolist() == [
        ["red-hand", "entry", "an entry", "rur-list"],
        ["red-hand", "listing", "sanctioned by its keeper", "board-list"],
        ["blue-hand", "entry", "an entry", "rur-list"],
        ["green-fist", "other", "named", ""],
    ]
    assert found["claim_id"].tolist() == [
        "rur-2017-des-0",
        "rur-2017-rel-0",
        "rur-2017-des-1",
        "rur-2017-rel-2",
    ]


def test_a_group_named_where_something_happens_to_a_list_stands_with_that_list(listed):
    listed.change("legal_events", 1, quote="Green Fist was seen again. The Board list was adopted")
    found = proscription.namings(select(listed)).set_index("organization_id")
    assert found.loc["green-fist", ["naming", "how", "list_id", "as_written"]].tolist() == [
        "listing",
        "list adopted",
        "board-list",
        "Green Fist",
    ]


def test_a_keeper_of_several_lists_is_named_instead_of_a_list(listed):
    listed.add(
        "instruments", instrument_id="b-list", title="B", kind="list", jurisdiction_id="board"
    )
    found = proscription.namings(select(listed))
    tied = found[found["naming"] == "listing"]
    assert tied[["how", "list_id"]].to_numpy().tolist() == [["sanctioned by Board", ""]]


def test_the_ties_are_those_of_the_file(corpus):
    found = proscription.namings(corpus.select())
    relations = {
        row["claim_id"]
        for row in read(corpus.root, "relations")
        if row["predicate"] in ("sanctions", "concerns")
        and row["object_id"] in set(found["organization_id"])
    }
    assert relations
    assert relations <= set(found.loc[found["naming"] == "listing", "claim_id"])


def test_a_part_in_an_event_counts_as_named_otherwise(listed):
    listed.add(
        "participation",
        claim_id="rur-2017-par-1",
        source_id="rur-2017",
        event_id="visit-2016",
        organization_id="green-fist",
        role="target",
        quote="Green Fist was seen again",
    )
    found = proscription.namings(select(listed))
    last = found[found["organization_id"] == "green-fist"]
    assert last["how"].tolist() == ["target: Visit to Ruritania"]


def test_beyond_the_entries_nothing_is_lost_and_no_entry_is_left(corpus):
    scope = corpus.select()
    found = proscription.namings(scope)
    shown = proscription.beyond_entries(scope)
    rest = found[found["naming"] != "entry"]
    assert shown["claims"].sum() == len(rest) > 0
    entries = {row["organization_id"] for row in read(corpus.root, "designations")}
    assert all(
        (row.listed == "yes") == (row.organization_id in entries) for row in shown.itertuples()
    )


def test_a_mention_takes_the_narrowest_claim_that_holds_it(listed):
    scope = select(listed)
    mentions = scope.mentions
    placed = proscription.locate(scope, mentions[mentions["entity_id"] == "charter"])
    assert placed[["claim_id", "quote"]].to_numpy().tolist() == [
        ["rur-2017-leg-1", "Charter of 1999"]
    ]


def test_a_mention_that_no_claim_holds_is_its_own_quote(listed):
    relations = read(listed.root, "relations")
    listed.write("relations", [row for row in relations if row["object_id"] != "border-act"])
    found = proscription.namings(select(listed)).set_index("organization_id")
    assert found.loc["green-fist", ["claim_id", "citation", "quote"]].tolist() == [
        "",
        "rur-2017, para. 3",
        "Green Fist",
    ]


# --- Lists and acts -------------------------------------------------------------------------------


def test_lists_without_entries_are_listed_too(corpus):
    found = proscription.lists(corpus.select()).set_index("list_id")
    known = {
        row["instrument_id"]
        for row in read(corpus.root, "instruments")
        if row["kind"] in ("list", "regime")
    }
    sizes = Counter(row["list_id"] for row in read(corpus.root, "designations"))
    assert set(found.index) == known
    assert all(found.at[name, "entries"] == sizes[name] for name in known)
    assert any(sizes[name] == 0 for name in known)


def test_a_list_tells_what_happened_to_it_and_where_it_is_named(listed):
    found = proscription.lists(select(listed)).set_index("list_id")
    assert found.loc["board-list", ["keeper", "entries", "told"]].tolist() == [
        "Board",
        0,
        "adopted",
    ]
    assert found.loc["rur-list", "claim_ids"] == ("rur-2017-fig-1",)
    assert found.loc["rur-list", "citation"].plain() == "[rur-2017, para. 1]"


def test_acts_are_those_on_lists_and_on_what_their_keepers_stand_on(listed):
    found = proscription.acts_around(select(listed))
    assert found[["part", "instrument", "what", "when"]].to_numpy().tolist() == [
        ["a list", "Board list", "adopted", ""],
        ["a keeper's basis", "Charter", "adopted", "1999"],
    ]


def test_what_a_state_carries_out_is_no_basis_of_its_list(listed):
    assert "border-act" in {row["instrument_id"] for row in read(listed.root, "legal_events")}
    assert "border-act" not in set(proscription.acts_around(select(listed))["instrument_id"])


def test_an_act_that_several_texts_tell_is_one_row(corpus):
    scope = corpus.select()
    found = proscription.acts_around(scope)
    events = scope.legal_events[scope.legal_events["instrument_id"].isin(found["instrument_id"])]
    keys = ["instrument_id", "action", "actor_id", "date"]
    assert len(found) == len(events.drop_duplicates(keys)) < len(events)
    assert found["claims"].sum() == len(events)


# --- Answer and chart -----------------------------------------------------------------------------


def test_the_answer_tells_lists_and_groups(listed):
    assert proscription.answer(select(listed)).plain() == (
        "rur-2017 prints 2 entries of the list “National list”, as many as it states"
        " [rur-2017, para. 1]. No other text names any of the entries. Named, but on no list"
        " printed in scope: Green Fist [rur-2017, para. 3]. Lists that are named without their"
        " entries: Board list [rur-2017, para. 3]."
    )
    listed.change("figures", 2, low="9", high="9")
    assert ", not as many as it states" in proscription.answer(select(listed)).plain()
    alone = proscription.answer(select(listed, sources="rur-2017")).plain()
    assert "No other text is in scope" in alone


@in_each_scope
def test_the_chart_has_a_mark_for_each_naming(corpus, filters):
    scope = corpus.select(**filters)
    found = proscription.namings(scope)
    picture = proscription.draw_namings(scope)
    axes = picture.figure.axes[0]
    drawn = sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() != "None")
    expected = found.drop_duplicates(["organization_id", "source_id", "naming"])
    assert drawn == len(expected) > 0
    labels = [text.get_text() for text in axes.texts]
    assert len(labels) == len(set(labels)) >= found["organization_id"].nunique()


@in_silence
def test_a_scope_without_groups_gives_sentences(corpus, filters):
    scope = corpus.select(**filters)
    assert proscription.namings(scope).empty
    shown = [
        proscription.show_entries(scope),
        proscription.spelling(scope),
        proscription.draw_namings(scope),
        proscription.answer(scope),
        display.table(proscription.stated_counts(scope)),
        display.table(proscription.beyond_entries(scope)),
    ]
    assert all(isinstance(one, display.Sentence) and one.plain() for one in shown)


def test_two_drawings_are_the_same(corpus):
    scope = corpus.select()
    assert proscription.draw_namings(scope).svg() == proscription.draw_namings(scope).svg()
