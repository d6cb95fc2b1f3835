"""EDTF dates: reading, overlap, labels and error messages."""

from __future__ import annotations

import ast
import calendar
import datetime
import re
import sys
from pathlib import Path

import edtf as oracle
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctdata import dates
from ctdata.dates import DateError, Edtf, label, overlaps, parse

DAY = datetime.timedelta(days=1)
SEASON_MONTHS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 14)}


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def month_end(year: int, month: int) -> datetime.date:
    """Last day of a month; month 13 is January of the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


# Dates generated from their meaning: what is drawn is the meaning, the text is written from it.


@st.composite
def plain_dates(draw, unspecified: bool = True, last_year: int = 9998) -> Edtf:
    """A date without qualifier."""
    kinds = ["day", "month", "year", "season"]
    if unspecified:
        kinds += ["decade", "century", "some month", "some day", "some day of a year"]
    kind = draw(st.sampled_from(kinds))
    year = draw(st.integers(1, last_year))
    month = draw(st.integers(1, 12))
    first, last = datetime.date(year, month, 1), month_end(year, month)
    whole_year = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    match kind:
        case "day":
            exact = draw(st.dates(first, last))
            return Edtf(exact.isoformat(), exact, exact, "day")
        case "month":
            return Edtf(f"{year:04}-{month:02}", first, last, "month")
        case "some day":
            return Edtf(f"{year:04}-{month:02}-XX", first, last, "month")
        case "year":
            return Edtf(f"{year:04}", *whole_year, "year")
        case "some month":
            return Edtf(f"{year:04}-XX", *whole_year, "year")
        case "some day of a year":
            return Edtf(f"{year:04}-XX-XX", *whole_year, "year")
        case "season":
            code = draw(st.sampled_from(sorted(SEASON_MONTHS)))
            start, end = SEASON_MONTHS[code]
            first = datetime.date(year, start, 1)
            return Edtf(f"{year:04}-{code}", first, month_end(year, end), "season")
    digits = 1 if kind == "decade" else 2
    stem = draw(st.integers(1, 10 ** (4 - digits) - 1))
    start = stem * 10**digits
    end = start + 10**digits - 1
    return Edtf(
        f"{stem:0{4 - digits}}" + "X" * digits,
        datetime.date(start, 1, 1),
        datetime.date(end, 12, 31),
        kind,
    )


@st.composite
def single_dates(draw, **kwargs) -> Edtf:
    """A date that may be approximate or uncertain."""
    plain = draw(plain_dates(**kwargs))
    sign, approximate, uncertain = draw(
        st.sampled_from(
            [("", False, False), ("~", True, False), ("?", False, True), ("%", True, True)]
        )
    )
    return Edtf(
        plain.text + sign, plain.earliest, plain.latest, plain.precision, approximate, uncertain
    )


@st.composite
def intervals(draw, **kwargs) -> Edtf:
    """An interval; each end may be a date, and one of them open or unknown."""
    ends = st.none() | single_dates(unspecified=False, **kwargs)
    first, last = draw(
        st.tuples(ends, ends)
        .filter(any)
        .map(lambda pair: sorted(pair, key=lambda d: d.earliest) if all(pair) else pair)
    )
    start = first.text if first else draw(st.sampled_from(["", ".."]))
    end = last.text if last else draw(st.sampled_from(["", ".."]))
    known = [d for d in (first, last) if d]
    return Edtf(
        f"{start}/{end}",
        first and first.earliest,
        last and last.latest,
        "interval",
        any(d.approximate for d in known),
        any(d.uncertain for d in known),
        start == "..",
        end == "..",
    )


any_dates = single_dates() | intervals()


@given(any_dates)
@settings(max_examples=100)
def test_a_date_is_read_as_it_was_meant(meant):
    assert parse(meant.text) == meant


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2016-05-20", "2016-05-20", "2016-05-20", "day"),
        ("2016-05", "2016-05-01", "2016-05-31", "month"),
        ("2016", "2016-01-01", "2016-12-31", "year"),
        ("0001", "0001-01-01", "0001-12-31", "year"),
        ("9999", "9999-01-01", "9999-12-31", "year"),
        ("2016-02", "2016-02-01", "2016-02-29", "month"),
        ("1900-02", "1900-02-01", "1900-02-28", "month"),
        ("2000-02-29", "2000-02-29", "2000-02-29", "day"),
        ("201X", "2010-01-01", "2019-12-31", "decade"),
        ("20XX", "2000-01-01", "2099-12-31", "century"),
        ("2004-XX", "2004-01-01", "2004-12-31", "year"),
        ("2004-02-XX", "2004-02-01", "2004-02-29", "month"),
        ("2004-XX-XX", "2004-01-01", "2004-12-31", "year"),
        ("2001-21", "2001-03-01", "2001-05-31", "season"),
        ("2001-22", "2001-06-01", "2001-08-31", "season"),
        ("2001-23", "2001-09-01", "2001-11-30", "season"),
        ("2001-24", "2001-12-01", "2002-02-28", "season"),
        ("2003-24", "2003-12-01", "2004-02-29", "season"),
        ("2005-01-25/2005-01-28", "2005-01-25", "2005-01-28", "interval"),
        ("2010/2012", "2010-01-01", "2012-12-31", "interval"),
        ("2010/2010-05", "2010-01-01", "2010-05-31", "interval"),
        ("2010-05/2010", "2010-05-01", "2010-12-31", "interval"),
    ],
)
def test_each_form_has_its_bounds_and_precision(text, earliest, latest, precision):
    assert parse(text) == Edtf(text, day(earliest), day(latest), precision)


def test_qualifiers_set_their_flags_and_leave_the_bounds_alone():
    plain = parse("2014-11")
    flags = {}
    for sign in "~?%":
        qualified = parse(f"2014-11{sign}")
        assert (qualified.earliest, qualified.latest) == (plain.earliest, plain.latest)
        flags[sign] = qualified.approximate, qualified.uncertain
    assert flags == {"~": (True, False), "?": (False, True), "%": (True, True)}
    assert (plain.approximate, plain.uncertain) == (False, False)


def test_open_and_unknown_ends_have_no_bound_and_are_told_apart():
    since, unknown_end = parse("2013/.."), parse("2013/")
    until, unknown_start = parse("../2013"), parse("/2013")
    assert since.latest is unknown_end.latest is None
    assert until.earliest is unknown_start.earliest is None
    assert since.earliest == unknown_end.earliest == day("2013-01-01")
    assert until.latest == unknown_start.latest == day("2013-12-31")
    assert [d.open_end for d in (since, unknown_end, until, unknown_start)] == [1, 0, 0, 0]
    assert [d.open_start for d in (since, unknown_end, until, unknown_start)] == [0, 0, 1, 0]


def test_a_date_is_read_once_and_cannot_be_changed():
    assert parse("2016-05-20") is parse("2016-05-20")
    with pytest.raises(AttributeError):
        parse("2016-05-20").precision = "year"


# The edtf library as oracle


def oracle_bound(found: float | tuple) -> datetime.date | None:
    """The library gives an infinite float for an open end, else a struct_time."""
    return None if isinstance(found, float) else datetime.date(*found[:3])


def bounds_by_oracle(text: str) -> tuple[datetime.date | None, datetime.date | None]:
    found = oracle.parse_edtf(text, fail_silently=False)
    return oracle_bound(found.lower_strict()), oracle_bound(found.upper_strict())


def is_shared(text: str) -> bool:
    """Is this a form that the library treats as we do? The module names where it does not."""
    winter = re.search(r"-24\b", text)
    unknown_end = text.startswith("/") or text.endswith("/")
    qualified_season = re.search(r"-2[1-4][~?%]", text)  # the library reads none
    return not (winter or unknown_end or qualified_season)


@given(any_dates.filter(lambda d: is_shared(d.text)))
@settings(max_examples=150)
@example(parse("2013/.."))
@example(parse("../2013"))
@example(parse("2014-11~"))
@example(parse("20XX?"))
@example(parse("2004-02-XX"))
@example(parse("2001-21/2002-22"))
def test_bounds_agree_with_the_edtf_library(meant):
    found = parse(meant.text)
    assert (found.earliest, found.latest) == bounds_by_oracle(meant.text)


def test_the_edtf_library_differs_where_the_module_says_so():
    assert bounds_by_oracle("2001-24") == (day("2001-12-01"), day("2001-12-31"))
    assert bounds_by_oracle("2013/")[1] == day("2023-01-01")
    assert bounds_by_oracle("2012/2010") == (day("2012-01-01"), day("2010-12-31"))
    assert oracle.parse_edtf("1900-02-29", fail_silently=False)


@st.composite
def damaged_dates(draw) -> str:
    """EDTF with one character put in, taken out or replaced: most are wrong, some still right."""
    text = draw(any_dates).text
    place = draw(st.integers(0, len(text)))
    new = draw(st.sampled_from(list("0123456789-/.X~?%TYu ") + [""]))
    return text[:place] + new + text[place + draw(st.integers(0, 1)) :]


@given(damaged_dates().filter(is_shared))
@settings(max_examples=150)
def test_nothing_is_read_that_the_edtf_library_refuses(text):
    try:
        found = parse(text)
    except DateError:
        return
    assert (found.earliest, found.latest) == bounds_by_oracle(text)


# Errors


@given(st.text() | st.text("0123456789-/.X~?% ") | damaged_dates())
@settings(max_examples=200)
@example("٢٠١٦")
@example("２０１６-05-20")
@example("2016-05-20\n")
@example("2016\x00")
@example("\ud800")
@example("~-" * 30)
@example("9" * 5000)
def test_garbage_raises_nothing_but_a_date_error(text):
    try:
        found = parse(text)
    except DateError as error:
        assert "; write " in str(error)
        assert len(str(error)) < 500
    else:
        assert found.text == text
        assert re.fullmatch(r"[0-9X./~?%-]+", text)


@pytest.mark.parametrize("value", [None, 2016, 2016.0, float("nan"), True, day("2016-05-20"), []])
def test_what_is_not_text_is_a_date_error(value):
    with pytest.raises(DateError, match="is not text; write the date in quotes"):
        parse(value)


def message(text: str) -> str:
    with pytest.raises(DateError) as error:
        parse(text)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "reason", "advice"),
    [
        ("2016-13", "month 13 does not exist", "YYYY-MM with months 01 to 12"),
        ("2016-00", "month 00 does not exist", "YYYY-MM with months 01 to 12"),
        ("2016-13-01", "month 13 does not exist", "YYYY-MM with months 01 to 12"),
        ("2001-25", "month 25 does not exist", "YYYY-MM with months 01 to 12"),
        ("2015/2016-13", "month 13 does not exist", "YYYY-MM with months 01 to 12"),
        ("2015-02-29", "February 2015 has no day 29", "YYYY-MM-DD with days 01 to 28"),
        ("2016-04-31", "April 2016 has no day 31", "YYYY-MM-DD with days 01 to 30"),
        ("2016-05-00", "May 2016 has no day 00", "YYYY-MM-DD with days 01 to 31"),
        ("2016-05-32/2017", "May 2016 has no day 32", "YYYY-MM-DD with days 01 to 31"),
        ("2001-21-05", "a season has no days", "2001-21, or a month"),
        ("2012/2010", "the interval ends before it starts", "2010/2012"),
        ("2016-05-20/2016-05-19", "the interval ends before it starts", "2016-05-19/2016-05-20"),
        ("2001-24/2001-11", "the interval ends before it starts", "2001-11/2001-24"),
        ("../..", "an interval without start and end says nothing", "at least one end"),
        ("/", "an interval without start and end says nothing", "at least one end"),
        ("0000", "only years from 0001 to 9999", "the year with four digits"),
        ("0000-05-20", "only years from 0001 to 9999", "the year with four digits"),
        ("00XX", "only years from 0001 to 9999", "the year with four digits"),
        ("-0044", "only years from 0001 to 9999", "the year with four digits"),
        ("-0044-03-15", "only years from 0001 to 9999", "the year with four digits"),
        ("Y12016", "only years from 0001 to 9999", "the year with four digits"),
        ("Y-12016", "only years from 0001 to 9999", "the year with four digits"),
        ("12016-05", "only years from 0001 to 9999", "the year with four digits"),
        ("-0044/2016", "only years from 0001 to 9999", "the year with four digits"),
        ("9999-24", "only years from 0001 to 9999", "the year with four digits"),
        ("201X-05", "X replaces digits from the right only", "201X"),
        ("2004-XX-05", "X replaces digits from the right only", "201X"),
        ("201X/2015", "X cannot stand in an interval", "2010/2015"),
        ("2004-06-XX/2004-07-03", "X cannot stand in an interval", "2004-06/2004-07-03"),
        ("2004/201X~", "X cannot stand in an interval", "2004/2019~"),
        ("201X/2004", "the interval ends before it starts", "2004/2010"),
        ("2016-05-20T10:00:00Z", "clock times are not kept", "2016-05-20"),
        ("2016-05-20T10:00:00+06:00", "clock times are not kept", "2016-05-20"),
        ("2016-05-20 10:00", "clock times are not kept", "2016-05-20"),
        ("2016-05-20T10:00/2016-05-21T09:30", "clock times are not kept", "2016-05-20/2016-05-21"),
        (" 2014", "there is white space before or after the date", "2014"),
        ("2014-11~\n", "there is white space before or after the date", "2014-11~"),
    ],
)
def test_a_wrong_date_is_told_what_is_wrong_and_what_is_right(text, reason, advice):
    told = message(text)
    assert told.startswith(f"{text!r}: {reason}")
    assert f"; write {advice}" in told


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("20 May 2016", "2016-05-20"),
        ("5 May 2016", "2016-05-05"),
        ("May 2016", "2016-05"),
        ("Sept. 2016", "2016-09"),
        ("2016 May", "2016-05"),
        ("May 20, 2016", "2016-05-20"),
        ("the 20th of May, 2016", "2016-05-20"),
        ("20.05.2016", "2016-05-20"),
        ("05.2016", "2016-05"),
        ("2016/05/20", "2016-05-20"),
        ("20/05/2016", "2016-05-20"),
        ("05/20/2016", "2016-05-20"),
        ("01/02/2016", "2016-02-01 (1 February 2016) or 2016-01-02 (2 January 2016)"),
        ("2010/12", "2010-12 (December 2010) or 2010/2012 (2010–2012)"),
        ("2016/05", "2016-05"),
        ("2016/17", "2016/2017"),
        ("2016-5-2", "2016-05-02"),
        ("20160520", "2016-05-20"),
        ("201605", "2016-05"),
        ("2016–05–20", "2016-05-20"),
        ("2010-2012", "2010/2012"),
        ("2010–2012", "2010/2012"),
        ("2010 / 2012", "2010/2012"),
        ("from 2010 to 2012", "2010/2012"),
        ("between May 2010 and June 2012", "2010-05/2012-06"),
        ("16–20 May 2016", "2016-05-16/2016-05-20"),
        ("May 16-20, 2016", "2016-05-16/2016-05-20"),
        ("May–July 2016", "2016-05/2016-07"),
        ("25 January – 3 February 2005", "2005-01-25/2005-02-03"),
        ("25 December 2004 to 3 January 2005", "2004-12-25/2005-01-03"),
        ("2016-05-16/20", "2016-05-16/2016-05-20"),
        ("2016-05-16/06-20", "2016-05-16/2016-06-20"),
        ("20 May 2016/June 2016", "2016-05-20/2016-06"),
        ("c. 2014", "2014~"),
        ("ca. 2014", "2014~"),
        ("about November 2014", "2014-11~"),
        ("~2014", "2014~"),
        ("possibly 2014", "2014?"),
        ("2014 (?)", "2014?"),
        ("2014?~", "2014%"),
        ("2014~-11", "2014-11~"),
        ("since 2013", "2013/.."),
        ("since about 2013", "2013~/.."),
        ("2013-", "2013/.."),
        ("2013 – present", "2013/.."),
        ("2013/open", "2013/.."),
        ("20 May 2016/..", "2016-05-20/.."),
        ("until 2013", "../2013"),
        ("../May 2013", "../2013-05"),
        ("unknown/2013", "/2013"),
        ("2013/unknown", "2013/"),
        ("the 2010s", "201X"),
        ("1990's", "199X"),
        ("1900s", "190X (1900s) or 19XX (20th century)"),
        ("201x", "201X"),
        ("2004-uu", "2004-XX"),
        ("spring 2001", "2001-21"),
        ("Fall 2001", "2001-23"),
        ("winter 2001–2002", "2001-24"),
    ],
)
def test_a_human_date_is_answered_with_its_edtf(text, right):
    assert message(text) == f"{text!r} is not an EDTF date; write {right}"


@pytest.mark.parametrize(
    "text",
    ["", "..", "n.d.", "early 2016", "decade 2010", "31.02.2016", "2016-W20", "20X4", "XXXX"]
    + ["{2010,2011}", "2010/2011/2012", "2014~~", "2010S2", "44 BC", "x" * 10_000]
    + ["20 May" + " " * 100 + "2016", "2010-" * 2_000],
)
def test_what_cannot_be_guessed_is_answered_with_examples(text):
    told = message(text)
    assert "is not an EDTF date; write 2016, 2016-05 or 2016-05-20, an interval" in told
    assert len(told) < 300


@given(st.dates(), st.sampled_from(["{d} {m} {y}", "{m} {d}, {y}", "{d}.{n}.{y}", "{d} {a} {y}"]))
def test_any_day_in_a_common_form_is_answered_with_its_edtf(meant, form):
    text = form.format(
        d=meant.day,
        m=calendar.month_name[meant.month],
        a=calendar.month_abbr[meant.month],
        n=meant.month,
        y=f"{meant.year:04}",
    )
    assert message(text).endswith(f"write {meant.isoformat()}")


@given(any_dates.filter(lambda d: d.earliest is None or d.earliest.year >= 1000))
def test_a_label_given_back_never_suggests_another_date(meant):
    """Whoever types what a table shows is led to the date behind it, or to the examples."""
    try:
        read = parse(label(meant.text)).text
    except DateError as error:
        read = str(error).partition("; write ")[2]
    if read not in (dates._EXAMPLES, meant.text):
        assert label(meant.text) in {label(text) for text in re.findall(r"[0-9X./~?%-]{4,}", read)}


# Overlap


SMALL = [
    *("2015", "2016", "2015-12", "2016-01", "2016-01-01", "2016-01-02", "2015-24", "2016-XX"),
    *("2016-01-01/2016-01-03", "2015/2016", "2016-01/..", "../2015-12-31", "2016-01-02/"),
    *("/2016-01-01", "2015-12-30~"),
]
FIRST_DAY, LAST_DAY = day("2014-12-01"), day("2017-02-01")


def days(span: Edtf | None) -> set[datetime.date]:
    """Every day of a span, within a calendar that is longer than all SMALL dates."""
    first = (span and span.earliest) or FIRST_DAY
    last = (span and span.latest) or LAST_DAY
    return {first + n * DAY for n in range((last - first).days + 1)}


def test_overlap_agrees_with_counting_the_days():
    spans = {text: (parse(text), days(parse(text))) for text in SMALL}
    limits = {**spans, None: (None, days(None))}
    answers = set()
    for when, its_days in spans.values():
        for since, _ in limits.values():
            for until, _ in limits.values():
                first = (since and since.earliest) or FIRST_DAY
                last = (until and until.latest) or LAST_DAY
                counted = any(first <= d <= last for d in its_days)
                assert overlaps(when, since, until) is counted, (when, since, until)
                answers.add(counted)
    assert answers == {True, False}


@given(any_dates, st.none() | any_dates, st.none() | any_dates)
def test_overlap_is_having_a_day_in_common(when, since, until):
    lowest, highest = datetime.date.min, datetime.date.max
    edges = {when.earliest, when.latest, since and since.earliest, until and until.latest}
    # If spans meet at all, they meet on the first or last day of one of them.
    days_to_try = {d for d in edges if d} | {lowest, highest}
    counted = any(
        (when.earliest or lowest) <= d <= (when.latest or highest)
        and ((since and since.earliest) or lowest) <= d
        and d <= ((until and until.latest) or highest)
        for d in days_to_try
    )
    assert overlaps(when, since, until) is counted


def test_both_ends_of_a_period_are_included():
    since, until = parse("2010-05"), parse("2012")
    assert overlaps(parse("2010-05-01"), since, until)
    assert overlaps(parse("2012-12-31"), since, until)
    assert not overlaps(parse("2010-04-30"), since, until)
    assert not overlaps(parse("2013-01-01"), since, until)


def test_a_period_that_ends_before_it_begins_holds_no_date():
    assert not overlaps(parse("2000/2020"), parse("2012"), parse("2010"))


# Labels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016", "2016"),
        ("2016-05", "May 2016"),
        ("2012-06", "June 2012"),
        ("2016-05-20", "20 May 2016"),
        ("2004-01-01", "1 January 2004"),
        ("2016-05-16/2016-05-20", "16–20 May 2016"),
        ("2016-05-25/2016-06-03", "25 May – 3 June 2016"),
        ("2015-05-16/2016-05-16", "16 May 2015 – 16 May 2016"),
        ("2015-12-30/2016-01-02", "30 December 2015 – 2 January 2016"),
        ("2016-05/2016-07", "May–July 2016"),
        ("2010-05/2012-06", "May 2010 – June 2012"),
        ("2010/2012", "2010–2012"),
        ("2010/2012-05", "2010 – May 2012"),
        ("2016-05-20/2016-06", "20 May 2016 – June 2016"),
        ("2016-05/2016-05", "May 2016"),
        ("2013/..", "since 2013"),
        ("../2013", "until 2013"),
        ("2013-05/", "from May 2013 to an unknown date"),
        ("/2013", "from an unknown date to 2013"),
        ("2014-11~", "about November 2014"),
        ("2014?", "possibly 2014"),
        ("2014%", "possibly about 2014"),
        ("2010~/2012?", "about 2010 – possibly 2012"),
        ("2016-05-16~/2016-05-20", "about 16 May 2016 – 20 May 2016"),
        ("2013~/..", "since about 2013"),
        ("2001-21", "spring 2001"),
        ("2001-22", "summer 2001"),
        ("2001-23", "autumn 2001"),
        ("2001-24", "winter 2001–2002"),
        ("2001-21/2001-23", "spring–autumn 2001"),
        ("2001-21/2001-24", "spring 2001 – winter 2001–2002"),
        ("201X", "2010s"),
        ("201X~", "about the 2010s"),
        ("19XX", "20th century"),
        ("20XX?", "possibly the 21st century"),
        ("10XX", "11th century"),
        ("01XX", "2nd century"),
        ("2004-XX", "2004"),
        ("2004-02-XX", "February 2004"),
    ],
)
def test_labels_read_as_people_write(text, expected):
    assert label(text) == expected


@given(any_dates)
def test_every_date_has_a_label(meant):
    written = label(meant.text)
    years = {str(d.year) for d in (meant.earliest, meant.latest) if d}
    if meant.precision not in ("decade", "century"):
        assert years <= set(re.findall("[0-9]+", written))
    assert "  " not in written
    assert written == written.strip()


def test_the_label_of_a_wrong_date_is_a_date_error():
    with pytest.raises(DateError, match="write 2016-05-20"):
        label("20 May 2016")


# Cost


def test_only_the_standard_library_is_imported():
    tree = ast.parse(Path(dates.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "(relative)"]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported
    assert imported <= sys.stdlib_module_names
