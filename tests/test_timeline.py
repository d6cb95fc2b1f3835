"""Legal timelines: acts, lanes, places in time, resolutions, visits, and the national order."""

from __future__ import annotations

import csv
import datetime
import itertools
import random
import re
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

import ctdata
from ctdata import dates, display, timeline
from ctdata.timeline.claims import same_acts
from ctdata.timeline.comparison import assessments
from ctdata.timeline.lanes import MARK_OF, MARKS, lanes
from ctdata.timeline.national import national_order, stated_counts
from ctdata.timeline.resolutions import matrix

CORPUS = ctdata.Corpus()
SCOPES = [
    {},
    {"since": "2012", "until": "2013"},
    {"until": "2005"},
    {"country": "KGZ", "until": "1990"},
    *({"country": country} for country in sorted(set(CORPUS.load("sources")["country"].dropna()))),
    *({"sources": source} for source in CORPUS.load("sources")["source_id"]),
]
NUMBER = re.compile(r"\b(\d{3,4} \((?:19|20)\d\d\))")


def rows_of(table: str) -> list[dict[str, str]]:
    """Rows of a table, read without the package."""
    with (CORPUS.root / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words_of(source_id: str) -> str:
    """A text in one line, read without the package."""
    return " ".join((CORPUS.root / "texts" / f"{source_id}.txt").read_text("utf-8").split())


@pytest.fixture(params=SCOPES, ids=lambda scope: " ".join(scope.values()) or "all")
def scope(request):
    return CORPUS.select(**request.param)


@pytest.fixture(scope="module")
def everything():
    return CORPUS.select()


@pytest.fixture(scope="module")
def told(everything):
    return timeline.acts(everything)


# Lanes


def bodies(**changes: dict[str, str]) -> pd.DataFrame:
    """A few organizations."""
    columns = ["organization_id", "name", "acronym", "kind", "level", "country", "parent_id"]
    rows = [
        ("un", "United Nations", "UN", "international_organization", "global", None, None),
        ("unsc", "Security Council", None, "organ", "global", None, "un"),
        ("committee", "A committee", None, "organ", "global", None, "unsc"),
        (
            "sco",
            "Shanghai Organization",
            "SCO",
            "international_organization",
            "regional",
            None,
            None,
        ),
        (
            "nato",
            "Treaty Organization",
            "NATO",
            "international_organization",
            "regional",
            None,
            None,
        ),
        ("eu", "Union", "EU", "international_organization", "regional", None, None),
        ("league", "League of Some", "LOS", "international_organization", "regional", None, None),
        ("office", "Office in Ruritania", None, "field_office", "national", "RUR", "sco"),
        ("rur", "Ruritania", None, "state", "national", "RUR", None),
        ("court", "Court of Ruritania", None, "government_body", "national", "RUR", "rur"),
        ("loop", "Loop", None, "organ", "global", None, "loop"),
    ]
    return pd.DataFrame(rows, columns=columns).astype("str")


def lane(jurisdiction: str | None, kind: str = "law") -> str:
    row = {"instrument_id": "x", "jurisdiction_id": jurisdiction, "kind": kind}
    return lanes(pd.DataFrame([row]).astype("str"), bodies()).loc["x", "lane"]


@pytest.mark.parametrize(
    ("jurisdiction", "kind", "expected"),
    [
        ("unsc", "resolution", "UN Security Council"),
        ("committee", "list", "UN Security Council"),
        ("un", "convention", "Universal treaties"),
        ("un", "strategy", "UN"),
        ("sco", "convention", "SCO"),
        ("office", "plan", "SCO"),
        ("nato", "plan", "NATO and EU"),
        ("eu", "plan", "NATO and EU"),
        ("league", "plan", "LOS"),
        ("rur", "law", "Ruritania"),
        ("court", "decree", "Ruritania"),
        ("loop", "plan", "Loop"),
        (None, "agreement", "Jurisdiction not stated"),
        ("nobody", "agreement", "Jurisdiction not stated"),
    ],
)
def test_the_lane_follows_from_jurisdiction_and_kind(jurisdiction, kind, expected):
    assert lane(jurisdiction, kind) == expected


def test_lanes_go_from_the_world_to_the_state():
    jurisdictions = ["rur", None, "league", "eu", "sco", "un", "unsc", "nato"]
    instruments = pd.DataFrame(
        {
            "instrument_id": [str(j) for j in jurisdictions],
            "jurisdiction_id": jurisdictions,
            "kind": "plan",
        }
    )
    placed = lanes(instruments, bodies()).sort_values("rank", kind="stable")
    assert list(placed.index) == ["unsc", "un", "sco", "eu", "nato", "league", "rur", "None"]
    assert placed.loc["rur", "country"] == "RUR"
    assert placed.loc["eu", "rank"] == placed.loc["nato", "rank"]


def test_every_action_of_the_data_dictionary_has_one_mark():
    declared = CORPUS.schema["legal_events"].columns
    actions = next(column.values for column in declared if column.name == "action")
    grouped = [action for mark in MARKS.values() for action in mark.actions]
    assert actions and sorted(grouped) == sorted(actions)


def test_marks_differ_in_shape():
    shapes = [mark.shape for mark in MARKS.values()]
    assert len(set(shapes)) == len(shapes)


# Acts


def claim(action="adopted", date="", actor="", claim_id="c1", instrument="act") -> dict:
    edtf = dates.parse(date) if date else None
    return {
        "claim_id": claim_id,
        "instrument_id": instrument,
        "action": action,
        "actor_id": actor,
        "date": date,
        "date_earliest": edtf.earliest if edtf else None,
        "date_latest": edtf.latest if edtf else None,
    }


def grouped(*claims: dict) -> list[list[str]]:
    """Which claims are the same act, by number."""
    numbered = [one | {"claim_id": f"c{i}"} for i, one in enumerate(claims, 1)]
    return sorted(sorted(c["claim_id"] for c in act) for act in same_acts(numbered))


def test_a_year_and_a_month_in_it_are_one_adoption():
    assert grouped(claim(date="2010"), claim(date="2010-10")) == [["c1", "c2"]]


def test_the_strictest_date_stands_first():
    (act,) = same_acts([claim(date="2010"), claim(date="2010-10"), claim()])
    assert [one["date"] for one in act] == ["2010-10", "2010", ""]


def test_two_years_are_two_adoptions():
    assert grouped(claim(date="2010"), claim(date="2011")) == [["c1"], ["c2"]]


def test_an_undated_adoption_joins_the_dated_one():
    assert grouped(claim(actor="council"), claim(date="2017")) == [["c1", "c2"]]


def test_an_undated_claim_that_fits_two_acts_stays_alone():
    assert grouped(claim(date="2010"), claim(date="2011"), claim()) == [["c1"], ["c2"], ["c3"]]


def test_other_actors_adopt_other_things():
    assert grouped(claim(actor="a"), claim(actor="b")) == [["c1"], ["c2"]]


def test_silence_about_who_signed_is_not_filled():
    both = claim("signed", actor="kaz"), claim("signed")
    assert grouped(*both) == [["c1"], ["c2"]]
    assert grouped(*(one | {"action": "approved"} for one in both)) == [["c1", "c2"]]


def test_a_ratification_with_and_without_its_date_is_one():
    both = claim("ratified", "2010-05", "kaz"), claim("ratified", "", "kaz")
    assert grouped(*both) == [["c1", "c2"]]


def test_what_can_happen_again_is_one_only_at_one_time():
    assert grouped(claim("assessed", "2016", "cted"), claim("assessed", "2016-05", "cted")) == [
        ["c1"],
        ["c2"],
    ]
    assert grouped(claim("assessed", "2016", "cted"), claim("assessed", "2016", "cted")) == [
        ["c1", "c2"]
    ]
    assert grouped(claim("assessed", "2016"), claim("assessed", "")) == [["c1"], ["c2"]]


def test_a_signature_is_no_ratification():
    assert grouped(claim("signed", "2010", "kaz"), claim("ratified", "2010", "kaz")) == [
        ["c1"],
        ["c2"],
    ]


some_claims = st.lists(
    st.builds(
        claim,
        st.sampled_from(["adopted", "signed", "assessed"]),
        st.sampled_from(
            ["", "2010", "2010-10", "2010/2012", "2011", "2010/..", "../2012", "2011~"]
        ),
        st.sampled_from(["", "kaz", "un"]),
    ),
    max_size=9,
).map(lambda claims: [one | {"claim_id": f"c{i}"} for i, one in enumerate(claims)])


@given(some_claims, st.randoms(use_true_random=False))
def test_each_claim_is_in_one_act_whatever_the_order(claims, shuffle: random.Random):
    def ids(rows):
        return sorted(sorted(c["claim_id"] for c in act) for act in same_acts(rows))

    mixed = shuffle.sample(claims, len(claims))
    assert Counter(itertools.chain(*ids(claims))) == Counter(c["claim_id"] for c in claims)
    assert ids(claims) == ids(mixed)


@given(some_claims)
def test_no_act_joins_two_actors_or_two_times(claims):
    for act in same_acts(claims):
        assert len({one["actor_id"] for one in act} - {""}) <= 1
        first = dates.parse(act[0]["date"]) if act[0]["date"] else None
        for one in act[1:]:
            assert not one["date"] or dates.overlaps(dates.parse(one["date"]), first, first)


def test_every_claim_in_scope_is_told_once(scope):
    held = [one for ids in timeline.acts(scope)["claim_ids"] for one in ids]
    assert sorted(held) == sorted(scope.legal_events["claim_id"])


def test_acts_are_counted_as_from_the_file(told):
    once = {"adopted", "approved", "entered_into_force"}
    each = {"signed", "ratified", "acceded"}
    keys = set()
    for row in rows_of("legal_events"):
        key = (row["instrument_id"], row["action"])
        if row["action"] in each:
            key += (row["actor_id"],)
        elif row["action"] not in once:
            key += (row["actor_id"], row["date"])
        keys.add(key)
    assert not told["differs"].any(), "the texts contradict each other: count the acts by hand"
    assert len(told) == len(keys)


def test_evidence_is_that_of_the_claims(told):
    cited = {row["claim_id"]: (row["source_id"], row["quote"]) for row in rows_of("legal_events")}
    places = CORPUS.load("legal_events").set_index("claim_id")["citation"]
    seen = 0
    for row in told.to_dict("records"):
        evidence = [row[name] for name in ("claim_ids", "source_ids", "citations", "quotes")]
        for claim_id, source_id, place, quote in zip(*evidence, strict=True):
            assert cited[claim_id] == (source_id, quote)
            assert places[claim_id] == place
            seen += 1
        assert row["texts"] == len(set(row["source_ids"]))
    assert seen == len(cited)


def test_an_act_that_several_texts_tell_is_dated_as_strictly_as_told(told):
    stated = {row["claim_id"]: row["date"] for row in rows_of("legal_events")}
    shared = told[(told["texts"] > 1) & (told["date"] != "")]
    assert len(shared)
    for row in shared.to_dict("records"):
        spans = [dates.parse(stated[one]) for one in row["claim_ids"] if stated[one]]
        assert row["date"] == min(spans, key=lambda d: (d.latest - d.earliest, d.text)).text


def test_two_dates_of_one_adoption_are_flagged(small_corpus):
    add_act(small_corpus, "rur-2016-leg-002", action="adopted", date="2012")
    corpus = ctdata.Corpus(small_corpus.root)
    told = timeline.acts(corpus.select())
    assert list(told["differs"]) == [True, True]
    said = timeline.answer(corpus.select(), told, no_visits()).plain()
    assert "Dated differently: Border Act" in said


def no_visits() -> pd.DataFrame:
    return timeline.compare_visits(
        CORPUS.select(country="KGZ", until="1990"), *(pd.DataFrame(columns=c) for c in EMPTY)
    )


EMPTY = (["action", "date", "earliest", "latest"], ["resolution", "source_id"])


def add_act(small_corpus, claim_id: str, instrument_id: str = "border-act", **cells: str) -> None:
    """Add a claim on the act of the small corpus."""
    small_corpus.add(
        "legal_events",
        claim_id=claim_id,
        source_id="rur-2016",
        instrument_id=instrument_id,
        quote="Border Act of 2010",
        **cells,
    )


# Places in time

some_dates = st.lists(
    st.tuples(
        st.sampled_from(sorted(MARK_OF)),
        st.one_of(
            st.dates(datetime.date(1995, 1, 1), datetime.date(2020, 12, 31)).map(str),
            st.integers(1995, 2020).map(str),
            st.sampled_from(["2003-12", "2010/2012", "2013/..", "../2001", "2014-11~", ""]),
        ),
        st.sampled_from(["first", "second"]),
    ),
    min_size=1,
    max_size=14,
)


def acts_of(drawn) -> pd.DataFrame:
    """Acts as `timeline.acts` makes them, on instruments of two lanes."""
    rows = []
    for number, (action, date, instrument) in enumerate(drawn):
        edtf = dates.parse(date) if date else None
        rows.append(
            {
                "lane": f"lane of {instrument}",
                "instrument_id": instrument,
                "instrument": f"The {instrument} instrument",
                "mark": MARK_OF[action],
                "what": action,
                "date": date,
                "when": dates.label(date) if date else "",
                "earliest": edtf.earliest if edtf else None,
                "latest": edtf.latest if edtf else None,
                "claim_ids": (f"c{number}",),
                "source_ids": ("s",),
                "citations": ("s, para. 1",),
                "quotes": ("q",),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.astype({"earliest": "datetime64[s]", "latest": "datetime64[s]"})


@settings(max_examples=50)
@given(some_dates)
def test_no_two_marks_touch(drawn):
    placed = timeline.layout(acts_of(drawn))
    marks = placed[placed["mark"] != ""]
    for _, level in marks.groupby("y"):
        ordered = level.sort_values("first")
        assert level["instrument_id"].nunique() == 1
        for one, other in itertools.pairwise(ordered.to_dict("records")):
            assert one["last"] < other["first"]
            assert one["at"] < other["at"]


@settings(max_examples=50)
@given(some_dates)
def test_every_dated_act_is_drawn_where_it_may_lie_and_no_undated_one(drawn):
    told = acts_of(drawn)
    placed = timeline.layout(told)
    marks = placed[placed["mark"] != ""]
    dated = told[told["date"] != ""]
    drawn_ids = sorted(one for ids in marks["claim_ids"] for one in ids)
    assert drawn_ids == sorted(one for ids in dated["claim_ids"] for one in ids)
    for mark in marks.to_dict("records"):
        edtf = dates.parse(mark["date"])
        assert mark["lane"] == f"lane of {mark['instrument_id']}"
        assert mark["first"] <= mark["at"] <= mark["last"]
        assert mark["open_start"] == (edtf.earliest is None)
        assert mark["open_end"] == (edtf.latest is None)
        assert edtf.earliest is None or mark["first"].date() == edtf.earliest
        assert edtf.latest is None or mark["last"].date() == edtf.latest
        assert mark["approximate"] == edtf.approximate


@settings(max_examples=50)
@given(some_dates)
def test_rows_do_not_run_into_each_other(drawn):
    placed = timeline.layout(acts_of(drawn))
    spans = [
        (rows["y"].min(), rows["y"].max())
        for _, rows in placed.groupby(["lane", "instrument_id"], sort=False)
    ]
    for (_, above), (below, _) in itertools.pairwise(spans):
        assert below - above >= 1


def test_lanes_without_a_date_are_shown_too(told):
    placed = timeline.layout(told)
    headings = placed[placed["mark"] == ""]
    assert list(headings["label"]) == list(dict.fromkeys(told["lane"]))
    undated = Counter(told.loc[told["date"] == "", "lane"])
    assert undated
    for heading in headings.to_dict("records"):
        count = int((heading["what"] or "0").split()[0])
        assert count == undated[heading["label"]]


def test_labels_of_instruments_are_different_and_short(told):
    placed = timeline.layout(told)
    rows = placed[placed["mark"] != ""].drop_duplicates("instrument_id")
    assert rows["label"].is_unique and len(rows)
    assert rows["label"].str.len().max() <= 48


def test_names_that_are_cut_alike_are_cut_otherwise():
    drawn = [("adopted", "2010", "first"), ("adopted", "2011", "second")]
    title = (
        "Recommendations of the Council on a Subject of Much Concern from its {} visit to Ruritania"
    )
    frame = acts_of(drawn).assign(instrument=[title.format(2010), title.format(2011)])
    labels = timeline.layout(frame).query("mark != ''")["label"]
    assert labels.is_unique and all("visit to Ruritania" in label for label in labels)


def test_what_only_the_authority_table_dates_is_not_drawn(small_corpus):
    small_corpus.change("legal_events", 0, date="")
    corpus = ctdata.Corpus(small_corpus.root)
    told = timeline.acts(corpus.select())
    assert timeline.layout(told).empty
    assert isinstance(timeline.draw(told, "all"), display.Sentence)
    assert list(timeline.undated(told)["authority"]) == ["2010"]
    assert "2010" in timeline.show(timeline.undated(told), "undated").plain()


def test_a_picture_has_no_colliding_words(scope):
    uses = timeline.invocations(scope)
    pictures = [
        timeline.draw(timeline.acts(scope), scope.scope),
        timeline.draw_invocations(scope, uses),
    ]
    for picture in pictures:
        if isinstance(picture, display.Sentence):
            continue
        figure = picture.figure
        FigureCanvasAgg(figure).draw()
        axes = figure.axes[0]
        words = [*figure.texts, *axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels()]
        words += [text for legend in figure.legends for text in legend.get_texts()]
        boxes = [word.get_window_extent() for word in words if word.get_text()]
        assert len(boxes) > 4
        for one, other in itertools.combinations(boxes, 2):
            apart = one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 + 1
            assert apart or other.y1 <= one.y0 + 1
        for box in boxes:
            assert box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1
            assert box.y0 >= -1 and box.y1 <= figure.bbox.y1 + 1


def test_a_picture_is_the_same_each_time(everything, told):
    assert timeline.draw(told, "all").svg() == timeline.draw(told, "all").svg()


@settings(max_examples=20)
@given(some_dates.filter(lambda drawn: any(date for _, date, _ in drawn)))
def test_any_dates_can_be_drawn(drawn):
    picture = timeline.draw(acts_of(drawn), "some")
    assert "Swim lanes" in picture.alt


# Resolutions


def test_resolutions_are_used_as_the_file_says(everything):
    uses = timeline.invocations(everything)
    numbers = {
        row["instrument_id"]: row["number"]
        for row in rows_of("instruments")
        if row["kind"] == "resolution" and row["jurisdiction_id"] == "unsc"
    }
    told: dict[tuple[str, str], set[str]] = {}
    for row in rows_of("legal_events"):
        if row["instrument_id"] in numbers:
            key = (row["source_id"], numbers[row["instrument_id"]])
            told.setdefault(key, set()).add(row["action"])
    expected = {key: actions - {"adopted"} or actions for key, actions in told.items()}
    shown: dict[tuple[str, str], set[str]] = {}
    for row in uses.to_dict("records"):
        if row["resolution"] in numbers.values() and row["use"] != "named":
            shown.setdefault((row["source_id"], row["resolution"]), set()).add(row["use"])
    assert expected and shown == expected


def test_no_number_printed_in_a_text_is_missing(everything):
    uses = timeline.invocations(everything)
    printed = {
        (source, number)
        for source in CORPUS.load("sources")["source_id"]
        for number in NUMBER.findall(words_of(source))
    }
    shown = set(zip(uses["source_id"], uses["resolution"], strict=True))
    assert printed and printed <= shown


def test_texts_stand_by_issue_and_resolutions_by_number(everything):
    uses = timeline.invocations(everything)
    issued = {row["source_id"]: row["issued"].strip("~") for row in rows_of("sources")}
    order = [issued[source] for source in dict.fromkeys(uses["source_id"])]
    assert order == sorted(order) and len(order) > 2
    placed = matrix(list(dict.fromkeys(uses["source_id"])), uses)
    by_x = placed.assign(x=placed["x"].round()).sort_values("x")["resolution"]
    numbers = [int(name.split()[0]) for name in dict.fromkeys(by_x) if name[0].isdigit()]
    assert numbers == sorted(numbers) and len(numbers) > 2


def test_the_matrix_has_a_row_for_each_text_by_issue(everything):
    picture = timeline.draw_invocations(everything, timeline.invocations(everything))
    labels = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    issued = {row["source_id"]: row["issued"].strip("~") for row in rows_of("sources")}
    order = [issued[label.split(",")[0]] for label in labels]
    assert len(order) == len(issued) and order == sorted(order)


def test_uses_stand_in_their_cells_side_by_side(everything):
    uses = timeline.invocations(everything)
    texts = list(dict.fromkeys(uses["source_id"]))
    placed = matrix(texts, uses)
    for source, cell in placed.groupby("source_id"):
        assert set(cell["y"]) == {texts.index(source)}
    assert not placed.duplicated(["x", "y"]).any()
    cells = placed.groupby("resolution")["x"]
    assert (cells.max() - cells.min() < 1).all()
    assert cells.mean().round().is_unique


def council(small_corpus, **cells: str) -> pd.DataFrame:
    """Uses of a resolution that the small corpus names."""
    small_corpus.add(
        "organizations",
        organization_id="unsc",
        name="Security Council",
        kind="organ",
        level="global",
    )
    small_corpus.add(
        "instruments",
        instrument_id="res",
        title="Resolution on borders",
        number="Border Act of 2010",
        kind="resolution",
        jurisdiction_id="unsc",
    )
    if cells:
        add_act(small_corpus, "rur-2016-leg-002", "res", **cells)
    return timeline.invocations(ctdata.Corpus(small_corpus.root).select())


def test_a_resolution_that_is_only_mentioned_is_named(small_corpus):
    uses = council(small_corpus)
    assert list(uses["use"]) == ["named"]
    assert uses["quotes"][0] == ("Border Act of 2010",)
    assert uses["citations"][0] == ("rur-2016, para. 2",)


def test_a_resolution_of_which_only_the_adoption_is_told_is_not_just_named(small_corpus):
    assert list(council(small_corpus, action="adopted", date="2010")["use"]) == ["adopted"]


def test_what_a_text_does_counts_before_its_adoption(small_corpus):
    add_act(small_corpus, "rur-2016-leg-003", "res", action="invoked")
    assert list(council(small_corpus, action="adopted", date="2010")["use"]) == ["invoked"]


# Visits


def test_what_entered_is_what_the_later_text_prints_and_the_earlier_does_not(everything, told):
    visits = assessments(everything)
    compared = timeline.compare_visits(everything, told, timeline.invocations(everything))
    sources = visits.groupby("event_id", sort=False)["source_id"].apply(set)
    pairs = list(itertools.pairwise(sources.index))
    assert pairs
    for earlier, later in pairs:
        before, after = (
            {number for source in sources[visit] for number in NUMBER.findall(words_of(source))}
            for visit in (earlier, later)
        )
        rows = compared[(compared["earlier"] == earlier) & (compared["later"] == later)]
        by_change = rows.groupby("change")["resolution"].apply(set)
        assert by_change.get("entered", set()) == after - before
        assert by_change.get("left", set()) == before - after
        assert by_change.get("stayed", set()) == before & after
        entered = rows[rows["change"] == "entered"]
        ended = visits.set_index("event_id").loc[earlier, "latest"]
        newer = [int(number[-5:-1]) > ended.year for number in entered["resolution"]]
        assert list(entered["newer"] == "yes") == newer


def test_visits_to_different_states_are_called_so(everything, told):
    compared = timeline.compare_visits(everything, told, timeline.invocations(everything))
    countries = assessments(everything)["country"]
    said = timeline.tell_visits(compared).plain()
    assert ("different states" in said) == (countries.nunique() > 1)
    same = timeline.tell_visits(compared.assign(one_state="yes")).plain()
    assert "different states" not in same and "entered" in same


def test_a_resolution_of_before_the_earlier_visit_is_not_newer(everything, told):
    uses = timeline.invocations(everything)
    old = told.assign(earliest=pd.Timestamp("1990-01-01"))
    assert set(timeline.compare_visits(everything, old, uses)["newer"]) == {"no"}
    silent = told[told["action"] != "adopted"]
    assert set(timeline.compare_visits(everything, silent, uses)["newer"]) == {""}


def test_one_visit_is_not_compared():
    (one, *_) = assessments(CORPUS.select())["source_id"]
    scope = CORPUS.select(sources=one)
    uses = timeline.invocations(scope)
    compared = timeline.compare_visits(scope, timeline.acts(scope), uses)
    assert len(assessments(scope)) == 1 and compared.empty
    assert isinstance(timeline.tell_visits(compared), display.Sentence)


# The national order


def test_numbers_of_amended_codes_and_laws_are_those_printed(everything, told):
    found = [
        (source, *numbers)
        for source in CORPUS.load("sources")["source_id"]
        for numbers in re.findall(r"(\d+) codes and (\d+) laws", words_of(source))
    ]
    assert found
    said = timeline.tell_amendments(everything, told).plain()
    for source, codes, laws in found:
        assert f"{codes} codes and {laws} laws amended" in said
        assert source in said


def test_the_national_order_has_the_acts_on_own_instruments_in_time(told):
    of_state = {
        row["organization_id"] for row in rows_of("organizations") if row["country"] == "KAZ"
    }
    own = {
        row["instrument_id"] for row in rows_of("instruments") if row["jurisdiction_id"] in of_state
    }
    claims = {row["claim_id"] for row in rows_of("legal_events") if row["instrument_id"] in own}
    kinds = {row["instrument_id"]: row["kind"] for row in rows_of("instruments")}
    treaties = {
        row["claim_id"]
        for row in rows_of("legal_events")
        if row["action"] in ("signed", "ratified", "acceded", "ratification_pending")
        and kinds[row["instrument_id"]] not in ("law", "code", "decree", "constitution")
    }
    order = national_order(told, "KAZ")
    held = {one for ids in order["claim_ids"] for one in ids}
    assert held and treaties and held == claims - treaties
    dated = order[order["date"] != ""]
    assert dated["earliest"].is_monotonic_increasing
    assert list(order["date"] != "") == sorted(order["date"] != "", reverse=True)


def test_a_state_of_whose_law_nothing_is_told_is_said_to_be_silent():
    scope = CORPUS.select(country="KGZ")
    told = timeline.acts(scope)
    assert len(told) and national_order(told, "KGZ").empty
    (said,) = timeline.show_national(scope, told)
    assert "Kyrgyzstan" in said.plain() and isinstance(said, display.Sentence)


def test_pending_ratifications_stay_pending(everything, told):
    pending = {
        row["instrument_id"]
        for row in rows_of("legal_events")
        if row["action"] == "ratification_pending"
    }
    finished = {
        row["instrument_id"]
        for row in rows_of("legal_events")
        if row["action"] in ("ratified", "acceded") and row["actor_id"] == "kaz"
    }
    status = timeline.acceptance(everything, told)
    shown = set(status.loc[status["mark"] == "pending", "instrument_id"])
    assert pending and shown == pending - finished
    said = timeline.answer(everything, told, no_visits()).plain()
    assert said.count("ratification is pending") == len(shown)


def treaty(small_corpus, *actions: tuple[str, str]) -> pd.DataFrame:
    small_corpus.change("instruments", 0, kind="treaty", jurisdiction_id="")
    small_corpus.change("legal_events", 0, action=actions[0][0], date=actions[0][1], actor_id="rur")
    for number, (action, date) in enumerate(actions[1:], 2):
        add_act(small_corpus, f"rur-2016-leg-00{number}", action=action, date=date, actor_id="rur")
    selection = ctdata.Corpus(small_corpus.root).select()
    return timeline.acceptance(selection, timeline.acts(selection))


@pytest.mark.parametrize(
    ("actions", "status"),
    [
        ([("signed", "2009")], "signed"),
        ([("signed", "2009"), ("ratification_pending", "2010")], "pending"),
        ([("ratification_pending", "2010"), ("signed", "2012")], "pending"),
        ([("ratification_pending", "2010"), ("ratified", "")], "joined"),
    ],
)
def test_the_status_is_the_furthest_that_is_told(small_corpus, actions, status):
    shown = treaty(small_corpus, *actions)
    assert list(shown["mark"]) == [status]
    assert len(shown["claim_ids"][0]) == len(actions)


def test_a_ratification_by_somebody_unnamed_finishes_nothing(small_corpus):
    small_corpus.change("instruments", 0, kind="treaty", jurisdiction_id="")
    small_corpus.change("legal_events", 0, action="ratification_pending", actor_id="rur")
    add_act(small_corpus, "rur-2016-leg-002", action="ratified")
    selection = ctdata.Corpus(small_corpus.root).select()
    shown = timeline.acceptance(selection, timeline.acts(selection))
    assert dict(zip(shown["actor"], shown["mark"], strict=True)) == {
        "Ruritania": "pending",
        "not said": "joined",
    }


# Validation


def test_nothing_in_any_scope_differs_from_what_the_texts_print(scope):
    checks = timeline.validation(scope, timeline.acts(scope))
    assert "differs" not in set(checks["verdict"])


def test_the_texts_numbers_of_instruments_are_compared(everything, told):
    counts = stated_counts(everything, told)
    stated = {
        row["claim_id"]
        for row in rows_of("figures")
        if row["indicator"]
        in ("codes_amended", "laws_amended", "instruments_joined", "ratifications_pending")
    }
    assert stated and stated <= {one for ids in counts["claim_ids"] for one in ids}
    assert "agrees" in set(counts["verdict"])


def count(small_corpus, low: str, high: str, pending: int) -> list[str]:
    small_corpus.change("figures", 0, indicator="ratifications_pending", low=low, high=high)
    small_corpus.change("legal_events", 0, action="ratification_pending", actor_id="rur", date="")
    for number in range(2, pending + 1):
        small_corpus.add(
            "instruments", instrument_id=f"act-{number}", title=f"Act {number}", kind="treaty"
        )
        add_act(
            small_corpus,
            f"rur-2016-leg-00{number}",
            f"act-{number}",
            action="ratification_pending",
            actor_id="rur",
        )
    selection = ctdata.Corpus(small_corpus.root).select()
    return list(stated_counts(selection, timeline.acts(selection))["verdict"])


@pytest.mark.parametrize(
    ("low", "high", "pending", "verdict"),
    [
        ("2", "2", 2, "agrees"),
        ("2", "2", 1, "differs"),
        ("2", "2", 3, "differs"),
        ("2", "", 3, "agrees"),
        ("", "2", 3, "differs"),
    ],
)
def test_a_count_that_drifts_is_seen(small_corpus, low, high, pending, verdict):
    assert count(small_corpus, low, high, pending) == [verdict]


def test_what_nobody_is_said_to_have_ratified_does_not_count(small_corpus):
    small_corpus.change("figures", 0, indicator="instruments_joined", low="1", high="1")
    small_corpus.change("legal_events", 0, action="ratified", actor_id="")
    selection = ctdata.Corpus(small_corpus.root).select()
    assert list(stated_counts(selection, timeline.acts(selection))["verdict"]) == ["differs"]


def test_instruments_taken_together_are_not_counted(small_corpus):
    small_corpus.change("instruments", 0, kind="collection")
    assert count(small_corpus, "14", "14", 1) == ["not named singly"]


def test_a_text_that_is_partly_out_of_scope_is_not_compared(small_corpus):
    add_act(small_corpus, "rur-2016-leg-009", action="assessed", date="1999", actor_id="dir")
    assert count(small_corpus, "2", "2", 1) == ["differs"]
    selection = ctdata.Corpus(small_corpus.root).select(since="2010")
    assert stated_counts(selection, timeline.acts(selection)).empty


def test_a_resolution_adopted_in_another_year_than_its_number_says_differs(small_corpus):
    council(small_corpus, action="adopted", date="2010")
    small_corpus.change("instruments", 1, number="9 (2011)")
    selection = ctdata.Corpus(small_corpus.root).select()
    checks = timeline.validation(selection, timeline.acts(selection))
    assert list(checks["verdict"]).count("differs") == 1


# What is shown


def test_an_empty_scope_is_said_in_sentences():
    scope = CORPUS.select(country="KGZ", until="1990")
    told, uses = timeline.acts(scope), timeline.invocations(scope)
    compared = timeline.compare_visits(scope, told, uses)
    shown = [
        timeline.draw(told, scope.scope),
        timeline.draw_invocations(scope, uses),
        timeline.show(timeline.tally(told), "tally"),
        timeline.show(timeline.dated(told), "dated"),
        timeline.show(timeline.undated(told), "undated"),
        timeline.show(timeline.by_text(uses), "uses"),
        timeline.show(compared, "visits"),
        timeline.tell_visits(compared),
        *timeline.show_national(scope, told),
        timeline.tell_amendments(scope, told),
        timeline.show(timeline.acceptance(scope, told), "acceptance"),
        timeline.answer(scope, told, compared),
    ]
    assert told.empty and all(isinstance(one, display.Sentence) for one in shown)


def test_frames_keep_their_types_when_they_are_empty(told):
    nothing = timeline.acts(CORPUS.select(country="KGZ", until="1990"))
    assert dict(nothing.dtypes) == dict(told.dtypes)
    assert dict(timeline.layout(nothing).dtypes) == dict(timeline.layout(told).dtypes)


def test_tables_cite_each_claim_behind_them(told):
    shown = timeline.show(timeline.dated(told), "dated").html()
    shown += timeline.show(timeline.undated(told), "undated").html()
    for row in rows_of("legal_events"):
        assert re.search(rf'data-claims="[^"]*\b{row["claim_id"]}\b', shown)


def test_the_tally_counts_the_acts_of_each_lane_by_hand(told):
    shown = timeline.tally(told)
    dated, undated, sorts = Counter(), Counter(), Counter()
    for act in told.to_dict("records"):
        (dated if act["date"] else undated)[act["lane"]] += 1
        sorts[act["lane"]] += len(act["claim_ids"])
    assert list(shown["lane"]) == list(dict.fromkeys(told["lane"]))
    assert list(shown["dated"]) == [dated[lane] for lane in shown["lane"]]
    assert list(shown["undated"]) == [undated[lane] for lane in shown["lane"]]
    for row in shown.itertuples():
        assert sum(map(int, re.findall(r"(?:^|; )(\d+) ", row.sorts))) == row.dated + row.undated
    assert sum(sorts.values()) == len(rows_of("legal_events"))


def test_the_uses_of_each_text_name_the_resolutions_of_the_file(everything):
    shown = timeline.by_text(timeline.invocations(everything))
    numbers = {row["instrument_id"]: row["number"] for row in rows_of("instruments")}
    assessed = {
        (row["source_id"], numbers[row["instrument_id"]])
        for row in rows_of("legal_events")
        if row["action"] == "assessed" and NUMBER.fullmatch(numbers[row["instrument_id"]])
    }
    assert assessed
    told = {
        (row.source_ids[0], number)
        for row in shown[shown["does"].str.contains("assessed")].itertuples()
        for number in NUMBER.findall(row.resolutions)
    }
    assert assessed <= told


def test_the_answer_counts_what_the_file_holds(everything, told):
    said = timeline.answer(everything, told, no_visits()).plain()
    instruments = {row["instrument_id"] for row in rows_of("legal_events")}
    assert f"{len(told)} acts on {len(instruments)} instruments" in said
    assert f"{(told['date'] != '').sum()} with a date" in said
