"""Dates in EDTF, the Extended Date/Time Format of ISO 8601-2:2019, levels 0 and 1.

Official texts date things loosely ("in December 2003", "since 2013", "about November 2014").
EDTF writes such dates down without adding a precision that the text does not have:

==============================================  ==================================================
``2016``, ``2016-05``, ``2016-05-20``           a year, a month, a day
``2010/2012``, ``2005-01-25/2005-01-28``        an interval; each end has its own precision
``2013/..``, ``../2013``                        an interval with an open end
``2013/``, ``/2013``                            an interval with an end that is unknown
``2014-11~``, ``2014-11?``, ``2014-11%``        approximate, uncertain, both
``201X``, ``20XX``                              some year of a decade, of a century
``2004-XX``, ``2004-02-XX``, ``2004-XX-XX``     some month or day within what is known
``2001-21`` ... ``2001-24``                     spring, summer, autumn, winter
==============================================  ==================================================

Readings that the standard leaves open:

- *Seasons* are the northern meteorological ones: spring (21) is March to May, summer (22) June to
  August, autumn (23) September to November, and winter (24) runs from December of the year written
  to the end of the February after.
- *Approximate and uncertain dates keep their bounds.* ``2014-11~`` runs from 1 to 30 November 2014;
  only the flag says that the text was not sure. How much "about" means is for the analyst to say.
- *Unknown ends have no bound*, as open ends have none; ``open_start`` and ``open_end`` tell the two
  apart.
- *Precision is the smallest unit that is known*: ``2004-XX`` is as good as ``2004``, a year.

Left out: clock times (level 0), years outside 0001 to 9999 (level 1), an interval that is open or
unknown at both ends (it says nothing), and all of level 2.

The ``edtf`` library, against which the tests compare this module, differs in that it cuts winter
off at 31 December (the February after belongs to the same winter), puts an unknown end ten years
away (a number that no text gave), lets an interval end before it starts, and takes 29 February in
every year.

Source: Library of Congress, Extended Date/Time Format (EDTF) Specification, 4 February 2019,
https://www.loc.gov/standards/datetime/
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}
_FIRST_MONTHS = {21: 3, 22: 6, 23: 9, 24: 12}


class DateError(ValueError):
    """A text that is not an EDTF date of level 0 or 1; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Edtf:
    """What an EDTF text says.

    Attributes
    ----------
    text : str
        The text as written.
    earliest, latest : datetime.date or None
        First and last day that the date can lie on; None where an end is open or unknown.
    precision : str
        The smallest unit that is known: "day", "month", "season", "year", "decade" or "century";
        "interval" for an interval.
    approximate, uncertain : bool
        Marked ``~`` or ``?``; ``%`` sets both. For an interval: one of its ends is so marked.
    open_start, open_end : bool
        The interval has ``..`` in place of its start or end.
    """

    text: str
    earliest: datetime.date | None
    latest: datetime.date | None
    precision: str
    approximate: bool = False
    uncertain: bool = False
    open_start: bool = False
    open_end: bool = False


def parse(text: str) -> Edtf:
    """Read an EDTF date of level 0 or 1.

    Parameters
    ----------
    text : str
        The date, without white space around it.

    Returns
    -------
    Edtf
        Immutable; the same text gives the same object while it is in the cache.

    Raises
    ------
    DateError
        If the text is not EDTF, has a clock time, names a month or day that does not exist, a year
        outside 0001 to 9999, or an interval that ends before it starts. Where a common human form
        is recognized ("20 May 2016"), the message gives its EDTF.
    """
    if not isinstance(text, str):
        raise DateError(f"{text!r} is not text; write the date in quotes, such as '2016-05-20'")
    return _parse(text)


def overlaps(date: Edtf, since: Edtf | None, until: Edtf | None) -> bool:
    """Does the date share a day with the period from `since` to `until`, both included?

    Imprecise dates count with their whole span, so that nothing which may lie in the period is
    lost: ``2016`` touches the period that begins in ``2016-12``. An open or unknown end is
    unbounded. A period that ends before it begins holds no day.

    Parameters
    ----------
    date : Edtf
        The date.
    since, until : Edtf or None
        The period runs from the first day of `since` to the last day of `until`; None is unbounded.

    Returns
    -------
    bool
    """
    starts = [d for d in (date.earliest, since and since.earliest) if d]
    ends = [d for d in (date.latest, until and until.latest) if d]
    return not starts or not ends or max(starts) <= min(ends)


def label(text: str) -> str:
    """Write an EDTF date for people, in English: day, month name, year, with en dashes.

    Parameters
    ----------
    text : str
        An EDTF date of level 0 or 1.

    Returns
    -------
    str
        "20 May 2016", "16–20 May 2016", "2010–2012", "since 2013", "until 2013",
        "about November 2014" (``~``), "possibly 2014" (``?``), "possibly about 2014" (``%``),
        "spring 2001", "winter 2001–2002", "2010s", "20th century".

    Raises
    ------
    DateError
        As `parse`.
    """
    whole = parse(text)
    if whole.precision != "interval":
        return _label_date(whole)
    start, _, end = text.partition("/")
    if whole.earliest is None:
        last = _label_date(parse(end))
        return f"until {last}" if whole.open_start else f"from an unknown date to {last}"
    if whole.latest is None:
        first = _label_date(parse(start))
        return f"since {first}" if whole.open_end else f"from {first} to an unknown date"
    return _label_interval(parse(start), parse(end))


# Reading. The functions below raise _Fault; _parse alone turns it into the message.

_DATE = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)"
    r"(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?"
    r"(?P<qualifier>[~?%]?)"
)
_OTHER_YEAR = re.compile(r"(?:Y-?|-)[0-9].*|[0-9]{5}(?:-.*)?")
_CLOCK_TIME = re.compile(r"(?<=[0-9])[Tt, ]+[0-9]{1,2}:[0-9:.,]*(?:Z|[+-][0-9:]+)?")
_EXAMPLES = (
    "2016, 2016-05 or 2016-05-20, an interval as 2010/2012 or 2013/.., "
    "an approximate date as 2014-11~"
)
_Span = tuple[datetime.date, datetime.date, str]  # first day, last day, precision
_SHOWN = 60  # characters of a wrong text that a message repeats; longer ones are no dates


class _Fault(Exception):
    """What is wrong (None: the form as a whole) and what to write (None: find a suggestion)."""

    def __init__(self, reason: str | None = None, advice: str | None = None):
        super().__init__(reason, advice)
        self.reason = reason
        self.advice = advice


@lru_cache(maxsize=65_536)
def _parse(text: str) -> Edtf:
    try:
        return _read(text)
    except _Fault as fault:
        shown = repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
        wrong = f"{shown}: {fault.reason}" if fault.reason else f"{shown} is not an EDTF date"
        raise DateError(f"{wrong}; write {fault.advice or _suggest(text) or _EXAMPLES}") from None


def _read(text: str) -> Edtf:
    if text != text.strip():
        raise _Fault("there is white space before or after the date")
    if _CLOCK_TIME.search(text):
        raise _Fault("clock times are not kept")
    return _read_interval(text) if "/" in text else _read_date(text)


def _read_date(text: str) -> Edtf:
    match = _DATE.fullmatch(text)
    if match is None:
        raise _year_fault() if _OTHER_YEAR.fullmatch(text) else _Fault()
    year, month, day, qualifier = match.groups()
    earliest, latest, precision = _span(year, month, day)
    return Edtf(
        text,
        earliest,
        latest,
        precision,
        approximate=qualifier in ("~", "%"),
        uncertain=qualifier in ("?", "%"),
    )


def _read_interval(text: str) -> Edtf:
    start, _, end = text.partition("/")
    first = None if start in ("", "..") else _read_date(start)
    last = None if end in ("", "..") else _read_date(end)
    if first is None and last is None:
        raise _Fault(
            "an interval without start and end says nothing", "at least one end, such as 2013/.."
        )
    # Digits left open within an interval are level 2; its bounds say the same in level 1.
    lower = start.replace("-XX", "").replace("X", "0")
    upper = end.replace("-XX", "").replace("X", "9")
    if first and last and last.latest < first.earliest:
        raise _Fault("the interval ends before it starts", f"{upper}/{lower}")
    if "X" in text:
        raise _Fault("X cannot stand in an interval", f"{lower}/{upper}")
    ends = [part for part in (first, last) if part]
    return Edtf(
        text,
        first.earliest if first else None,
        last.latest if last else None,
        "interval",
        approximate=any(part.approximate for part in ends),
        uncertain=any(part.uncertain for part in ends),
        open_start=start == "..",
        open_end=end == "..",
    )


def _span(year: str, month: str | None, day: str | None) -> _Span:
    """What the written parts of a date span."""
    first_year, last_year = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if first_year == 0:
        raise _year_fault()
    if "X" in year or month in (None, "XX"):
        if ("X" in year and month) or day not in (None, "XX"):
            raise _Fault(
                "X replaces digits from the right only",
                "201X, 20XX, 2004-XX, 2004-02-XX or 2004-XX-XX",
            )
        precision = ("year", "decade", "century")[year.count("X")]
        return datetime.date(first_year, 1, 1), datetime.date(last_year, 12, 31), precision
    number = int(month)
    if number in _SEASONS:
        return _season_span(first_year, number, day)
    if not 1 <= number <= 12:
        seasons = ", ".join(f"{code} {name}" for code, name in _SEASONS.items())
        raise _Fault(
            f"month {month} does not exist",
            f"YYYY-MM with months 01 to 12 (or a season: {seasons})",
        )
    end = _month_end(first_year, number)
    if day in (None, "XX"):
        return datetime.date(first_year, number, 1), end, "month"
    if not 1 <= int(day) <= end.day:
        raise _Fault(
            f"{_MONTHS[number - 1]} {year} has no day {day}",
            f"YYYY-MM-DD with days 01 to {end.day}",
        )
    exact = datetime.date(first_year, number, int(day))
    return exact, exact, "day"


def _season_span(year: int, season: int, day: str | None) -> _Span:
    if day is not None:
        raise _Fault("a season has no days", f"{year:04}-{season}, or a month from 01 to 12")
    first = _FIRST_MONTHS[season]
    last_year, last = (year, first + 2) if first <= 10 else (year + 1, first - 10)
    if last_year > 9999:
        raise _year_fault()
    return datetime.date(year, first, 1), _month_end(last_year, last), "season"


def _month_end(year: int, month: int) -> datetime.date:
    if month == 12:
        return datetime.date(year, 12, 31)
    return datetime.date(year, month + 1, 1) - datetime.timedelta(days=1)


def _year_fault() -> _Fault:
    return _Fault("only years from 0001 to 9999 can be used", "the year with four digits, as 2016")


# Labels


def _label_date(when: Edtf) -> str:
    words = _name(when)
    if not (when.approximate or when.uncertain):
        return words
    doubt = " ".join(["possibly"] * when.uncertain + ["about"] * when.approximate)
    article = "the " if when.precision in ("decade", "century") else ""
    return f"{doubt} {article}{words}"


def _name(when: Edtf) -> str:
    """Name of the time itself, without doubts."""
    first = when.earliest
    match when.precision:
        case "day":
            return f"{first.day} {_MONTHS[first.month - 1]} {first.year}"
        case "month":
            return f"{_MONTHS[first.month - 1]} {first.year}"
        case "season":
            name = next(_SEASONS[code] for code in _SEASONS if _FIRST_MONTHS[code] == first.month)
            last_year = when.latest.year
            return f"{name} {first.year}" + (f"–{last_year}" if last_year > first.year else "")
        case "decade":
            return f"{first.year}s"
        case "century":
            return f"{_ordinal(first.year // 100 + 1)} century"
        case _:
            return str(first.year)


def _ordinal(number: int) -> str:
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _label_interval(first: Edtf, last: Edtf) -> str:
    """Both ends, where the first leaves out what it shares with the last: 16–20 May 2016."""
    start, end = _label_date(first), _label_date(last)
    if start == end:
        return start
    doubts = first.approximate or first.uncertain or last.approximate or last.uncertain
    if doubts or first.precision != last.precision:
        return f"{start} – {end}"
    words, later = start.split(), end.split()
    while words[-1] == later[-1]:
        words.pop()
        later.pop()
    dash = " – " if len(words) > 1 else "–"
    return " ".join(words) + dash + end


# Suggestions: what the writer of a human date may have meant. Only what then parses is suggested,
# so the patterns may be generous. They are compiled when the first wrong date turns up, not on
# import.

_ABOUT = r"(?:~|(?:c|ca|circa|about|around|approx|approximately)\b\.?) ?(.+)"
_PERHAPS = r"(?:possibly|probably|perhaps) (.+)"
_SINCE = r"(?:since|from) (.+)"
_ONWARDS = r"(.+?)(?: onwards?|-|[-/](?:open|present|now|today|\.\.))"
_UNTIL = r"(?:(?:until|till|up to) |(?:open|\.\.)/)(.+)"
_HUMAN_FORMS = (
    # The words of months and seasons have become m01 to m12 and m21 to m24.
    (r"(\d\d) m(\d\d) (\d{4})", r"\3-\2-\1"),
    (r"m(\d\d) (\d\d) (\d{4})", r"\3-\1-\2"),
    (r"m(\d\d) (\d{4})", r"\2-\1"),
    (r"m24 (\d{4})[-/](?:\d{4}|\d\d)", r"\1-24"),
    (r"(\d{4}) m(\d\d)", r"\1-\2"),
    (r"(\d\d)-(\d\d) m(\d\d) (\d{4})", r"\4-\3-\1/\4-\3-\2"),
    (r"m(\d\d) (\d\d)-(\d\d) (\d{4})", r"\4-\1-\2/\4-\1-\3"),
    (r"(\d\d) m(\d\d)-(\d\d) m(\d\d) (\d{4})", r"\5-\2-\1/\5-\4-\3"),
    (r"m(\d\d)-m(\d\d) (\d{4})", r"\3-\1/\3-\2"),
    (r"(\d\d)\.(\d\d)\.(\d{4})", r"\3-\2-\1"),
    (r"(\d\d)[/-](\d\d)[/-](\d{4})", r"\3-\2-\1", r"\3-\1-\2"),
    (r"(\d\d)[./-](\d{4})", r"\2-\1"),
    (r"(\d{4})[./ -](\d\d)[./ -](\d\d)", r"\1-\2-\3"),
    (r"(\d{4})[./ -](\d\d)", r"\1-\2"),
    (r"(\d\d)(\d\d)/(\d\d)", r"\1\2/\1\3"),
    (r"(\d{4}-\d\d-)(\d\d)/(\d\d)", r"\1\2/\1\3"),
    (r"(\d{4}-)(\d\d-\d\d)/(\d\d-\d\d)", r"\1\2/\1\3"),
    (r"(\d{4})(\d\d)(\d\d)", r"\1-\2-\3"),
    (r"(\d{4})(\d\d)", r"\1-\2"),
    (r"(\d{3})0'?s", r"\1X"),
    (r"(\d\d)00'?s", r"\1XX"),
    # Qualifiers of level 2, and the notation of the draft of 2012.
    (r"(.+?)([~?%])(-.+)", r"\1\3\2"),
    (r"(.+)(?:\?~|~\?)", r"\1%"),
    (r"unknown/(.+)", r"/\1"),
    (r"(.+)/unknown", r"\1/"),
)
_MONTH_CODES = {
    **{name.lower(): f"m{n:02}" for n, name in enumerate(_MONTHS, 1)},
    **{name[:3].lower(): f"m{n:02}" for n, name in enumerate(_MONTHS, 1)},
    **{name: f"m{code}" for code, name in _SEASONS.items()},
    "sept": "m09",
    "fall": "m23",
}
_MONTH_WORD = rf"\b({'|'.join(_MONTH_CODES)})\b\.?"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def _suggest(text: str) -> str:
    """The likeliest EDTF readings of a human date, or nothing if none is found."""
    if len(text) > _SHOWN:
        return ""
    plain = _normalize(text)
    readings = list(dict.fromkeys(_date_readings(plain)))
    readings = readings or list(dict.fromkeys(_interval_readings(plain)))
    if len(readings) == 1:
        return readings[0]
    return " or ".join(f"{reading} ({label(reading)})" for reading in readings)


def _normalize(text: str) -> str:
    """Small letters, plain hyphens, months as codes, two digits for days: easier to match."""
    text = _CLOCK_TIME.sub("", text).translate(_DASHES).lower()
    text = re.sub(r"[,()]|\b(?:the|of)\b", " ", text)
    text = re.sub(_MONTH_WORD, lambda found: _MONTH_CODES[found[1]], text)
    text = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b", "", text)
    text = re.sub(r"\b[0-9]\b", lambda found: f"0{found[0]}", text)
    text = re.sub(r" *(?:-| to | and ) *", "-", " ".join(text.split()))
    return re.sub(r" *([/?~]) *", r"\1", text)


def _date_readings(text: str) -> Iterator[str]:
    """EDTF that the normalized text may stand for as a whole."""
    for pattern, sign in ((_ABOUT, "~"), (_PERHAPS, "?")):
        if match := re.fullmatch(pattern, text):
            yield from _valid(d + sign for d in _date_readings(match[1]))
    yield from _valid([re.sub("[ux]", "X", text)])
    for pattern, *templates in _HUMAN_FORMS:
        if match := re.fullmatch(pattern, text):
            yield from _valid(match.expand(template) for template in templates)


def _interval_readings(text: str) -> Iterator[str]:
    """EDTF that the normalized text may stand for, cut into start and end."""
    for pattern, frame in ((_SINCE, "{}/.."), (_ONWARDS, "{}/.."), (_UNTIL, "../{}")):
        if match := re.fullmatch(pattern, text):
            yield from _valid(frame.format(d) for d in _date_readings(match[1]))
    for sign in re.finditer("[-/]", text):
        start = re.sub("^(?:from|between) ", "", text[: sign.start()])
        for first in _date_readings(start):
            yield from _valid(f"{first}/{d}" for d in _date_readings(text[sign.end() :]))


def _valid(candidates: Iterable[str]) -> Iterator[str]:
    for candidate in candidates:
        try:
            _read(candidate)
        except _Fault:
            continue
        yield candidate
