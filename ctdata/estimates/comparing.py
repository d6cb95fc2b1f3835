"""Sums, rankings, pairs and shares of figures, each with what tells the figures apart."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from ctdata import display
from ctdata.estimates.figures import NO_ASSERTER, part_name
from ctdata.estimates.intervals import Incomparable, Interval, percent, rest, share, together

_BOUNDS = {
    "exact": "a single number",
    "approximate": "an approximate number",
    "range": "a range",
    "floor": "a floor",
    "ceiling": "a ceiling",
    "unbounded": "no bound",
}
# A place in an order, unlike a count, can neither be added up nor divided.
_PLACE = "rank"


class Total(NamedTuple):
    """A sum of figures, with a warning for each pair of them that differs."""

    interval: Interval
    warnings: tuple[str, ...]


def differences(first: Any, second: Any) -> dict[str, str]:
    """In which respects two figures differ, with the words of both; the states are no such respect.

    A body that is not named is never the same as another.
    """
    words = {
        "indicator": (first.what, second.what),
        "unit": (first.unit, second.unit),
        "population": (first.population, second.population),
        "period": (first.covers, second.covers),
        "asserter": (first.said_by, second.said_by),
        "bounds": (_BOUNDS[first.interval.kind], _BOUNDS[second.interval.kind]),
    }
    return {
        respect: f"{one} / {other}"
        for respect, (one, other) in words.items()
        if one != other or (respect == "asserter" and one == NO_ASSERTER)
    }


def _in_words(found: Mapping[str, str]) -> str:
    return "; ".join(f"{respect} ({both})" for respect, both in found.items())


def respects(pairs: Sequence[tuple[Any, Any]]) -> list[str]:
    """All respects in which the two figures of any pair differ."""
    return list(dict.fromkeys(respect for pair in pairs for respect in differences(*pair)))


def total(figures: pd.DataFrame) -> Total:
    """The sum of figures, with warnings that name what tells them apart.

    Figures that count different things, parts of one whole, and figures of one country whose
    periods may overlap are :class:`Incomparable`.
    """
    rows = _one_measure(figures)
    if rows[0].unit == _PLACE:
        raise Incomparable("places in an order cannot be added")
    warnings = []
    for first, second in itertools.combinations(rows, 2):
        names = f"{_named(first)} and {_named(second)}"
        if _may_overlap(first, second):
            periods = f"{first.covers} / {second.covers}"
            raise Incomparable(f"{names} may count the same: {periods}")
        if found := differences(first, second):
            warnings.append(f"{names} differ in {_in_words(found)}")
    return Total(sum(figures["interval"], Interval(0, 0)), tuple(warnings))


def rank(figures: pd.DataFrame) -> pd.DataFrame:
    """Put figures in order, the largest first, as far as their bounds allow.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows from :func:`read`.

    Returns
    -------
    pandas.DataFrame
        The rows with ``best`` and ``worst`` (places that the figure may have, int), ``place``
        (them in words) and ``differs_in`` (the respects in which it differs from any other).
        Fewer than two figures are no ranking: no row.

    Raises
    ------
    Incomparable
        The figures count different things, or one is a part of another.
    """
    rows = _one_measure(figures) if len(figures) > 1 else []
    places = []
    for row in rows:
        rivals = [other for other in rows if other is not row]
        best = 1 + sum(row.interval.order(rival.interval) == "less" for rival in rivals)
        worst = 1 + sum(_may_exceed(rival.interval, row.interval) for rival in rivals)
        words = f"{best}" if best == worst else f"{best} to {worst}"
        places.append((best, worst, words, ", ".join(respects([(row, o) for o in rivals]))))
    columns = ["best", "worst", "place", "differs_in"]
    ranked = figures.iloc[: len(rows)].reset_index(drop=True)
    ranked[columns] = pd.DataFrame(places, columns=columns)
    return ranked.sort_values(["best", "worst", "claim_id"], ignore_index=True)


def pairs(figures: pd.DataFrame) -> pd.DataFrame:
    """All pairs of figures with one indicator and unit, and what tells them apart.

    Parameters
    ----------
    figures : pandas.DataFrame
        From :func:`read`. A part is not compared with its whole or with other parts of it.

    Returns
    -------
    pandas.DataFrame
        ``what, first, second, order, times, differs_in`` in words, ``evidence``
        (:class:`ctdata.display.Citation`), ``claim_ids``.
    """
    rows = []
    cited = figures[["claim_id", "citation", "quote"]]
    words = {"greater": "first", "less": "second", "equal": "equal", "unknown": "open"}
    for first, second in itertools.combinations(figures.reset_index(drop=True).itertuples(), 2):
        is_same = (first.indicator, first.unit) == (second.indicator, second.unit)
        if not is_same or _is_nested(first, second):
            continue
        row = (
            first.what,
            _named(first),
            _named(second),
            words[first.interval.order(second.interval)],
            _times(first, second),
            _in_words(differences(first, second)) or "nothing",
            display.Citation(cited.iloc[[first.Index, second.Index]]),
            (first.claim_id, second.claim_id),
        )
        rows.append(row)
    columns = "what first second order times differs_in evidence claim_ids"
    return pd.DataFrame(rows, columns=columns.split())


def _times(first: Any, second: Any) -> str:
    """How many times the larger is the smaller one; empty where it cannot be told."""
    order = first.interval.order(second.interval)
    larger, smaller = (second, first) if order == "less" else (first, second)
    if order in ("unknown", "equal") or smaller.interval.high == 0 or first.unit == _PLACE:
        return ""
    return (larger.interval / smaller.interval).label()


def _may_exceed(one: Interval, other: Interval) -> bool:
    """Whether the one may be the larger; approximate bounds that touch may cross."""
    touch = one.high == other.low and (one.approximate or other.approximate)
    return one.high > other.low or touch


def _named(row: Any) -> str:
    return f"{row.state}: {row.amount} ({row.source_id})"


def _is_nested(first: Any, second: Any) -> bool:
    """One is a part of the other, or both are parts of a third."""
    return bool({first.whole, first.claim_id} & {second.whole, second.claim_id} - {None})


def _one_measure(figures: pd.DataFrame) -> list[Any]:
    """The rows, if all of them count the same sort of thing and none is a part of another."""
    rows = list(figures.itertuples())
    if not rows:
        raise Incomparable("there is no figure")
    for column in ("indicator", "unit"):
        found = sorted(set(figures[column]))
        if len(found) > 1:
            raise Incomparable(f"the figures differ in {column}: {', '.join(found)}")
    for first, second in itertools.combinations(rows, 2):
        if _is_nested(first, second):
            raise Incomparable(f"{_named(first)} and {_named(second)} are parts of one whole")
    return rows


def _may_overlap(first: Any, second: Any) -> bool:
    """Whether two figures may count the same: one country, and periods that may share a day."""
    may_be_one = (
        first.country == second.country or pd.isna(first.country) or pd.isna(second.country)
    )
    # No comparison with an unknown day holds.
    are_apart = first.covers_to < second.covers_from or second.covers_to < first.covers_from
    return may_be_one and not are_apart


def shares(figures: pd.DataFrame, tolerance: float = 0.1) -> pd.DataFrame:
    """Every part set against its whole.

    Parameters
    ----------
    figures : pandas.DataFrame
        From :func:`read`.
    tolerance : float
        How far off an approximate number may be, as a share of it, in the column ``widened``.

    Returns
    -------
    pandas.DataFrame
        ``state, part, number, whole, share, widened, rest`` in words, ``interval`` (of the share),
        ``evidence`` (:class:`ctdata.display.Citation`), ``claim_ids``. Several parts of one whole
        with the whole's indicator also stand together, within the bounds that their unknown
        overlap allows.
    """
    by_id = {row.claim_id: row for row in figures.itertuples()}
    parts_of: dict[str, list[Any]] = {}
    for row in by_id.values():
        if row.whole is not None:
            parts_of.setdefault(row.whole, []).append(row)
    rows = []
    for whole_id, parts in parts_of.items():
        whole = by_id[whole_id]
        alike = [part for part in parts if part.indicator == whole.indicator]
        groups = [*([part] for part in parts), *([alike] if len(alike) > 1 else [])]
        for group in groups:
            claim_ids = [whole_id, *(part.claim_id for part in group)]
            claims = figures[figures["claim_id"].isin(claim_ids)]
            cited = (display.Citation(claims), tuple(claims["claim_id"]))
            rows.append((*_share(group, whole, tolerance), *cited))
    columns = "state part number whole share widened rest interval evidence claim_ids"
    return pd.DataFrame(rows, columns=columns.split())


def _share(parts: list[Any], whole: Any, tolerance: float) -> tuple[Any, ...]:
    """The words and the interval of a row of :func:`shares`."""
    name = display.listing([part_name(part.population, whole.population) for part in parts])
    count = together([part.interval for part in parts], whole.interval)
    wide = whole.interval.widened(tolerance)
    widened = together([part.interval.widened(tolerance) for part in parts], wide)
    found = share(count, whole.interval)
    return (
        whole.state,
        name if len(parts) == 1 else f"{name} together",
        parts[0].number if len(parts) == 1 else count.label(),
        whole.number,
        percent(found),
        percent(share(widened, wide)),
        rest(count, whole.interval).label(),
        found,
    )
