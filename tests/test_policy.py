"""Measures: counts by theme, text and stance; judges; what one text tells and others leave out."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from conftest import SmallCorpus
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

import ctdata
from ctdata import display, policy

SCOPES = {
    "all": {},
    "KAZ": {"country": "KAZ"},
    "KGZ": {"country": "KGZ"},
    "two years": {"since": "2012", "until": "2013"},
    "one text": {"sources": "unsc-kaz-2014"},
}
EMPTY = {"country": "KGZ", "until": "1990"}
in_each_scope = pytest.mark.parametrize("filters", SCOPES.values(), ids=SCOPES)


@pytest.fixture(scope="module")
def corpus() -> ctdata.Corpus:
    return ctdata.Corpus()


@pytest.fixture(scope="module")
def rows(corpus) -> list[dict[str, str]]:
    """The measures straight from their file."""
    return read(corpus.root, "measures")


def read(root, table: str) -> list[dict[str, str]]:
    with (root / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert found
    return found


def overlapping(picture: display.Picture) -> list[tuple[str, str]]:
    """Pairs of labels of a chart that lie on each other."""
    renderer = FigureCanvasAgg(picture.figure).get_renderer()
    texts = [*picture.figure.texts, *(text for axes in picture.figure.axes for text in axes.texts)]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    boxes = [(words, box) for words, box in boxes if words.strip()]
    assert boxes
    return [
        (words, others)
        for place, (words, box) in enumerate(boxes)
        for others, other in boxes[place + 1 :]
        # Half a pixel may be shared: it is not drawn.
        if min(box.x1, other.x1) - max(box.x0, other.x0) > 0.5
        and min(box.y1, other.y1) - max(box.y0, other.y0) > 0.5
    ]


# --- Counts ---------------------------------------------------------------------------------------


def test_the_matrix_counts_the_rows_of_the_file(corpus, rows):
    counts = policy.matrix(corpus.select())
    expected = Counter((row["theme"], row["source_id"]) for row in rows)
    shown = {
        (theme, text): counts.at[theme, text] for theme in counts.index for text in counts.columns
    }
    assert {pair: number for pair, number in shown.items() if number} == dict(expected)


def test_the_largest_theme_comes_first_and_texts_stand_by_date_of_issue(corpus):
    counts = policy.matrix(corpus.select())
    assert counts.sum(axis=1).is_monotonic_decreasing
    issued = {row["source_id"]: row["issued"][:4] for row in read(corpus.root, "sources")}
    assert [issued[text] for text in counts.columns] == sorted(issued.values())


def test_a_text_without_measures_is_a_column_of_zeros(small_corpus: SmallCorpus):
    small_corpus.write("measures", [])
    scope = ctdata.Corpus(small_corpus.root).select()
    assert list(policy.matrix(scope).columns) == ["rur-2016"]
    assert isinstance(policy.draw_matrix(scope), display.Sentence)


@pytest.mark.parametrize("by", ["theme", "source_id"])
def test_stances_count_the_rows_of_the_file(corpus, rows, by):
    counts = policy.stances(corpus.select(), by)
    expected = Counter((row[by], row["stance"]) for row in rows)
    assert counts.to_numpy().sum() == len(rows)
    assert all(
        counts.at[name, stance] == expected[name, stance]
        for name in counts.index
        for stance in policy.STANCES
    )


@in_each_scope
def test_all_totals_agree(corpus, filters):
    totals = policy.totals(corpus.select(**filters))
    assert len(totals) > 1
    assert set(totals["verdict"]) == {"agrees"}


def test_a_claim_that_is_there_twice_is_found(small_corpus: SmallCorpus):
    row = read(small_corpus.root, "measures")[0]
    small_corpus.write("measures", [row, row])
    totals = policy.totals(ctdata.Corpus(small_corpus.root).select()).set_index("check")
    assert totals.at["Different claims", "verdict"] == "differs"


def test_a_quote_that_is_not_at_its_place_is_found(corpus):
    scope = corpus.select()
    moved = scope.measures
    moved.loc[0, ["start", "end"]] += 1
    scope._loaded["measures"] = moved
    totals = policy.totals(scope).set_index("check")
    assert totals.loc["Quotes that stand word for word at their place", "verdict"] == "differs"


# --- Numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Five codes and eleven laws were amended in 2010.", [5, 11]),
        ("It set aside 600 million dollars for 2013-2017.", [600e6]),
        ("Over 1,200 people, twenty-five of them women.", [1200, 25]),
        ("Two hundred left; 18.75 % came back.", [200, 18.75]),
        ("One of the first who joined.", []),
        ("Resolution 2178 was carried out by someone.", [2178]),
        ("Kaspii-anti-terror-2005 and ISO 8601-2", [8601]),
        ("", []),
    ],
)
def test_numbers_are_read_in_digits_and_in_words(words, expected):
    assert policy.numbers(words) == expected


@given(st.integers(0, 10**7), st.sampled_from(["", "thousand", "million"]))
def test_any_number_in_digits_is_read_back(number, scale):
    value = number * {"": 1, "thousand": 1000, "million": 1_000_000}[scale]
    assert policy.numbers(f"There were {number:,} {scale} of them.".replace("  ", " ")) == [value]


@given(st.integers(1, 9), st.integers(2, 9))
def test_any_compound_number_in_words_is_read_back(unit, ten):
    words = f"about {policy._TENS[ten - 2]}-{policy._UNITS[unit]} cells"
    assert policy.numbers(words) == [10 * ten + unit]


def test_numbers_of_summaries_are_those_of_the_text(corpus):
    stated = policy.stated_numbers(corpus.select())
    assert len(stated) > 5
    assert set(stated["verdict"]) == {"agrees"}, stated[["claim_id", "stated", "told"]]


@pytest.mark.parametrize(("told", "verdict"), [("800", "agrees"), ("900", "differs")])
def test_a_number_that_the_text_does_not_state_is_found(small_corpus, told, verdict):
    small_corpus.change("measures", 0, quote="Over 800 people left Ruritania, said the Ministry")
    small_corpus.change("measures", 0, summary=f"More than {told} people went away.")
    stated = policy.stated_numbers(ctdata.Corpus(small_corpus.root).select())
    assert stated["verdict"].tolist() == [verdict]
    assert stated["stated"].tolist() == ["over 800 people"]


# --- Judges ---------------------------------------------------------------------------------------


def test_judgments_are_all_rows_that_are_not_only_reported(corpus, rows):
    found = policy.judgments(corpus.select())
    expected = {row["claim_id"] for row in rows if row["stance"] != "reported"}
    assert set(found["claim_id"]) == expected
    assert found["judge"].str.len().min() > 0
    assert found["stance"].eq("criticised").to_list() == sorted(
        found["stance"].eq("criticised"), reverse=True
    )


@pytest.mark.parametrize(
    ("note", "kind", "judge"),
    [
        ("Critics: some outside experts. The sentence is a fragment.", "press_release", "some"),
        ("Critic: the report. Year from the report's period.", "press_release", "Directorate"),
        ("Praised by the head of the delegation as a step.", "press_release", "the head of the de"),
        ("Praised by Kazakhstan.", "press_release", "Kazakhstan"),
        ("", "press_release", "Directorate"),
        ("", "statement", "the speaker"),
    ],
)
def test_the_judge_is_named_in_the_note_or_is_the_voice_of_the_text(
    small_corpus: SmallCorpus, note, kind, judge
):
    small_corpus.change("measures", 0, note=note, stance="criticised")
    small_corpus.change("sources", 0, document_type=kind)
    found = policy.judgments(ctdata.Corpus(small_corpus.root).select())
    assert found["judge"].iloc[0].startswith(judge)
    assert "as a step" not in found["judge"].iloc[0]


def test_voices_tell_the_kind_of_each_text(corpus):
    kinds = {row["source_id"]: row["document_type"] for row in read(corpus.root, "sources")}
    found = policy.voices(corpus.select()).set_index("source_id")
    assert {t: kind.lower().replace(" ", "_") for t, kind in found["kind"].items()} == kinds


def test_who_judges_whom_adds_up_to_the_judgments(corpus, rows):
    pairs = policy.who_judges_whom(corpus.select())
    stances = Counter(row["stance"] for row in rows)
    assert pairs["criticised"].sum() == stances["criticised"] > 0
    assert pairs["commended"].sum() == stances["commended"] > 0
    claims = [claim for told in pairs["claim_ids"] for claim in told]
    assert len(claims) == len(set(claims)) == stances["criticised"] + stances["commended"]


# --- What one text tells --------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["theme", "actor_id"])
def test_what_one_text_tells_is_told_by_no_other(corpus, rows, column):
    found = policy.told_by_one(corpus.select(), column)
    tellers: dict[str, set[str]] = {}
    for row in rows:
        tellers.setdefault(row[column], set()).add(row["source_id"])
    expected = {(value, *texts) for value, texts in tellers.items() if value and len(texts) == 1}
    assert expected
    assert set(zip(found[column], found["source_id"], strict=True)) == expected
    sizes = Counter((row[column], row["source_id"]) for row in rows)
    assert all(sizes[row[column], row["source_id"]] == row["claims"] for _, row in found.iterrows())


def test_a_text_that_only_names_an_actor_is_told(corpus):
    scope = corpus.select()
    found = policy.told_by_one(scope, "actor_id")
    mentions = scope.mentions
    for row in found.itertuples():
        named = set(mentions.loc[mentions["entity_id"] == row.actor_id, "source_id"])
        assert set(filter(None, row.named_in.split(", "))) == named - {row.source_id}
    assert found["named_in"].str.len().max() > 0


def test_a_single_text_has_no_other_that_leaves_something_out(corpus):
    scope = corpus.select(sources="unsc-kaz-2014")
    assert policy.told_by_one(scope, "theme").empty
    assert "fewer than two texts" in policy.show_told_by_one(scope, "theme").plain()
    assert isinstance(policy.show_told_by_one(corpus.select(), "theme"), display.Table)


def test_silences_and_themes_told_make_up_all_themes(corpus, rows):
    found = policy.silences(corpus.select())
    themes = {row["theme"] for row in rows}
    for row in found.itertuples():
        own = {other["theme"] for other in rows if other["source_id"] == row.source_id}
        assert row.themes == len(own)
        silent = policy._themes(sorted(themes - own))
        assert row.silent_on == (silent or "nothing")


# --- Sections -------------------------------------------------------------------------------------


def test_a_section_holds_the_rows_of_its_themes_by_stance_and_date(corpus, rows):
    themes = ("border_security", "foreign_fighters")
    found = policy.about(corpus.select(), *themes)
    assert set(found["claim_id"]) == {r["claim_id"] for r in rows if r["theme"] in themes}
    order = found.assign(
        stance=found["stance"].map(policy.STANCES.index),
        day=found["date_earliest"].fillna(found["date_latest"]).fillna("9999"),
    )[["stance", "day"]]
    assert order.equals(order.sort_values(["stance", "day"]))


def test_the_gist_tells_who_speaks_and_who_is_silent(corpus, rows):
    gist = policy.gist(corpus.select(), "rehabilitation").plain()
    told = Counter(row["source_id"] for row in rows if row["theme"] == "rehabilitation")
    speaking, silent = gist.split("Silent: ")
    assert gist.startswith(f"{sum(told.values())} measures in {len(told)} texts")
    for row in read(corpus.root, "sources"):
        name = row["source_id"]
        if name in told:
            assert f"{name} ({told[name]})" in speaking
        else:
            assert name in silent


def test_a_column_in_which_all_rows_are_alike_is_left_out(corpus):
    shown = policy.digest(corpus.select(country="KGZ"), "prevention")
    assert shown.headers == ["Whose", "What", "Where"]
    shown = policy.digest(corpus.select(), "border_security", "foreign_fighters")
    assert {"Stance", "When, if stated", "Theme", "Country"} <= set(shown.headers)


def test_an_unknown_theme_raises_and_lists_the_known_ones(corpus):
    with pytest.raises(ValueError, match="unknown theme 'rehab'.*rehabilitation"):
        policy.about(corpus.select(), "rehab")


def test_an_empty_scope_gives_sentences(corpus):
    scope = corpus.select(**EMPTY)
    assert scope.is_empty
    shown = [
        policy.answer(scope),
        policy.draw_matrix(scope),
        policy.draw_stances(scope),
        policy.show_told_by_one(scope, "actor_id"),
        *policy.section(scope, "human_rights"),
    ]
    assert all(isinstance(one, display.Sentence) and one.plain() for one in shown)
    assert len(policy.section(scope, "human_rights")) == 1


def test_the_answer_counts_what_the_file_holds(corpus, rows):
    words = policy.answer(corpus.select()).plain()
    stances = Counter(row["stance"] for row in rows)
    assert words.startswith(f"{len(rows)} measures in {len({r['source_id'] for r in rows})} texts")
    assert f"Criticism ({stances['criticised']} measures)" in words
    assert f"Praise ({stances['commended']} measures)" in words
    assert "No measure is criticised" in policy.answer(corpus.select(country="KGZ")).plain()


# --- Charts ---------------------------------------------------------------------------------------


def test_the_heat_table_writes_each_count_at_its_place(corpus, rows):
    scope = corpus.select()
    counts = policy.matrix(scope)
    written = {
        tuple(int(place) for place in text.get_position()): text.get_text()
        for text in policy.draw_matrix(scope).figure.axes[0].texts
        if text.get_text().isdigit()
    }
    expected = Counter((row["source_id"], row["theme"]) for row in rows)
    places = {
        (column, row): str(expected[text, theme])
        for column, text in enumerate(counts.columns)
        for row, theme in enumerate(counts.index)
        if expected[text, theme]
    }
    sums = Counter(row["theme"] for row in rows)
    margin = {(len(counts.columns), r): str(sums[theme]) for r, theme in enumerate(counts.index)}
    assert written == places | margin


def test_the_shade_is_the_share_of_the_text(corpus):
    counts = policy.matrix(corpus.select())
    levels = policy._levels(counts)
    for text in counts.columns:
        for theme in counts.index:
            share = counts.at[theme, text] / counts[text].sum()
            expected = (share > 0) + sum(share > step for step in policy.STEPS)
            assert levels.at[theme, text] == expected


def test_the_bars_are_as_long_as_the_counts(corpus, rows):
    picture = policy.draw_stances(corpus.select())
    lengths = [round(bar.get_width()) for bar in picture.figure.axes[0].patches]
    stances = Counter((row["theme"], row["stance"]) for row in rows)
    expected = [-n for (_, stance), n in stances.items() if stance == "criticised"]
    expected += [n for (_, stance), n in stances.items() if stance == "commended"]
    assert sorted(lengths) == sorted(expected)


@in_each_scope
@pytest.mark.parametrize("draw", [policy.draw_matrix, policy.draw_stances])
def test_no_label_lies_on_another(corpus, filters, draw):
    picture = draw(corpus.select(**filters))
    if isinstance(picture, display.Picture):
        assert overlapping(picture) == []
        assert picture.alt


def test_labels_that_lie_on_each_other_are_found(corpus):
    picture = policy.draw_matrix(corpus.select())
    picture.figure.axes[0].text(0, 0, "in the way")
    assert overlapping(picture) != []


def test_two_drawings_are_the_same(corpus):
    scope = corpus.select()
    assert policy.draw_stances(scope).svg() == policy.draw_stances(scope).svg()


def test_many_texts_have_upright_heads_that_do_not_collide(corpus):
    names = [f"some-text-{year}" for year in range(2000, 2014)]
    figure, _ = policy.board(["Prevention"], names, "Many texts", corpus.select())
    assert overlapping(display.Picture(figure, "many")) == []
