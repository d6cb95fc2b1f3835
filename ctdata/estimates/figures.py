"""The figures of the texts, each with its interval and with what it takes to compare it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import dates, display
from ctdata.estimates.intervals import Interval, amount
from ctdata.kept import kept

if TYPE_CHECKING:
    from ctdata.corpus import Corpus, Selection

DEPARTED = "departed_to_conflict"
# What is told of people who went to a conflict, with the verb for it.
FIGHTERS = {
    DEPARTED: "left",
    "died_in_conflict": "died",
    "returned": "returned",
    "arrested_and_convicted": "convicted",
}
NO_ASSERTER = "not a named body"
NO_STATE = "No single state"
_ABOUT = re.compile(r"\b(?:about|approx|around|circa|roughly|some)|~", re.IGNORECASE)

_INCLUDING = re.compile(r"[\s,(]*\bincluding\b.*")
_PARTITIVE = re.compile(r"\b(?:among|part of|of (?:whom|which|them|those))\b")
_ARTICLE = re.compile(r"^(?:the|all|those)\s+")


@kept
def read(selection: Selection) -> pd.DataFrame:
    """The figures in scope, each with its interval and with what it takes to compare it.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        The columns of the table of figures and: ``interval`` (:class:`Interval`), ``number`` (it
        in words), ``amount`` (the same with its unit), ``what`` (the indicator in words),
        ``state`` (name of the country), ``said_by``;
        ``stated`` (when, in words; the date of the text where the figure has none) with
        ``stated_earliest`` and ``stated_latest``, beside ``text_earliest`` and ``text_latest``;
        ``covers`` (which time, in words) with ``covers_from`` and ``covers_to`` (NaT: unknown);
        ``whole`` (``claim_id`` of the figure that this one is by its wording a part of, or None).
        Sorted by state and time, parts behind their whole.
    """
    corpus, frame = selection.corpus, selection.figures
    texts = corpus.load("sources").set_index("source_id").reindex(frame["source_id"])
    texts = texts.set_axis(frame.index)
    vocabulary = next(c for c in corpus.schema["figures"].columns if c.name == "indicator").values
    names, states = corpus.short_names, state_names(corpus)
    rows = list(frame.itertuples())
    intervals = [bounds(row) for row in rows]
    numbers = [
        interval.label(row.qualifier if isinstance(row.qualifier, str) else "")
        for row, interval in zip(rows, intervals, strict=True)
    ]
    frame["interval"] = pd.Series(intervals, index=frame.index, dtype=object)
    frame["number"] = numbers
    frame["amount"] = list(map(amount, numbers, frame["unit"], intervals))
    frame["what"] = [
        vocabulary.get(name, display.header(name)).rstrip(".") for name in frame["indicator"]
    ]
    frame["state"] = [states.get(code, NO_STATE) for code in frame["country"]]
    frame["said_by"] = [names.get(body, NO_ASSERTER) for body in frame["asserted_by"]]
    frame["stated"] = list(map(day_in_words, frame["as_of"].fillna(texts["issued"])))
    for end in ("earliest", "latest"):
        frame[f"text_{end}"] = texts[f"issued_{end}"]
        frame[f"stated_{end}"] = frame[f"as_of_{end}"].where(
            frame["as_of"].notna(), texts[f"issued_{end}"]
        )
    frame["covers"] = list(map(_covers, frame["period"], frame["stated"]))
    frame["covers_from"] = frame["period_earliest"]
    frame["covers_to"] = frame["period_latest"].fillna(frame["stated_latest"])
    frame["whole"] = pd.Series(find_wholes(frame), index=frame.index, dtype=object)
    return _ordered(frame)


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """By state, time of the whole, whole, and place in the text."""
    home = frame["whole"].fillna(frame["claim_id"])
    stated = frame.set_index("claim_id")["stated_earliest"]
    keys = frame[["state", "source_id", "claim_id"]].assign(
        home=home, date=stated.reindex(home).array, is_part=frame["whole"].notna()
    )
    order = keys.sort_values(["state", "date", "source_id", "home", "is_part", "claim_id"])
    return frame.loc[order.index].reset_index(drop=True)


def state_names(corpus: Corpus) -> dict[str, str]:
    """Name of each state by its code."""
    bodies = corpus.load("organizations")
    states = bodies[bodies["kind"] == "state"]
    return dict(zip(states["country"], states["name"], strict=True))


def day_in_words(date: object) -> str:
    """A date in words, whether or not there is one."""
    return dates.label(date) if isinstance(date, str) else "an unknown date"


def bounds(row: Any) -> Interval:
    """The interval of a row of the table of figures.

    Parameters
    ----------
    row : named tuple or pandas.Series
        With ``low``, ``high`` (NaN: none given) and ``qualifier``.

    Returns
    -------
    Interval
        A lower bound that is not given is 0, as nobody counts below. A single number with a word
        of vagueness is approximate; so are bounds whose qualifier says "about" or the like.
    """
    low = 0.0 if pd.isna(row.low) else row.low
    high = math.inf if pd.isna(row.high) else row.high
    vague = isinstance(row.qualifier, str)
    return Interval(low, high, vague and (low == high or bool(_ABOUT.search(row.qualifier))))


def _covers(period: object, stated: str) -> str:
    """Which time a figure covers; where its end is open, it goes up to when it was stated."""
    if not isinstance(period, str):
        return f"no period stated, as of {stated}"
    is_open = dates.parse(period).latest is None
    return dates.label(period) + (f", as of {stated}" if is_open else "")


def fighters(figures: pd.DataFrame) -> pd.DataFrame:
    """Those figures that count people who left for a conflict, and what became of them.

    Parameters
    ----------
    figures : pandas.DataFrame
        From :func:`read`, or the table itself.

    Returns
    -------
    pandas.DataFrame
    """
    return figures[_counts_fighters(figures)].reset_index(drop=True)


def _counts_fighters(figures: pd.DataFrame) -> pd.Series:
    # "40 per cent of those who left" is a share and no number of people.
    return figures["indicator"].isin(FIGHTERS) & (figures["unit"] == "people")


def others(figures: pd.DataFrame) -> pd.DataFrame:
    """All other figures.

    Parameters
    ----------
    figures : pandas.DataFrame
        From :func:`read`.

    Returns
    -------
    pandas.DataFrame
        Sorted by state and indicator.
    """
    rows = figures[~_counts_fighters(figures)]
    return rows.sort_values(["state", "what", "claim_id"]).reset_index(drop=True)


def departures(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures of all who left; figures of a part of them are left out.

    Parameters
    ----------
    figures : pandas.DataFrame
        From :func:`read`.

    Returns
    -------
    pandas.DataFrame
    """
    all_who_left = (figures["indicator"] == DEPARTED) & figures["whole"].isna()
    rows = figures[all_who_left & _counts_fighters(figures)]
    return rows.reset_index(drop=True)


# Parts and wholes


def part_of(part: Any, whole: Any) -> bool:
    """Whether the wording says that one figure counts some of those that another one counts.

    Both stand in one text and agree in country, unit and period, and the population of the part
    narrows down that of the whole, as "women among the nationals who left" does "nationals who
    left, including women".
    """
    return _frame(part) == _frame(whole) and _narrows(part, whole)


def _frame(row: Any) -> tuple[object, ...]:
    """What a part has in common with its whole."""
    values = (row.source_id, row.country, row.unit, row.period)
    return tuple(None if pd.isna(value) else value for value in values)


def _narrows(part: Any, whole: Any) -> bool:
    """Whether one population takes up another; two words or fewer recur by chance."""
    narrow, wide = _core(part.population), _core(whole.population)
    before = "" if len(wide.split()) > 2 else r"(?:among|of) (?:the |all |those )?"
    return narrow != wide and bool(re.search(rf"(?<!\w){before}{re.escape(wide)}(?!\w)", narrow))


def _core(population: str) -> str:
    """Who is counted, without what the number says it includes and without an article."""
    words = " ".join(population.lower().split())
    return _ARTICLE.sub("", _INCLUDING.sub("", words)) or words


def find_wholes(figures: pd.DataFrame) -> list[str | None]:
    """The ``claim_id`` of the widest figure that each figure is worded as a part of, or None.

    Where the wording is partitive ("women among those who left") but names no figure, the whole is
    the one figure of the same text, country, unit, period and indicator that is not partitive.
    """
    rows = list(figures.itertuples())
    neighbours: dict[tuple[object, ...], list[Any]] = {}
    for row in rows:
        neighbours.setdefault(_frame(row), []).append(row)
    return [_whole_of(row, neighbours[_frame(row)]) for row in rows]


def _whole_of(row: Any, neighbours: list[Any]) -> str | None:
    found = [other for other in neighbours if _narrows(row, other)]
    if not found and _is_partitive(row):
        alike = [other for other in neighbours if other.indicator == row.indicator]
        found = [other for other in alike if not _is_partitive(other)]
        found = found if len(found) == 1 else []
    return min(((len(_core(f.population)), f.claim_id) for f in found), default=(0, None))[1]


def _is_partitive(row: Any) -> bool:
    return _PARTITIVE.search(_core(row.population)) is not None


def part_name(part: str, whole: str) -> str:
    """What the population of a part adds to that of the whole, such as "women"."""
    narrow, wide = " ".join(part.split()), _core(whole)
    before, found, after = narrow.lower().partition(wide)
    if not found:
        return _PARTITIVE.split(narrow)[0].strip() or narrow
    if before.strip():
        link = r"\W*\b(?:among|of)\b(?:\s+(?:the|all|those))?\W*$"
        return re.sub(link, "", narrow[: len(before)])
    return "those who " + re.sub(r"^\W*(?:(?:and|who|that)\s+)*", "", narrow[-len(after) :])
