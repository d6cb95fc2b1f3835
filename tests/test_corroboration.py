"""Where texts meet, each verdict and each count, made along another way than the module does."""

from __future__ import annotations

import calendar
import csv
import datetime
import hashlib
import itertools
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ctdata
from ctdata import corroboration as co
from ctdata.corroboration.drawing import _connect
from ctdata.corroboration.reading import STRUCTURE, names_of
from ctdata.corroboration.support import _largest_agreeing
from ctdata.corroboration.verdicts import (
    AGREE,
    APART,
    BESIDE,
    EXCLUDE,
    FINER,
    SAME,
    SILENT,
    WITHIN,
    compare,
    relate,
)
from ctdata.estimates import Interval

ROOT = ctdata.Corpus().root


def rows_of(table: str, root: Path = ROOT) -> list[dict[str, str]]:
    """A table as the csv module reads it."""
    with (root / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def everything() -> SimpleNamespace:
    """The whole collection, laid out, compared and counted."""
    scope = ctdata.Corpus().select()
    claims = co.claims(scope)
    pairs = co.pairs(scope, claims)
    return SimpleNamespace(scope=scope, claims=claims, pairs=pairs, points=co.points(claims, pairs))


def pairs_at(everything: SimpleNamespace, kind: str, key: str, **texts: str) -> pd.DataFrame:
    """The pairs at one point or topic; it must be there."""
    found = everything.pairs.query("kind == @kind and key == @key")
    for name, text in texts.items():
        found = found[found[name] == text]
    assert len(found), f"no two texts meet at {kind} {key}"
    return found


# Dates and numbers against brute force

DAYS = st.dates(datetime.date(2010, 1, 1), datetime.date(2012, 12, 31))
DATES = st.one_of(
    DAYS.map(lambda d: f"{d:%Y}"),
    DAYS.map(lambda d: f"{d:%Y-%m}"),
    DAYS.map(datetime.date.isoformat),
)


def days_of(date: str) -> set[datetime.date]:
    """Every day of a year, month, day or closed interval."""
    start, _, end = date.partition("/")
    first, last = start.split("-"), (end or start).split("-")
    low = datetime.date(int(first[0]), *(int(n) for n in [*first[1:], "1", "1"][:2]))
    month = int(last[1]) if len(last) > 1 else 12
    day = int(last[2]) if len(last) > 2 else calendar.monthrange(int(last[0]), month)[1]
    high = datetime.date(int(last[0]), month, day)
    return {low + datetime.timedelta(n) for n in range((high - low).days + 1)}


def by_brute_force(first: set, second: set) -> str:
    return SAME if first == second else WITHIN if first & second else APART


@st.composite
def edtf(draw: st.DrawFn) -> str:
    one, other = draw(DATES), draw(DATES)
    ordered = min(days_of(one)) <= max(days_of(other)) and draw(st.booleans())
    return f"{one}/{other}" if ordered else one


@given(edtf(), edtf())
def test_dates_relate_as_their_sets_of_days_do(first: str, second: str) -> None:
    expected = by_brute_force(days_of(first), days_of(second))
    assert relate("date", first, second) == expected == relate("date", second, first)


NUMBERS = st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 20))).filter(
    lambda bounds: bounds[1] is None or bounds[0] <= bounds[1]
)


@given(NUMBERS, NUMBERS)
def test_numbers_relate_as_their_sets_of_values_do(first: tuple, second: tuple) -> None:
    # An open end reaches beyond every bound that is drawn.
    sets = [set(range(low, 30 if high is None else high + 1)) for low, high in (first, second)]
    intervals = [
        Interval(low, float("inf") if high is None else high) for low, high in (first, second)
    ]
    assert relate("number", *intervals) == by_brute_force(*sets)
    assert relate("number", *reversed(intervals)) == by_brute_force(*sets)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2010", "2010-10-14/2010-10-15", WITHIN),
        ("2013/..", "2017", WITHIN),
        ("2013/..", "2012", APART),
        ("2011", "2012", APART),
        ("2011~", "2012", WITHIN),
        ("2011~", "2013", APART),
        ("2011?", "2011", SAME),
        (float("nan"), "2011", SILENT),
        (None, None, SILENT),
    ],
)
def test_open_and_doubtful_dates_have_room(first: object, second: object, expected: str) -> None:
    assert relate("date", first, second) == expected


def test_an_approximate_number_may_be_off_by_a_tenth_and_an_exact_one_may_not() -> None:
    about = Interval(150, 150, approximate=True)
    assert relate("number", about, Interval(160, 160)) == WITHIN
    assert relate("number", about, Interval(170, 170)) == APART
    assert relate("number", Interval(150, 150), Interval(160, 160)) == APART
    assert relate("number", None, about) == SILENT


# Two claims at a point

FACETS = "actor date place country role occasion period number term".split()


def claim(kind: str, aspect: str = "", **states: object) -> dict[str, object]:
    return {"kind": kind, "aspect": aspect, **dict.fromkeys(FACETS), **states}


@pytest.mark.parametrize(
    ("first", "second", "verdict", "differs"),
    [
        # Silence is no disagreement.
        (claim("tie", "member_of"), claim("tie", "member_of", date="2010"), AGREE, ()),
        (claim("event", date="2010"), claim("event", place="Astana"), AGREE, ()),
        # One more exact.
        (
            claim("event", date="2010", place="Astana"),
            claim("event", date="2010-10-14/2010-10-15", place="Astana"),
            FINER,
            ("date",),
        ),
        (
            claim("act", "adopted", actor="rur", date="2010"),
            claim("act", "adopted", actor="rur/rur-president", date="2010"),
            FINER,
            ("actor",),
        ),
        # Not both can be true.
        (claim("event", date="2010"), claim("event", date="2011"), EXCLUDE, ("date",)),
        (claim("event", place="Astana"), claim("event", place="Almaty"), EXCLUDE, ("place",)),
        (claim("event", country="KAZ"), claim("event", country="KGZ"), EXCLUDE, ("country",)),
        (
            claim("act", "adopted", date="2010"),
            claim("act", "adopted", date="2012"),
            EXCLUDE,
            ("date",),
        ),
        (
            claim("act", "adopted", actor="unsc"),
            claim("act", "adopted", actor="unga"),
            EXCLUDE,
            ("actor",),
        ),
        (
            claim("act", "ratified", actor="rur", date="2010"),
            claim("act", "ratified", actor="rur", date="2012"),
            EXCLUDE,
            ("date",),
        ),
        (claim("part", role="lead"), claim("part", role="member"), EXCLUDE, ("role",)),
        (claim("term", term="2013/2017"), claim("term", term="2018/2022"), EXCLUDE, ("term",)),
        (
            claim("number", period="2017", number=Interval(5, 5)),
            claim("number", period="2017", number=Interval(7, 7)),
            EXCLUDE,
            ("number",),
        ),
        # Both can be true, and neither confirms the other.
        (
            claim("act", "ratified", actor="rur", date="2010"),
            claim("act", "ratified", actor="grau", date="2012"),
            BESIDE,
            ("actor", "date"),
        ),
        (
            claim("act", "signed", date="2010"),
            claim("act", "signed", actor="rur", date="2012"),
            BESIDE,
            ("date",),
        ),
        (
            claim("act", "assessed", actor="dir", date="2016"),
            claim("act", "assessed", actor="dir", date="2019"),
            BESIDE,
            ("date",),
        ),
        (
            claim("act", "implemented"),
            claim("act", "implemented", actor="rur"),
            BESIDE,
            ("actor",),
        ),
        (
            claim("tie", "chairs", date="2010"),
            claim("tie", "chairs", date="2014"),
            BESIDE,
            ("date",),
        ),
        (claim("part", role="host"), claim("part", role="organizer"), BESIDE, ("role",)),
        (
            claim("number", period="2016", number=Interval(300, 500)),
            claim("number", period="2017", number=Interval(0, 0)),
            BESIDE,
            ("period", "number"),
        ),
        (
            claim("number", number=Interval(5, 5)),
            claim("number", number=Interval(7, 7)),
            BESIDE,
            ("number",),
        ),
        (claim("seat", occasion="2016"), claim("seat", occasion="2019"), BESIDE, ("occasion",)),
    ],
)
def test_two_claims_get_the_verdict_that_their_facets_bear(
    first: dict, second: dict, verdict: str, differs: tuple[str, ...]
) -> None:
    for one, other in ((first, second), (second, first)):
        compared = compare(one, other)
        assert (compared.verdict, compared.differs) == (verdict, differs)


# A corpus of two texts, made to agree and to disagree

SECOND = (
    "Ruritania passed the Border Act in 2012 and ratified the Pact.\n"
    "The Directorate came in May 2016. In 2017 90 people were arrested. Mountain Forum met.\n"
)


@pytest.fixture
def two_texts(small_corpus) -> SimpleNamespace:
    """The small corpus and a second text by another speaker."""
    small_corpus.write_text("obs-2018", SECOND)
    small_corpus.add(
        "organizations", organization_id="obs", name="Observers", kind="coalition", level="global"
    )
    small_corpus.add(
        "sources",
        source_id="obs-2018",
        title="Report on Ruritania",
        publisher="Observers",
        document_type="country_report",
        issued="2018",
        country="RUR",
        language="en",
        rights="Made for a test.",
        sha256=hashlib.sha256(SECOND.encode()).hexdigest(),
    )

    def add(table: str, number: int, quote: str, **cells: str) -> None:
        claim_id = f"obs-2018-{table[:3]}-{number:03}"
        small_corpus.add(table, claim_id=claim_id, source_id="obs-2018", quote=quote, **cells)

    return SimpleNamespace(corpus=small_corpus, add=add)


def compared(small_corpus) -> SimpleNamespace:
    scope = ctdata.Corpus(small_corpus.root).select()
    claims = co.claims(scope)
    pairs = co.pairs(scope, claims)
    return SimpleNamespace(scope=scope, claims=claims, pairs=pairs, points=co.points(claims, pairs))


def test_a_contradiction_is_found_counted_quoted_and_drawn(two_texts) -> None:
    two_texts.add(
        "legal_events",
        1,
        "passed the Border Act in 2012",
        instrument_id="border-act",
        action="adopted",
        date="2012",
    )
    found = compared(two_texts.corpus)
    [pair] = found.pairs.to_dict("records")
    assert pair["verdict"] == EXCLUDE
    assert pair["how"] == "date (2010 / 2012)"
    [point] = found.points.query("key == 'border-act|adopted'").to_dict("records")
    assert (point["verdict"], point["support"], point["speakers"]) == (EXCLUDE, 1, 1)
    words = co.evidence(found.scope)
    told = co.tell_differences(found.pairs, words).plain()
    assert "date (2010 / 2012) [rur-2016, para. 2; obs-2018, para. 1]" in told
    shown = co.side_by_side(found.pairs, words, caption="", empty="").html()
    assert "Border Act of 2010" in shown and "passed the Border Act in 2012" in shown
    picture = co.draw(found.scope, co.things(found.pairs))
    assert "Exclude each other: Border Act" in picture.alt
    assert EXCLUDE in [text.get_text() for text in picture.figure.axes[0].texts]


def test_a_year_and_a_month_in_it_agree_and_give_independent_support(two_texts) -> None:
    two_texts.add(
        "events",
        1,
        "The Directorate came in May 2016",
        event_id="visit-2016",
        name="Visit to Ruritania",
        kind="visit",
        date="2016-05",
        country="RUR",
    )
    found = compared(two_texts.corpus)
    [pair] = found.pairs.to_dict("records")
    assert (pair["verdict"], pair["how"]) == (FINER, "date (3–5 May 2016 / May 2016)")
    counted = co.summary(found.points).set_index("kind")
    assert counted.loc["Events", ["points", "two", "independent"]].tolist() == [1, 1, 1]


def test_two_texts_of_one_speaker_are_two_texts_but_no_independent_support(two_texts) -> None:
    two_texts.corpus.change("sources", 1, publisher="The Directorate")
    two_texts.add(
        "legal_events", 1, "passed the Border Act", instrument_id="border-act", action="adopted"
    )
    counted = co.summary(compared(two_texts.corpus).points).set_index("kind")
    assert counted.loc["Acts on instruments", ["two", "independent"]].tolist() == [1, 0]


def test_signed_and_ratified_is_another_stage_and_no_contradiction(two_texts) -> None:
    two_texts.corpus.change("instruments", 0, kind="treaty", jurisdiction_id="dir")
    two_texts.corpus.change("legal_events", 0, action="signed", actor_id="rur")
    two_texts.add(
        "legal_events",
        1,
        "ratified the Pact",
        instrument_id="border-act",
        action="ratified",
        actor_id="rur",
        date="2012",
    )
    found = compared(two_texts.corpus)
    assert set(found.pairs["verdict"]) == {BESIDE}
    by_kind = found.pairs.set_index("kind")["how"]
    assert by_kind["act"] == "act (signed / ratified)"
    assert by_kind["stage"] == "stage (signed / party)"
    assert co.treaties(found.scope)["stage"].tolist() == ["signed", "party"]


def test_a_contradiction_is_not_hidden_by_a_claim_about_another_count(two_texts) -> None:
    who = "people who left"
    common = {"country": "RUR", "indicator": "departed_to_conflict", "unit": "people"}
    two_texts.corpus.change("figures", 0, period="2017")
    quote = "In 2017 90 people were arrested"
    two_texts.add("figures", 1, quote, population=who, low="90", high="90", period="2017", **common)
    two_texts.add("figures", 2, quote, population=who, low="900", period="2018", **common)
    two_texts.add("figures", 3, quote, population="children who left", low="90", **common)
    [pair] = compared(two_texts.corpus).pairs.query("level == 'point'").to_dict("records")
    assert (pair["verdict"], pair["how"]) == (EXCLUDE, "number (over 800 / 90)")


def test_working_together_has_no_direction(two_texts) -> None:
    two_texts.corpus.change(
        "relations", 0, predicate="cooperates_with", subject_id="dir", object_id="rur"
    )
    cells = {"predicate": "cooperates_with", "subject_id": "rur", "object_id": "dir"}
    two_texts.add("relations", 1, "The Directorate came", **cells)
    [pair] = compared(two_texts.corpus).pairs.to_dict("records")
    assert (pair["level"], pair["verdict"]) == ("point", AGREE)


def test_a_term_is_read_from_a_length_and_a_start(two_texts) -> None:
    for source, period, low, unit in (
        ("rur-2016", "2016/2020", "800", "people"),
        ("obs-2018", "2016/..", "5", "years"),
    ):
        quote = "Border Act of 2010" if source == "rur-2016" else "passed the Border Act in 2012"
        two_texts.corpus.add(
            "figures",
            claim_id=f"{source}-fig-009",
            source_id=source,
            country="RUR",
            indicator="programme_duration",
            population="the Act",
            low=low,
            high=low,
            unit=unit,
            period=period,
            quote=quote,
        )
    two_texts.add(
        "legal_events", 1, "the Border Act in 2012", instrument_id="border-act", action="amended"
    )
    found = compared(two_texts.corpus)
    [pair] = found.pairs.query("kind == 'term'").to_dict("records")
    assert (pair["verdict"], pair["label"]) == (AGREE, "Border Act: term 2016–2020")
    assert {"obs-2018-fig-009", "obs-2018-leg-001"} == set(pair["claims_b"])


def test_events_that_look_alike_are_listed_and_kept_apart(two_texts) -> None:
    cells = {"name": "Forum", "kind": "visit", "country": "RUR"}
    two_texts.add("events", 1, "Mountain Forum met", event_id="a", date="2016", **cells)
    two_texts.add("events", 2, "Mountain Forum", event_id="b", date="2017", **cells)
    elsewhere = cells | {"country": "GRA", "date": "2016"}
    two_texts.add("events", 3, "Forum met", event_id="c", **elsewhere)
    found = compared(two_texts.corpus)
    assert co.look_alikes(found.scope)["claims_b"].tolist() == [("obs-2018-eve-001",)]
    assert found.pairs.empty


def test_a_length_that_does_not_fit_its_dates_differs(small_corpus) -> None:
    days = {"unit": "days", "period": "2016-05-03/2016-05-05", "low": "3", "high": "3"}
    small_corpus.change("figures", 0, **days)
    small_corpus.change("figures", 1, **days | {"low": "4", "high": "4"})
    checked = co.durations(ctdata.Corpus(small_corpus.root).select())
    assert checked["verdict"].tolist() == ["agrees", "differs"]


def test_support_is_what_all_agree_on_and_not_a_chain() -> None:
    verdicts = {
        frozenset("ab"): FINER,
        frozenset("bc"): AGREE,
        frozenset("ac"): EXCLUDE,
    }
    assert len(_largest_agreeing("abc", verdicts)) == 2
    assert len(_largest_agreeing("abc", verdicts | {frozenset("ac"): AGREE})) == 3


# The collection, counted from its files


def keys_by_hand() -> dict[str, dict[tuple, set[str]]]:
    """Which texts tell what, straight from the files."""
    told: dict[str, dict[tuple, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows_of("relations"):
        ends = (row["subject_id"], row["object_id"])
        ends = tuple(sorted(ends)) if row["predicate"] == "cooperates_with" else ends
        told["tie"][*ends, row["predicate"]].add(row["source_id"])
    for row in rows_of("legal_events"):
        told["act"][row["instrument_id"], row["action"]].add(row["source_id"])
    for row in rows_of("events"):
        told["event"][row["event_id"],].add(row["source_id"])
    for row in rows_of("participation"):
        told["part"][row["event_id"], row["organization_id"]].add(row["source_id"])
    for row in rows_of("figures"):
        key = row["country"], row["indicator"], row["unit"], row["population"].lower()
        told["number"][key].add(row["source_id"])
    return told


def test_each_point_is_told_by_the_texts_that_the_files_name(everything) -> None:
    for kind, told in keys_by_hand().items():
        found = everything.points[everything.points["kind"] == kind]
        assert {frozenset(texts) for texts in found["texts"]} == set(map(frozenset, told.values()))
        assert len(found) == len(told)
        assert sum(len(texts) > 1 for texts in found["texts"]) == sum(
            len(texts) > 1 for texts in told.values()
        )


def test_every_two_texts_at_a_point_have_one_verdict(everything) -> None:
    expected = sum(
        len(list(itertools.combinations(texts, 2)))
        for told in keys_by_hand().values()
        for texts in told.values()
    )
    found = everything.pairs[everything.pairs["kind"].isin(list(keys_by_hand()))]
    found = found[found["level"] == "point"]
    assert len(found) == expected > 0
    assert not found.duplicated(["kind", "key", "text_a", "text_b"]).any()
    assert set(everything.pairs["verdict"]) <= set(co.VERDICTS)


def test_the_summary_adds_up(everything) -> None:
    counted = co.summary(everything.points)
    assert (counted["points"] == counted["one"] + counted["two"] + counted["more"]).all()
    assert (counted["two"] + counted["more"] == counted["by_name"] + counted["own_words"]).all()
    *kinds, together = counted.drop(columns="kind").to_numpy().tolist()
    assert [sum(column) for column in zip(*kinds, strict=True)] == together
    assert together[0] == len(everything.points)


def test_pairs_of_texts_hold_all_verdicts(everything) -> None:
    table = co.by_texts(everything.scope, everything.pairs)
    total = table[["by_name", *co.VERDICTS]].to_numpy().sum()
    assert total == len(everything.pairs) > 0
    order = names_of(everything.scope.corpus).issue
    assert all(order[row.text_a] < order[row.text_b] for row in table.itertuples())


def test_verdicts_on_each_two_texts_are_counted_one_by_one(everything) -> None:
    by_name, verdicts = Counter(), Counter()
    for met in everything.pairs.to_dict("records"):
        texts = met["text_a"], met["text_b"]
        if met["structural"]:
            by_name[texts] += 1
        else:
            verdicts[*texts, met["verdict"]] += 1
    for row in co.by_texts(everything.scope, everything.pairs).to_dict("records"):
        texts = row["text_a"], row["text_b"]
        assert row["by_name"] == by_name[texts]
        assert all(row[verdict] == verdicts[*texts, verdict] for verdict in co.VERDICTS)


def test_the_number_of_meetings_without_confirmation_is_told(everything) -> None:
    beside = [met for met in everything.pairs.to_dict("records") if met["verdict"] == BESIDE]
    told = co.tell_differences(everything.pairs, co.evidence(everything.scope)).plain()
    assert f"In {len(beside)} meetings of two texts neither confirms the other" in told
    assert all(facet in told for met in beside for facet in met["facets"])


def test_bodies_on_two_delegations_are_those_of_the_file(everything) -> None:
    came = defaultdict(set)
    for row in rows_of("participation"):
        if row["role"] in ("lead", "member") and row["event_id"].startswith("cted-visit"):
            came[row["event_id"]].add(row["organization_id"])
    (first, second) = came.values()
    told = co.tell_seats(everything.pairs, co.evidence(everything.scope)).plain()
    names = names_of(everything.scope.corpus).of_id
    shared = (first & second) - {"cted"}
    assert shared and all(names[body] in told for body in shared)
    assert told.count("[") == len(shared)


def test_every_pair_keeps_claims_that_its_texts_make(everything) -> None:
    words = co.evidence(everything.scope)
    for pair in everything.pairs.itertuples():
        for text, claims in ((pair.text_a, pair.claims_a), (pair.text_b, pair.claims_b)):
            assert claims and {words[claim]["source_id"] for claim in claims} == {text}


def test_totals_agree_for_each_scope_and_show_a_loss(everything) -> None:
    totals = co.totals(everything.scope, everything.claims, everything.pairs)
    assert set(totals["verdict"]) == {"agrees"}
    lost = co.totals(everything.scope, everything.claims.iloc[1:], everything.pairs.iloc[1:])
    assert "differs" in set(lost["verdict"])


def test_lengths_that_texts_print_fit_their_dates(everything) -> None:
    checked = co.durations(everything.scope)
    assert len(checked) and set(checked["verdict"]) == {"agrees"}


def test_what_names_carry_is_told_apart_by_tie_and_act(everything) -> None:
    kinds = {row["instrument_id"]: row["kind"] for row in rows_of("instruments")}
    carried = {
        *(r["claim_id"] for r in rows_of("relations") if r["predicate"] in STRUCTURE),
        *(
            row["claim_id"]
            for row in rows_of("legal_events")
            if kinds[row["instrument_id"]] == "resolution"
            and row["action"] in ("adopted", "established_body")
        ),
    }
    marked = everything.points[everything.points["structural"]]
    assert {claim for claims in marked["claim_ids"] for claim in claims} == carried
    topics = everything.pairs[everything.pairs["level"] == "topic"]
    assert len(topics)
    assert not carried & {c for row in topics.itertuples() for c in row.claims_a + row.claims_b}


def test_what_agrees_and_what_differs_are_all_pairs_but_seats_and_names(everything) -> None:
    agreeing, differing = co.agreeing(everything.pairs), co.differing(everything.pairs)
    assert not set(agreeing.index) & set(differing.index)
    left = everything.pairs.drop([*agreeing.index, *differing.index])
    assert len(agreeing) and len(differing) and len(left)
    carried = left["structural"] & left["verdict"].isin([AGREE, FINER])
    assert (carried | (left["kind"] == "seat")).all()
    graver = everything.pairs.assign(verdict=[BESIDE, *[EXCLUDE] * (len(everything.pairs) - 1)])
    assert co.differing(graver)["verdict"].iloc[0] == EXCLUDE


def test_columns_name_a_group_once_and_say_where_a_text_is_silent() -> None:
    words = {
        name: {"claim_id": name, "source_id": text, "citation": f"{text}, 1", "quote": "q"}
        for name, text in (("c1", "a"), ("c2", "b"))
    }
    rows = pd.DataFrame(
        [
            ("x", "one", "a", "yes", "c1"),
            ("y", "one", "a", "so", "c1"),
            ("x", "two", "b", "no", "c2"),
        ],
        columns=["group", "row", "source_id", "says", "claim_id"],
    )
    index = {"group": "Group", "row": "Row"}
    shown = co.by_column(rows, words, index, caption="", empty="")
    plain = [[c if isinstance(c, str) else c.plain() for c in line] for line in shown.cells]
    assert plain == [
        ["x", "one", "yes [a, 1]", "silent"],
        ["", "two", "silent", "no [b, 1]"],
        ["y", "one", "so [a, 1]", "silent"],
    ]


# Cases that the texts hold


def test_speakers_are_states_and_organizations_not_publishers_of_records(everything) -> None:
    speakers = names_of(everything.scope.corpus).speakers
    assert speakers["gov-kaz-2011"] == speakers["unsc-kaz-2014"] == "kaz"
    assert speakers["cted-kaz-2016"] == speakers["cted-kgz-2019"] == "un"
    assert speakers["crt-kaz-2017"] == "usa"


def test_the_conference_of_2010_is_told_by_a_year_and_by_its_days(everything) -> None:
    pair = pairs_at(everything, "event", "osce-prevention-conference-2010").iloc[0]
    assert pair["verdict"] == FINER
    assert pair["how"] == "date (14–15 October 2010 / 2010)"
    assert pair["only"] == "place only in gov-kaz-2011"


def test_the_programme_is_one_in_year_and_term_by_two_speakers(everything) -> None:
    for kind, key in (("act", "kaz-ct-programme|adopted"), ("term", "kaz-ct-programme")):
        pair = pairs_at(everything, kind, key).iloc[0]
        assert pair["verdict"] == AGREE
        assert pair["speaker_a"] != pair["speaker_b"]
    profile = co.profiles(everything.scope, everything.claims)
    profile = profile.groupby(["aspect", "source_id"])[["says"]].agg("; ".join)
    assert "state program on" in profile.loc[("Name as printed", "crt-kaz-2017"), "says"]
    assert "2013–2017" in profile.loc[("Funding allocated", "unsc-kaz-2014"), "says"]
    assert ("Funding allocated", "crt-kaz-2017") not in profile.index
    assert "5 years" in profile.loc[("Programme duration", "crt-kaz-2017"), "says"]


def test_departures_of_two_years_are_two_counts_by_one_speaker(everything) -> None:
    pair = pairs_at(everything, "number", "KAZ|departed_to_conflict|people").iloc[0]
    assert pair["verdict"] == BESIDE
    assert {"who is counted", "period", "number"} == set(pair["facets"])
    assert "number (300 to 500 / none)" in pair["how"]
    assert pair["speaker_a"] == pair["speaker_b"] == "kaz"


def test_membership_of_the_cis_centre_is_told_twice_and_cooperation_once(everything) -> None:
    assert pairs_at(everything, "tie", "kaz|atc-cis|member_of").iloc[0]["verdict"] == AGREE
    beside = pairs_at(everything, "tie", "atc-cis|kaz", text_a="gov-kaz-2011")
    assert set(beside["verdict"]) == {BESIDE}
    told = co.bodies(everything.scope).groupby(["body", "source_id"])["says"].agg("; ".join)
    assert "data bank" in told["ATC-CIS", "crt-kaz-2017"]
    assert "member" in told["ATC-CIS", "cted-kaz-2016"]


def test_pending_protocols_and_all_major_conventions_are_stages(everything) -> None:
    pair = pairs_at(everything, "stage", "kaz|un").iloc[0]
    assert pair["verdict"] == BESIDE
    assert "ratification pending" in pair["how"]
    told = co.treaties(everything.scope)
    assert set(told.query("instrument_id == 'sco-ct-convention'")["stage"]) == {"signed"}
    pending = {
        row["instrument_id"] for row in rows_of("legal_events") if "pending" in row["action"]
    }
    stages = told[told["instrument_id"].isin(pending)]["stage"]
    assert len(stages) and set(stages) == {"ratification pending"}


def test_resolution_2178_is_assessed_twice_and_that_confirms_nothing(everything) -> None:
    pair = pairs_at(everything, "act", "unscr-2178|assessed").iloc[0]
    assert (pair["verdict"], pair["facets"]) == (BESIDE, ("occasion",))
    adopted = everything.points.query("key == 'unscr-2178|adopted'").iloc[0]
    assert adopted["support"] == len(adopted["texts"]) > 2 and adopted["structural"]


def test_seats_are_what_both_delegations_share(everything) -> None:
    members = defaultdict(set)
    for row in rows_of("participation"):
        if row["role"] == "member" and "visit" in row["event_id"]:
            members[row["event_id"]].add(row["organization_id"])
    first, second = members.values()
    seats = everything.pairs.query("kind == 'seat'")
    assert {key.split("|")[1] for key in seats["key"]} == first & second
    assert set(seats["verdict"]) == {BESIDE}


def test_look_alikes_have_two_ids_and_a_day_in_common(everything) -> None:
    found = co.look_alikes(everything.scope)
    events = {row["claim_id"]: row for row in rows_of("events")}
    assert len(found)
    for row in found.itertuples():
        one, other = events[row.claims_a[0]], events[row.claims_b[0]]
        assert one["event_id"] != other["event_id"] and one["kind"] == other["kind"]
        assert days_of(one["date"]) & days_of(other["date"])


# Showing


@pytest.mark.parametrize("filters", [{}, {"country": "KAZ"}, {"since": "2012", "until": "2013"}])
def test_the_words_of_the_picture_stay_on_the_page_and_apart(filters: dict[str, str]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    scope = ctdata.select(**filters)
    figure = co.draw(scope, co.things(co.pairs(scope, co.claims(scope)))).figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    cut = [t for t in figure.axes[0].texts if t.get_text().endswith("…") and t.get_ha() == "right"]
    assert cut and all(t.get_window_extent(renderer).x0 < 1.2 * figure.dpi for t in cut)
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    assert len(boxes) > 5
    for box in boxes:
        assert box.x0 >= 0 and box.x1 <= figure.bbox.width
        assert box.y0 >= 0 and box.y1 <= figure.bbox.height
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)


def test_the_picture_is_the_same_each_time(everything) -> None:
    shared = co.things(everything.pairs)
    assert co.draw(everything.scope, shared).svg() == co.draw(everything.scope, shared).svg()


def test_things_of_the_picture_are_counted_from_the_pairs(everything) -> None:
    shared = co.things(everything.pairs)
    told = everything.pairs[~everything.pairs["structural"]]
    agreeing = told[told["verdict"].isin([AGREE, FINER])]
    assert set(shared["thing"]) == set(told["thing"])
    assert set(shared.loc[shared["confirmed"], "thing"]) == set(agreeing["thing"])
    differing = agreeing[agreeing["speaker_a"] != agreeing["speaker_b"]]
    assert set(shared.loc[shared["independent"], "thing"]) == set(differing["thing"])


def test_a_thing_shows_its_contradiction_before_anything_else(everything) -> None:
    kept = everything.pairs[everything.pairs["thing"] == "osce-prevention-conference-2010"]
    assert set(kept["verdict"]) == {AGREE, FINER}
    [row] = co.things(kept).to_dict("records")
    assert set(row["verdicts"].values()) == {FINER}
    beside = pd.concat([kept, kept.tail(1).assign(verdict=BESIDE)])
    assert set(co.things(beside)["verdicts"].iloc[0].values()) == {FINER}
    excluding = pd.concat([kept, kept.tail(1).assign(verdict=EXCLUDE, structural=True)])
    assert set(co.things(excluding)["verdicts"].iloc[0].values()) == {EXCLUDE}


def test_an_arc_is_drawn_only_where_it_says_more_than_the_lines_below() -> None:
    at = {"a": 0.0, "b": 1.0, "c": 2.0}
    verdicts = {("a", "b"): BESIDE, ("b", "c"): BESIDE, ("a", "c"): AGREE}
    drawn = [verdict for verdict, line in _connect(verdicts, at, 0.0) if len(line) > 3]
    assert drawn == [AGREE]
    for between, past in ((AGREE, AGREE), (AGREE, BESIDE)):
        less = {("a", "b"): between, ("b", "c"): between, ("a", "c"): past}
        assert all(len(line) == 3 for _, line in _connect(less, at, 0.0))


@pytest.mark.parametrize(
    "filters", [{"country": "KGZ", "until": "1990"}, {"sources": "unsc-kaz-2014"}]
)
def test_a_scope_without_two_texts_is_told_in_sentences(filters: dict[str, str]) -> None:
    scope = ctdata.select(**filters)
    claims = co.claims(scope)
    pairs = co.pairs(scope, claims)
    points, words = co.points(claims, pairs), co.evidence(scope)
    assert pairs.empty
    shown = [
        co.tell_support(co.summary(points)),
        co.tell_differences(pairs, words),
        co.tell_seats(pairs, words),
        co.draw(scope, co.things(pairs)),
        co.side_by_side(pairs, words, caption="", empty="Nothing."),
        co.by_column(co.bodies(scope), words, {"body": "Body"}, caption="", empty="Nothing."),
        co.answer(points, pairs, words),
    ]
    assert all(each.plain().rstrip().endswith(".") for each in shown)
