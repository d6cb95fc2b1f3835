"""Intervals against brute force; figures, parts and comparisons against the tables by hand."""

from __future__ import annotations

import csv
import itertools
import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import SmallCorpus
from hypothesis import given
from hypothesis import strategies as st

import ctdata
from ctdata import display, estimates
from ctdata.estimates import Incomparable, Interval
from ctdata.estimates.checking import printed_numbers
from ctdata.estimates.comparing import differences, total
from ctdata.estimates.figures import NO_ASSERTER, part_name, part_of
from ctdata.estimates.intervals import amount, percent, rest, share, together

SCOPES = [
    {},
    {"country": "KAZ"},
    {"country": "KGZ"},
    {"since": "2012", "until": "2013"},
    {"sources": "unsc-kaz-2014"},
    {"sources": "crt-kaz-2017"},
    {"country": "KGZ", "until": "1990"},
]

# Brute force: all whole numbers of an interval, an open end followed as far as `reach`. An extreme
# that moves on with the reach is infinite, or goes to a limit.


@st.composite
def intervals(draw: st.DrawFn, lowest: int = 0, open_low: bool = False) -> Interval:
    low = draw(st.integers(lowest, 6))
    high = draw(st.one_of(st.integers(low, 7), st.just(math.inf)))
    if open_low and draw(st.booleans()):
        low = -math.inf
    return Interval(low, high, draw(st.booleans()))


def points(interval: Interval, reach: int) -> range:
    low = -reach if interval.low == -math.inf else int(interval.low)
    high = reach if interval.high == math.inf else int(interval.high)
    return range(low, high + 1)


def brute(
    values: Callable[..., Iterator[float]], *counted: Interval, least: float = -math.inf
) -> tuple[float, float] | None:
    """Smallest and largest value; `least` is where a falling smallest value goes."""
    found = []
    for reach in (14, 17):
        choices = itertools.product(*(points(interval, reach) for interval in counted))
        found.append([value for choice in choices for value in values(*choice)])
    near, far = found
    if not far:
        return None
    low = min(far) if near and min(near) == min(far) else least
    high = max(far) if near and max(near) == max(far) else math.inf
    return low, high


def ends(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


@given(intervals(-6, open_low=True), intervals(-6, open_low=True))
def test_a_sum_holds_all_sums_and_no_more(a: Interval, b: Interval) -> None:
    assert ends(a + b) == brute(lambda x, y: [x + y], a, b)


@given(intervals(-6, open_low=True), intervals(-6, open_low=True))
def test_a_difference_holds_all_differences_and_no_more(a: Interval, b: Interval) -> None:
    assert ends(a - b) == brute(lambda x, y: [x - y], a, b)


@given(intervals(), intervals(lowest=1))
def test_a_ratio_holds_all_ratios_and_no_more(a: Interval, b: Interval) -> None:
    assert ends(a / b) == pytest.approx(brute(lambda x, y: [x / y], a, b, least=0))


@given(intervals(), intervals())
def test_a_ratio_to_what_may_be_none_holds_all_ratios(a: Interval, b: Interval) -> None:
    if b.high == 0:
        with pytest.raises(ZeroDivisionError):
            a / b
    else:
        assert all(x / y in a / b for x in points(a, 9) for y in points(b, 9) if y)
        if b.low == 0:
            assert (a / b).high == (math.inf if a.high else 0)


@given(intervals(), intervals())
def test_a_share_holds_all_shares_of_parts_and_no_more(part: Interval, whole: Interval) -> None:
    expected = brute(lambda p, w: [p / w] if p <= w and w else [], part, whole, least=0)
    if part.low > whole.high:
        with pytest.raises(Incomparable):
            share(part, whole)
    elif whole.high == 0:
        with pytest.raises(ZeroDivisionError):
            share(part, whole)
    else:
        found = share(part, whole)
        assert ends(found) == pytest.approx(expected)
        assert 0 <= found.low <= found.high <= 1


@given(intervals(), intervals())
def test_the_rest_holds_all_that_a_part_leaves_and_no_more(part: Interval, whole: Interval) -> None:
    expected = brute(lambda p, w: [w - p] if p <= w else [], part, whole)
    if expected is None:
        with pytest.raises(Incomparable):
            rest(part, whole)
    else:
        assert ends(rest(part, whole)) == expected


@given(intervals(), intervals(), intervals())
def test_parts_that_may_overlap_hold_all_unions_and_no_more(
    a: Interval, b: Interval, whole: Interval
) -> None:
    def unions(x: int, y: int, all_: int) -> Iterator[float]:
        if x <= all_ and y <= all_:
            yield from (max(x, y), min(x + y, all_))

    expected = brute(unions, a, b, whole)
    if expected is None:
        with pytest.raises(Incomparable):
            together([a, b], whole)
    else:
        assert ends(together([a, b], whole)) == expected


@given(intervals(-6, open_low=True), intervals(-6, open_low=True))
def test_what_both_allow_is_what_is_in_each(a: Interval, b: Interval) -> None:
    common = set(points(a, 20)) & set(points(b, 20))
    both = a & b
    assert (set(points(both, 20)) if both else set()) == common


@given(intervals(-6, open_low=True), intervals(-6, open_low=True))
def test_an_order_is_known_only_where_every_pair_of_numbers_agrees(
    a: Interval, b: Interval
) -> None:
    pairs = list(itertools.product(points(a, 20), points(b, 20)))
    if all(x < y for x, y in pairs):
        expected = "less"
    elif all(x > y for x, y in pairs):
        expected = "greater"
    elif all(x == y for x, y in pairs) and not (a.approximate or b.approximate):
        expected = "equal"
    else:
        expected = "unknown"
    assert a.order(b) == expected


@given(intervals(), intervals(lowest=1), st.floats(0, 1))
def test_softness_is_handed_on_and_never_made(a: Interval, b: Interval, share: float) -> None:
    soft = a.approximate or b.approximate
    for result in (a + b, a - b, a / b):
        assert result.approximate is soft
    wide = a.widened(share)
    assert wide.low <= a.low and wide.high >= a.high
    assert a.approximate or wide == a


def test_an_about_of_ten_per_cent_moves_both_bounds() -> None:
    assert ends(Interval(150, 150, True).widened(0.1)) == pytest.approx((135, 165))
    with pytest.raises(ValueError, match="0.1 for ten per cent"):
        Interval(1, 1, True).widened(-0.1)


@pytest.mark.parametrize(
    "low, high",
    [(2, 1), (math.nan, 1), (0, math.nan), (math.inf, math.inf), (-math.inf, -math.inf)],
)
def test_bounds_that_hold_no_number_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError):
        Interval(low, high)


def test_negative_numbers_are_no_counts() -> None:
    for use in (lambda a, b: a / b, share, rest):
        with pytest.raises(ValueError, match="not negative"):
            use(Interval(-1, 2), Interval(3, 4))


@pytest.mark.parametrize(
    "interval, qualifier, label",
    [
        (Interval(800), "over", "over 800"),
        (Interval(230), "at least", "at least 230"),
        (Interval(60), "", "at least 60"),
        (Interval(300, 500), "between … and …", "300 to 500"),
        (Interval(300), "between … and …", "at least 300"),
        (Interval(150, 150, True), "approximately", "about 150"),
        (Interval(100, 200, True), "approximately", "about 100 to 200"),
        (Interval(100, approximate=True), "", "at least about 100"),
        (Interval(0, 20), "up to", "up to 20"),
        (Interval(0, 20), "", "at most 20"),
        (Interval(0, 0), "", "none"),
        (Interval(16, 16), "", "16"),
        (Interval(1100), "", "at least 1,100"),
        (Interval(600_000_000, 600_000_000), "", "600 million"),
        (Interval(1_500_000, 1_500_000), "", "1.5 million"),
        (Interval(1_234_567, 1_234_567), "", "1,234,567"),
        (Interval(270e9), "over", "over 270 billion"),
        (Interval(1_250_000_000, 1_250_000_000), "", "1,250 million"),
        (Interval(0), "", "not bounded"),
        (Interval(), "", "not bounded"),
        (Interval(), "thousands", "thousands (not bounded)"),
        (Interval(0), "over", "not bounded"),
        (Interval(-5, 10), "", "-5 to 10"),
    ],
)
def test_a_label_reads_as_people_write(interval: Interval, qualifier: str, label: str) -> None:
    assert interval.label(qualifier) == label


@pytest.mark.parametrize(
    "low, high, label",
    [
        (0, 150 / 800, "at most 18.75 %"),
        (0, 165 / 800, "at most 20.63 %"),
        (1 / 3, 1, "at least 33.33 %"),
        (1 / 3, 2 / 3, "33.33 to 66.67 %"),
        (0.29, 0.29, "29 %"),
        (0.29, 0.57, "29 to 57 %"),
        (0, 1, "not bounded"),
        (0, 0, "none"),
        (1, 1, "100 %"),
    ],
)
def test_a_share_is_printed_in_per_cent_rounded_outwards(
    low: float, high: float, label: str
) -> None:
    assert percent(Interval(low, high)) == label


@pytest.mark.parametrize(
    "value, unit, words",
    [
        (0, "people", "none"),
        (1, "people", "1 person"),
        (1, "detachments", "1 detachment"),
        (1, "countries", "1 country"),
        (2, "countries", "2 countries"),
        (600_000_000, "USD", "USD 600 million"),
        (8.5e9, "KZT", "KZT 8.5 billion"),
        (4, "rank", "place 4"),
    ],
)
def test_an_amount_has_its_unit(value: float, unit: str, words: str) -> None:
    interval = Interval(value, value)
    assert amount(interval.label(), unit, interval) == words


@given(intervals(), intervals(lowest=1))
def test_rounding_never_narrows_a_share(part: Interval, whole: Interval) -> None:
    if part.low <= whole.high:
        exact = share(part, whole)
        words = percent(exact)
        numbers = [float(w) for w in words.split() if w[0].isdigit()]
        if words.startswith("at most"):
            assert numbers[0] >= exact.high * 100 - 1e-6
        if words.startswith("at least"):
            assert numbers[0] <= exact.low * 100 + 1e-6


# Figures made for a test


def figures(*changes: dict[str, object]) -> pd.DataFrame:
    """Figures that agree in everything but what is told."""
    plain = {
        "source_id": "text",
        "country": "RUR",
        "state": "Ruritania",
        "indicator": "departed_to_conflict",
        "what": "People who left",
        "population": "people who left",
        "unit": "people",
        "period": "2013",
        "covers": "2013",
        "covers_from": pd.Timestamp(2013, 1, 1),
        "covers_to": pd.Timestamp(2013, 12, 31),
        "said_by": "DIR",
        "interval": Interval(5, 5),
        "number": "5",
        "amount": "5 people",
        "whole": None,
        "citation": "text, para. 1",
        "quote": "words",
    }
    rows = [{"claim_id": f"c{at}", **plain, **change} for at, change in enumerate(changes)]
    frame = pd.DataFrame(rows, columns=["claim_id", *plain])
    return frame.assign(whole=pd.Series([row["whole"] for row in rows], dtype=object))


HERE = {"country": "RUR", "state": "Ruritania"}
THERE = {"country": "GRA", "state": "Graustark"}


@pytest.mark.parametrize(
    "respect, change",
    [
        ("indicator", {"what": "People dead"}),
        ("unit", {"unit": "cases"}),
        ("population", {"population": "women who left"}),
        ("period", {"covers": "2014"}),
        ("asserter", {"said_by": "the Ministry"}),
        ("bounds", {"interval": Interval(5, 5, approximate=True)}),
        ("bounds", {"interval": Interval(5)}),
        ("bounds", {"interval": Interval(5, 6)}),
    ],
)
def test_each_respect_in_which_figures_differ_is_named(respect: str, change: dict) -> None:
    first, second = figures(HERE, {**THERE, **change}).itertuples()
    ((found, words),) = differences(first, second).items()
    assert found == respect
    assert len(set(words.split(" / "))) == 2


def test_figures_that_differ_in_state_and_number_only_need_no_warning() -> None:
    rows = figures(HERE, {**THERE, "interval": Interval(7, 7)})
    assert differences(*rows.itertuples()) == {}
    assert total(rows).interval == Interval(12, 12)
    assert total(rows).warnings == ()


def test_two_bodies_that_are_not_named_are_not_taken_for_one() -> None:
    unnamed = {"said_by": NO_ASSERTER}
    found = differences(*figures(unnamed, unnamed).itertuples())
    assert list(found) == ["asserter"]


def test_a_sum_of_figures_that_differ_names_the_difference() -> None:
    rows = figures(HERE, {**THERE, "population": "women who left", "interval": Interval(3)})
    found = total(rows)
    assert found.interval == Interval(8)
    (warning,) = found.warnings
    assert "population (people who left / women who left)" in warning
    assert "bounds (a single number / a floor)" in warning


@pytest.mark.parametrize("column, value", [("indicator", "arrested"), ("unit", "cases")])
def test_different_things_are_never_added_or_ranked(column: str, value: str) -> None:
    rows = figures(HERE, {**THERE, column: value})
    for use in (total, estimates.rank):
        with pytest.raises(Incomparable, match=column):
            use(rows)


@pytest.mark.parametrize("second, third", [("c0", None), ("w", "w")])
def test_a_part_is_never_added_to_its_whole_or_to_another_part(
    second: str, third: str | None
) -> None:
    rows = figures({"whole": third}, {"whole": second, "population": "women among them"})
    for use in (total, estimates.rank):
        with pytest.raises(Incomparable, match="one whole"):
            use(rows)
    assert estimates.pairs(rows).empty


@pytest.mark.parametrize(
    "start, end, overlaps",
    [
        ("2014-01-01", "2014-12-31", False),
        ("2013-12-31", "2014-12-31", True),
        (None, "2012-12-31", False),
        (None, "2013-01-01", True),
        ("2014-01-01", None, False),
        ("2012-01-01", None, True),
        (None, None, True),
    ],
)
def test_one_state_is_added_up_only_over_times_that_are_apart(
    start: str | None, end: str | None, overlaps: bool
) -> None:
    rows = figures(HERE, {"covers_from": pd.Timestamp(start), "covers_to": pd.Timestamp(end)})
    if overlaps:
        with pytest.raises(Incomparable, match="may count the same"):
            total(rows)
    else:
        assert total(rows).interval == Interval(10, 10)


def test_a_worldwide_figure_is_not_added_to_that_of_a_state() -> None:
    with pytest.raises(Incomparable, match="may count the same"):
        total(figures(HERE, {"country": None, "state": "No single state"}))


def test_places_in_an_order_are_not_added() -> None:
    with pytest.raises(Incomparable, match="places in an order"):
        total(figures({**HERE, "unit": "rank"}, {**THERE, "unit": "rank"}))


def test_no_figure_has_no_sum() -> None:
    with pytest.raises(Incomparable, match="no figure"):
        total(figures())


@given(st.lists(intervals(), min_size=2, max_size=4))
def test_a_ranking_gives_all_places_that_a_figure_may_have(counted: list[Interval]) -> None:
    hard = [Interval(interval.low, interval.high) for interval in counted]
    states = [{"country": f"S{at}", "interval": interval} for at, interval in enumerate(hard)]
    ranked = estimates.rank(figures(*states)).set_index("claim_id")
    for at, own in enumerate(hard):
        rivals = hard[:at] + hard[at + 1 :]
        # Each extreme is reached where all rivals are low, or all are high.
        best = min(1 + sum(r.low > x for r in rivals) for x in points(own, 20))
        worst = max(1 + sum(points(r, 21)[-1] > x for r in rivals) for x in points(own, 20))
        row = ranked.loc[f"c{at}"]
        assert (row["best"], row["worst"]) == (best, worst)


def test_approximate_numbers_that_touch_may_change_places() -> None:
    soft = {"interval": Interval(5, 5, approximate=True)}
    assert list(estimates.rank(figures(HERE, THERE))["place"]) == ["1", "1"]
    assert list(estimates.rank(figures(HERE, {**THERE, **soft}))["place"]) == ["1 to 2", "1 to 2"]


def test_a_single_figure_is_no_ranking() -> None:
    assert estimates.rank(figures(HERE)).empty
    assert "nothing to add" in estimates.in_total(figures(HERE)).plain()


def test_a_comparison_says_which_is_larger_and_by_how_much_or_that_it_is_open() -> None:
    rows = figures(
        {**HERE, "interval": Interval(300, 500)},
        {**THERE, "interval": Interval(800)},
        {"country": "LIL", "interval": Interval(0, 0)},
        {"country": "BRO", "interval": Interval(400)},
    )
    found = estimates.pairs(rows)
    assert list(found["order"]) == ["second", "first", "open", "first", "open", "second"]
    assert list(found["times"])[:3] == ["at least 1.6", "", ""]
    assert all(len(claims) == 2 for claims in found["claim_ids"])


# Parts and wholes


@pytest.mark.parametrize(
    "part, whole, is_part",
    [
        ("women among the nationals who left for Syria", "nationals who left for Syria", True),
        (
            "women among the nationals who left for Syria",
            "nationals who left for Syria, including women and children",
            True,
        ),
        (
            "nationals who left for Syria and are believed dead",
            "Nationals who left for Syria",
            True,
        ),
        ("nationals who left for Syria", "women among the nationals who left for Syria", False),
        ("nationals who left for Syria", "nationals who left for Syria", False),
        ("persons convicted in Syria", "nationals who left for Syria", False),
        (
            "compatriots of nationals who left for Syrian camps",
            "nationals who left for Syria",
            False,
        ),
        ("people arrested", "people", False),
        ("women among the people", "people", True),
    ],
)
def test_a_part_is_known_by_its_wording(part: str, whole: str, is_part: bool) -> None:
    rows = figures({"population": part}, {"population": whole})
    assert part_of(*rows.itertuples()) is is_part


@pytest.mark.parametrize("column", ["source_id", "country", "unit", "period"])
def test_figures_of_another_text_country_unit_or_period_are_no_parts(column: str) -> None:
    part = {"population": "women among people who left for war"}
    whole = {"population": "people who left for war"}
    assert part_of(*figures(part, whole).itertuples())
    assert not part_of(*figures(part, {**whole, column: "else"}).itertuples())
    assert not part_of(*figures(part, {**whole, column: None}).itertuples())


@pytest.mark.parametrize(
    "part, whole, name",
    [
        ("women among the nationals who left", "nationals who left, including women", "women"),
        (
            "nationals who left and are believed dead",
            "nationals who left",
            "those who are believed dead",
        ),
        ("women among those who left", "citizens who went away", "women"),
        ("survivors", "citizens who went away", "survivors"),
    ],
)
def test_a_part_is_named_by_what_it_adds(part: str, whole: str, name: str) -> None:
    assert part_name(part, whole) == name


def add_figures(small: SmallCorpus, sentence: str, *rows: dict[str, str]) -> None:
    """Replace the figures by those of a new sentence, which ends the text."""
    path = small.root / "texts" / "rur-2016.txt"
    text = path.read_text("utf-8")
    small.write_text("rur-2016", text if sentence in text else f"{text}\n{sentence}\n")
    common = {
        "source_id": "rur-2016",
        "country": "RUR",
        "indicator": "departed_to_conflict",
        "unit": "people",
        "period": "2013/..",
        "as_of": "2016",
        "asserted_by": "dir",
        "quote": sentence,
    }
    small.write(
        "figures",
        [
            {**common, "claim_id": f"rur-2016-fig-{at:03}", **row}
            for at, row in enumerate(rows, start=1)
        ],
    )


LEFT = {"population": "nationals who left for war", "low": "800", "qualifier": "over"}
WOMEN = {
    "population": "women among the nationals who left for war",
    "low": "150",
    "high": "150",
    "qualifier": "approximately",
}
CHILDREN = {
    **WOMEN,
    "population": "children among the nationals who left for war",
    "low": "100",
    "high": "100",
}
DEAD = {
    "population": "nationals who left for war and are believed dead",
    "indicator": "died_in_conflict",
    "low": "230",
    "qualifier": "at least",
}
SENTENCE = "Over 800 left, with approximately 150 women and 100 children; at least 230 are dead."


def test_women_among_those_who_left_are_at_most_a_share_of_the_floor(
    small_corpus: SmallCorpus,
) -> None:
    add_figures(small_corpus, SENTENCE, LEFT, WOMEN, CHILDREN, DEAD)
    scope = ctdata.select(root=small_corpus.root)
    found = estimates.shares(estimates.read(scope)).set_index("part")
    assert found["share"].to_dict() == {
        "women": "at most 18.75 %",
        "children": "at most 12.5 %",
        "those who are believed dead": "not bounded",
        "women and children together": "at most 31.25 %",
    }
    assert found.loc["women", "interval"] == Interval(0, 0.1875, approximate=True)
    assert found.loc["women", "widened"] == "at most 20.63 %"
    both = found.loc["women and children together"]
    assert both["number"] == "about 150 to 250"
    assert both["rest"] == "at least about 550"
    assert "women at most 18.75 %" in estimates.answer(scope).plain()


def test_a_part_that_does_not_fit_into_its_whole_stops_the_analysis(
    small_corpus: SmallCorpus,
) -> None:
    add_figures(small_corpus, SENTENCE, {**LEFT, "low": "", "high": "100"}, WOMEN)
    scope = ctdata.select(root=small_corpus.root)
    with pytest.raises(Incomparable, match="does not fit"):
        estimates.shares(estimates.read(scope))


def test_a_partitive_wording_finds_the_only_whole_there_is(small_corpus: SmallCorpus) -> None:
    vague = {**WOMEN, "population": "women among those counted"}
    add_figures(small_corpus, SENTENCE, LEFT, vague)
    figures_ = estimates.read(ctdata.select(root=small_corpus.root))
    assert list(figures_["whole"]) == [None, "rur-2016-fig-001"]
    add_figures(small_corpus, SENTENCE, LEFT, vague, {**LEFT, "population": "emigrants"})
    figures_ = estimates.read(ctdata.select(root=small_corpus.root))
    assert list(figures_["whole"]) == [None, None, None]


@pytest.mark.parametrize(
    "low, high, qualifier, interval",
    [
        (800, math.nan, "over", Interval(800)),
        (math.nan, 20, "up to", Interval(0, 20)),
        (300, 500, "between … and …", Interval(300, 500)),
        (300, 500, "about", Interval(300, 500, approximate=True)),
        (150, 150, "approximately", Interval(150, 150, approximate=True)),
        (16, 16, math.nan, Interval(16, 16)),
        (0, 0, math.nan, Interval(0, 0)),
        (math.nan, math.nan, math.nan, Interval(0)),
    ],
)
def test_a_row_becomes_the_interval_that_it_states(
    low: float, high: float, qualifier: object, interval: Interval
) -> None:
    row = pd.Series({"low": low, "high": high, "qualifier": qualifier})
    assert estimates.bounds(row) == interval


# The numbers that texts print


@pytest.mark.parametrize(
    "words, numbers",
    [
        ("over 800 nationals", {800}),
        ("between 300 and 500", {300, 500}),
        ("at least 230-250", {230, 250}),
        ("allocating $600 million for it", {600_000_000}),
        ("1.5 million, then 1,234 more", {1_500_000, 1234}),
        ("joined to fourteen tools", {14}),
        ("a five-year programme of twenty-five parts", {5, 25}),
        ("no citizens left", {0}),
        ("the fourth arsenal", {4}),
        ("two hundred and one thousand", {200, 1000}),
        ("in 2016 two attacks", {2016, 2}),
        ("twenty five and sixty", {25, 60}),
        ("has 4-6 thousand fighters", {4, 4000, 6000}),
        ("from two to three million euros", {2, 2_000_000, 3_000_000}),
        ("5 of 6 thousand", {5, 6000}),
        ("3 700 websites in 2016 200 times", {3, 700, 3700, 2016, 200}),
        ("$2.5m for 30 m of wall", {2_500_000, 30}),
        ("two dozen raids", {24}),
        ("five and a half years", {5.5}),
        ("two and a half to 15 million", {2.5, 2_500_000, 15_000_000}),
        ("years and a half", set()),
        ("-5 million", {5_000_000}),
        ("nobody", set()),
        ("", set()),
    ],
)
def test_numbers_are_found_in_figures_and_in_words(words: str, numbers: set[float]) -> None:
    assert printed_numbers(words) == numbers


@given(st.text(alphabet="0123456789 ,.-–tomilnkdze"))
def test_numbers_are_looked_for_in_any_words(words: str) -> None:
    assert all(number >= 0 for number in printed_numbers(words))


@given(st.integers(0, 10**9), st.sampled_from(["{:d}", "{:,d}"]))
def test_a_number_is_found_in_a_sentence_as_it_is_written(value: int, form: str) -> None:
    assert printed_numbers(f"It says that {form.format(value)} left.") == {value}


def test_each_number_of_the_collection_is_printed_in_its_quote() -> None:
    found = estimates.quoted(ctdata.select())
    assert set(found["verdict"]) == {"agrees"}
    assert found["printed"].sum() == len(csv_rows("figures")) > 0


def test_a_number_that_its_quote_does_not_print_is_told(small_corpus: SmallCorpus) -> None:
    assert list(estimates.quoted(ctdata.select(root=small_corpus.root))["verdict"]) == ["agrees"]
    small_corpus.change("figures", 0, low="801")
    (verdict,) = estimates.quoted(ctdata.select(root=small_corpus.root))["verdict"]
    assert verdict == "differs: rur-2016-fig-001"


# The collection


def csv_rows(table: str, root: Path | None = None) -> list[dict[str, str]]:
    path = (root or ctdata.Corpus().root) / f"{table}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_texts_state_agrees_with_the_other_tables() -> None:
    found = estimates.recounted(ctdata.select())
    assert set(found["verdict"]) == {"agrees"}
    listed = {
        row["source_id"]: row["low"]
        for row in csv_rows("figures")
        if row["indicator"] == "organizations_listed"
    }
    assert listed
    for source_id, low in listed.items():
        entries = [row for row in csv_rows("designations") if row["source_id"] == source_id]
        assert len(entries) == int(low)


@pytest.mark.parametrize(
    "table, column, value, indicator",
    [
        ("designations", "", "", "organizations_listed"),
        ("events", "kind", "attack", "attacks"),
        ("legal_events", "action", "ratification_pending", "ratifications_pending"),
    ],
)
def test_a_table_that_drifts_from_what_a_text_states_is_told(
    tmp_path: Path, table: str, column: str, value: str, indicator: str
) -> None:
    root = tmp_path / "corpus"
    shutil.copytree(ctdata.Corpus().root, root)
    rows = csv_rows(table, root)
    lost = next(row for row in rows if not column or row[column] == value)
    with (root / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lost), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row is not lost)
    found = estimates.recounted(ctdata.select(root=root))
    differing = found.loc[found["verdict"] == "differs", "claim_id"]
    names = {row["claim_id"]: row["indicator"] for row in csv_rows("figures", root)}
    assert [names[claim_id] for claim_id in differing] == [indicator]


def test_no_figure_is_lost_on_the_way_to_the_tables() -> None:
    figures_ = estimates.read(ctdata.select())
    shown = [*estimates.fighters(figures_)["claim_id"], *estimates.others(figures_)["claim_id"]]
    assert sorted(shown) == sorted(row["claim_id"] for row in csv_rows("figures"))


def test_those_who_came_back_are_told_beside_those_who_left(small_corpus: SmallCorpus) -> None:
    small_corpus.change("figures", 0, indicator="returned")
    selection = ctdata.select(root=small_corpus.root)
    assert "returned" in set(estimates.fighters(estimates.read(selection))["indicator"])
    assert " returned, " in estimates.draw_knowledge(selection).alt


def test_a_share_of_those_who_left_is_no_number_of_people() -> None:
    figures_ = estimates.read(ctdata.select())
    left = estimates.departures(figures_)["claim_id"].iloc[0]
    figures_.loc[figures_["claim_id"] == left, "unit"] = "percent"
    assert left not in set(estimates.departures(figures_)["claim_id"])
    assert left not in set(estimates.fighters(figures_)["claim_id"])
    assert left in set(estimates.others(figures_)["claim_id"])


def test_labels_of_the_collection_follow_from_its_rows() -> None:
    rows = {row["claim_id"]: row for row in csv_rows("figures")}
    for figure in estimates.read(ctdata.select()).itertuples():
        row = rows[figure.claim_id]
        low, high, word = row["low"], row["high"], row["qualifier"]
        if low and high and float(low) != float(high):
            expected = f"{low} to {high}"
        elif low and high and word:
            expected = f"about {low}"
        elif low and high:
            expected = "none" if float(low) == 0 else low
        else:
            plain = word if "…" not in word else ""
            expected = f"{plain or ('at least' if low else 'at most')} {low or high}"
        assert figure.number.replace(" million", "000000").replace(",", "") == expected


def test_shares_of_the_collection_follow_from_its_rows() -> None:
    rows = {row["claim_id"]: row for row in csv_rows("figures")}
    found = estimates.shares(estimates.read(ctdata.select()))
    single = found[found["claim_ids"].map(len) == 2]
    assert len(single)
    for row in single.itertuples():
        pair = [rows[claim_id] for claim_id in row.claim_ids]
        whole, part = sorted(pair, key=lambda r: len(r["population"].split(" including")[0]))
        assert whole["population"].split(", including")[0] in part["population"]
        most = float(part["high"]) / float(whole["low"]) if part["high"] else 1.0
        least = float(part["low"]) / float(whole["high"]) if whole["high"] else 0.0
        assert ends(row.interval) == pytest.approx((least, min(1.0, most)))


def test_the_sum_over_the_collection_follows_from_its_rows() -> None:
    left = estimates.departures(estimates.read(ctdata.select())).drop_duplicates("country")
    rows = [row for row in csv_rows("figures") if row["claim_id"] in set(left["claim_id"])]
    assert len(rows) > 1
    found = total(left)
    assert found.interval.low == sum(float(row["low"] or 0) for row in rows)
    assert len(found.warnings) == math.comb(len(rows), 2)
    assert f"{int(found.interval.low):,}" in estimates.in_total(left).plain()


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_each_scope_has_tables_sentences_and_charts_without_fault(scope: dict[str, str]) -> None:
    selection = ctdata.select(**scope)
    figures_ = estimates.read(selection)
    left = estimates.departures(figures_)
    pieces = [
        estimates.answer(selection),
        estimates.in_total(left),
        estimates.draw_numbers(selection),
        estimates.draw_knowledge(selection),
        display.table(estimates.shares(figures_)),
        display.table(estimates.rank(left)),
        display.table(estimates.pairs(estimates.others(figures_))),
        display.table(estimates.statements(selection)),
    ]
    assert all(piece.plain() for piece in pieces)
    drawn = estimates.fighters(figures_)
    for chart in pieces[2:4]:
        assert isinstance(chart, display.Picture) is not drawn.empty
        assert all(number in chart.plain() for number in drawn["number"]) or chart is pieces[3]


def test_silence_is_told_apart_from_zero_and_from_other_years(small_corpus: SmallCorpus) -> None:
    add_figures(small_corpus, SENTENCE, {**LEFT, "period": "2013", "as_of": "2013"})
    (row,) = estimates.statements(ctdata.select(root=small_corpus.root)).itertuples()
    assert row.departed_to_conflict.plain().startswith("over 800 [")
    assert row.died_in_conflict == "silent"
    (row,) = estimates.statements(ctdata.select(root=small_corpus.root, since="2016")).itertuples()
    assert row.departed_to_conflict == "outside the scope"
    assert not row.silent
    small_corpus.write("figures", [])
    selection = ctdata.select(root=small_corpus.root)
    (row,) = estimates.statements(selection).itertuples()
    assert row.departed_to_conflict == "silent" and row.silent
    assert "silence, not zero" in estimates.answer(selection).plain()
    assert "rur-2016" in estimates.draw_numbers(selection).plain()


def test_texts_that_are_silent_stand_in_the_charts() -> None:
    selection = ctdata.select()
    stating = {r["source_id"] for r in csv_rows("figures") if r["indicator"] in estimates.FIGHTERS}
    silent = {row["source_id"] for row in csv_rows("sources")} - stating
    assert silent
    for chart in (estimates.draw_numbers(selection), estimates.draw_knowledge(selection)):
        words = {text.get_text() for text in chart.figure.axes[0].texts}
        assert silent <= words
        assert all(source_id in chart.alt for source_id in silent)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
@pytest.mark.parametrize("draw", [estimates.draw_numbers, estimates.draw_knowledge])
def test_no_words_collide_in_a_chart(draw: Callable, scope: dict[str, str]) -> None:
    chart = draw(ctdata.select(**scope))
    if isinstance(chart, display.Sentence):
        return
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(chart.figure)
    canvas.draw()
    (axes,) = chart.figure.axes
    left, right = axes.get_xlim()
    ticks = [label for label in axes.get_xticklabels() if left <= label.get_position()[0] <= right]
    texts = [*axes.texts, *ticks, axes.xaxis.label, *axes.get_legend().get_texts()]
    shown = [text for text in [*texts, *chart.figure.texts] if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in shown]
    assert len(boxes) > 4
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        assert not first.overlaps(second), f"{one!r} and {other!r} collide"
    panel = axes.get_window_extent()
    for words, box in boxes:
        assert box.x1 <= panel.x1 + 12, f"{words!r} runs out of the chart"


def test_a_chart_is_the_same_on_each_run() -> None:
    first, second = (estimates.draw_numbers(ctdata.select()).svg() for _ in range(2))
    assert first == second
