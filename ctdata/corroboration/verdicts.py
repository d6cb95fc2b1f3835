"""The verdicts, and how two claims that meet at a point come by theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ctdata import dates
from ctdata.corroboration.rows import is_stated
from ctdata.estimates import Interval

AGREE = "agree"
FINER = "agree, one more exact"
BESIDE = "another stage or scope"
EXCLUDE = "exclude each other"
# From the best to the gravest.
VERDICTS = (AGREE, FINER, BESIDE, EXCLUDE)
AGREEING = (AGREE, FINER)

SILENT, SAME, WITHIN, APART = "silent", "same", "within", "apart"

DATES = {"date", "occasion", "period", "term"}
# What a claim of each kind states at its point.
_FACETS = {
    "tie": ("date",),
    "act": ("actor", "date"),
    "event": ("date", "place", "country"),
    "part": ("role",),
    "number": ("period", "number"),
    "term": ("term",),
    "seat": ("occasion",),
}
# Acts that an instrument sees once, and those that only one body can do.
_ONCE = {"adopted", "entered_into_force"}
_BY_ONE = {"adopted"}
# Acts and ties that each party sees once.
_ONCE_A_PARTY = set(
    "signed ratified acceded approved co_sponsored co_sponsor_of established_by party_to "
    "signatory_to".split()
)
_OPPOSED_ROLES = ({"lead", "member"}, {"perpetrator", "target"})
# How far off a number may be that the text itself calls approximate.
_ABOUT = 0.1


def relate(facet: str, first: object, second: object) -> str:
    """Say how two statements lie to each other.

    Parameters
    ----------
    facet : str
        What they are about, such as "date", "number" or "actor".
    first, second : str, ctdata.estimates.Interval or missing
        EDTF dates, numbers or words; a body is written as its line of parents, from the top.

    Returns
    -------
    str
        "silent" if one is missing, "same" if bounds or words are the same, "within" if both can
        mean one fact (they share a day or a number, or one body is a part of the other), else
        "apart". An approximate or uncertain date reaches one of its own length further to both
        sides, and a number that the text calls approximate may be off by a tenth.
    """
    if not (is_stated(first) and is_stated(second)):
        return SILENT
    if isinstance(first, Interval) and isinstance(second, Interval):
        same = (first.low, first.high) == (second.low, second.high)
        meet = first.widened(_ABOUT) & second.widened(_ABOUT) is not None
    elif facet in DATES:
        one, other = dates.parse(str(first)), dates.parse(str(second))
        same = (one.earliest, one.latest) == (other.earliest, other.latest)
        (start, end), (other_start, other_end) = _reach(one), _reach(other)
        meet = start <= other_end and other_start <= end
    else:
        same = first == second
        meet = f"{first}/".startswith(f"{second}/") or f"{second}/".startswith(f"{first}/")
    return SAME if same else WITHIN if meet else APART


def _reach(date: dates.Edtf) -> tuple[float, float]:
    """First and last day as ordinals, with the room that a doubtful date needs."""
    start = date.earliest.toordinal() if date.earliest else float("-inf")
    end = date.latest.toordinal() if date.latest else float("inf")
    if (date.approximate or date.uncertain) and date.earliest and date.latest:
        length = end - start + 1
        start, end = start - length, end + length
    return start, end


class Comparison(NamedTuple):
    """Two claims at one point."""

    verdict: str
    # Where the two differ, or where one is more exact, and what one alone states.
    differs: tuple[str, ...]
    lone: tuple[str, ...]
    # Whether the two can be about one fact, not two (another actor, another year).
    same_fact: bool = True


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> Comparison:
    """Compare two claims that meet at a point.

    Parameters
    ----------
    first, second : mapping
        Rows of :func:`ctdata.corroboration.claims` with one key.

    Returns
    -------
    Comparison
    """
    facets, act = _FACETS[first["kind"]], first["aspect"]
    found = {name: relate(name, first[name], second[name]) for name in facets}
    lone = tuple(n for n in facets if is_stated(first[n]) != is_stated(second[n]))
    apart, within = (tuple(n for n in facets if found[n] == how) for how in (APART, WITHIN))
    other_fact = [name for name in facets if _shows_other_fact(name, found, lone, act)]
    if other_fact:
        differs = tuple(dict.fromkeys([*other_fact, *apart]))
        return Comparison(BESIDE, differs, lone, same_fact=False)
    if apart:
        excluding = tuple(name for name in apart if _excludes(name, found, first, second))
        return Comparison(EXCLUDE if excluding else BESIDE, excluding or apart, lone)
    return Comparison(FINER if within else AGREE, within, lone)


def _shows_other_fact(facet: str, found: Mapping[str, str], lone: Sequence[str], act: str) -> bool:
    """Whether a facet shows the two to be about two facts, or leaves it open."""
    if facet == "actor" and act not in _BY_ONE:
        # What many can do many times is not one fact only because nothing speaks against it.
        is_open = facet in lone and act not in _ONCE | _ONCE_A_PARTY and found["date"] == SILENT
        return is_open or found[facet] == APART
    return facet in ("period", "occasion") and found[facet] == APART


def _excludes(
    facet: str, found: Mapping[str, str], first: Mapping[str, Any], second: Mapping[str, Any]
) -> bool:
    """Whether being apart in a facet means that not both claims can be true."""
    if facet == "date":
        # Unnamed parties may be two, each with its own date.
        once = first["aspect"] in _ONCE_A_PARTY and found.get("actor", SAME) != SILENT
        return once or first["kind"] == "event" or first["aspect"] in _ONCE
    if facet == "role":
        return {first["role"], second["role"]} in _OPPOSED_ROLES
    return facet != "number" or found["period"] == SAME
