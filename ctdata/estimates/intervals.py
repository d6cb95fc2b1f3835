"""Numbers with bounds: what may be computed from them, and how people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class Incomparable(ValueError):
    """Numbers that must not be added, ranked or divided; the message says why."""


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
        """
        if self.low < 0 or other.low < 0:
            raise ValueError("ratios are of counts, which are not negative")
        if other.high == 0:
            raise ZeroDivisionError("a ratio to none is not defined")
        high = self.high / other.low if other.low else math.inf if self.high else 0.0
        return self._with(other, self.low / other.high, high)

    def __and__(self, other: Interval) -> Interval | None:
        """What both allow; None where they contradict each other."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return self._with(other, low, high) if low <= high else None

    def _with(self, other: Interval, low: float, high: float) -> Interval:
        return Interval(low, high, self.approximate or other.approximate)

    def order(self, other: Interval) -> str:
        """The order that holds for all numbers of both: less, greater or equal; else "unknown".

        An approximate number is never known to be equal to another one.
        """
        if self.high < other.low:
            return "less"
        if self.low > other.high:
            return "greater"
        is_same = self.kind == other.kind == "exact" and self.low == other.low
        return "equal" if is_same else "unknown"

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
        """Exact, approximate, range, floor, ceiling or unbounded."""
        if self.low == self.high:
            return "approximate" if self.approximate else "exact"
        # No count is below zero, so a lower bound of zero bounds nothing.
        is_floor, is_ceiling = self.low not in (0, -math.inf), self.high != math.inf
        if is_floor and is_ceiling:
            return "range"
        return "floor" if is_floor else "ceiling" if is_ceiling else "unbounded"

    def label(self, qualifier: str = "") -> str:
        """Write the number as people read it.

        Parameters
        ----------
        qualifier : str
            The text's own word for an open end, such as "over"; "at least" and "at most" where
            there is none.

        Returns
        -------
        str
            Such as "none", "16", "about 150", "300 to 500", "over 800", "at most 20",
            "thousands (not bounded)".
        """
        low, high = _outward(self.low, math.floor), _outward(self.high, math.ceil)
        about = "about " if self.approximate else ""
        own_word = f"{qualifier} " if qualifier and not re.search(r"…|\.\.\.", qualifier) else ""
        match self.kind:
            case "exact" if self.low == 0:
                return "none"
            case "exact" | "approximate":
                # A single number may be cut at two decimals, so both roundings must be one.
                return about + _number(round(self.low, 2))
            case "range":
                return f"{about}{low} to {high}"
            case "floor":
                return (own_word or f"at least {about}") + low
            case "ceiling":
                return (own_word or f"at most {about}") + high
            case _ if self.low == -math.inf:
                return f"{own_word}(not bounded)" if own_word else "not bounded"
            case _:
                return "not bounded"


def _number(value: float) -> str:
    """Write a number: thousands apart, millions as a word, at most two decimals."""
    for scale, word in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= scale and math.isfinite(value) and value % (scale / 10) == 0:
            return f"{value / scale:,.1f}".removesuffix(".0") + f" {word}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def _outward(bound: float, rounding: Callable[[float], int]) -> str:
    """Two decimals, rounded so that the interval only grows; a trace of binary error is not."""
    return _number(rounding(round(bound * 100, 6)) / 100 if math.isfinite(bound) else bound)


def amount(words: str, unit: str, interval: Interval) -> str:
    """A number with its unit, such as "1 case", "USD 600 million" or "place 4"."""
    if words == "none":
        return words
    if unit == "rank":
        return f"place {words}"
    if unit.isupper():
        return f"{unit} {words}"
    if interval.low == interval.high == 1:
        singular = {"people": "person", "countries": "country"}
        return f"{words} {singular.get(unit, unit.removesuffix('s'))}"
    return f"{words} {unit}"


def percent(share: Interval) -> str:
    """A share such as "at most 18.75 %", its bounds rounded outwards."""
    low, high = share.low * 100, share.high * 100
    if low == 0 and high >= 100:
        return "not bounded"
    if 0 < low < high and high >= 100:
        high = math.inf
    # Of a bound, "about" is left to the numbers behind it: "at most about" says little.
    words = Interval(low, high, share.kind == "approximate").label()
    return words if words == "none" else f"{words} %"


def share(part: Interval, whole: Interval) -> Interval:
    """The quotient of Moore (1966), cut at 1, as a part is never more than its whole."""
    _require_part(part, whole)
    quotient = part / whole
    return Interval(quotient.low, min(1.0, quotient.high), quotient.approximate)


def rest(part: Interval, whole: Interval) -> Interval:
    """The difference of Moore (1966), cut at 0, as a part is never more than its whole."""
    _require_part(part, whole)
    difference = whole - part
    return Interval(max(0.0, difference.low), difference.high, difference.approximate)


def together(parts: Sequence[Interval], whole: Interval) -> Interval:
    """How many belong to at least one of several parts of a whole, which may overlap.

    The bounds of Fréchet (Généralisation du théorème des probabilités totales, Fundamenta
    Mathematicae 25, 1935) for a union, in counts: no less than the largest part, no more than the
    sum of the parts or the whole.
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
