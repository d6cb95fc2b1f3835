"""How many, within which bounds, and which numbers may be set side by side.

A text seldom gives a number that is one number. "Over 800" is a floor, "between 300 and 500" a
range, "approximately 150" a number with soft edges, "none" a number all the same, and silence is
no number. Here each becomes an interval, and what is computed from intervals is an interval again
(R. E. Moore, *Interval Analysis*, Prentice-Hall, 1966), so that no result is surer than its parts.

Bounds are closed, as the table of figures has them: "over 800" counts as 800 or more. Strictly it
is 801 or more, so every bound that is derived here holds all the more.

Numbers are added, ranked or divided only together with what tells them apart: who is counted, over
which time, by whom, and how exactly.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ctdata import dates, display

if TYPE_CHECKING:
    from ctdata.corpus import Corpus, Selection

DEPARTED = "departed_to_conflict"
# What is told of people who went to a conflict, with the verb for it.
FIGHTERS = {
    DEPARTED: "left",
    "died_in_conflict": "died",
    "arrested_and_convicted": "convicted",
}
NO_ASSERTER = "not a named body"
UNDATED = "an unknown date"
BOUNDS = {
    "exact": "a single number",
    "approximate": "an approximate number",
    "range": "a range",
    "floor": "a floor",
    "ceiling": "a ceiling",
    "unbounded": "no bound",
}
# A place in an order, unlike a count, cannot be added up.
_NOT_ADDITIVE = {"rank"}
_ABOUT = re.compile(r"\b(?:about|approx|around|circa|roughly|some)|~", re.IGNORECASE)


class Incomparable(ValueError):
    """Numbers that must not be added, ranked or divided; the message says why."""


# Intervals


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from ``low`` to ``high``, both included; an open end is infinite.

    Parameters
    ----------
    low, high : float
        The bounds.
    approximate : bool
        The text calls the bounds approximate. How far that goes is for the analyst to say; see
        :meth:`widened`. Whatever is computed from an approximate interval is approximate.

    Raises
    ------
    ValueError
        A bound is not a number, or the lower one lies above the upper one.
    """

    low: float = -math.inf
    high: float = math.inf
    approximate: bool = False

    def __post_init__(self) -> None:
        if math.isnan(self.low) or math.isnan(self.high):
            raise ValueError("a bound is not a number; leave an open end out")
        if self.low > self.high or self.low == math.inf or self.high == -math.inf:
            raise ValueError(f"no number lies between {self.low:g} and {self.high:g}")

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __add__(self, other: Interval) -> Interval:
        """All sums of a number of each (Moore 1966)."""
        return self._with(other, self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        """All differences of two numbers that do not depend on each other (Moore 1966).

        Where one is a part of the other, :func:`rest` is narrower.
        """
        return self._with(other, self.low - other.high, self.high - other.low)

    def __truediv__(self, other: Interval) -> Interval:
        """All ratios of two counts that do not depend on each other (Moore 1966).

        A divisor that may be zero is taken without the zero, so the ratio has no upper bound.

        Raises
        ------
        ValueError
            A number may be negative, so it is no count.
        ZeroDivisionError
            The divisor is zero.
        """
        if self.low < 0 or other.low < 0:
            raise ValueError("ratios are of counts, which are not negative")
        if other.high == 0:
            raise ZeroDivisionError("a ratio to none is not defined")
        return self._with(other, self.low / other.high, _upper_ratio(self.high, other.low))

    def __or__(self, other: Interval) -> Interval:
        """The hull: the smallest interval that holds both, where either may be right."""
        return self._with(other, min(self.low, other.low), max(self.high, other.high))

    def __and__(self, other: Interval) -> Interval | None:
        """What both allow; None where they contradict each other."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return self._with(other, low, high) if low <= high else None

    def _with(self, other: Interval, low: float, high: float) -> Interval:
        return Interval(low, high, self.approximate or other.approximate)

    def order(self, other: Interval) -> str:
        """Compare two numbers by their bounds as printed.

        Parameters
        ----------
        other : Interval
            The other number.

        Returns
        -------
        str
            "less", "greater" or "equal" where that holds for every number of the one and every
            number of the other; otherwise "unknown". Two approximate numbers, or an approximate
            and an exact one, are never known to be equal.
        """
        if self.high < other.low:
            return "less"
        if self.low > other.high:
            return "greater"
        same_point = self.low == self.high == other.low == other.high
        if same_point and not (self.approximate or other.approximate):
            return "equal"
        return "unknown"

    def widened(self, share: float) -> Interval:
        """Give the edges of an approximate number a width.

        Parameters
        ----------
        share : float
            How far off an approximate bound may be, as a share of it: 0.1 for ten per cent.

        Returns
        -------
        Interval
            The bounds moved outwards; an interval that is not approximate stays as it is.

        Raises
        ------
        ValueError
            The share is negative.
        """
        if not share >= 0:
            raise ValueError(f"{share!r} is not a share; write 0.1 for ten per cent")
        if not self.approximate or not share:
            return self
        low, high = self.low - share * abs(self.low), self.high + share * abs(self.high)
        return Interval(low, high, approximate=True)

    @property
    def kind(self) -> str:
        """Which sort of number it is: one of the keys of ``BOUNDS``."""
        if self.low == self.high:
            return "approximate" if self.approximate else "exact"
        # No count is below zero, so a lower bound of zero bounds nothing.
        is_floor, is_ceiling = self.low not in (0, -math.inf), self.high != math.inf
        if is_floor and is_ceiling:
            return "range"
        return "floor" if is_floor else "ceiling" if is_ceiling else "unbounded"

    def label(self, qualifier: str = "", form: Callable[[float], str] | None = None) -> str:
        """Write the number as people read it.

        Parameters
        ----------
        qualifier : str
            The text's own word for an open end, such as "over"; "at least" and "at most" where
            there is none.
        form : callable, optional
            Writes one bound; :func:`number` by default.

        Returns
        -------
        str
            Such as "none", "16", "about 150", "300 to 500", "over 800", "at most 20".
        """
        form = form or number
        low, high = form(_outward(self.low, math.floor)), form(_outward(self.high, math.ceil))
        about = "about " if self.approximate else ""
        own_word = f"{qualifier} " if qualifier and not re.search(r"…|\.\.\.", qualifier) else ""
        match self.kind:
            case "exact" if self.low == 0:
                return "none"
            case "exact" | "approximate":
                # A single number may be cut at two decimals, so both roundings must be one.
                return about + form(round(self.low, 2))
            case "range":
                return f"{about}{low} to {high}"
            case "floor":
                return (own_word or f"at least {about}") + low
            case "ceiling":
                return (own_word or f"at most {about}") + high
            case _:
                return "not bounded"


def number(value: float) -> str:
    """Write a number: thousands apart, millions as a word, at most two decimals.

    Parameters
    ----------
    value : float
        The number.

    Returns
    -------
    str
        Such as "1,100", "600 million" or "1.6".
    """
    if abs(value) >= 1e6 and math.isfinite(value) and value % 1e5 == 0:
        return f"{value / 1e6:,.1f}".removesuffix(".0") + " million"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def amount(words: str, unit: str, interval: Interval) -> str:
    """Put the unit to a number.

    Parameters
    ----------
    words : str
        The number in words.
    unit : str
        A unit of the table of figures.
    interval : Interval
        The number.

    Returns
    -------
    str
        Such as "over 800 people", "1 case", "USD 600 million", "place 4" or "none".
    """
    if words == "none":
        return words
    if unit == "rank":
        return f"place {words}"
    if unit.isupper():
        return f"{unit} {words}"
    is_one = interval.low == interval.high == 1
    singular = {"people": "person", "countries": "country"}
    return f"{words} {singular.get(unit, unit.removesuffix('s')) if is_one else unit}"


def percent(share: Interval) -> str:
    """Write a share as people read it.

    Parameters
    ----------
    share : Interval
        A part of one.

    Returns
    -------
    str
        Such as "at most 18.75 %"; bounds are rounded outwards. "not bounded" where nothing between
        0 and 100 % is ruled out.
    """
    hundredfold = Interval(share.low * 100, share.high * 100)
    if hundredfold.low == 0 and hundredfold.high >= 100:
        return "not bounded"
    if hundredfold.low > 0 and hundredfold.high >= 100 and hundredfold.low != hundredfold.high:
        hundredfold = Interval(hundredfold.low)
    # Of a bound, "about" is left to the numbers behind it: "at most about" says little.
    if share.kind == "approximate":
        hundredfold = Interval(hundredfold.low, hundredfold.high, approximate=True)
    words = hundredfold.label()
    return words if words == "none" else f"{words} %"


def share(part: Interval, whole: Interval) -> Interval:
    """What share of a whole is a part of it, where both are counted in intervals.

    A part is never more than its whole, so the share lies between 0 and 1, and the quotient of
    Moore (1966) is cut there: the bounds are ``part.low / whole.high`` and
    ``min(1, part.high / whole.low)``.

    Parameters
    ----------
    part, whole : Interval
        Counts.

    Returns
    -------
    Interval
        Within 0 and 1.

    Raises
    ------
    Incomparable
        The part is surely more than the whole.
    ZeroDivisionError
        The whole is none.
    """
    _require_part(part, whole)
    quotient = part / whole
    return Interval(quotient.low, min(1.0, quotient.high), quotient.approximate)


def rest(part: Interval, whole: Interval) -> Interval:
    """How many of a whole do not belong to a part of it.

    The difference of Moore (1966), which is never negative, as a part is within its whole.

    Parameters
    ----------
    part, whole : Interval
        Counts.

    Returns
    -------
    Interval

    Raises
    ------
    Incomparable
        The part is surely more than the whole.
    """
    _require_part(part, whole)
    difference = whole - part
    return Interval(max(0.0, difference.low), difference.high, difference.approximate)


def together(parts: Sequence[Interval], whole: Interval) -> Interval:
    """How many belong to at least one of several parts of a whole, which may overlap.

    The bounds of Fréchet (Généralisation du théorème des probabilités totales, Fundamenta
    Mathematicae 25, 1935) for a union, in counts: no less than the largest part, no more than the
    sum of the parts or the whole.

    Parameters
    ----------
    parts : sequence of Interval
        Counts; at least one.
    whole : Interval
        The count that holds them all.

    Returns
    -------
    Interval

    Raises
    ------
    Incomparable
        A part is surely more than the whole.
    """
    for part in parts:
        _require_part(part, whole)
    return Interval(
        max(part.low for part in parts),
        min(sum(part.high for part in parts), whole.high),
        any(entry.approximate for entry in (*parts, whole)),
    )


def _require_part(part: Interval, whole: Interval) -> None:
    if part.low < 0 or whole.low < 0:
        raise ValueError("parts and wholes are counts, which are not negative")
    if part.low > whole.high:
        raise Incomparable(f"a part of {part.label()} does not fit into a whole of {whole.label()}")


def _upper_ratio(high: float, low: float) -> float:
    if high == 0:
        return 0.0
    return math.inf if low == 0 else high / low


def _outward(bound: float, rounding: Callable[[float], int]) -> float:
    """Two decimals, rounded so that the interval only grows; a trace of binary error is not."""
    return rounding(round(bound * 100, 6)) / 100 if math.isfinite(bound) else bound


# Figures


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
        ``whole`` (``claim_id`` of the figure that this one is a part of, or None; see
        :func:`part_of`). Sorted by state and time, parts behind their whole.
    """
    return _read(selection).copy()


@lru_cache(maxsize=8)
def _read(selection: Selection) -> pd.DataFrame:
    """Kept, since each table and chart asks for it anew; a selection never changes."""
    corpus = selection.corpus
    frame = selection.figures
    passports = corpus.load("sources").set_index("source_id").reindex(frame["source_id"])
    passports = passports.set_axis(frame.index)
    vocabulary = next(c for c in corpus.schema["figures"].columns if c.name == "indicator").values
    names, states = corpus.short_names, state_names(corpus)
    frame["interval"] = pd.Series(
        [bounds(row) for row in frame.itertuples()], index=frame.index, dtype=object
    )
    frame["number"] = [
        row.interval.label(row.qualifier if isinstance(row.qualifier, str) else "")
        for row in frame.itertuples()
    ]
    frame["amount"] = [amount(row.number, row.unit, row.interval) for row in frame.itertuples()]
    frame["what"] = [
        vocabulary.get(name, display.header(name)).rstrip(".") for name in frame["indicator"]
    ]
    frame["state"] = [states.get(code, "No single state") for code in frame["country"]]
    frame["said_by"] = [names.get(body, NO_ASSERTER) for body in frame["asserted_by"]]
    when = frame["as_of"].fillna(passports["issued"])
    frame["stated"] = [dates.label(text) if isinstance(text, str) else UNDATED for text in when]
    for end in ("earliest", "latest"):
        own, of_text = frame[f"as_of_{end}"], passports[f"issued_{end}"]
        frame[f"stated_{end}"] = own.where(frame["as_of"].notna(), of_text)
        frame[f"text_{end}"] = of_text
    frame["covers"] = [_covers(row.period, row.stated) for row in frame.itertuples()]
    frame["covers_from"] = frame["period_earliest"]
    frame["covers_to"] = frame["period_latest"].fillna(frame["stated_latest"])
    frame["whole"] = pd.Series(_wholes(frame), index=frame.index, dtype=object)
    return _ordered(frame)


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """By state, time of the whole, whole, and place in the text."""
    home = frame["whole"].fillna(frame["claim_id"])
    leading = frame.set_index("claim_id").reindex(home).set_axis(frame.index)
    keys = pd.DataFrame(
        {
            "state": frame["state"],
            "date": leading["stated_earliest"],
            "source": frame["source_id"],
            "home": home,
            "part": frame["whole"].notna(),
            "claim": frame["claim_id"],
        }
    )
    return frame.loc[keys.sort_values(list(keys.columns)).index].reset_index(drop=True)


def state_names(corpus: Corpus) -> dict[str, str]:
    """Name of each state by its code.

    Parameters
    ----------
    corpus : ctdata.Corpus
        The corpus.

    Returns
    -------
    dict of str to str
        ISO 3166-1 alpha-3 codes and names.
    """
    bodies = corpus.load("organizations")
    states = bodies[bodies["kind"] == "state"]
    return dict(zip(states["country"], states["name"], strict=True))


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
    """Those figures that count people who left for a conflict, died there or were convicted.

    Parameters
    ----------
    figures : pandas.DataFrame
        From :func:`read`.

    Returns
    -------
    pandas.DataFrame
    """
    return figures[figures["indicator"].isin(FIGHTERS)].reset_index(drop=True)


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
    rows = figures[~figures["indicator"].isin(FIGHTERS)]
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
    rows = figures[(figures["indicator"] == DEPARTED) & figures["whole"].isna()]
    return rows.reset_index(drop=True)


# Parts and wholes

_INCLUDING = re.compile(r"[\s,(]*\bincluding\b.*")
_PARTITIVE = re.compile(r"\b(?:among|part of|of (?:whom|which|them|those))\b")
_ARTICLE = re.compile(r"^(?:the|all|those)\s+")


def part_of(part: Any, whole: Any) -> bool:
    """Whether the wording says that one figure counts some of those that another one counts.

    Both stand in one text and agree in country, unit and period, and the population of the part
    takes up that of the whole: it holds the same words (without what the whole says it includes)
    and narrows them down, as "women among the nationals who left" narrows down "nationals who
    left, including women". A population of one or two words must follow "among" or "of", since
    such words recur by chance.

    Parameters
    ----------
    part, whole : named tuple or pandas.Series
        Rows of the table of figures.

    Returns
    -------
    bool
    """
    if not _same_frame(part, whole):
        return False
    narrow, wide = _core(part.population), _core(whole.population)
    if narrow == wide:
        return False
    before = "" if len(wide.split()) > 2 else r"(?:among|of) (?:the |all |those )?"
    return re.search(rf"(?<!\w){before}{re.escape(wide)}(?!\w)", narrow) is not None


def _same_frame(first: Any, second: Any) -> bool:
    columns = ("source_id", "country", "unit", "period")
    return all(_same(getattr(first, c), getattr(second, c)) for c in columns)


def _same(first: object, second: object) -> bool:
    return first == second or (pd.isna(first) and pd.isna(second))


def _core(population: str) -> str:
    """Who is counted, without what the number says it includes and without an article."""
    words = " ".join(population.lower().split())
    return _ARTICLE.sub("", _INCLUDING.sub("", words)) or words


def _wholes(figures: pd.DataFrame) -> list[str | None]:
    """The whole that each figure is a part of: the widest one that the wording names.

    Where the wording is partitive ("women among those who left") but names no figure, the whole
    is the one figure of the same text, country, unit, period and indicator that is not partitive.
    """
    rows = list(figures.itertuples())
    wholes: list[str | None] = []
    for row in rows:
        named = [other for other in rows if other is not row and part_of(row, other)]
        if not named and _PARTITIVE.search(_core(row.population)):
            alike = [
                other
                for other in rows
                if _same_frame(row, other)
                and other.indicator == row.indicator
                and not _PARTITIVE.search(_core(other.population))
            ]
            named = alike if len(alike) == 1 else []
        widest = min(
            named, key=lambda other: (len(_core(other.population)), other.claim_id), default=None
        )
        wholes.append(widest.claim_id if widest else None)
    return wholes


def part_name(part: str, whole: str) -> str:
    """Name a part by what its population adds to that of the whole.

    Parameters
    ----------
    part, whole : str
        Two populations.

    Returns
    -------
    str
        Such as "women"; the whole wording of the part where it does not hold that of the whole.
    """
    narrow, wide = " ".join(part.split()), _core(whole)
    before, found, after = narrow.lower().partition(wide)
    if not found:
        return _PARTITIVE.split(narrow)[0].strip() or narrow
    if before.strip():
        return re.sub(
            r"\W*\b(?:among|of)\b(?:\s+(?:the|all|those))?\W*$", "", narrow[: len(before)]
        )
    return "those who " + re.sub(r"^\W*(?:(?:and|who|that)\s+)*", "", narrow[-len(after) :])


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
        ``count`` (interval of the part), ``evidence`` (:class:`ctdata.display.Citation`),
        ``claim_ids``. Several parts of one whole with the whole's indicator also stand together,
        within the bounds that their unknown overlap allows.
    """
    rows = []
    by_id = figures.set_index("claim_id")
    for whole_id, parts in figures[figures["whole"].notna()].groupby("whole", sort=False):
        whole = by_id.loc[whole_id]
        names = [part_name(words, whole["population"]) for words in parts["population"]]
        groups = [([at], names[at], number_) for at, number_ in enumerate(parts["number"])]
        alike = [at for at, what in enumerate(parts["indicator"]) if what == whole["indicator"]]
        if len(alike) > 1:
            label = f"{display.listing([names[at] for at in alike])} together"
            groups.append((alike, label, ""))
        for members, name, words in groups:
            claims = parts.iloc[members]
            row = _share(list(claims["interval"]), whole["interval"], tolerance)
            both = figures[figures["claim_id"].isin([whole_id, *claims["claim_id"]])]
            row |= {"state": whole["state"], "whole": whole["number"], "part": name}
            row |= {"number": words or row["count"].label(), "claim_ids": tuple(both["claim_id"])}
            rows.append({**row, "evidence": _cite(both)})
    columns = "state part number whole share widened rest interval count evidence claim_ids"
    return pd.DataFrame(rows, columns=columns.split())


def _share(parts: list[Interval], whole: Interval, tolerance: float) -> dict[str, Any]:
    """The numbers of a row of :func:`shares`."""
    count = together(parts, whole)
    wide = whole.widened(tolerance)
    widened = together([part.widened(tolerance) for part in parts], wide)
    return {
        "count": count,
        "interval": share(count, whole),
        "share": percent(share(count, whole)),
        "widened": percent(share(widened, wide)),
        "rest": rest(count, whole).label(),
    }


# Comparing


class Difference(NamedTuple):
    """One respect in which two figures differ."""

    respect: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.respect} ({self.first} / {self.second})"


class Finding(NamedTuple):
    """A number computed from several figures, with what speaks against it.

    ``claims`` holds the figures, ``warnings`` a line for each pair of them that differs.
    """

    interval: Interval
    warnings: tuple[str, ...]
    claims: pd.DataFrame


def differences(first: Any, second: Any) -> list[Difference]:
    """In which respects two figures differ, other than in the country and the number itself.

    Parameters
    ----------
    first, second : named tuple or pandas.Series
        Rows from :func:`read`.

    Returns
    -------
    list of Difference
        In this order: indicator, unit, population, period (with the date of the statement where
        it ends the period), asserter, bounds (exact, approximate, range, floor). A body that is
        not named is never the same as another.
    """
    pairs = [
        ("indicator", first.what, second.what),
        ("unit", first.unit, second.unit),
        ("population", first.population, second.population),
        ("period", first.covers, second.covers),
        ("asserter", first.said_by, second.said_by),
        ("bounds", BOUNDS[first.interval.kind], BOUNDS[second.interval.kind]),
    ]
    return [
        Difference(respect, one, other)
        for respect, one, other in pairs
        if one != other or (respect == "asserter" and one == NO_ASSERTER)
    ]


def total(figures: pd.DataFrame, *, strict: bool = False) -> Finding:
    """Add figures, with warnings that name what tells them apart.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows from :func:`read`, at least one.
    strict : bool
        Whether any difference is an error.

    Returns
    -------
    Finding

    Raises
    ------
    Incomparable
        The figures count different things, one is a part of another, two of them may count the
        same (one country, and periods that may overlap), or `strict` and they differ.
    """
    rows = _one_measure(figures)
    if figures["unit"].isin(_NOT_ADDITIVE).any():
        raise Incomparable("places in an order cannot be added")
    for first, second in itertools.combinations(rows, 2):
        if _may_overlap(first, second):
            raise Incomparable(
                f"{_named(first)} and {_named(second)} may count the same: "
                f"{first.covers} / {second.covers}"
            )
    warnings = _warnings(rows)
    if strict and warnings:
        raise Incomparable("; ".join(warnings))
    interval = rows[0].interval
    for row in rows[1:]:
        interval = interval + row.interval
    return Finding(interval, warnings, figures)


def ratio(figures: pd.DataFrame, *, strict: bool = False) -> Finding:
    """Divide the first of two figures by the second, with warnings as in :func:`total`.

    Parameters
    ----------
    figures : pandas.DataFrame
        Two rows from :func:`read`.
    strict : bool
        Whether any difference is an error.

    Returns
    -------
    Finding

    Raises
    ------
    Incomparable
        The figures count different things, one is a part of the other (use :func:`share`), or
        `strict` and they differ.
    ZeroDivisionError
        The second figure is none.
    """
    first, second = _one_measure(figures)
    warnings = _warnings([first, second])
    if strict and warnings:
        raise Incomparable("; ".join(warnings))
    return Finding(first.interval / second.interval, warnings, figures)


def rank(figures: pd.DataFrame, *, strict: bool = False) -> pd.DataFrame:
    """Put figures in order, the largest first, as far as their bounds allow.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows from :func:`read`.
    strict : bool
        Whether any difference is an error.

    Returns
    -------
    pandas.DataFrame
        The rows with ``best`` and ``worst`` (places that the figure may have, int), ``place``
        (them in words) and ``differs_in`` (the respects in which it differs from any other).
        Fewer than two figures are no ranking: no row.

    Raises
    ------
    Incomparable
        The figures count different things, one is a part of another, or `strict` and they differ.
    """
    rows = _one_measure(figures) if len(figures) > 1 else []
    warnings = _warnings(rows)
    if strict and warnings:
        raise Incomparable("; ".join(warnings))
    ranked = figures.iloc[: len(rows)].copy()
    rivals = [(row.interval, [o.interval for o in rows if o is not row]) for row in rows]
    best = [1 + sum(own.order(rival) == "less" for rival in group) for own, group in rivals]
    worst = [1 + sum(_may_exceed(rival, own) for rival in group) for own, group in rivals]
    ranked["best"] = pd.array(best, dtype="int64")
    ranked["worst"] = pd.array(worst, dtype="int64")
    ranked["place"] = [
        f"{best}" if best == worst else f"{best} to {worst}"
        for best, worst in zip(ranked["best"], ranked["worst"], strict=True)
    ]
    ranked["differs_in"] = [
        ", ".join(
            dict.fromkeys(d.respect for o in rows if o is not row for d in differences(row, o))
        )
        for row in rows
    ]
    return ranked.sort_values(["best", "worst", "claim_id"]).reset_index(drop=True)


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
    order_words = {"greater": "first", "less": "second", "equal": "equal", "unknown": "open"}
    for first, second in itertools.combinations(figures.itertuples(), 2):
        if (first.indicator, first.unit) != (second.indicator, second.unit):
            continue
        if _is_nested(first, second):
            continue
        both = figures[figures["claim_id"].isin([first.claim_id, second.claim_id])]
        order = first.interval.order(second.interval)
        rows.append(
            {
                "what": first.what,
                "first": _named(first),
                "second": _named(second),
                "order": order_words[order],
                "times": _times(both if order == "greater" else both[::-1], order),
                "differs_in": "; ".join(map(str, differences(first, second))) or "nothing",
                "evidence": _cite(both),
                "claim_ids": tuple(both["claim_id"]),
            }
        )
    columns = "what first second order times differs_in evidence claim_ids"
    return pd.DataFrame(rows, columns=columns.split())


def _times(pair: pd.DataFrame, order: str) -> str:
    """How many times the larger is the smaller one; empty where it cannot be told."""
    smaller = pair["interval"].iloc[1]
    if order in ("unknown", "equal") or smaller.high == 0 or set(pair["unit"]) & _NOT_ADDITIVE:
        return ""
    return ratio(pair).interval.label()


def _may_exceed(one: Interval, other: Interval) -> bool:
    """Whether the one may be the larger; approximate bounds that touch may cross."""
    touch = one.high == other.low and (one.approximate or other.approximate)
    return one.high > other.low or touch


def _named(row: Any) -> str:
    return f"{row.state}: {row.amount} ({row.source_id})"


def _is_nested(first: Any, second: Any) -> bool:
    """One is a part of the other, or both are parts of a third."""
    wholes = {first.whole, second.whole} - {None}
    return bool(wholes & {first.claim_id, second.claim_id}) or (
        first.whole is not None and first.whole == second.whole
    )


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
    if not (
        _same(first.country, second.country) or pd.isna(first.country) or pd.isna(second.country)
    ):
        return False
    return not any(
        one.covers_to < other.covers_from for one, other in ((first, second), (second, first))
    )


def _warnings(rows: Iterable[Any]) -> tuple[str, ...]:
    return tuple(
        f"{_named(first)} and {_named(second)} differ in "
        + "; ".join(map(str, differences(first, second)))
        for first, second in itertools.combinations(rows, 2)
        if differences(first, second)
    )


def in_total(figures: pd.DataFrame) -> display.Sentence:
    """Say what the figures add up to, or why they are not added.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows from :func:`read`.

    Returns
    -------
    ctdata.display.Sentence
    """
    if len(figures) < 2:
        return display.Sentence("Fewer than two figures are in scope: there is nothing to add.")
    try:
        found = total(figures)
    except Incomparable as reason:
        return display.Sentence(f"No sum is given: {reason}. ", _cite(figures))
    respects = _respects(figures)
    caution = (
        f" It mixes figures that differ in {display.listing(respects)}, "
        "so it is not to be quoted without saying so."
        if respects
        else ""
    )
    return display.Sentence(
        f"By the bounds alone the {len(figures)} figures add up to {found.interval.label()} ",
        _cite(figures),
        f".{caution}",
    )


def _respects(figures: pd.DataFrame) -> list[str]:
    """All respects in which any two of the figures differ."""
    rows = itertools.combinations(figures.itertuples(), 2)
    return list(dict.fromkeys(d.respect for pair in rows for d in differences(*pair)))


def _cite(figures: pd.DataFrame) -> display.Citation:
    return display.Citation(figures[["claim_id", "source_id", "citation", "quote"]])


# Silence


def statements(selection: Selection) -> pd.DataFrame:
    """Which text states how many left, died or were convicted, and which one is silent.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each text that has any claim in scope: ``source_id, state, stated`` (date of the
        text in words), ``stated_earliest, stated_latest``, a column for each indicator of
        ``FIGHTERS`` with the numbers and their citations, or "silent", or "outside the scope"
        where the text gives a number for other years only; ``silent`` (bool): it gives no such
        number at all.
    """
    corpus, figures = selection.corpus, fighters(read(selection))
    filters = selection.filters
    everything = corpus.load("figures", country=filters["country"], source=filters["source"])
    texts = _texts(selection)
    states = state_names(corpus)
    rows = []
    for passport in corpus.load("sources").itertuples():
        if passport.source_id not in texts:
            continue
        row: dict[str, Any] = {
            "source_id": passport.source_id,
            "state": states.get(passport.country, "No single state"),
            "stated": dates.label(passport.issued) if isinstance(passport.issued, str) else UNDATED,
            "stated_earliest": passport.issued_earliest,
            "stated_latest": passport.issued_latest,
        }
        own = everything[everything["source_id"] == passport.source_id]
        for indicator in FIGHTERS:
            here = figures["indicator"].eq(indicator) & figures["source_id"].eq(passport.source_id)
            silent = "outside the scope" if indicator in set(own["indicator"]) else "silent"
            row[indicator] = _numbers(figures[here]) if here.any() else silent
        row["silent"] = not own["indicator"].isin(FIGHTERS).any()
        rows.append(row)
    columns = ["source_id", "state", "stated", "stated_earliest", "stated_latest"]
    frame = pd.DataFrame(rows, columns=[*columns, *FIGHTERS, "silent"])
    return frame.sort_values(["stated_earliest", "source_id"]).reset_index(drop=True)


def _texts(selection: Selection) -> set[str]:
    """The texts that make any claim in scope."""
    tables = [name for name, table in selection.corpus.schema.items() if table.is_claim]
    return {source for name in tables for source in getattr(selection, name)["source_id"]}


class _Cell(display.Sentence):
    """Words and a citation within a table."""

    def html(self) -> str:
        return super().html().replace("<p ", "<span ", 1).removesuffix("</p>") + "</span>"


def _numbers(rows: pd.DataFrame) -> _Cell:
    """Numbers of one text in words, parts in brackets."""
    alone, parts = rows[rows["whole"].isna()], rows[rows["whole"].notna()]
    if alone.empty:
        alone, parts = parts, alone
    words = ", ".join(alone["number"])
    words += f" (of them {display.listing(list(parts['number']))})" if len(parts) else ""
    return _Cell(f"{words} ", _cite(rows))


# Checking against the texts

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {
    **{word: value for words in (_UNITS, _ORDINALS) for value, word in enumerate(words.split())},
    **{word: value for value, word in zip(range(20, 100, 10), _TENS.split(), strict=True)},
    "no": 0,
    "none": 0,
}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[a-z]+")


def printed_numbers(words: str) -> set[float]:
    """Find the numbers that are printed in a passage, in figures or in words.

    Parameters
    ----------
    words : str
        English text.

    Returns
    -------
    set of float
        "no" and "none" count as 0, ordinals as their number; "$600 million" is one number.
    """
    found: set[float] = set()
    current: float | None = None
    open_tens = False
    for token in _TOKEN.findall(words.lower()):
        value = float(token.replace(",", "")) if token[0].isdigit() else _WORDS.get(token)
        if token in _SCALES:
            current = (current if current is not None else 1) * _SCALES[token]
            open_tens = False
            continue
        if value is not None and open_tens and current is not None and 0 < value < 10:
            current, open_tens = current + value, False
            continue
        if current is not None:
            found.add(float(current))
        current = value
        open_tens = token in _WORDS and value is not None and value >= 20
    return found | ({float(current)} if current is not None else set())


def quoted(selection: Selection) -> pd.DataFrame:
    """Check that each bound in the table is printed in the quote that it was read from.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each text: ``source_id, figures, printed`` (int) and ``verdict`` ("agrees" where
        every number is printed, else "differs", with the ``claim_id`` of the others).
    """
    rows = []
    for source_id, figures in selection.figures.groupby("source_id"):
        missing = [
            row.claim_id
            for row in figures.itertuples()
            if not {b for b in (row.low, row.high) if not pd.isna(b)} <= printed_numbers(row.quote)
        ]
        verdict = f"differs: {', '.join(missing)}" if missing else "agrees"
        rows.append((source_id, len(figures), len(figures) - len(missing), verdict))
    return pd.DataFrame(rows, columns=["source_id", "figures", "printed", "verdict"])


def recounted(selection: Selection) -> pd.DataFrame:
    """Numbers that a text states, beside what the other tables hold of the same text.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope; a figure in it is compared with all rows of its text.

    Returns
    -------
    pandas.DataFrame
        ``population, number, counted, how, verdict, citation, quote, source_id, claim_id``;
        ``verdict`` is "agrees" or "differs".
    """
    corpus = selection.corpus
    rows = []
    for figure in read(selection).itertuples():
        how, count = _COUNTS.get(figure.indicator, ("", None))
        counted = count(corpus, figure) if count else None
        if counted is None:
            continue
        kept = ("population", "number", "citation", "quote", "source_id", "claim_id")
        verdict = "agrees" if counted in figure.interval else "differs"
        row = {name: getattr(figure, name) for name in kept}
        rows.append({**row, "counted": counted, "how": how, "verdict": verdict})
    columns = "population number counted how verdict citation quote source_id claim_id".split()
    return pd.DataFrame(rows, columns=columns)


def _count_entries(corpus: Corpus, figure: Any) -> int:
    return len(corpus.load("designations", source=figure.source_id))


def _count_pending(corpus: Corpus, figure: Any) -> int:
    acts = corpus.load("legal_events", source=figure.source_id)
    return acts.loc[acts["action"] == "ratification_pending", "instrument_id"].nunique()


def _count_attacks(corpus: Corpus, figure: Any) -> int:
    events = corpus.load("events", source=figure.source_id)
    attacks = events[(events["kind"] == "attack") & (events["country"] == figure.country)]
    if isinstance(figure.period, str):
        attacks = attacks[
            (attacks["date_earliest"] >= figure.period_earliest)
            & (attacks["date_latest"] <= figure.period_latest)
        ]
    return attacks["event_id"].nunique()


def _count_days(corpus: Corpus, figure: Any) -> int | None:
    """Days of the visit of the same dates; None where the table of events has none."""
    events = corpus.load("events", source=figure.source_id)
    visits = events[(events["kind"] == "visit") & (events["date"] == figure.period)]
    if visits.empty:
        return None
    return (visits["date_latest"] - visits["date_earliest"]).dt.days.iloc[0] + 1


_COUNTS: dict[str, tuple[str, Callable[[Corpus, Any], int | None]]] = {
    "organizations_listed": ("entries of the list", _count_entries),
    "ratifications_pending": ("instruments whose ratification is pending", _count_pending),
    "attacks": ("attacks among the events", _count_attacks),
    "visit_duration": ("days between the dates of the visit", _count_days),
}


# The answer


def answer(selection: Selection) -> display.Bullets | display.Sentence:
    """Say how many left, which shares that bounds, and whether the figures may be compared.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Bullets or ctdata.display.Sentence
    """
    figures = read(selection)
    left = departures(figures)
    if left.empty:
        return _silence(selection)
    lines = []
    for state, rows in left.groupby("state", sort=True):
        parts: list[str | display.Shown] = [f"{state}: "]
        for at, row in enumerate(rows.itertuples()):
            said = "by whom is not told" if row.said_by == NO_ASSERTER else f"says {row.said_by}"
            parts.append(
                f"{'; ' if at else ''}{row.number} ({row.population}; {row.covers}; {said}) "
            )
            parts.append(_cite(rows.iloc[[at]]))
        lines.append(display.Sentence(*parts, "."))
    for (state, whole), rows in shares(figures).groupby(["state", "whole"], sort=False):
        lines.append(_shares_in_words(state, whole, rows, figures))
    respects = _respects(left)
    if respects:
        lines.append(
            display.Sentence(
                "The figures of all who left differ in "
                f"{display.listing(respects)}: they are neither added nor ranked without saying so."
            )
        )
    return display.Bullets(lines)


def _shares_in_words(
    state: str, whole: str, rows: pd.DataFrame, figures: pd.DataFrame
) -> display.Sentence:
    known = rows[rows["share"] != "not bounded"]
    unknown = rows[rows["share"] == "not bounded"]
    words = [f"{part} {bound}" for part, bound in zip(known["part"], known["share"], strict=True)]
    said = [f"{display.listing(words)} of them"] if words else []
    if len(unknown):
        said.append(f"the share of {display.listing(list(unknown['part']))} has no bound")
    cited = {claim_id for claim_ids in rows["claim_ids"] for claim_id in claim_ids}
    claims = _cite(figures[figures["claim_id"].isin(cited)])
    return display.Sentence(f"{state}, of {whole}: {'; '.join(said)} ", claims, ".")


def _silence(selection: Selection) -> display.Sentence:
    """What to say where no text in scope tells how many left."""
    told = statements(selection)
    if told.empty:
        return display.Sentence("No text speaks in this scope.")
    names = display.listing(list(told["source_id"]))
    return display.Sentence(
        f"No number of people who left for a conflict is in scope. The texts that speak here "
        f"({names}) state none for this scope; that is silence, not zero."
    )


# Drawing. Positions are in inches from the top of the panel, so that rows are as high as their
# words; the words stand in a column left of the panel.

_LABELS = 2.95
_LINE = 0.135
_PAD = 0.07


class _Row(NamedTuple):
    """A row of a chart: words, smaller words below them, and the claims or silent text."""

    words: list[str]
    below: str
    claims: pd.DataFrame | None = None
    indent: float = 0.0
    text: Any = None

    @property
    def height(self) -> float:
        return _LINE * (len(self.words) + bool(self.below)) + 2 * _PAD


def draw_numbers(selection: Selection) -> display.Picture | display.Sentence:
    """Draw how many left, died and were convicted, by state, as intervals.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
        A sentence where there is no such figure.
    """
    figures = fighters(read(selection))
    if figures.empty:
        return _silence(selection)
    told = statements(selection)
    rows: list[_Row] = []
    for state in sorted({*figures["state"], *told.loc[told["silent"], "state"]}):
        rows.append(_Row([state], ""))
        rows += [_figure_row(figures, at) for at in figures.index[figures["state"] == state]]
        silent = told[told["silent"] & (told["state"] == state)]
        rows += [_silent_row(text) for text in silent.itertuples()]
    colors = _colors(figures)
    figure, axes = _panel(
        rows, "How many left, died and were convicted, as the texts state", selection.scope
    )
    widest = max([b for i in figures["interval"] for b in (i.low, i.high) if math.isfinite(b)])
    longest = max(map(len, figures["number"])) * 0.085 + 0.13
    arrow = 0.35
    room = (display.WIDTH - _LABELS - arrow - longest) / (display.WIDTH - _LABELS)
    span = max(widest, 10) / room
    axes.set_xlim(-0.03 * span, span)
    per_inch = span * 1.03 / (display.WIDTH - _LABELS)
    for row, middle in zip(rows, _middles(rows), strict=True):
        if row.text is not None:
            _draw_silence(axes, row, middle, span)
        elif row.claims is not None:
            claim = row.claims.iloc[0]
            end = _draw_interval(
                axes, middle, claim["interval"], colors[claim["said_by"]], arrow * per_inch
            )
            axes.text(end + 0.12 * per_inch, middle, claim["number"], va="center", fontsize=8.5)
    axes.set_xlabel("people", fontsize=8)
    axes.xaxis.set_major_locator(_whole_numbers())
    axes.grid(axis="x")
    _legend(axes, rows, [*_number_handles(figures, told), *_said_by_handles(colors)])
    return display.Picture(figure, _numbers_alt(figures, told, selection))


def draw_knowledge(selection: Selection) -> display.Picture | display.Sentence:
    """Draw which time the numbers cover, and when they were stated.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
        A sentence where there is no figure of people who left, died or were convicted.
    """
    figures = fighters(read(selection))
    if figures.empty:
        return _silence(selection)
    told = statements(selection)
    keys = ["source_id", "state", "said_by", "covers", "stated"]
    groups = [claims for _, claims in figures.groupby(keys, sort=False)]
    silent = told[told["silent"]].itertuples()
    dated = [(claims["stated_earliest"].iloc[0], _statement_row(claims)) for claims in groups]
    dated += [(text.stated_earliest, _silent_row(text)) for text in silent]
    undated = pd.Timestamp.max
    rows = [row for _, row in sorted(dated, key=lambda d: undated if pd.isna(d[0]) else d[0])]
    colors = _colors(figures)
    figure, axes = _panel(
        rows, "What was known when: the time covered, and the statement", selection.scope
    )
    first, last = _years(figures, told)
    axes.set_xlim(first, last)
    for row, middle in zip(rows, _middles(rows), strict=True):
        if row.text is not None:
            _draw_date(axes, middle, row.text.stated_earliest, row.text.stated_latest, "s", "white")
        else:
            _draw_statement(axes, middle, row.claims.iloc[0], colors, first)
    axes.xaxis.set_major_locator(_whole_numbers())
    axes.grid(axis="x")
    _legend(axes, rows, [*_time_handles(figures, told), *_said_by_handles(colors)])
    return display.Picture(figure, _knowledge_alt(figures, told, selection))


def _figure_row(figures: pd.DataFrame, at: int) -> _Row:
    """The row of one figure; a part says only in what it goes beyond its whole."""
    claim = figures.loc[at]
    below = _wrapped(f"{claim['covers']}; {claim['said_by']}", 50, 1)[0]
    wholes = figures[figures["claim_id"] == claim["whole"]]
    if wholes.empty:
        return _Row(_wrapped(claim["population"], 44), below, figures.loc[[at]])
    whole = wholes.iloc[0]
    same = (claim["covers"], claim["said_by"]) == (whole["covers"], whole["said_by"])
    name = part_name(claim["population"], whole["population"])
    words = _wrapped(f"of them: {name}", 42)
    return _Row(words, "" if same else below, figures.loc[[at]], indent=0.15)


def _silent_row(text: Any) -> _Row:
    return _Row([text.source_id], f"text of {text.stated}", text=text)


def _statement_row(claims: pd.DataFrame) -> _Row:
    first = claims.iloc[0]
    said = []
    for indicator, verb in FIGHTERS.items():
        rows = claims[claims["indicator"] == indicator]
        alone, parts = rows[rows["whole"].isna()], rows[rows["whole"].notna()]
        words = [f"{n} {verb}" for n in alone["number"]]
        words += [] if len(alone) or parts.empty else [f"{n} {verb}" for n in parts["number"]]
        if len(alone) and len(parts):
            words[-1] += f" (of them {display.listing(list(parts['number']))})"
        said += words
    below = f"{first['covers']}; {first['said_by']}"
    words = _wrapped(f"{first['state']}: {', '.join(said)}", 44)
    return _Row(words, _wrapped(below, 50, 1)[0], claims)


def _wrapped(words: str, width: int, most: int = 3) -> list[str]:
    import textwrap

    return textwrap.wrap(words, width, max_lines=most, placeholder=" …") or [""]


def _middles(rows: list[_Row]) -> list[float]:
    tops = [0.0, *itertools.accumulate(row.height for row in rows)]
    return [top + row.height / 2 for top, row in zip(tops, rows, strict=False)]


def _panel(rows: list[_Row], title: str, scope: str) -> tuple[Any, Any]:
    """A chart with its title and the words of its rows, still without marks."""
    inside = sum(row.height for row in rows)
    above, below = 0.5, 0.95
    height = above + inside + below
    figure, axes = display.canvas(height)
    figure.set_layout_engine("none")
    left = _LABELS / display.WIDTH
    axes.set_position((left, below / height, 1 - left, inside / height))
    axes.set_ylim(inside, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=8)
    figure.suptitle(title, x=0, y=1, ha="left", va="top", fontsize=11, fontweight="bold")
    figure.text(0, 1 - 0.2 / height, scope, fontsize=8, va="top", color="#555555")
    for row, middle in zip(rows, _middles(rows), strict=True):
        top = middle - row.height / 2
        is_heading = row.claims is None and row.text is None
        x = (row.indent - _LABELS) / (display.WIDTH - _LABELS)
        place = {"transform": axes.get_yaxis_transform(), "va": "top", "clip_on": False}
        weight = "bold" if is_heading else "normal"
        axes.text(
            x,
            top + _PAD,
            "\n".join(row.words),
            fontsize=7.8,
            fontweight=weight,
            linespacing=1.1,
            **place,
        )
        if row.below:
            at = top + _PAD + _LINE * len(row.words)
            axes.text(x, at, row.below, fontsize=7.2, color="#555555", **place)
        if is_heading and top:
            axes.plot(
                [x, 1],
                [top, top],
                color="#bbbbbb",
                lw=0.8,
                clip_on=False,
                transform=axes.get_yaxis_transform(),
            )
    return figure, axes


def _colors(figures: pd.DataFrame) -> dict[str, str]:
    """A color for each asserter; more asserters than colors share the last one."""
    names = sorted(set(figures["said_by"]) - {NO_ASSERTER})
    palette = [display.COLORS[c] for c in ("blue", "vermilion", "green", "purple", "sky", "orange")]
    colors = {name: palette[min(at, len(palette) - 1)] for at, name in enumerate(names)}
    unnamed = {NO_ASSERTER: display.COLORS["gray"]}
    return colors | (unnamed if NO_ASSERTER in set(figures["said_by"]) else {})


def _draw_interval(axes: Any, y: float, interval: Interval, color: str, arrow: float) -> float:
    """Draw one interval; return where it ends."""
    face = "white" if interval.approximate else color
    marks = {"color": color, "mfc": face, "mew": 1.6, "clip_on": False, "zorder": 3}
    ends = [b for b in (interval.low, interval.high) if math.isfinite(b)]
    if interval.kind in ("exact", "approximate"):
        axes.plot(ends[:1], [y], marker="D" if interval.low == 0 else "o", ms=7, ls="", **marks)
        return interval.low
    if interval.kind == "range":
        axes.plot(ends, [y, y], marker="o" if interval.approximate else "|", ms=9, lw=3.5, **marks)
        return interval.high
    start, tip = interval.low, interval.low + arrow
    if interval.kind == "ceiling":
        start, tip = interval.high, max(interval.high - arrow, 0)
    axes.plot(
        [start],
        [y],
        marker="o" if interval.approximate else "|",
        ms=11,
        ls="",
        **{**marks, "mew": 2.4},
    )
    axes.annotate(
        "",
        (tip, y),
        (start, y),
        arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2.2, "shrinkA": 0, "shrinkB": 0},
    )
    return max(start, tip)


def _draw_silence(axes: Any, row: _Row, y: float, span: float) -> None:
    half = row.height / 2 - 0.04
    axes.fill_between([0, span], y - half, y + half, color="#efefef", lw=0, zorder=1)
    axes.text(
        0.01 * span, y, "no number stated", va="center", fontsize=8, style="italic", color="#555555"
    )


def _draw_statement(
    axes: Any, y: float, claim: pd.Series, colors: dict[str, str], first: float
) -> None:
    """Draw the time that a statement covers, its date, and that of its text if it is later."""
    color = colors[claim["said_by"]]
    start, end = _year(claim["covers_from"]), _year(claim["covers_to"], last=True)
    if not math.isnan(end):
        if math.isnan(start):
            axes.plot([first, end], [y, y], color=color, lw=2, ls=(0, (1.5, 1.5)), zorder=2)
        else:
            axes.plot([start, end], [y, y], color=color, lw=7, solid_capstyle="butt", alpha=0.45)
    _draw_date(axes, y, claim["stated_earliest"], claim["stated_latest"], "D", color)
    if _is_late(claim):
        _draw_date(axes, y, claim["text_earliest"], claim["text_latest"], "|", color)


def _is_late(claim: Any) -> bool:
    """Whether the text came out after what it reports had been stated."""
    return claim["text_earliest"] > claim["stated_latest"]


def _draw_date(axes: Any, y: float, earliest: Any, latest: Any, marker: str, face: str) -> None:
    """Draw a date as a mark in the middle of a line over all days that it may be."""
    start, end = _year(earliest), _year(latest, last=True)
    if math.isnan(start) or math.isnan(end):
        return
    dark = display.COLORS["black"]
    axes.plot([start, end], [y, y], color=dark, lw=1, zorder=3)
    axes.plot([(start + end) / 2], [y], marker=marker, ms=6.5, mfc=face, mec=dark, ls="", zorder=4)


def _year(day: pd.Timestamp, last: bool = False) -> float:
    """A day as a number on the scale of years; NaN where it is unknown."""
    if pd.isna(day):
        return math.nan
    first, next_first = pd.Timestamp(day.year, 1, 1), pd.Timestamp(day.year + 1, 1, 1)
    return day.year + ((day - first).days + last) / (next_first - first).days


def _years(figures: pd.DataFrame, told: pd.DataFrame) -> tuple[float, float]:
    """The years that the timeline shows, with one before, for time that has no stated start."""
    silent = told[told["silent"]]
    days = [*figures["covers_from"], *figures["covers_to"], *figures["stated_earliest"]]
    days += [*silent["stated_earliest"], *silent["stated_latest"], *figures["text_latest"]]
    years = [day.year for day in days if not pd.isna(day)]
    return (min(years) - 1.0, max(years) + 1.2) if years else (0.0, 1.0)


def _whole_numbers() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10])


def _handle(label: str, **style: Any) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **{"color": display.COLORS["black"], "ls": "", **style})


def _number_handles(figures: pd.DataFrame, told: pd.DataFrame) -> list[Any]:
    """A legend of the marks that the chart of numbers holds."""
    intervals = list(figures["interval"])
    kinds = {interval.kind for interval in intervals}
    handles = []
    if kinds & {"floor", "ceiling"}:
        handles.append(_handle("open end", marker=">", ls="-", lw=2.2, ms=6))
    if "range" in kinds:
        handles.append(_handle("range", ls="-", lw=3.5))
    if any(interval.approximate for interval in intervals):
        handles.append(_handle("approximate", marker="o", mfc="white", mew=1.6, ms=7))
    if any(interval.kind == "exact" and interval.high > 0 for interval in intervals):
        handles.append(_handle("single number", marker="o", ms=7))
    if any(interval.high == 0 for interval in intervals):
        handles.append(_handle("none, and stated", marker="D", ms=6.5))
    if told["silent"].any():
        handles.append(_handle("silence", marker="s", ms=9, color="#e3e3e3"))
    return handles


def _time_handles(figures: pd.DataFrame, told: pd.DataFrame) -> list[Any]:
    handles = []
    if figures["covers_from"].notna().any():
        handles.append(_handle("time covered", ls="-", lw=7, color="#b5b5b5"))
    if figures["covers_from"].isna().any():
        handles.append(_handle("start not stated", ls=(0, (1.5, 1.5)), lw=2))
    handles.append(_handle("stated (line: some day in it)", marker="D", ms=6.5))
    if any(_is_late(claim) for claim in figures.to_dict("records")):
        handles.append(_handle("text that tells it later", marker="|", ms=7))
    if told["silent"].any():
        handles.append(_handle("text without a number", marker="s", ms=6.5, mfc="white"))
    return handles


def _said_by_handles(colors: dict[str, str]) -> list[Any]:
    return [_handle(f"says {name}", ls="-", lw=4, color=c) for name, c in colors.items()]


def _legend(axes: Any, rows: list[_Row], handles: list[Any]) -> None:
    inside = sum(row.height for row in rows)
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(-_LABELS / (display.WIDTH - _LABELS), -0.42 / inside),
        ncol=4,
        frameon=False,
        fontsize=8,
        borderaxespad=0,
        borderpad=0,
        columnspacing=1.4,
        handletextpad=0.6,
    )


def _numbers_alt(figures: pd.DataFrame, told: pd.DataFrame, selection: Selection) -> str:
    said = [
        f"{row.state}: {row.number} ({row.population}; {row.covers}; says {row.said_by})"
        for row in figures.itertuples()
    ]
    lead = f"Intervals of people who left, died or were convicted ({selection.scope})."
    return f"{lead} {'. '.join(said)}. {_silent_alt(told)}"


def _knowledge_alt(figures: pd.DataFrame, told: pd.DataFrame, selection: Selection) -> str:
    whole = figures[figures["whole"].isna()].sort_values(["stated_earliest", "claim_id"])
    said = [
        f"{row.state}, {row.covers}: {row.number} {FIGHTERS[row.indicator]}, "
        f"stated {row.stated}, says {row.said_by}"
        for row in whole.itertuples()
    ]
    lead = f"Timeline of which numbers were stated when ({selection.scope})."
    return f"{lead} {'. '.join(said)}. {_silent_alt(told)}"


def _silent_alt(told: pd.DataFrame) -> str:
    texts = [f"{row.source_id} ({row.stated})" for row in told[told["silent"]].itertuples()]
    return f"Texts without a number: {display.listing(texts)}." if texts else ""
